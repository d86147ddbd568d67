"""Parts of a fit that are done one after the other."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from aucgan.fitting.fit_state import N_RIGID, FitState

UNKNOWNS = ("pose", "expression", "identity")


@dataclass(frozen=True)
class Stage:
    """What is moved, and by which energies.

    Attributes:
        energies: Names of the energies that count.
        unknowns: Which of :data:`UNKNOWNS` move.
        iterations: Steps between two looks at what is visible and where the outline is.
        rounds: How often that is looked at.
    """

    energies: tuple[str, ...]
    unknowns: tuple[str, ...] = UNKNOWNS
    iterations: int = 5
    rounds: int = 1

    @classmethod
    def of(cls, name: str, settings: dict, energies: dict) -> Stage:
        """Check and build.

        Raises:
            ValueError: A key, an unknown or an energy is none.
        """
        try:
            stage = cls(**{key: tuple(v) if isinstance(v, (list, tuple)) else v for key, v in settings.items()})
        except TypeError as error:
            raise ValueError(f"stage '{name}' takes energies, unknowns, iterations and rounds: {error}") from error
        for given, known in ((stage.unknowns, UNKNOWNS), (stage.energies, tuple(energies))):
            for one in given:
                if one not in known:
                    raise ValueError(f"stage '{name}' names '{one}'; there are {', '.join(known)}")
        return stage

    def free(self, state: FitState) -> Tensor:
        """Which unknowns move, ``(P,)`` bool."""
        sizes = (N_RIGID, state.expression.shape[1], state.identity.shape[1])
        return torch.cat([torch.full((n,), name in self.unknowns) for n, name in zip(sizes, UNKNOWNS, strict=True)])
