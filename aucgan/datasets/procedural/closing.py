"""Lids and lips that do not cross where several shapes close them at once."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from aucgan.arkit import NO_SHAPE, PARTING
from aucgan.expression import arkit_to_codes
from aucgan.heads.arkit import ARKIT_NAMES
from aucgan.heads.head import Head

Pairs = tuple[tuple[int, int], ...]

_LEFT_LIDS: Pairs = ((43, 47), (44, 46))
_RIGHT_LIDS: Pairs = ((38, 40), (37, 41))
_LIPS: Pairs = ((61, 67), (62, 66), (63, 65))
"""Landmarks above and below each opening."""
LIPS_MEET = -0.0013
"""Height of the lips' opening between the inner landmarks when soft lips press on each other, metres."""


class Closing:
    """How the shapes of a head change its openings, which add up because shapes do.

    Args:
        head: What :func:`aucgan.heads.load_head` gives.
    """

    def __init__(self, head: Head) -> None:
        marks = head.landmarks
        corners, weights = head.faces[marks.full_faces_idx], marks.full_bary_coords
        height = np.einsum("nk,nk->n", head.v_template[corners, 1], weights)
        dirs = np.einsum("nkc,nk->nc", head.shapedirs[corners, 1, head.n_identity :], weights)
        self._lips = _gap(height, _LIPS)
        moves = {name: dirs @ _code(head, name) for name in (*ARKIT_NAMES, *NO_SHAPE)}
        self._names = {name: row for row, name in enumerate(moves)}
        self._gaps: dict[Pairs, np.ndarray] = {
            pairs: np.stack([_gap(move, pairs) for move in moves.values()])
            for pairs in (_LEFT_LIDS, _RIGHT_LIDS, _LIPS)
        }

    def limited(self, weights: Mapping[str, float]) -> dict[str, float]:
        """Weights whose shapes together leave the lids at most closed, and the lips at most pressed together.

        A blink takes back what other shapes have closed already; lips give way by the shapes that part them.

        Args:
            weights: By ARKit's names and those of units without a shape.
        """
        limited = dict(weights)
        for side, pairs in (("Left", _LEFT_LIDS), ("Right", _RIGHT_LIDS)):
            blink = f"eyeBlink{side}"
            closed = self._gaps[pairs][self._names[blink]].min()  # of the full blink, negative
            excess = closed - self._change(pairs, limited).min()
            limited[blink] = float(np.clip(limited[blink] - max(excess, 0.0) / -closed, 0.0, 1.0))
        lack = LIPS_MEET - (self._lips + self._change(_LIPS, limited)).min()
        if lack > 0:
            parting = lack / self._change(_LIPS, dict.fromkeys(PARTING, 1.0)).min()
            limited |= {name: min(limited[name] + parting, 1.0) for name in PARTING}
        return limited

    def _change(self, pairs: Pairs, weights: Mapping[str, float]) -> np.ndarray:
        amount = np.zeros(len(self._names))
        amount[[self._names[name] for name in weights]] = list(weights.values())
        return amount @ self._gaps[pairs]


def _gap(height: np.ndarray, pairs: Pairs) -> np.ndarray:
    above, below = np.array(pairs).T
    return height[above] - height[below]


def _code(head: Head, name: str) -> np.ndarray:
    """The expression code of one shape; of the column, not the joint, where the head has both."""
    if name in head.jaw_turns and name in head.expression_names:
        return np.eye(len(head.expression_names))[head.expression_names.index(name)]
    exp = arkit_to_codes({name: 1.0}, head).exp
    return np.r_[exp, np.zeros(len(head.expression_names) - len(exp))]
