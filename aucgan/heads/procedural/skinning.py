"""Joints, the regressor that finds them, and smooth skinning weights."""

from __future__ import annotations

import numpy as np
from scipy.optimize import nnls
from scipy.sparse import csr_matrix, diags
from scipy.sparse.linalg import spsolve

from aucgan.heads.procedural import anatomy
from aucgan.heads.procedural.curves import smoothstep
from aucgan.heads.procedural.half_mesh import HeadMesh

PARENTS = np.array([-1, 0, 1, 1, 1])
"""global → neck → jaw, left eye, right eye."""


def joints() -> np.ndarray:
    """Rest positions of global, neck, jaw, left eye and right eye, ``(5, 3)`` metres."""
    eye = anatomy.EYE_CENTRE
    return np.stack([anatomy.ROOT_JOINT, anatomy.NECK_JOINT, anatomy.JAW_JOINT, eye, anatomy.mirrored(eye)])


def laplacian(mesh: HeadMesh) -> csr_matrix:
    """Uniform graph Laplacian ``(V, V)`` of the surface without the bag of the mouth.

    Zero on fields that are locally their neighbours' mean. The bag follows the lips; it must not hold them back.
    """
    faces = mesh.faces[~mesh.part("mouth")[mesh.faces].any(1)]
    a, b = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]).T
    count = len(mesh.vertices)
    links = csr_matrix((np.ones(2 * len(a)), (np.r_[a, b], np.r_[b, a])), shape=(count, count))
    links.data[:] = 1.0
    return (diags(np.asarray(links.sum(1)).ravel()) - links).tocsr()


def smooth_field(mesh: HeadMesh, known: np.ndarray, value: np.ndarray) -> np.ndarray:
    """The smoothest field ``(V,)`` on the mesh with the given values where ``known``."""
    lap = laplacian(mesh)
    energy = (lap @ lap).tocsr()
    free = np.flatnonzero(~known)
    right = -energy[free][:, np.flatnonzero(known)] @ value[known]
    field = value.astype(float).copy()
    field[free] = spsolve(energy[free][:, free].tocsc(), right)
    return np.clip(field, 0.0, 1.0)


def jaw_field(mesh: HeadMesh) -> np.ndarray:
    """How much each vertex follows the jaw, ``(V,)`` in [0, 1]."""
    x, y, z = (mesh.vertices * 1000.0).T
    x = np.abs(x)
    corner = smoothstep(x, 25.5, 6.0)
    known, value = np.zeros(len(x), bool), np.zeros(len(x))
    skin = mesh.part("skin")
    upper, lower = mesh.part("lip_upper"), mesh.part("lip_lower")
    both = (x > 21.0) & (upper | lower)
    known |= (upper | lower) & ~both
    value[lower] = 0.45 + 0.55 * corner[lower]
    value[upper] = 0.30 * (1 - corner[upper])
    still = skin & ((y > -12) | (z < -25) | ((y > -30) & (x < 16)) | (y < -124))
    chin = skin & (y < -60) & (y > -86) & (z > 42) & (x < 34)
    known |= still | chin
    value[chin] = 1.0
    field = smooth_field(mesh, known | ~mesh.part("skin", "lip_upper", "lip_lower"), value)
    field[mesh.part("teeth_lower", "tongue")] = 1.0
    return _mouth_bag(mesh, field)


def _mouth_bag(mesh: HeadMesh, field: np.ndarray) -> np.ndarray:
    """The bag follows the lip it hangs on; far back it moves half way."""
    bag = np.flatnonzero(mesh.part("mouth"))
    lip = mesh.leader[bag]
    depth = smoothstep(mesh.follow[bag], 0.9, 0.1)
    home = np.where(mesh.parts[lip] == "lip_lower", 0.85, 0.1)
    corner = smoothstep(np.abs(mesh.vertices[lip, 0]), 0.018, 0.0235)
    home += corner * (0.45 - home)
    field[bag] = field[lip] + depth * (home - field[lip])
    return field


def skinning_weights(mesh: HeadMesh) -> np.ndarray:
    """Weights ``(V, 5)`` of global, neck, jaw and eyes; rows sum to one."""
    y, z = mesh.vertices[:, 1] * 1000.0, mesh.vertices[:, 2] * 1000.0
    level = y - 0.35 * (z + 30.0)  # the bend runs from the throat up to the nape
    head = smoothstep(level, -165.0, -85.0)
    head[~mesh.part("skin")] = 1.0
    jaw = jaw_field(mesh)
    weights = np.zeros((len(y), 5))
    weights[:, 0] = 1.0 - head
    weights[:, 1], weights[:, 2] = head * (1.0 - jaw), head * jaw
    for column, sign in ((3, 1.0), (4, -1.0)):
        ball = mesh.part("eyeball") & (sign * mesh.vertices[:, 0] > 0)
        weights[ball] = 0.0
        weights[ball, column] = 1.0
    return weights / weights.sum(1, keepdims=True)


def joint_regressor(mesh: HeadMesh) -> np.ndarray:
    """Non-negative ``(5, V)`` with rows that sum to one and ``regressor @ vertices = joints``."""
    regressor = np.zeros((5, len(mesh.vertices)))
    skin = np.flatnonzero(mesh.part("skin"))
    for row, joint in enumerate(joints()):
        if row >= 3:
            ball = mesh.part("eyeball") & (np.sign(joint[0]) * mesh.vertices[:, 0] > 0)
            chosen = np.flatnonzero(ball)
        else:
            reach = (np.abs(mesh.vertices[skin, 1] - joint[1]) < 0.03) & (mesh.vertices[skin, 2] < 0.03)
            chosen = skin[reach]
        regressor[row, chosen] = _convex(mesh.vertices[chosen], joint)
    mirrored = (regressor + regressor[[0, 1, 2, 4, 3]][:, mesh.mirror]) / 2
    return mirrored


def _convex(points: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Non-negative weights that sum to one, spread over all points, with mean ``target``."""
    even = 0.02 / len(points)
    system = np.vstack([1e3 * (points - target).T, np.full(len(points), 1e3), even * np.eye(len(points))])
    weights = nnls(system, np.concatenate([[0.0] * 3, [1e3], np.zeros(len(points))]))[0]
    return weights / weights.sum()
