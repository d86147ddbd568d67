"""How far a fit may be trusted, in one number and in words."""

from __future__ import annotations

import torch
from torch import Tensor

from aucgan.fitting.fit_state import FitState
from aucgan.fitting.observed import Observed

WARNINGS: dict[str, str] = {
    "no human face": "the points are not those of a human face: neither the residual nor the shape is one of people's",
    "poor fit": "the points lie farther from the head than those of photos of people do",
    "unlikely shape": "the identity is farther from the mean than people are",
    "unlikely expression": "left and right, or opposite shapes, act against each other",
    "averted": "half of the face is hidden; its shape is a guess",
    "not finished": "the steps were used up before the fit came to rest",
}
"""Names of the warnings and what they mean."""


def judge(
    residuals: Tensor, state: FitState, observed: Observed, finished: Tensor
) -> tuple[Tensor, list[list[str]]]:
    """Confidence ``(B,)`` and warnings."""
    return torch.ones(len(state)), [[] for _ in range(len(state))]
