"""Importing the engine reports to nobody: no file in the user's home, no reporting package loaded."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def test_openvino_is_imported_without_its_usage_reports(tmp_path: Path) -> None:
    code = (
        "import models.engines.openvino, sys\n"
        "loaded = [name for name, module in sys.modules.items() if 'telemetry' in name and module is not None]\n"
        "print([name for name in loaded if not name.startswith('openvino.')])"
    )
    environment = {**os.environ, "HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert list(tmp_path.iterdir()) == []
