"""What is behind the face: smooth colours, gradients and out-of-focus shapes."""

from __future__ import annotations

import numpy as np

BLUR_CELLS = 0.55
"""Gaussian width of the blur, in cells of the coarse picture."""


def sample_background(rng: np.random.Generator, size: int) -> np.ndarray:
    """Draw a background: a colour gradient with blurred shapes of random size and contrast.

    Args:
        rng: The source of randomness.
        size: Edge of the picture in pixels.

    Returns:
        ``(size, size, 3)`` float32 in [0, 1].
    """
    base = rng.uniform(0.08, 0.9) + rng.normal(0.0, 0.06, 3)
    corners = base + rng.normal(0.0, 0.10, (2, 2, 1)) + rng.normal(0.0, 0.04, (2, 2, 3))
    shapes = rng.normal(0.0, 1.0, (int(rng.integers(3, 9)),) * 2 + (1,)) + rng.normal(0.0, 0.3, (1, 1, 3))
    shapes = shapes - shapes.mean((0, 1))
    picture = _enlarged(corners, size) + rng.choice([0.0, 0.05, 0.12]) * _enlarged(shapes, size)
    return np.clip(picture, 0.0, 1.0).astype(np.float32)


def _enlarged(coarse: np.ndarray, size: int) -> np.ndarray:
    """Blow a few cells ``(n, n, 3)`` up to a smooth picture ``(size, size, 3)``: Gaussian weights along each axis."""
    cells = coarse.shape[0]
    distance = (np.arange(size)[:, None] + 0.5) / size * cells - (np.arange(cells) + 0.5)
    weights = np.exp(-0.5 * (distance / BLUR_CELLS) ** 2)
    weights /= weights.sum(axis=1, keepdims=True)
    rows = np.tensordot(weights, coarse, axes=(1, 0))
    return np.tensordot(weights, rows, axes=(1, 1)).swapaxes(0, 1)
