"""Which action units a score averages over."""

from __future__ import annotations

from collections.abc import Sequence

from aucgan.action_units import MAIN_AUS, N_MAIN, main_index


def chosen_units(units: Sequence[int] | None) -> list[int]:
    """Positions among the 41 labels of main units by their FACS numbers; all 27 when None.

    Raises:
        ValueError: A number is not that of a main unit, or there is none.
    """
    if units is None:
        return list(range(N_MAIN))
    unknown = [unit for unit in units if unit not in MAIN_AUS]
    if unknown or not units:
        raise ValueError(f"units must be FACS numbers among {', '.join(map(str, MAIN_AUS))}, got {list(units)}")
    return [main_index(unit) for unit in units]
