"""The sliders of the page: what each is called, where it stands, and what it does to a state."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from aucgan.action_units import AU_NAMES, MAIN_AUS, SIDED_AUS
from aucgan.heads.arkit import ARKIT_NAMES
from aucgan.viewer.face_state import N_IDENTITY, FaceState

UNIT_REGIONS: dict[str, tuple[int, ...]] = {
    "Brows": (1, 2, 4),
    "Eyes": (5, 7),
    "Cheeks and nose": (6, 9, 11, 38, 39),
    "Lips": (10, 12, 13, 14, 15, 16, 18, 20, 22, 23, 24, 25, 32),
    "Chin, jaw, tongue": (17, 19, 26, 27),
}
"""FACS numbers by region, from top to bottom."""
SHAPE_REGIONS: dict[str, tuple[str, ...]] = {
    "Brows": ("brow",),
    "Eyes": ("eye",),
    "Cheeks and nose": ("cheek", "nose"),
    "Lips": ("mouth",),
    "Chin, jaw, tongue": ("jaw", "tongue"),
}
"""How ARKit's names begin, by the same regions."""
NOT_MIRRORED = ("mouthLeft", "mouthRight", "jawLeft", "jawRight")
"""Shapes that end in a side and are ways to move, not sides of the face."""
SIDES = {"L": "left", "R": "right"}
WAYS = {"left": ("eyeLookOutLeft", "eyeLookInRight"), "right": ("eyeLookInLeft", "eyeLookOutRight")}
HEIGHTS = {"up": ("eyeLookUpLeft", "eyeLookUpRight"), "down": ("eyeLookDownLeft", "eyeLookDownRight")}


@dataclass(frozen=True)
class Control:
    """A slider.

    Attributes:
        name: By which it is known, unique on the page.
        label: What the page says.
        group: The folder that it stands in.
        low: Smallest value.
        high: Largest value.
        step: Between values.
        get: Its value in a state.
        set: The state with another value.
        hint: A longer explanation.
        sided: Whether it is one side of something, and shown only where left and right are free.
    """

    name: str
    label: str
    group: str
    low: float
    high: float
    step: float
    get: Callable[[FaceState], float]
    set: Callable[[FaceState, float], FaceState]
    hint: str = ""
    sided: bool = False


def unit_controls() -> list[Control]:
    """The 41 action units; a main one takes both its sides along."""
    return [
        _shown(name, name, region, f"{MAIN_AUS[number]}{_side_of(name)}", name not in _MAIN)
        for region, numbers in UNIT_REGIONS.items()
        for number in numbers
        for name in _with_sides(number)
    ]


def shape_controls(linked: bool) -> list[Control]:
    """ARKit's 52 shapes; where left and right are linked, the left one takes the right one along."""
    controls = []
    for region, starts in SHAPE_REGIONS.items():
        for name in (name for name in ARKIT_NAMES if name.startswith(starts)):
            control, other = _shown(name, name, region, "", _is_right(name)), name.replace("Left", "Right")
            if linked and other != name and name not in NOT_MIRRORED:
                label = name.removesuffix("Left")
                control = replace(control, label=label, set=_both(name, other))
            controls.append(control)
    return controls


def pose_controls() -> list[Control]:
    """Head, jaw and gaze."""
    angles = [("yaw", "to their left", 60.0), ("pitch", "down", 40.0), ("roll", "to their right", 40.0)]
    head = [
        _number(f"head {name}", f"Turn {hint}", "Head", "turn", k, (-most, most, 1.0))
        for k, (name, hint, most) in enumerate(angles)
    ]
    jaw = [
        _shown("jaw open", "jawOpen", "Jaw"),
        _between("jaw sideways", "Jaw", ("jawRight",), ("jawLeft",), "to their left"),
        _shown("jaw forward", "jawForward", "Jaw"),
    ]
    gaze = [
        _between("gaze sideways", "Gaze", WAYS["right"], WAYS["left"], "to their left"),
        _between("gaze up", "Gaze", HEIGHTS["down"], HEIGHTS["up"], "up"),
        _between("blink", "Gaze", (), ("eyeBlinkLeft", "eyeBlinkRight"), "both eyes close"),
    ]
    return [*head, *jaw, *gaze]


