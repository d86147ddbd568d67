"""States, undo, presets and sliders, without a page."""

from dataclasses import replace

import numpy as np
import pytest

from aucgan.action_units import AU_NAMES, SIDED_AUS
from aucgan.apis.edit import NamedExpression
from aucgan.heads.arkit import ARKIT_NAMES
from aucgan.viewer.controls import identity_controls, pose_controls, shape_controls, surface_controls, unit_controls
from aucgan.viewer.face_state import FaceState
from aucgan.viewer.history import MOST, History
from aucgan.viewer.presets import NEUTRAL, PRESETS, preset


@pytest.fixture
def rest():
    return FaceState(NamedExpression.named({}))


@pytest.fixture
def crooked():
    return FaceState(NamedExpression.named({"mouthSmileLeft": 0.6, "mouthSmileRight": 0.2, "eyeBlinkLeft": 0.5}))


EVERY = [
    *unit_controls(),
    *shape_controls(linked=True),
    *shape_controls(linked=False),
    *pose_controls(),
    *identity_controls([f"person{k:03d}" for k in range(300)]),
    *surface_controls(),
]


@pytest.mark.parametrize("control", EVERY, ids=lambda control: control.label)
def test_every_slider_gives_back_what_was_set_and_keeps_all_else_of_the_state(control, rest):
    for value in (control.low, (3 * control.high + control.low) / 4, control.high):
        state = control.set(rest, value)
        assert control.get(state) == pytest.approx(value, abs=1e-6)
    moved = control.set(rest, control.high)
    assert moved != rest
    fields = ("expression", "turn", "identity", "wrinkles", "light", "look", "heat_unit", "detailed")
    assert sum(getattr(moved, field) != getattr(rest, field) for field in fields) == 1


def test_there_is_a_slider_for_each_of_the_41_units_and_the_52_shapes():
    assert sorted(control.name for control in unit_controls()) == sorted(AU_NAMES)
    for linked in (True, False):
        assert sorted(control.name for control in shape_controls(linked)) == sorted(ARKIT_NAMES)
    assert sum(control.sided for control in unit_controls()) == 2 * len(SIDED_AUS)
    names = [control.name for control in (*unit_controls(), *pose_controls(), *surface_controls())]
    assert len(set(names)) == len(names)


def test_linked_sides_move_by_as_much_and_free_ones_alone(crooked):
    def smile(controls):
        return next(control for control in controls if control.name == "mouthSmileLeft")

    both = smile(shape_controls(linked=True)).set(crooked, 0.9).expression.shapes
    alone = smile(shape_controls(linked=False)).set(crooked, 0.9).expression.shapes
    assert both["mouthSmileLeft"] == alone["mouthSmileLeft"] == 0.9
    assert both["mouthSmileRight"] == pytest.approx(0.5) and alone["mouthSmileRight"] == pytest.approx(0.2)


def test_ways_of_the_mouth_and_the_jaw_are_no_sides():
    controls = {control.name: control for control in shape_controls(linked=True)}
    state = controls["mouthLeft"].set(FaceState(NamedExpression.named({})), 0.7)
    assert state.expression.shapes["mouthRight"] == 0 and not controls["mouthRight"].sided
    assert controls["mouthSmileLeft"].label == "mouthSmile" and controls["mouthSmileRight"].sided


def test_the_gaze_goes_to_one_side_at_a_time(rest):
    gaze = next(control for control in pose_controls() if control.name == "gaze sideways")
    state = gaze.set(gaze.set(rest, -0.5), 0.8)
    shapes = {name: value for name, value in state.expression.shapes.items() if value}
    assert shapes == {"eyeLookOutLeft": 0.8, "eyeLookInRight": 0.8}


def test_components_are_called_by_the_heads_names_where_these_say_something():
    assert [control.label for control in identity_controls(["age", "person002"])] == ["age", "component 2"]


@pytest.mark.parametrize("name", [NEUTRAL, *PRESETS])
def test_a_preset_shows_its_units_and_no_others(name, crooked):
    wanted = preset(name)
    aus = crooked.at_rest().showing(wanted).expression.aus
    assert set(wanted) == set(AU_NAMES)
    chosen = PRESETS.get(name, {})
    for unit, value in chosen.items():
        assert aus[unit] >= value - 1e-6
    also = {"AU10", "AU16"} if "AU25" in chosen else set()  # parted lips are a little of both
    shown = {f"AU{unit.lstrip('AULR')}" for unit, value in aus.items() if value > 0.05}
    assert shown - also == set(chosen)
    for number in SIDED_AUS:
        assert aus[f"AUL{number}"] == aus[f"AUR{number}"] == aus[f"AU{number}"]


def test_a_preset_that_does_not_exist_is_answered_with_those_that_do():
    with pytest.raises(ValueError, match="no preset 'joy'; there are neutral, happiness"):
        preset("joy")


def test_a_dragged_slider_is_one_step_back():
    history = History(0)
    for value in (1, 2, 3):
        history.change(value, "AU12")
    history.settle()
    history.change(4, "AU12")
    history.change(5)
    assert [history.undo(), history.undo(), history.undo(), history.undo()] == [4, 3, 0, 0]
    assert [history.redo(), history.redo()] == [3, 4] and history.can_redo


def test_what_was_undone_is_forgotten_by_the_next_change_and_a_reset_can_be_undone():
    history = History("start")
    history.change("a", "x")
    history.undo()
    history.change("b", "x")
    assert not history.can_redo and history.now == "b" and history.can_undo
    assert history.reset() == "start" and history.undo() == "b"
    assert History("start").reset() == "start"


def test_only_so_many_steps_are_remembered():
    history = History(0)
    for value in range(1, MOST + 50):
        history.change(value)
    steps = 0
    while history.can_undo:
        history.undo()
        steps += 1
    assert steps == MOST - 1


def test_a_state_is_a_value(rest):
    changed = rest.with_part("turn", 1, 5.0)
    assert rest.turn == (0, 0, 0) and changed.turn == (0, 5.0, 0) and replace(changed, turn=rest.turn) == rest
    assert np.isfinite(changed.light).all()
