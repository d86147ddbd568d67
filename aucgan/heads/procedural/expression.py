"""Expression columns driven by action units, and the codes that a set of action units asks for."""

from __future__ import annotations

from functools import cache

import numpy as np

from aucgan.action_units import MAIN_AUS, N_AUS, SIDED_AUS, main_index, side_index
from aucgan.heads.procedural.curves import smoothstep
from aucgan.heads.procedural.expression_units import JAW, LIDS, PULLS, TONGUE
from aucgan.heads.procedural.half_mesh import HeadMesh
from aucgan.heads.procedural.lids import lid_movement
from aucgan.heads.procedural.skinning import jaw_field

N_EXPRESSION = 100
FULL_INTENSITY = 2.0
"""Coefficient of a column at which its action unit is fully contracted."""
MAX_JAW_OPENING = 0.5
"""Largest jaw rotation that :func:`au_to_codes` asks for, radians."""
_SHARED_SKIN: tuple[tuple[dict[int, float], float], ...] = (
    ({18: 9.0, 22: 6.0, 23: 2.8}, 10.5),  # draw the corners of the mouth inward
    ({12: 10.0, 14: 5.5, 20: 10.0}, 11.0),  # draw the corners outward
    ({16: 7.0, 19: 5.5, 22: 4.8, 25: 4.6, 27: 3.0}, 8.0),  # lower the lower lip
)
"""Units that move the same skin the same way, by how many mm each, and the sum that the skin can follow."""
_MOST_CLOSING, _LID_GAP = 6.3, 10.8  # mm that units may close of the opening, and the opening at its middle
_MIDLINE_MM = 7.0  # half width of the zone in which left and right columns share the midline


def column_names() -> list[str]:
    """Names of the 100 columns: sided and whole action units, blinks, then further movements."""
    sided = [f"AU{side}{au}" for au in SIDED_AUS for side in "LR"]
    whole = [f"AU{au}" for au in MAIN_AUS if au not in SIDED_AUS]
    halves = [f"AUL{au}" for au in (5, 7, 9, 11, 13, 15, 16, 20)]  # the right half is the whole less the left
    named = [*sided, *whole, "blinkL", "blinkR", *halves, *_EXTRA]
    return named + [f"mode{k}" for k in range(N_EXPRESSION - len(named))]


_EXTRA: dict[str, tuple] = {
    "mouth left": (("all", 0, -43, 30, 14, (0, 0, 0)),),
    "cheek puff": (("all", 40, -30, 14, 14, (4.0, 0, 4.0)),),
    "cheek suck": (("all", 42, -30, 12, 14, (-4.0, 0, -4.0)),),
    "upper lip forward": (("upper", 6, -37, 15, 7, (0, 0, 4.0)),),
    "lower lip forward": (("lower", 6, -49, 15, 7, (0, 0, 4.0)),),
    "lips narrow": (("all", 0, -43, 22, 10, (-6.0, 0, 1.5)),),
    "lower lip up": (("lower", 8, -50, 15, 8, (0, 3.0, 0.8)),),
    "chin down": (("all", 6, -72, 14, 12, (0, -3.0, 0)),),
    "brow bulge": (("all", 24, 50, 20, 7, (0, -1.5, 2.0)),),
    "forehead up": (("all", 20, 80, 30, 18, (0, 4.0, 0)),),
}


def _window(points: np.ndarray, x: float, y: float, rx: float, ry: float) -> np.ndarray:
    flat = np.exp(-0.5 * (((points[:, 0] - x) / rx) ** 2 + ((points[:, 1] - y) / ry) ** 2))
    return flat * smoothstep(points[:, 2], 0.0, 25.0)


