"""Writes the examples of README.md anew: what the product answers now, between the marks that name each.

``make readme`` runs it. The reply is shortened: of each list the first element stays, of long texts the
beginning, and "…" stands for the rest.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
SEED = ROOT / "seeds" / "ligne-brive-aurillac.json"

#: Lists that are shown whole, and how much of a text is.
WHOLE = frozenset({"briefs"})
LONGEST = 230


def answer(*options: str) -> str:
    """What ``breve brief`` prints for the sample article."""
    seed = json.loads(SEED.read_text(encoding="utf-8"))
    command = (sys.executable, "-m", "service.cli", "brief", "-", "--title", seed["title"], *options)
    done = subprocess.run(command, cwd=ROOT, input=seed["text"], stdout=subprocess.PIPE, text=True, check=True)
    return str(done.stdout).strip()


def shortened(value: Any, name: str = "") -> Any:
    """A reply's outline, still JSON."""
    if isinstance(value, dict):
        return {key: shortened(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        kept = value if name in WHOLE else value[:1]
        return [shortened(inner) for inner in kept] + (["…"] if len(kept) < len(value) else [])
    if isinstance(value, str) and len(value) > LONGEST:
        return value[:60] + "…"
    return value


def replaced(text: str, name: str, language: str, content: str) -> str:
    """The text with ``content`` in its block called ``name``. Raises ``ValueError`` if there is none."""
    block = f"<!-- {name} -->\n```{language}\n{content}\n```\n<!-- end of {name} -->"
    new, count = re.subn(f"<!-- {name} -->.*?<!-- end of {name} -->", lambda _: block, text, flags=re.DOTALL)
    if count != 1:
        raise ValueError(f"{README.name} has {count} blocks called {name}")
    return new


def main() -> None:
    """Rewrite README.md."""
    text = README.read_text(encoding="utf-8")
    text = replaced(text, "brief", "text", answer())
    reply = json.dumps(shortened(json.loads(answer("--json"))), ensure_ascii=False, indent=2)
    README.write_text(replaced(text, "reply", "json", reply), encoding="utf-8")


if __name__ == "__main__":
    main()
