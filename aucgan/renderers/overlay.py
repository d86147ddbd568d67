"""A mesh drawn over a photo, at the photo's own size."""

from __future__ import annotations

import numpy as np
from torch import Tensor

STYLES = ("shaded", "wireframe", "points")


def draw_mesh(
    photo: Tensor | np.ndarray,
    pixels: Tensor | np.ndarray,
    points: Tensor | np.ndarray,
    faces: Tensor | np.ndarray,
    style: str = "shaded",
    opacity: float = 0.7,
    colours: Tensor | np.ndarray | tuple[float, float, float] | None = None,
) -> np.ndarray:
    """Draw a mesh over a photo; call it again for further faces.

    Args:
        photo: What is drawn on: any size, as for :func:`aucgan.renderers.drawing.to_uint8`.
        pixels: Where the vertices are in the photo, ``(V, 2)``, the centre of pixel (row i, column j) at (j + ½, i + ½):
            what :func:`aucgan.renderers.camera.pinhole` or ``FittedFaces.to_pixels`` give.
        points: The vertices in the camera's frame, ``(V, 3)`` metres: x to the right of the photo, y up, z towards the
            viewer, who is at the origin; ``FittedFaces.camera_points``. Their z says what hides what, and triangles with
            a corner behind the viewer are left out.
        faces: ``(F, 3)``, counter-clockwise from outside.
        style: ``shaded``: a lit surface; ``wireframe``: the visible edges of its triangles; ``points``: its visible
            vertices.
        opacity: Of what is drawn, in [0, 1].
        colours: RGB in [0, 1] of the vertices ``(V, 3)`` or of all; default grey surfaces, green lines and points.

    Returns:
        A new picture, ``(H, W, 3)`` uint8.

    Raises:
        ValueError: Shapes do not fit, the style is unknown, or the opacity out of range.
    """
    raise NotImplementedError
