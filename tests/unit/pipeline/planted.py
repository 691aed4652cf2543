"""All planted alterations: see ``planting`` for what they are."""

from __future__ import annotations

from planted_society import SOCIETY
from planted_trades import TRADES
from planting import Alteration, Planted

PLANTED: tuple[Planted, ...] = (*SOCIETY, *TRADES)

__all__ = ["PLANTED", "Alteration", "Planted"]
