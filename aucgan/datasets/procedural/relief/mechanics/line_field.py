"""Coordinates of the skin along the direction in which it is folded: what counts the folds."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import spsolve

from aucgan.datasets.procedural.relief.mechanics.strain import tangent_frames

STIFFNESS = 0.02
"""How much weight a place without compression has for the count of folds, against the strongest compressed ones."""


@dataclass(frozen=True)
class SkinMesh:
    """The triangles that fold.

    Attributes:
        vertices: ``(V, 3)`` metres.
        faces: ``(F, 3)``.
        frames: In the triangles' planes, ``(F, 2, 3)``.
        inverse_edges: ``(F, 2, 2)``, see :func:`~aucgan.datasets.procedural.relief.mechanics.strain.tangent_frames`.
        areas: ``(F,)`` square metres.
        averaging: Mean of the triangles about each vertex, by their areas, sparse ``(V, F)``.
    """

    vertices: np.ndarray
    faces: np.ndarray
    frames: np.ndarray
    inverse_edges: np.ndarray
    areas: np.ndarray
    averaging: sparse.csr_matrix

    @classmethod
    def of(cls, vertices: np.ndarray, faces: np.ndarray) -> SkinMesh:
        """A mesh whose vertices all belong to a triangle."""
        frames, inverse_edges = tangent_frames(vertices, faces)
        areas = 0.5 / np.abs(np.linalg.det(inverse_edges))
        around = sparse.csr_matrix(
            (np.repeat(areas, 3), (faces.ravel(), np.repeat(np.arange(len(faces)), 3))), (len(vertices), len(faces))
        )
        averaging = sparse.diags(1.0 / np.asarray(around.sum(1)).ravel()) @ around
        return cls(vertices, faces, frames, inverse_edges, areas, averaging.tocsr())

    def to_vertices(self, values: np.ndarray) -> np.ndarray:
        """Values of triangles ``(F, ...)`` at the vertices, ``(V, ...)``, smoothed a little."""
        flat = self.averaging @ values.reshape(len(self.faces), -1)
        return (self.averaging @ flat[self.faces].mean(1)).reshape(len(self.vertices), *values.shape[1:])


def principal_directions(tensors: np.ndarray, normals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Along and across the strongest compression in the surface.

    Args:
        tensors: Symmetric, ``(V, 3, 3)``.
        normals: Unit, ``(V, 3)``.

    Returns:
        Directions ``(V, 2, 3)``, and the tensor along them, ``(V, 2)``.
    """
    project = np.eye(3) - normals[:, :, None] * normals[:, None, :]
    values, vectors = np.linalg.eigh(project @ tensors @ project + 1e-9 * project)
    first = vectors[:, :, 2]
    second = np.cross(normals, first)
    strength = np.stack([values[:, 2], np.einsum("vi,vij,vj->v", second, tensors, second)], axis=1)
    return np.stack([first, second], axis=1), strength


def combed(directions: np.ndarray, strength: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Signs of a field of undirected lines that agree between neighbours, the strongest places first.

    Args:
        directions: ``(V, 3)``, unit, with arbitrary signs.
        strength: ``(V,)``.
        faces: ``(F, 3)``.

    Returns:
        The same lines with chosen signs, ``(V, 3)``.
    """
    neighbours = _neighbours(faces, len(directions))
    signs = np.zeros(len(directions))
    for seed in np.argsort(-strength):
        if signs[seed]:
            continue
        signs[seed] = 1.0
        heap = [(-strength[seed], int(seed))]
        while heap:
            _, at = heapq.heappop(heap)
            for other in neighbours[at]:
                if not signs[other]:
                    signs[other] = signs[at] * np.copysign(1.0, directions[at] @ directions[other])
                    heapq.heappush(heap, (-strength[other], other))
    return directions * signs[:, None]


def fold_count(mesh: SkinMesh, directions: np.ndarray, density: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """The function whose gradient is as near as can be to a direction times a density: it counts folds from 0.

    Args:
        mesh: Of V vertices.
        directions: Combed, ``(V, 3)``.
        density: Folds a metre, ``(V,)``.
        weight: How much a place matters, ``(V,)``.

    Returns:
        ``(V,)``; equal numbers lie on lines across the directions.
    """
    wanted = (directions * density[:, None])[mesh.faces].mean(1)
    wanted = np.einsum("fac,fc->fa", mesh.frames, wanted)
    importance = (weight / max(weight.max(), 1e-12))[mesh.faces].mean(1) + STIFFNESS
    gradient = _gradient(mesh)
    scale = sparse.diags(np.repeat(mesh.areas * importance, 2))
    system = (gradient.T @ scale @ gradient + 1e-12 * sparse.eye(len(mesh.vertices))).tocsc()
    return spsolve(system, gradient.T @ (scale @ wanted.ravel()))


def _gradient(mesh: SkinMesh) -> sparse.csr_matrix:
    """Gradient of a function on the vertices in the frames of the triangles, sparse ``(2 F, V)``."""
    count = len(mesh.faces)
    differences = np.array([[-1.0, 1.0, 0.0], [-1.0, 0.0, 1.0]])
    blocks = np.einsum("fea,ev->fav", mesh.inverse_edges, differences)
    rows = np.arange(2 * count).reshape(count, 2, 1).repeat(3, axis=2)
    columns = np.broadcast_to(mesh.faces[:, None, :], (count, 2, 3))
    return sparse.csr_matrix((blocks.ravel(), (rows.ravel(), columns.ravel())), (2 * count, len(mesh.vertices)))


def _neighbours(faces: np.ndarray, count: int) -> list[list[int]]:
    pairs = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    pairs = np.unique(np.concatenate([pairs, pairs[:, ::-1]]), axis=0)
    starts = np.searchsorted(pairs[:, 0], np.arange(count + 1))
    return [pairs[a:b, 1].tolist() for a, b in zip(starts[:-1], starts[1:], strict=True)]
