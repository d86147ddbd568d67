"""How much an expression stretches and compresses the skin of a mesh."""

from __future__ import annotations

import numpy as np


def tangent_frames(vertices: np.ndarray, faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Frames in the planes of triangles, and what carries their edges there.

    Args:
        vertices: ``(V, 3)``.
        faces: ``(F, 3)``.

    Returns:
        Unit vectors: along the first edge, and across it in the plane, ``(F, 2, 3)``; the inverses of the matrices
        whose columns are the two edges in that frame, ``(F, 2, 2)``. Triangles must have an area.
    """
    edges = _edges(vertices, faces)
    first = edges[:, 0] / np.linalg.norm(edges[:, 0], axis=1, keepdims=True)
    across = edges[:, 1] - (edges[:, 1] * first).sum(1, keepdims=True) * first
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    frames = np.stack([first, across], axis=1)
    return frames, np.linalg.inv(np.einsum("fac,fec->fae", frames, edges))


def green_strain(inverse_edges: np.ndarray, deformed: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Green's strain of deformed triangles, (FᵀF − 1) / 2 in the frames of the rest: turning the head changes nothing.

    Args:
        inverse_edges: Of the rest, as :func:`tangent_frames` gives them, ``(F, 2, 2)``.
        deformed: Vertices, ``(..., V, 3)``.
        faces: ``(F, 3)``.

    Returns:
        ``(..., F, 2, 2)``, symmetric; negative along what is compressed.
    """
    gradient = np.swapaxes(_edges(deformed, faces), -1, -2) @ inverse_edges
    return 0.5 * (np.swapaxes(gradient, -1, -2) @ gradient - np.eye(2))


def compression_tensor(strain: np.ndarray, frames: np.ndarray) -> np.ndarray:
    """The compressing part of a strain in space: Σ max(−e, 0) d dᵀ over the principal directions d.

    Args:
        strain: ``(..., F, 2, 2)``.
        frames: ``(F, 2, 3)``.

    Returns:
        ``(..., F, 3, 3)``.
    """
    values, vectors = np.linalg.eigh(strain)
    pressed = np.maximum(-values, 0.0)
    plane = np.einsum("...ik,...k,...jk->...ij", vectors, pressed, vectors)
    return np.einsum("fac,...fab,fbd->...fcd", frames, plane, frames)


def _edges(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """First and last edge of the triangles from their first corner, ``(..., F, 2, 3)``."""
    corners = vertices[..., faces, :]
    return corners[..., 1:, :] - corners[..., :1, :]
