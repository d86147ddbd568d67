"""ARKit weights to codes and back: heads with names exactly, heads without through their dense landmarks."""

from types import SimpleNamespace

import numpy as np
import pytest
from small_heads import JAW_ANGLE, UNITS, small_head

from aucgan.expression import ExpressionCodes, arkit_to_aus, arkit_to_codes, aus_to_arkit, codes_to_arkit
from aucgan.heads import ARKIT_NAMES, expression_codes
from aucgan.heads.dense_motion import dense_points
from aucgan.heads.nameless_codes import GAZE, RIDGE, nameless_space


def random_weights(names=ARKIT_NAMES, seed=0):
    rng = np.random.default_rng(seed)
    return dict(zip(names, rng.uniform(0, 1, len(names)).tolist(), strict=True))


@pytest.mark.parametrize("turning", [True, False])
def test_names_round_trip(turning):
    head, weights = small_head(turning=turning), random_weights() | {"AU11": 0.4, "AU39": 0.9}
    codes = arkit_to_codes(weights, head)
    assert codes.exp.shape == (len(head.expression_names),) and codes.exp.dtype == np.float32
    assert codes_to_arkit(codes, head) == pytest.approx(weights, abs=1e-6)
    column = codes.exp[head.expression_names.index("jawOpen")]
    if turning:  # the joint is the parameter, and it is where the shape is
        assert column == 0
        assert codes.jaw_pose == pytest.approx([weights["jawOpen"] * JAW_ANGLE, 0, 0], abs=1e-3)
    else:
        assert column == pytest.approx(weights["jawOpen"]) and (codes.jaw_pose == 0).all()


def test_units_round_trip_through_a_head():
    head = small_head()
    aus = {"AU1": 0.3, "AUL2": 0.4, "AUR2": 0.2, "AU2": 0.4, "AU11": 0.5, "AU26": 0.6, "AU22": 0.7, "AU45": 0}
    aus.pop("AU45")
    back = arkit_to_aus(codes_to_arkit(arkit_to_codes(aus_to_arkit(aus), head), head))
    assert {name: back[name] for name in aus} == pytest.approx(aus, abs=1e-4)


def test_a_turned_jaw_moves_the_points_as_the_shape_does():
    head = small_head()
    code = np.zeros(len(head.expression_names))
    code[head.expression_names.index("jawOpen")] = 0.6
    turned = dense_points(head, None, 0.6 * np.array(head.jaw_turns["jawOpen"]))
    assert np.abs(turned - dense_points(head, code)).max() < 2e-5
    assert np.abs(turned - dense_points(head)).max() > 1e-3


def test_columns_in_other_spellings_and_halves():
    names = ["browInnerUp_L", "browInnerUp_R", "cheekRaiser_L", "MouthSmileLeft"]
    head = small_head(names=names, turning=False)
    codes = arkit_to_codes({"browInnerUp": 0.7, "mouthSmile_L": 0.2}, head)
    assert codes.exp == pytest.approx([0.7, 0.7, 0, 0.2])
    back = codes_to_arkit(np.array([0.3, 0.5, 1.0, 0.2]), head)
    assert back["browInnerUp"] == pytest.approx(0.5) and back["mouthSmileLeft"] == pytest.approx(0.2)
    both = small_head(names=["browInnerUp", *names], turning=False)
    assert arkit_to_codes({"browInnerUp": 0.7}, both).exp == pytest.approx([0.7, 0, 0, 0, 0])


def test_a_column_that_parts_the_lips_is_read_as_their_shapes():
    head = small_head(names=["AU25", "mouthUpperUpLeft"], turning=False)
    back = codes_to_arkit(np.array([0.5, 0.1]), head)
    assert back["mouthUpperUpLeft"] == back["mouthLowerDownRight"] == pytest.approx(0.15)
    assert arkit_to_aus(back)["AU25"] == pytest.approx(0.5)


def test_codes_may_be_short_and_are_clipped():
    head = small_head(turning=False)
    weights = codes_to_arkit(np.array([1.5, -0.5, 0.25]), head)
    assert [weights[name] for name in head.expression_names[:4]] == [1.0, 0.0, 0.25, 0.0]
    with pytest.raises(ValueError, match="59 values, the head 58"):
        codes_to_arkit(np.zeros(59), head)


def nameless(head, seed=1):
    """The same head with its columns mixed, scaled and turned a little."""
    rng = np.random.default_rng(seed)
    count = len(head.expression_names)
    mixed = head.shapedirs.copy()
    mixed[..., 300 : 300 + count] = (
        head.shapedirs[..., 300 : 300 + count] @ np.linalg.qr(rng.normal(size=(count, count)))[0]
    )
    angle = 0.1
    turn = 1.1 * np.array([[1, 0, 0], [0, np.cos(angle), -np.sin(angle)], [0, np.sin(angle), np.cos(angle)]])
    fields = vars(head) | {
        "v_template": head.v_template @ turn.T + [0.01, 0.02, 0.03],
        "shapedirs": np.einsum("ij,vjk->vik", turn, mixed),
        "posedirs": np.einsum("ij,vjk->vik", turn, head.posedirs),
        "expression_names": [f"mode{k}" for k in range(count)],
    }
    return SimpleNamespace(**fields)


@pytest.fixture
def named(monkeypatch):
    head = small_head()
    monkeypatch.setattr(expression_codes, "_reference", lambda: head)
    return head


SEEN = tuple(name for name in ARKIT_NAMES if not name.startswith(GAZE))


def test_nameless_columns_move_the_points_as_the_names_say(named):
    head, weights = nameless(named), random_weights(SEEN, seed=3)
    codes = arkit_to_codes(weights, head)
    here = dense_points(head, *codes) - dense_points(head)
    there = dense_points(named, *arkit_to_codes(weights, named)) - dense_points(named)
    assert np.linalg.norm(here) / np.linalg.norm(there) == pytest.approx(1.1, abs=0.02)  # scaled like the head


def test_nameless_round_trip(named):
    head = nameless(named)
    weights = random_weights(SEEN, seed=4)
    back = codes_to_arkit(arkit_to_codes(weights, head), head)
    assert max(abs(back[name] - weights[name]) for name in weights) < 0.1
    assert not any(value for name, value in back.items() if name.startswith(GAZE))
    assert codes_to_arkit(ExpressionCodes(np.zeros(len(UNITS)), np.zeros(3)), head) == pytest.approx(
        dict.fromkeys(ARKIT_NAMES, 0.0)
    )


def test_without_landmarks_nothing_is_known(named):
    head = nameless(named)
    head.dense_landmarks = None
    with pytest.raises(ValueError, match="tools/embed_landmarks.py"):
        arkit_to_codes({"jawOpen": 0.5}, head)


def test_the_solution_is_the_least_squares_one(named):
    head = nameless(named)
    space = nameless_space(head, named, lambda weights: arkit_to_codes(weights, named))
    gradient = space.motion.T @ (space.motion @ space.solution - space.shapes) + RIDGE * space.solution
    assert np.abs(gradient).max() < 1e-6 * np.abs(space.motion.T @ space.shapes).max()
