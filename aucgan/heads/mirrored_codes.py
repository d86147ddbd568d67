"""Codes of the mirror image of a face."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from aucgan.heads.arkit import mirrored_name
from aucgan.heads.head import Head

FLIP = np.array([-1.0, 1.0, 1.0])


@dataclass(frozen=True)
class MirroredCodes:
    """Linear maps from codes of a face to those of its mirror image.

    Attributes:
        identity: ``(I, I)``: mirrored coefficients are ``codes @ identity``.
        expression: ``(E, E)`` likewise.
    """

    identity: np.ndarray
    expression: np.ndarray

    @classmethod
    def of(cls, head: Head, n_identity: int | None = None) -> MirroredCodes:
        """By names where these name sides, else by least squares over the mesh, which is exact for symmetric columns.

        Args:
            head: The head.
            n_identity: How many of its identity columns count; default all.
        """
        partner = mirror_vertices(head.v_template)
        count = head.n_identity if n_identity is None else n_identity
        identity, expression = head.shapedirs[..., :count], head.shapedirs[..., head.n_identity :]
        named = _named_pairs(head.expression_names)
        return cls(_mirror_map(identity, partner), _mirror_map(expression, partner) if named is None else named)


def mirror_vertices(verts: np.ndarray) -> np.ndarray:
    """The vertex that comes nearest to the mirror image of each, ``(V,)`` int64."""
    return cKDTree(verts).query(verts * FLIP)[1]


def _named_pairs(names: Sequence[str]) -> np.ndarray | None:
    """The map of columns that are called left and right, ``(E, E)``; ``None`` where none is, or one has no partner."""
    partners = [mirrored_name(name) for name in names]
    if partners == list(names) or not set(partners) <= set(names):
        return None
    return np.eye(len(names), dtype=np.float32)[[list(names).index(partner) for partner in partners]]


def _mirror_map(columns: np.ndarray, partner: np.ndarray) -> np.ndarray:
    """Of columns ``(V, 3, K)``: the rows are what each becomes, ``(K, K)`` float32."""
    mirrored = columns[partner] * FLIP[:, None]
    basis = columns.reshape(-1, columns.shape[2]).astype(np.float64)
    found = np.linalg.lstsq(basis.T @ basis, basis.T @ mirrored.reshape(basis.shape), rcond=1e-9)[0]
    return np.where(np.abs(found) < 1e-4, 0, found).T.astype(np.float32)
