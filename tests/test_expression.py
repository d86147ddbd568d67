"""Action units to ARKit and back: the table, its ambiguities, spellings, and what is refused."""

import numpy as np
import pytest

from aucgan.action_units import AU_NAMES, MAIN_AUS, SIDED_AUS
from aucgan.arkit import NO_SHAPE, arkit_name, without_side
from aucgan.expression import LIPS_PART, ONE_SHAPE, TWO_SHAPES, arkit_to_aus, aus_to_arkit
from aucgan.heads.arkit import ARKIT_NAMES

ONE_TO_ONE = [au for au in (*TWO_SHAPES, *ONE_SHAPE, 26) if au != 1] + [int(name[2:]) for name in NO_SHAPE]


def both_sides(au: int, value: float) -> dict[str, float]:
    sides = {f"AUL{au}": value, f"AUR{au}": value} if au in SIDED_AUS else {}
    return {f"AU{au}": value, **sides}


def nonzero(weights: dict[str, float]) -> dict[str, float]:
    return {name: value for name, value in weights.items() if value}


def test_there_are_52_names():
    assert len(ARKIT_NAMES) == len(set(ARKIT_NAMES)) == 52


def test_the_table_has_every_unit():
    named = {int(name[2:]) for name in NO_SHAPE}
    assert set(TWO_SHAPES) | set(ONE_SHAPE) | named | {25, 26, 27} == set(MAIN_AUS)
    shapes = [f"{s}{side}" for s in TWO_SHAPES.values() for side in ("Left", "Right")] + list(ONE_SHAPE.values())
    assert set(shapes) <= set(ARKIT_NAMES) and len(shapes) == len(set(shapes))


@pytest.mark.parametrize("au", [1, *ONE_TO_ONE])
def test_single_units_come_back(au):
    weights = aus_to_arkit({f"AU{au}": 0.7})
    assert nonzero(arkit_to_aus(weights)) == pytest.approx(both_sides(au, 0.7))


@pytest.mark.parametrize("au", [au for au in SIDED_AUS if au != 1])
def test_sides_come_back(au):
    back = arkit_to_aus(aus_to_arkit({f"AUL{au}": 0.2, f"AUR{au}": 0.9}))
    assert nonzero(back) == pytest.approx({f"AU{au}": 0.9, f"AUL{au}": 0.2, f"AUR{au}": 0.9})


def test_all_one_to_one_units_at_once_come_back():
    rng = np.random.default_rng(0)
    aus = {f"AU{au}": value for au, value in zip(ONE_TO_ONE, rng.uniform(0.05, 1, len(ONE_TO_ONE)), strict=True)}
    back = arkit_to_aus(aus_to_arkit(aus))
    assert {name: back[name] for name in aus} == pytest.approx(aus, abs=1e-6)


@pytest.mark.parametrize(
    ("aus", "back"),
    [
        ({"AUL1": 0.6}, both_sides(1, 0.6)),  # browInnerUp has no sides
        ({"AU12": 0.9, "AUL12": 0.3}, {"AU12": 0.3, "AUL12": 0.3}),  # sides count before the main unit
        ({"AU25": 0.5}, {"AU25": 0.5} | both_sides(10, 0.5 * LIPS_PART) | {"AU16": 0.5 * LIPS_PART}),
        ({"AU10": 0.5, "AU16": 0.4}, {"AU25": 1.0, "AU16": 0.4} | both_sides(10, 0.5)),  # the lips part indeed
        ({"AU27": 0.8}, {"AU26": 1.0, "AU27": 0.6}),  # the mouth is open by 0.8
        ({"AU27": 1.0}, {"AU26": 1.0, "AU27": 1.0}),
        ({"AU26": 1.0, "AU27": 0.4}, {"AU26": 1.0, "AU27": 0.4}),
    ],
)
def test_ambiguities_come_back_as_documented(aus, back):
    assert nonzero(arkit_to_aus(aus_to_arkit(aus))) == pytest.approx(back)


def test_weights_by_hand():
    assert nonzero(aus_to_arkit({"AUR12": 0.5, "AU17": 0.4, "AU25": 1.0, "AU26": 0.5, "AU11": 0.3})) == pytest.approx(
        {
            "mouthSmileRight": 0.5,
            "mouthShrugLower": 0.4,
            "mouthShrugUpper": 0.2,
            "mouthUpperUpLeft": 0.3,
            "mouthUpperUpRight": 0.3,
            "mouthLowerDownLeft": 0.3,
            "mouthLowerDownRight": 0.3,
            "jawOpen": 0.25,
            "AU11": 0.3,
        }
    )
    assert nonzero(arkit_to_aus({"eyeSquintLeft": 0.3, "eyeSquintRight": 0.6, "eyeBlinkLeft": 1})) == {"AU7": 0.6}


def test_jaw_is_continuous_and_monotone():
    grid = np.linspace(0, 1, 21)
    jaw = np.array([[aus_to_arkit({"AU26": a, "AU27": b})["jawOpen"] for b in grid] for a in grid])
    assert (np.diff(jaw, axis=0) >= 0).all() and (np.diff(jaw, axis=1) >= 0).all()
    assert jaw[0, 0] == 0 and jaw[-1, -1] == 1 and np.abs(np.diff(jaw)).max() < 0.06


def test_all_names_are_there():
    assert tuple(aus_to_arkit({})) == ARKIT_NAMES and tuple(arkit_to_aus({})) == AU_NAMES


@pytest.mark.parametrize(
    "spelling", ["mouthSmileLeft", "mouthSmile_L", "MouthSmileLeft", "mouthsmileleft", "mouth_smile_left"]
)
def test_spellings(spelling):
    assert arkit_name(spelling) == "mouthSmileLeft"
    assert arkit_to_aus({spelling: 0.5})["AUL12"] == 0.5


def test_halves_of_whole_shapes():
    assert without_side("browInnerUp_L") == without_side("browInnerUpRight") == "browInnerUp"
    assert (
        without_side("mouthSmile_L") is None
        and without_side("mouthLeft") is None
        and without_side("cheekRaiser_L") is None
    )


@pytest.mark.parametrize(
    ("convert", "given", "message"),
    [
        (aus_to_arkit, {"AU99": 0.1}, "'AU99' is no action unit"),
        (aus_to_arkit, {"AU12": 1.2}, r"AU12 is 1.2; weights are in \[0, 1\]"),
        (aus_to_arkit, {"AU12": float("nan")}, "AU12 is nan"),
        (arkit_to_aus, {"mouthSmil": 0.1}, "did you mean 'mouthSmile"),
        (arkit_to_aus, {"jawOpen": -0.5}, "jawOpen is -0.5"),
        (arkit_to_aus, {"jawOpen": 0.5, "JawOpen": 0.4}, "jawOpen is given twice"),
    ],
)
def test_errors(convert, given, message):
    with pytest.raises(ValueError, match=message):
        convert(given)


def test_rounding_is_taken_off():
    assert aus_to_arkit({"AU2": 1 + 1e-9})["browOuterUpLeft"] == 1.0
