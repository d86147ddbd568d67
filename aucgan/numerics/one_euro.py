"""The One-Euro filter: smooth where little moves, quick where much does."""

from __future__ import annotations

import numpy as np


def one_euro(
    values: np.ndarray, rate: float, min_cutoff: float = 1.0, beta: float = 0.0, derivative_cutoff: float = 1.0
) -> np.ndarray:
    """Smooth signals over time [1].

    Each value is mixed with the last smoothed one, by a low-pass filter whose cutoff frequency rises with the speed of
    the signal: ``min_cutoff + beta · |speed|``. The first value stays as it is.

    Args:
        values: One row a moment, at equal distances in time, ``(T, ...)``.
        rate: Moments a second.
        min_cutoff: Cutoff frequency of a signal at rest, hertz; lower is smoother and later.
        beta: How much the cutoff rises with speed, hertz per (unit a second).
        derivative_cutoff: Cutoff frequency of the speed itself, hertz.

    Returns:
        ``(T, ...)`` float64.

    Raises:
        ValueError: A frequency is not positive, or ``beta`` is negative.

    [1] Casiez, Roussel & Vogel, 1€ filter: a simple speed-based low-pass filter for noisy input in interactive systems,
        CHI 2012.
    """
    if min(rate, min_cutoff, derivative_cutoff) <= 0 or beta < 0:
        raise ValueError(
            f"frequencies must be positive and beta not negative: {rate=}, {min_cutoff=}, {derivative_cutoff=}, {beta=}"
        )
    smooth = np.array(values, np.float64)
    speed = np.zeros_like(smooth[:1])[0] if len(smooth) else smooth
    for k in range(1, len(smooth)):
        step = (smooth[k] - smooth[k - 1]) * rate
        speed = speed + _share(derivative_cutoff, rate) * (step - speed)
        smooth[k] = smooth[k - 1] + _share(min_cutoff + beta * np.abs(speed), rate) * (smooth[k] - smooth[k - 1])
    return smooth


def _share(cutoff: float | np.ndarray, rate: float) -> float | np.ndarray:
    """How much of a new value a first-order low-pass filter takes."""
    turn = 2 * np.pi * cutoff / rate
    return turn / (turn + 1)
