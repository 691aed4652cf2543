"""Models: catalogue, preparation, engines, training. Nothing here imports ``service``."""

from __future__ import annotations

import sys

# OpenVINO reports its use to its makers as soon as it is imported, and keeps a file for that in the
# user's home. It does without where the reporting package is missing, which this line makes it believe:
# Brève opens no connection that nobody asked for. It has to stand before any import of openvino.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
