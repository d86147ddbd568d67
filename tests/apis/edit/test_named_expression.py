"""Changing an expression by name."""

import numpy as np
import pytest
from posed_face import posed_face, studio

from aucgan.action_units import AU_NAMES, SIDED_AUS
from aucgan.apis.edit import EDIT_NAMES, NamedExpression, edit_name
from aucgan.arkit import NO_SHAPE
from aucgan.expression import arkit_to_aus, arkit_to_codes, aus_to_arkit
from aucgan.heads.arkit import ARKIT_NAMES

REST = NamedExpression.named({})


def shown(seed):
    """An expression with everything in it, each side by itself."""
    values = np.random.default_rng(seed).uniform(0.05, 0.45, len(ARKIT_NAMES) + len(NO_SHAPE))
    return NamedExpression(dict(zip((*ARKIT_NAMES, *NO_SHAPE), values.tolist(), strict=True)))


@pytest.mark.parametrize("spelling, name", [
    ("AU12", "AU12"), ("au04", "AU4"), ("AUL12", "AUL12"), ("AU12L", "AUL12"), ("AU12_R", "AUR12"), ("au4Left", "AUL4"),
    ("AU5L", "eyeWideLeft"), ("mouthSmile_L", "mouthSmileLeft"), ("JawOpen", "jawOpen"),
])  # fmt: skip
def test_spellings(spelling, name):
    assert edit_name(spelling) == name


@pytest.mark.parametrize("spelling, meant", [
    ("AU21", "'AU20'"), ("AU8", "'AU7'"), ("mouthsmileleftt", "'mouthSmileLeft'"), ("jawopn", "'jawOpen'"),
    ("AUL12R", "'AU12'"), ("AU11L", "'AU11'"),
])  # fmt: skip
def test_an_unknown_name_is_answered_with_the_nearest(spelling, meant):
    with pytest.raises(ValueError, match=f"'{spelling}' is neither .*; did you mean {meant}"):
        edit_name(spelling)


@pytest.mark.parametrize("values, add, message", [
    ({"AU12": 1.2}, False, "AU12 is 1.2: an intensity is in"),
    ({"AU12": -0.1}, False, "an intensity is in"),
    ({"AU12": -1.5}, True, "a difference is in"),
    ({"AU12": float("nan")}, False, "an intensity is in"),
    ({"AUL12": 0.1, "AU12L": 0.2}, False, "AUL12 is given twice: AUL12, AU12L"),
])  # fmt: skip
def test_bad_values_are_explained(values, add, message):
    with pytest.raises(ValueError, match=message):
        REST.changed(values, add)


@pytest.mark.parametrize("seed", range(20))
def test_from_rest_units_are_what_the_table_says(seed):
    generator = np.random.default_rng(seed)
    aus = {name: float(generator.uniform(0.1, 1)) for name in AU_NAMES if generator.random() < 0.4}
    for au in SIDED_AUS:  # a main unit beside one side would be its other side, too
        if f"AUL{au}" in aus or f"AUR{au}" in aus:
            aus.pop(f"AU{au}", None)
    if "AU27" in aus:  # alone it would be read as AU26 first
        aus["AU26"] = 1.0
    expected = aus_to_arkit(aus)
    assert NamedExpression.named(aus).shapes == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("name", EDIT_NAMES)
def test_what_is_set_to_what_it_is_changes_nothing(name):
    for own in (shown(1), NamedExpression.of(posed_face({"jawOpen": 0.7, "mouthUpperUpLeft": 0.2}, AU25=0.8).fitted)):
        value = {**own.aus, **own.arkit}[name]
        assert own.changed({name: value}) == own == own.changed({name: 0.0}, add=True)


@pytest.mark.parametrize("name", EDIT_NAMES)
@pytest.mark.parametrize("value", [0.0, 0.25, 0.9])
def test_a_name_moves_its_own_shapes_alone_and_is_read_back(name, value):
    own = shown(2)
    now = own.changed({name: value})
    changed = {shape for shape, weight in now.weights.items() if weight != own.weights[shape]}
    assert changed <= ({name} if name in ARKIT_NAMES else {one for one, w in aus_to_arkit({name: 1.0}).items() if w})
    assert {**now.aus, **now.arkit}[name] == pytest.approx(value)