class ExpressionSculptor:
    """Builds movements of the mean head; everything in mm, ``(V, 3)``."""

    def __init__(self, mesh: HeadMesh) -> None:
        self.mesh = mesh
        self.points = mesh.vertices * 1000.0
        self.soft = mesh.part("skin", "lip_upper", "lip_lower")
        lower = jaw_field(mesh)
        self.areas = {"all": np.ones(len(lower)), "lower": lower, "upper": 1.0 - lower}

    def pulls(self, pulls: tuple) -> np.ndarray:
        """Left and right together; a window at the midline is not doubled."""
        field = np.zeros_like(self.points)
        for area, x, y, rx, ry, pull in pulls:
            left = _window(self.points, x, y, rx, ry)
            right = _window(self.points, -x, y, rx, ry)
            both = np.maximum(left, right) if x < rx else left + right
            part = self.areas[area] * self.soft
            field[:, 1:] += (part * both)[:, None] * np.array(pull[1:])
            field[:, 0] += part * pull[0] * (left * self.points[:, 0] / rx if x == 0 else left - right)
        return field

    def lids(self, upper: float, lower: float, close: float = 0.0) -> np.ndarray:
        """Both eyes' lids."""
        left = lid_movement(self.mesh, upper, lower, close)
        return left + self.mirror(left)

    def mirror(self, field: np.ndarray) -> np.ndarray:
        """The movement of the other side."""
        return field[self.mesh.mirror] * [-1.0, 1.0, 1.0]

    def tongue(self, forward: float, up: float) -> np.ndarray:
        """Stretch the tongue out of the mouth: it rises over the teeth, narrows and bends down at its tip."""
        out = smoothstep(self.points[:, 2], 14.0, 58.0)
        rise = up * smoothstep(out, 0.0, 0.45) - 1.1 * up * smoothstep(out, 0.6, 1.0)
        field = np.stack([-0.22 * out * self.points[:, 0], rise, forward * out], axis=1)
        return field * self.mesh.part("tongue")[:, None]

    def drag(self, field: np.ndarray) -> np.ndarray:
        """Take the rims of the lids and the mouth's inside along."""
        led = self.mesh.leader >= 0
        field[led] = field[self.mesh.leader[led]] * self.mesh.follow[led, None]
        return field

    def unit(self, au: int) -> np.ndarray:
        """Full intensity of a main action unit, both sides, without the jaw's rotation."""
        field = self.pulls(PULLS[au])
        if au in LIDS:
            field += self.lids(*LIDS[au])
        if au in TONGUE:
            field += self.tongue(*TONGUE[au])
        return self.drag(field)

    def half(self, field: np.ndarray, side: str) -> np.ndarray:
        """The left or right half of a movement; the two halves add up to the whole."""
        sign = 1.0 if side == "L" else -1.0
        return field * smoothstep(sign * self.points[:, 0], -_MIDLINE_MM, _MIDLINE_MM)[:, None]

    def column(self, name: str, index: int) -> np.ndarray:
        """Movement at full intensity of a named column."""
        if name.startswith(("AUL", "AUR")):
            return self.half(self.unit(int(name[3:])), name[2])
        if name.startswith("AU"):
            return self.unit(int(name[2:]))
        if name.startswith("blink"):
            return self.half(self.drag(self.lids(0.0, 0.0, 1.0)), name[5])
        if name == "mouth left":
            shift = _window(self.points, 0, -43, 26, 13) * self.soft
            return self.drag(shift[:, None] * np.array([5.0, 0.0, 0.0]))
        if name in _EXTRA:
            return self.drag(self.pulls(_EXTRA[name]))
        return self.mode(index)

    def mode(self, index: int) -> np.ndarray:
        """A fine smooth movement of the face that no action unit names."""
        rng = np.random.default_rng(1000 + index)
        wave = rng.normal(size=(24, 3)) / (14.0 + 0.1 * (100 - index))
        phase, share = rng.uniform(0, 2 * np.pi, 24), rng.normal(size=(24, 3)) / 5.0
        near = _window(self.points, 0, -10, 45, 45) * self.soft * (np.abs(self.points[:, 1] - 30) > 9)
        return self.drag(near[:, None] * (np.cos(self.points @ wave.T + phase) @ share) * 0.8)


