"""How far a fit may be trusted, in one number and in words."""

from __future__ import annotations

import torch
from torch import Tensor

from aucgan.detection.mesh_points import LEFT_EYE_CORNER, RIGHT_EYE_CORNER
from aucgan.fitting.fit_state import FitState
from aucgan.fitting.observed import Observed

NO_FACE, POOR, UNLIKELY, AVERTED, UNFINISHED = (
    "no human face", "poor fit", "unlikely shape", "averted", "not finished",
)  # fmt: skip
WARNINGS: dict[str, str] = {
    NO_FACE: "the confidence is below a tenth: residual or shape are not those of a human face",
    POOR: "the points lie farther from the head than those of photos of people do",
    UNLIKELY: "the identity is farther from the mean than people are",
    AVERTED: "half of the face is hidden; its shape is a guess",
    UNFINISHED: "the steps were used up before the fit came to rest",
}
"""Names of the warnings and what they mean."""

USUAL_ERROR, ERROR_SPREAD = 0.020, 0.0035
"""Mean residual at which a fit is trusted by half, in eye distances, and how fast trust falls. Photos of people have
0.007 to 0.015; faces whose eyes were moved apart or whose muzzle was drawn out have 0.018 and more."""
TURN_ERROR = 0.05
"""How much more of it a head turned by 90 degrees may have: detectors err farther there."""
USUAL_CODE, CODE_SPREAD = 3.2, 0.35
"""Largest identity coefficient at which a fit is trusted by half, in deviations; photos of people have up to 2."""
LEAST_CONFIDENCE = 0.1
AVERTED_BELOW = 0.64
"""Cosine of the head's turn below which half of the face is hidden, 50 degrees."""


def judge(residuals: Tensor, state: FitState, observed: Observed, finished: Tensor) -> tuple[Tensor, list[list[str]]]:
    """Confidence and warnings.

    Args:
        residuals: As :attr:`~aucgan.fitting.FittedFaces.residuals` has them, ``(B, 468)``.
        state: The end of the fit.
        observed: What was fitted.
        finished: Which fits came to rest, ``(B,)`` bool.

    Returns:
        Confidence in [0, 1], ``(B,)``, and for each face its warnings.
    """
    error = counted_error(residuals, observed)
    allowed = USUAL_ERROR + TURN_ERROR * (1 - observed.frontal.clamp(0, 1))
    code = state.identity.abs().amax(1) if state.identity.shape[1] else torch.zeros_like(error)
    by_error = torch.sigmoid((allowed - error) / ERROR_SPREAD)
    by_code = torch.sigmoid((USUAL_CODE - code) / CODE_SPREAD)
    confidence = (by_error * by_code).nan_to_num()
    kinds = {
        NO_FACE: (confidence < LEAST_CONFIDENCE, confidence, "confidence {:.2f}"),
        POOR: (by_error < 0.5, 100 * error, "mean residual {:.1f} % of the distance of the eyes' outer corners"),
        UNLIKELY: (by_code < 0.5, code, "an identity coefficient of {:.1f} deviations"),
        AVERTED: (observed.frontal < AVERTED_BELOW, observed.frontal.acos().rad2deg(), "turned by {:.0f} degrees"),
        UNFINISHED: (~finished, error, "more iterations may help"),
    }
    warnings: list[list[str]] = [[] for _ in range(len(state))]
    for name, (where, value, text) in kinds.items():
        for row in where.nonzero().squeeze(1).tolist():
            warnings[row].append(f"{name}: {text.format(float(value[row]))}")
    return confidence, warnings


def counted_error(residuals: Tensor, observed: Observed) -> Tensor:
    """Mean residual of what faces the camera and does not slide, in eye distances as seen from the front, ``(B,)``."""
    counts = observed.given & (observed.facing > 0.2) & ~observed.sliding
    eyes = (observed.points[:, LEFT_EYE_CORNER] - observed.points[:, RIGHT_EYE_CORNER]).norm(dim=1)
    total = torch.where(counts, residuals, torch.zeros_like(residuals)).sum(1)
    return total / counts.sum(1) * eyes / observed.unit
