"""Requirement, ledgers and the sharing of floor area. Pure: no file, no network, no clock."""

from lifecircle.supply.circle import CircleLedger, circle_ledger
from lifecircle.supply.counting import counted_area
from lifecircle.supply.ledgers import own_ledger
from lifecircle.supply.requirement import residence_terms
from lifecircle.supply.sharing import share_floor_area

__all__ = [
    "CircleLedger",
    "circle_ledger",
    "counted_area",
    "own_ledger",
    "residence_terms",
    "share_floor_area",
]