def identity_controls(names: Sequence[str]) -> list[Control]:
    """The first components of the identity, by the head's names where these say something.

    Args:
        names: Of the head's identity columns.
    """
    return [
        _number(
            f"identity {k + 1}", "Added to the photo's", "Identity", "identity", k, (-3.0, 3.0, 0.1), _spoken(name, k)
        )
        for k, name in enumerate(names[:N_IDENTITY])
    ]


def surface_controls() -> list[Control]:
    """Wrinkles and light."""
    wrinkles = Control(
        "wrinkle strength",
        "wrinkles",
        "Surface",
        0.0,
        3.0,
        0.05,
        lambda state: state.wrinkles,
        lambda state, value: replace(state, wrinkles=value),
        "Of the detail that a trained model adds",
    )
    light = [
        ("light sideways", "degrees, from their left", (-180.0, 180.0, 5.0)),
        ("light height", "degrees", (-90.0, 90.0, 5.0)),
        ("light strength", "of the lamp", (0.0, 6.0, 0.1)),
        ("light around", "from everywhere", (0.0, 6.0, 0.1)),
    ]
    return [wrinkles, *(_number(name, hint, "Light", "light", k, span) for k, (name, hint, span) in enumerate(light))]


_MAIN = frozenset(f"AU{number}" for number in MAIN_AUS)


def _with_sides(number: int) -> list[str]:
    names = [f"AU{number}"] + [f"AU{side}{number}" for side in SIDES if number in SIDED_AUS]
    assert set(names) <= set(AU_NAMES)
    return names


def _side_of(name: str) -> str:
    return "" if name in _MAIN else f", {SIDES[name[2]]}"


def _is_right(name: str) -> bool:
    return name.endswith("Right") and name not in NOT_MIRRORED


def _spoken(name: str, number: int) -> str:
    return f"component {number + 1}" if re.fullmatch(r"\D*\d+", name) else name


def _shown(control: str, name: str, group: str, hint: str = "", sided: bool = False) -> Control:
    """A unit or shape in [0, 1]."""

    def get(state: FaceState) -> float:
        return state.expression.aus[name] if name in AU_NAMES else state.expression.shapes[name]

    def put(state: FaceState, value: float) -> FaceState:
        return state.showing({name: value})

    return Control(control, control, group, 0.0, 1.0, 0.01, get, put, hint, sided)


def _both(left: str, right: str) -> Callable[[FaceState, float], FaceState]:
    """Sets the left shape, and moves the right one by as much."""

    def put(state: FaceState, value: float) -> FaceState:
        shapes = state.expression.shapes
        return state.showing({left: value, right: min(max(shapes[right] + value - shapes[left], 0.0), 1.0)})

    return put


def _between(control: str, group: str, below: Sequence[str], above: Sequence[str], hint: str) -> Control:
    """Two sets of shapes that exclude each other, as one slider in [-1, 1]."""

    def get(state: FaceState) -> float:
        least, most = (max((state.expression.shapes[name] for name in names), default=0.0) for names in (below, above))
        return most - least

    def put(state: FaceState, value: float) -> FaceState:
        return state.showing(dict.fromkeys(below, max(-value, 0.0)) | dict.fromkeys(above, max(value, 0.0)))

    return Control(control, control, group, -1.0 if below else 0.0, 1.0, 0.01, get, put, hint)


def _number(
    control: str, hint: str, group: str, field: str, index: int, span: tuple[float, float, float], label: str = ""
) -> Control:
    """One number of a state."""
    return Control(
        control,
        label or control,
        group,
        *span,
        lambda state: getattr(state, field)[index],
        lambda state, value: state.with_part(field, index, value),
        hint,
    )
