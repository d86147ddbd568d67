"""What is behind the face: smooth colours, gradients and out-of-focus shapes."""

from __future__ import annotations

import numpy as np
from scipy import ndimage


def sample_background(rng: np.random.Generator, size: int) -> np.ndarray:
    """Draw a background: a colour gradient with blurred shapes of random size and contrast.

    Args:
        rng: The source of randomness.
        size: Edge of the picture in pixels.

    Returns:
        ``(size, size, 3)`` float32 in [0, 1].
    """
    base = rng.uniform(0.08, 0.9) + rng.normal(0.0, 0.10, 3)
    corners = base + rng.normal(0.0, 0.10, (2, 2, 1)) + rng.normal(0.0, 0.04, (2, 2, 3))
    shapes = rng.normal(0.0, 1.0, (int(rng.integers(3, 9)),) * 2 + (1,)) + rng.normal(0.0, 0.5, 3)
    shapes = shapes - shapes.mean((0, 1))
    picture = _enlarged(corners, size, 1) + rng.choice([0.0, 0.05, 0.12]) * _enlarged(shapes, size, 3)
    return np.clip(picture, 0.0, 1.0).astype(np.float32)


def _enlarged(coarse: np.ndarray, size: int, order: int) -> np.ndarray:
    factors = (size / coarse.shape[0], size / coarse.shape[1], 1)
    return ndimage.zoom(coarse, factors, order=order, mode="nearest", grid_mode=True)
