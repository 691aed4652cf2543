"""``python -m service.http.publish``: writes the committed copy of the API's description anew."""

from __future__ import annotations

from service.app import create_app
from service.http.description import COMMITTED, as_bytes, describe
from service.settings import Settings


def publish() -> None:
    """Describe an application of default settings; nothing is loaded for it."""
    COMMITTED.write_bytes(as_bytes(describe(create_app(Settings()))))


if __name__ == "__main__":
    publish()
