"""Joints, skinning weights and correctives.

The eyeballs turn about their centres, the skull on the neck: both by skinning. The jaw has no skinning weights. Its
shapes in ARKit are straight paths, and lips that close over an open jaw cancel them exactly; a skinned jaw would turn
every other shape along with it and agree with them nowhere between. So turning the jaw moves the head along the very
shapes jawOpen, jawLeft and jawRight, through the correctives, for which FLAME's format has nine numbers per joint:
an angle about one axis is a combination of its sine and its cosine, to a thousandth, over the range of a jaw. The lids
follow the eyes' joints in the same way.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import nnls

from aucgan.heads.anny.assembly import HeadMesh
from aucgan.heads.anny.lids import eyeballs, gaze_turn
from aucgan.heads.anny.points import NECK_CUT

PARENTS = np.array([-1, 0, 1, 1, 1])
"""root → neck → jaw, left eye, right eye."""
N_FEATURES = 36
_NECK, _JAW, _LEFT_EYE, _RIGHT_EYE = 0, 9, 18, 27
JAW_SIDE = 0.1
"""Radians about the vertical at the full shapes jawLeft and jawRight: 7 mm at the teeth."""
_SPAN = np.linspace(-0.1, 1.15, 26)
"""Weights of a shape, as shares of the full one, over which angles are matched."""
_SPINE = 0.055
"""Metres from the nape forward to the spine."""
_BEND, _BENDS = -0.55, (-0.075, 0.0)
"""Slope of the bend of the neck, from under the chin up to the occiput, and where it begins and ends, metres."""


def jaw_turn(mesh: HeadMesh, template: np.ndarray, jaw_open: np.ndarray) -> tuple[float, np.ndarray]:
    """The rotation that moves the lower teeth as jawOpen does.

    Returns:
        Angle about the axis to the person's left in radians, and the point of the axis in the midplane, ``(3,)``.
    """
    rest = template[mesh.part("teeth_lower")][:, 1:]
    moved = rest + jaw_open[mesh.part("teeth_lower")][:, 1:]
    a, b = rest - rest.mean(0), moved - moved.mean(0)
    angle = np.arctan2((a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum(), (a * b).sum())
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    fixed = np.linalg.solve(np.eye(2) - turn, moved.mean(0) - turn @ rest.mean(0))
    return float(angle), np.array([0.0, *fixed])


def joints(mesh: HeadMesh, template: np.ndarray, jaw: np.ndarray) -> np.ndarray:
    """Rest positions of root, neck, jaw, left and right eye, ``(5, 3)`` metres."""
    rim = template[mesh.row(NECK_CUT)]
    line = template[mesh.part("skin") & (np.abs(template[:, 0]) < 1e-9) & (template[:, 2] < rim[2] + _SPINE)]
    skull = template[mesh.part("lip_lower"), 1].min()
    nape = line[np.abs(line[:, 1] - skull).argmin()]
    places = [[0.0, height, back + _SPINE] for height, back in ((rim[1], rim[2]), (skull, nape[2]))]
    return np.array([*places, jaw, *(eye.centre for eye in eyeballs(mesh, template))])


def skinning_weights(mesh: HeadMesh, template: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Weights ``(V, 5)`` of root, neck, jaw and eyes; rows sum to one, the jaw's are zero."""
    level = template[:, 1] - places[1, 1] - _BEND * (template[:, 2] - places[1, 2])
    share = np.clip((level - _BENDS[0]) / (_BENDS[1] - _BENDS[0]), 0.0, 1.0)
    head = share * share * (3.0 - 2.0 * share)
    head[~mesh.part("skin")] = 1.0
    weights = np.zeros((len(template), 5))
    weights[:, 0], weights[:, 1] = 1.0 - head, head
    for column, eye in zip((3, 4), eyeballs(mesh, template), strict=True):
        weights[eye.vertices] = np.eye(5)[column]
    return weights


