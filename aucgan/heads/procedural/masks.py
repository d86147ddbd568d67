"""UV masks: where the face is and where displacement acts."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter

from aucgan.heads.procedural.curves import smoothstep
from aucgan.heads.procedural.half_mesh import HeadMesh

MASK_SIZE = 256
_FEATHER = 1.2  # texels


def rasterize_uv(
    mesh: HeadMesh, values: np.ndarray, size: int, only: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Draw a vertex attribute into the texture.

    Args:
        mesh: The head.
        values: ``(V, C)``.
        size: Texels along each side.
        only: Mask ``(F,)`` of the faces to draw; all without it.

    Returns:
        The map ``(size, size, C)`` (0 outside the charts; row 0 is v = 1) and the covered texels ``(size, size)``.
    """
    image, covered = np.zeros((size, size, values.shape[1])), np.zeros((size, size), dtype=bool)
    chosen = slice(None) if only is None else only
    corners = mesh.uv[mesh.uv_faces[chosen]] * [size, -size] + [-0.5, size - 0.5]
    for triangle, face in zip(corners, mesh.faces[chosen], strict=True):
        low = np.maximum(np.ceil(triangle.min(0) - 1e-6), 0).astype(int)
        high = np.minimum(np.floor(triangle.max(0) + 1e-6), size - 1).astype(int)
        if (high < low).any():
            continue
        x, y = np.meshgrid(np.arange(low[0], high[0] + 1), np.arange(low[1], high[1] + 1))
        (ax, ay), (bx, by), (cx, cy) = triangle
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if abs(area) < 1e-12:
            continue
        first = ((bx - x) * (cy - y) - (by - y) * (cx - x)) / area
        second = ((cx - x) * (ay - y) - (cy - y) * (ax - x)) / area
        weights = np.stack([first, second, 1 - first - second], axis=-1)
        inside = weights.min(-1) >= -1e-6
        image[y[inside], x[inside]] = weights[inside] @ values[face]
        covered[y[inside], x[inside]] = True
    return image, covered


def face_region(mesh: HeadMesh) -> np.ndarray:
    """How much each vertex belongs to the face (not hair, ears, neck or mouth), ``(V,)`` in [0, 1]."""
    x, y, z = (mesh.vertices * 1000.0).T
    top = smoothstep(y, 102.0, 92.0)
    side = smoothstep(z + 0.25 * np.minimum(y, 0.0), -4.0, 8.0)
    under = smoothstep(y + 0.45 * np.minimum(z, 45.0), -80.0, -68.0)
    region = top * side * under
    return region * mesh.part("skin", "lip_upper", "lip_lower", "lid_rim")


def uv_masks(mesh: HeadMesh) -> tuple[np.ndarray, np.ndarray]:
    """``face_mask`` and ``face_eye_mask``, each ``(256, 256)`` float32 in [0, 1]."""
    skin = face_region(mesh)
    eyes = mesh.part("eyeball").astype(float)
    outside = ~mesh.part("mouth")[mesh.faces].any(1)
    drawn, _ = rasterize_uv(mesh, np.stack([np.maximum(skin, eyes), skin], axis=1), MASK_SIZE, outside)
    eye_texels, _ = rasterize_uv(mesh, mesh.part("eyeball", "mouth", "tongue")[:, None].astype(float), MASK_SIZE)
    soft = gaussian_filter(drawn[..., 1], _FEATHER) * (drawn[..., 1] > 0) * (eye_texels[..., 0] == 0)
    return drawn[..., 0].astype(np.float32), soft.astype(np.float32)
