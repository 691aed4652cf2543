"""The example that the API's description shows and the warm-up brief is written from.

``example.json`` holds a request and the reply that it got; ``record`` writes it anew.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import orjson

from service.http.rendering import as_data
from service.pipeline.brief import Briefer, BriefRequest
from service.queue.ticket import Ticket

EXAMPLE_TITLE = "La médiathèque de Saint-Aubin rouvre en mars"

EXAMPLE_ARTICLE = (
    "La médiathèque de Saint-Aubin rouvrira ses portes le samedi 14 mars, après dix-huit mois de travaux. "
    "Le chantier a coûté 2,4 millions d'euros, dont 900 000 euros versés par la région. "
    "Le bâtiment compte désormais 35 000 documents et une salle de lecture de 120 places. "
    "« Nous voulions un lieu ouvert à tous », a expliqué la maire, Claire Besson. "
    "L'entrée restera gratuite, mais l'emprunt coûtera 8 euros par an aux adultes."
)

_FILE = "example.json"


@cache
def load_example() -> dict[str, Any]:
    """``request`` and ``reply`` of the recorded example."""
    found: dict[str, Any] = orjson.loads(files("service.http").joinpath(_FILE).read_bytes())
    return found


def example_request() -> dict[str, Any]:
    """The example's request, as a client sends it."""
    return {"text": EXAMPLE_ARTICLE, "title": EXAMPLE_TITLE, "languages": ["fr", "en"], "length": "medium"}


def record(briefer: Briefer, path: Path | None = None) -> None:
    """Answer the example with ``briefer`` and store it as what the API's description shows."""
    request = BriefRequest(text=EXAMPLE_ARTICLE, title=EXAMPLE_TITLE, cache="bypass")
    briefing = briefer.run(request, Ticket())
    content = {"request": example_request(), "reply": as_data(briefing)}
    target = path if path is not None else Path(str(files("service.http").joinpath(_FILE)))
    target.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