def expression_columns(mesh: HeadMesh) -> np.ndarray:
    """Offsets for a coefficient of one of each expression code, ``(V, 3, 100)`` metres."""
    sculptor = ExpressionSculptor(mesh)
    columns = [sculptor.column(name, k) for k, name in enumerate(column_names())]
    return np.stack(columns, axis=-1) / (1000.0 * FULL_INTENSITY)


@cache
def _au_to_column() -> tuple[np.ndarray, np.ndarray]:
    """Matrix ``(41, 100)`` from intensities to coefficients, and the jaw's share of each unit ``(41,)``."""
    names = {name: k for k, name in enumerate(column_names())}
    matrix, jaw = np.zeros((N_AUS, N_EXPRESSION)), np.zeros(N_AUS)
    for au in MAIN_AUS:
        jaw[main_index(au)] = JAW.get(au, 0.0)
        if au not in SIDED_AUS:
            matrix[main_index(au), names[f"AU{au}"]] = FULL_INTENSITY
            continue
        for side in "LR":
            matrix[side_index(au, side), names[f"AU{side}{au}"]] = FULL_INTENSITY
    return matrix, jaw


def _of_side(unit: int, side: str) -> int:
    """Index of the label that drives a unit on one side."""
    return side_index(unit, side) if unit in SIDED_AUS else main_index(unit)


def _limited(au: np.ndarray, pulls: dict[int, float], most: float) -> np.ndarray:
    """Scale units that act on the same skin so that on each side their pulls (mm at full intensity) sum to ``most``."""
    out = au.copy()
    for side in "LR":
        units = [_of_side(unit, side) for unit in pulls]
        total = au[..., units] @ np.array(list(pulls.values()))
        scale = np.minimum(1.0, most / np.maximum(total, 1e-9))
        out[..., units] = np.minimum(out[..., units], au[..., units] * scale[..., None])
    return out


@cache
def _lid_closers() -> dict[int, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Blink column → the units that act on that side's lids, and how far (mm) each lowers and raises the lids."""
    names = column_names()
    closers = {}
    for side in "LR":
        units = [_of_side(au, side) for au in LIDS]
        lids = np.array(list(LIDS.values()))
        closers[names.index(f"blink{side}")] = (np.array(units), -lids[:, 0], lids[:, 1])
    return closers


def au_to_codes(au: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Expression and jaw codes that show the given action units.

    Where a unit has sides, its left and right intensities count; if both are 0 the main one acts on both sides.

    Args:
        au: Intensities in [0, 1] in the order of :data:`aucgan.action_units.AU_NAMES`, ``(B, 41)`` or ``(41,)``.

    Returns:
        Expression codes ``(B, 100)`` and jaw rotation ``(B, 3)`` (axis-angle, radians), without B for one face.

    Raises:
        ValueError: The last axis is not 41 long.
    """
    au = np.asarray(au, dtype=np.float64)
    if au.shape[-1] != N_AUS:
        raise ValueError(f"action units have shape {au.shape}; ({N_AUS},) or (B, {N_AUS}) was expected")
    au = np.clip(au, 0.0, 1.0).copy()
    for unit in SIDED_AUS:
        left, right, main = side_index(unit, "L"), side_index(unit, "R"), main_index(unit)
        unsided = np.maximum(au[..., left], au[..., right]) == 0
        for side in (left, right):
            au[..., side] = np.where(unsided, au[..., main], au[..., side])
    matrix, jaw = _au_to_column()
    pose = np.zeros((*au.shape[:-1], 3))
    pose[..., 0] = np.minimum(au @ jaw, MAX_JAW_OPENING)
    for pulls, most in _SHARED_SKIN:
        au = _limited(au, pulls, most)
    exp = au @ matrix
    for column, (units, upper, lower) in _lid_closers().items():
        closing = np.maximum(au[..., units] @ upper, 0.0) + np.maximum(au[..., units] @ lower, 0.0)
        exp[..., column] -= FULL_INTENSITY * np.maximum(closing - _MOST_CLOSING, 0.0) / _LID_GAP
    return exp, pose
