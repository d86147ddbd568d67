"""Small heads made of random smooth columns, in the shape of what `load_head` gives."""

from types import SimpleNamespace

import numpy as np
from scipy.spatial import ConvexHull

from aucgan.heads.arkit import ARKIT_NAMES
from aucgan.heads.dense_landmarks import DenseLandmarks
from aucgan.heads.jaw_hinge import correctives

JAW_ANGLE = 0.4
UNITS = ("AU11Left", "AU11Right", "AU13", "AU23", "AU38", "AU39")


def small_head(names=(*ARKIT_NAMES, *UNITS), turning=True, seed=0):
    """A head of 300 vertices with the named columns; ``turning``: its jaw's joint makes the shape jawOpen."""
    rng = np.random.default_rng(seed)
    verts = rng.normal(size=(300, 3))
    verts *= np.array([0.07, 0.1, 0.08]) / np.linalg.norm(verts, axis=1, keepdims=True)
    faces = ConvexHull(verts).simplices.astype(np.int64)
    columns = _columns(verts, names, rng)
    shapedirs = np.zeros((len(verts), 3, 400))
    shapedirs[..., 300 : 300 + len(names)] = columns.transpose(1, 2, 0)
    posedirs, weights = np.zeros((len(verts), 3, 36)), np.tile([0.0, 1, 0, 0, 0], (len(verts), 1))
    if turning:
        posedirs[..., 9:18] = correctives(columns[list(names).index("jawOpen")], JAW_ANGLE)
    regressor = np.full((5, len(verts)), 1 / len(verts))
    triangles, bary = rng.integers(0, len(faces), 468), rng.dirichlet(np.ones(3), 468).astype(np.float32)
    return SimpleNamespace(
        v_template=verts,
        faces=faces,
        shapedirs=shapedirs,
        posedirs=posedirs,
        weights=weights,
        j_regressor=regressor,
        n_identity=300,
        jaw_turns={"jawOpen": (JAW_ANGLE, 0.0, 0.0)} if turning else {},
        expression_names=list(names),
        dense_landmarks=DenseLandmarks(triangles, bary),
    )


def _columns(verts, names, rng):
    centres = verts[rng.integers(0, len(verts), len(names))]
    reach = np.exp(-((verts[None] - centres[:, None]) ** 2).sum(-1) / (2 * 0.03**2))
    pulls = rng.normal(size=(len(names), 3))
    pulls *= 0.05 / np.linalg.norm(pulls, axis=1, keepdims=True)  # centimetres, so that regularisation hardly counts
    return reach[..., None] * pulls[:, None]