def joint_regressor(mesh: HeadMesh, template: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Non-negative ``(5, V)``, rows that sum to one, with ``regressor @ template = places``."""
    regressor = np.zeros((5, len(template)))
    skin = mesh.part("skin", "ear")
    for row, place in enumerate(places[:3]):
        chosen = np.flatnonzero(skin & (np.abs(template[:, 1] - place[1]) < 0.03) & (template[:, 2] < place[2] + 0.08))
        regressor[row, chosen] = _convex(template[chosen], place)
    for row, eye in zip((3, 4), eyeballs(mesh, template), strict=True):
        regressor[row, eye.vertices[:2]] = 0.5  # the poles
    return 0.5 * (regressor + regressor[[0, 1, 2, 4, 3]][:, mesh.mirror])


def _convex(points: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Non-negative weights that sum to one, spread over all points, with mean ``target``."""
    even = 0.02 / len(points)
    system = np.vstack([1e3 * (points - target).T, np.full(len(points), 1e3), even * np.eye(len(points))])
    weights = nnls(system, np.concatenate([[0.0] * 3, [1e3], np.zeros(len(points))]))[0]
    return weights / weights.sum()


def straight_path(angles: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Factors ``(2, C)`` of the sine and of one minus the cosine that come nearest to curves over an angle.

    Args:
        angles: Radians, ``(A,)``.
        wanted: ``(A, C)``.
    """
    return np.linalg.lstsq(np.stack([np.sin(angles), 1.0 - np.cos(angles)], axis=1), wanted, rcond=None)[0]


def _add_turn(columns: np.ndarray, start: int, axis: int, sine: np.ndarray, versine: np.ndarray) -> None:
    """Drive offsets by the sine of an angle about an axis, and by one minus its cosine, in features R − I."""
    row, column = (axis + 2) % 3, (axis + 1) % 3
    columns[..., start + 3 * row + column] += 0.5 * sine
    columns[..., start + 3 * column + row] -= 0.5 * sine
    for place, sign in ((row, -1.0), (column, -1.0), (axis, 1.0)):  # turns about the other axes cancel
        columns[..., start + 4 * place] += 0.5 * sign * versine


def _driven(shapes: dict[float, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Sine and versine offsets that follow the shape of each full angle, in proportion, on its side of zero."""
    angles = np.concatenate([angle * (_SPAN if len(shapes) == 1 else _SPAN[_SPAN >= 0]) for angle in shapes])
    shares = np.stack([np.where(np.sign(angles) == np.sign(angle), angles / angle, 0.0) for angle in shapes], axis=1)
    if len(shapes) == 1:
        shares = (angles / next(iter(shapes)))[:, None]
    factors = straight_path(angles, shares)
    stacked = np.stack(list(shapes.values()))
    sine, versine = (np.tensordot(row, stacked, 1) for row in factors)
    return sine, versine


def pose_columns(mesh: HeadMesh, template: np.ndarray, shapes: dict[str, np.ndarray], jaw_angle: float) -> np.ndarray:
    """Offsets per entry of the pose feature, ``(V, 3, 36)`` metres."""
    columns = np.zeros((*template.shape, N_FEATURES))
    _add_turn(columns, _JAW, 0, *_driven({jaw_angle: shapes["jawOpen"]}))
    _add_turn(columns, _JAW, 1, *_driven({JAW_SIDE: shapes["jawLeft"], -JAW_SIDE: shapes["jawRight"]}))
    lids = ~mesh.part("eyeball")[:, None]  # the eyeballs themselves are skinned
    for start, side in ((_LEFT_EYE, "Left"), (_RIGHT_EYE, "Right")):
        for axis, pair in ((0, ("eyeLookUp", "eyeLookDown")), (1, ("eyeLookIn", "eyeLookOut"))):
            names = [name + side for name in pair]
            _add_turn(columns, start, axis, *_driven({gaze_turn(name)[axis]: shapes[name] * lids for name in names}))
    return columns