def test_a_crooked_smile_stays_crooked_and_a_side_moves_alone():
    own = NamedExpression.named({"AUL12": 0.4, "AUR12": 0.1})
    more = own.changed({"AU12": 0.6}).aus
    assert (more["AUL12"], more["AUR12"], more["AU12"]) == pytest.approx((0.6, 0.3, 0.6))
    one = own.changed({"AUR12": 0.9}).aus
    assert (one["AUL12"], one["AUR12"], one["AU12"]) == (0.4, 0.9, 0.9)
    both = own.changed({"AUR12": 0.1, "AU12": 0.6}).aus
    assert (both["AUL12"], both["AUR12"]) == pytest.approx((0.6, 0.1)), "the side has the last word"
    assert own.changed({"AU12": 0.7}, add=True).aus["AUR12"] == pytest.approx(0.7)
    assert own.changed({"AU12": 0.2, "mouthSmileLeft": 0.9}).arkit["mouthSmileLeft"] == 0.9


def test_lips_close_whatever_parts_them():
    own = NamedExpression.of(posed_face({"mouthUpperUpLeft": 0.6, "mouthUpperUpRight": 0.5}, AU25=0.9).fitted)
    assert own.parted == pytest.approx(0.9) and own.aus["AU25"] == pytest.approx(0.9)
    closed = own.changed({"AU25": 0.0})
    assert closed.aus["AU25"] == closed.aus["AU10"] == closed.parted == 0
    assert own.changed({"AU25": 0.0, "AU10": 0.5}).aus["AUL10"] == 0.5
    assert own.changed({"AU25": 0.5}).aus["AU25"] == pytest.approx(0.5)


@pytest.mark.parametrize("start, values, opened", [
    (0.0, {"AU26": 1.0}, 0.5), (0.0, {"AU27": 0.8}, 0.9), (0.7, {"AU26": 0.4}, 0.2), (0.7, {"AU27": 0.0}, 0.5),
    (0.2, {"AU26": 1.0, "AU27": 1.0}, 1.0), (0.7, {"AU26": 0.0, "jawOpen": 0.3}, 0.3),
    (0.2, {"AU27": 0.5}, 0.75), (0.2, {"AU27": 0.0}, 0.2), (0.4, {"AU26": 0.6, "AU27": 0.0}, 0.3),
])  # fmt: skip
def test_the_jaw_opens_in_two_steps(start, values, opened):
    own = NamedExpression.named({"jawOpen": start})
    assert own.changed(values).arkit["jawOpen"] == pytest.approx(opened)


@pytest.mark.parametrize("start", [0.0, 0.3, 0.5, 0.8])
@pytest.mark.parametrize("value", [0.01, 0.25, 0.75, 1.0])
def test_a_stretched_jaw_is_read_back_wherever_it_was(start, value):
    shown = NamedExpression.named({"jawOpen": start}).changed({"AU27": value}).aus
    assert (shown["AU26"], shown["AU27"]) == pytest.approx((1.0, value))
    own = NamedExpression.named({"jawOpen": start})
    added = own.changed({"AU27": 0.2}, add=True).aus["AU27"]
    assert added == pytest.approx(own.aus["AU27"] + 0.2)


def test_codes_change_by_what_the_shapes_change():
    head, own = studio().head, NamedExpression.of(posed_face({"mouthSmileLeft": 0.3, "jawOpen": 0.2}, AU25=0.5).fitted)
    assert not any(part.any() for part in own.codes_from(own, head))
    exp, jaw = own.changed({"AU12": 0.8, "AU26": 1.0, "AU25": 0.0}).codes_from(own, head)
    expected = arkit_to_codes({"mouthSmileLeft": 0.5, "mouthSmileRight": 0.5, "jawOpen": 0.3}, head)
    expected.exp[head.expression_names.index("AU25")] = -0.5
    assert np.allclose(exp, expected.exp, atol=1e-6) and np.allclose(jaw, expected.jaw_pose, atol=1e-6)


def test_between_two_expressions():
    a, b = shown(3), shown(4)
    assert a.mixed(b, 0.0).weights == a.weights and a.mixed(b, 1.0).weights == pytest.approx(b.weights)
    quarter = 0.75 * a.weights["jawOpen"] + 0.25 * b.weights["jawOpen"]
    assert a.mixed(b, 0.25).weights["jawOpen"] == pytest.approx(quarter)
    assert arkit_to_aus(a.shapes) == a.aus
