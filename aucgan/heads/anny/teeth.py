"""The bands of upper and lower teeth: the helpers of the base mesh, one step finer."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix, diags, vstack


def finer(quads: np.ndarray, uv: np.ndarray, count: int) -> tuple[csr_matrix, np.ndarray, np.ndarray]:
    """One step of smooth subdivision: every quad becomes four, and inner vertices move to their quads' mean.

    Args:
        quads: Vertex indices, ``(M, 4)``.
        uv: Their UV, ``(M, 4, 2)``.
        count: Number of vertices that the indices count among.

    Returns:
        Weights of the old vertices for the new ones ``(K, count)``, quads ``(4M, 4)`` among the new ones, and their
        UV ``(4M, 4, 2)``.
    """
    used, local = np.unique(quads, return_inverse=True)
    local = local.reshape(quads.shape)
    sides = np.sort(np.stack([local, np.roll(local, -1, axis=1)], axis=-1), axis=-1).reshape(-1, 2)
    edges, edge_of, times = np.unique(sides, axis=0, return_inverse=True, return_counts=True)
    edge_of = edge_of.reshape(quads.shape)
    corners = csr_matrix((np.ones(len(used)), (np.arange(len(used)), used)), shape=(len(used), count))
    rows = vstack([corners, _means(edges) @ corners, _means(local) @ corners]).tocsr()
    middle = len(used) + len(edges) + np.arange(len(quads))
    at = len(used) + edge_of
    cells = np.stack(
        [np.stack([local[:, k], at[:, k], middle, at[:, k - 1]], axis=1) for k in range(4)], axis=1
    ).reshape(-1, 4)
    half, centre = 0.5 * (uv + np.roll(uv, -1, axis=1)), uv.mean(1)
    cell_uv = np.stack(
        [np.stack([uv[:, k], half[:, k], centre, half[:, k - 1]], axis=1) for k in range(4)], axis=1
    ).reshape(-1, 4, 2)
    rim = np.zeros(rows.shape[0], bool)
    rim[edges[times == 1]] = True
    rim[len(used) + np.flatnonzero(times == 1)] = True
    smooth = _around(cells, rows.shape[0]) @ _means(cells)
    keep = diags(rim.astype(float)) + diags(1.0 - rim) @ smooth
    return (keep @ rows).tocsr(), cells, cell_uv


def _means(groups: np.ndarray) -> csr_matrix:
    """Takes the mean of each row of indices."""
    m, k = groups.shape
    return csr_matrix((np.full(m * k, 1 / k), (np.repeat(np.arange(m), k), groups.ravel())))


def _around(cells: np.ndarray, count: int) -> csr_matrix:
    """Takes the mean over the cells at each vertex."""
    at = csr_matrix(
        (np.ones(cells.size), (cells.ravel(), np.repeat(np.arange(len(cells)), 4))), shape=(count, len(cells))
    )
    return diags(1.0 / np.asarray(at.sum(1)).ravel()) @ at
