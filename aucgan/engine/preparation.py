"""Data sets that a config can have made before it trains."""

from __future__ import annotations

from typing import Protocol

from aucgan.registry import PREPARATIONS


class Preparation(Protocol):
    """What is registered in ``PREPARATIONS``: built from a config dict, run when it is not complete."""

    def is_complete(self) -> bool:
        """Whether the data are there, whole, and made with these very settings."""

    def describe(self) -> str:
        """One line for the plan: what is made, and where."""

    def run(self) -> None:
        """Make the data; continue where an interrupted attempt stopped, if possible."""


def build_preparation(cfg: dict) -> Preparation:
    """Build one entry of a config's ``prepare`` list."""
    return PREPARATIONS.build(dict(cfg))
