"""A flat sheet of skin whose folds can be told beforehand."""

import numpy as np

from aucgan.datasets.procedural.relief.mechanics.process import SkinSurface

SIDE, CELLS, TEXELS = 0.08, 16, 64
TRAITS = dict(age=0.5, lined=0.0, depth=1.0, width=1.0, breaks=0.0, lopsided=1.0, pores=1.0, marks=1.0)


def grid():
    """Vertices ``(V, 3)`` and triangles of a square sheet."""
    at = np.linspace(-SIDE / 2, SIDE / 2, CELLS + 1)
    x, y = np.meshgrid(at, at)
    vertices = np.stack([x.ravel(), y.ravel(), np.zeros(x.size)], axis=1)
    row, column = np.divmod(np.arange(CELLS * CELLS), CELLS)
    a = row * (CELLS + 1) + column
    lower = np.stack([a, a + 1, a + CELLS + 2], axis=1)
    upper = np.stack([a, a + CELLS + 2, a + CELLS + 1], axis=1)
    return vertices, np.stack([lower, upper], axis=1).reshape(-1, 3)


def pressed(vertices, share, angle):
    """The sheet, shortened by ``share`` along a direction."""
    along = np.array([np.cos(angle), np.sin(angle), 0.0])
    return vertices - share * (vertices @ along)[:, None] * along


def sheet(usual):
    """The surface of the sheet, ``TEXELS`` texels a side."""
    vertices, faces = grid()
    at = (np.arange(TEXELS) + 0.5) / TEXELS * CELLS
    u, v = (one.ravel() for one in np.meshgrid(at, at))
    row, column = v.astype(int), u.astype(int)
    du, dv = u - column, v - row
    upper = dv > du
    weights = np.where(upper[:, None], np.stack([1 - dv, du, dv - du], axis=1), np.stack([1 - du, du - dv, dv], axis=1))
    landmarks = np.zeros((68, 3))
    texel = np.full(TEXELS**2, SIDE / TEXELS)
    return SkinSurface(vertices, faces, landmarks, 2 * (row * CELLS + column) + upper, weights, texel, usual[None])
