"""ARKit's shapes as offsets of a person's vertices; eyeballs and the eyeLook shapes; faces over time."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from aucgan.expression import arkit_to_codes
from aucgan.files.array_file import save_arrays
from aucgan.heads import ARKIT_NAMES, load_head
from aucgan.models import FLAME
from aucgan.motion.face_motion import MOTION_NAMES, FaceMotion, motion_of_codes
from aucgan.motion.gaze import GAZE_NAMES, gaze_turns, looking, own_gaze_turns, turned_by
from aucgan.motion.morph_targets import morph_targets, neutral_head


@pytest.fixture(scope="module")
def head():
    return load_head("anny")


@pytest.fixture(scope="module")
def person(head):
    return np.random.default_rng(0).standard_normal(head.n_identity)


def posed(path, head, *codes):
    """Vertices of rows of identity, expression, global and jaw rotation, and eyes, by the module that trainings use."""
    flame = FLAME(path, path, head.n_identity, len(head.expression_names))
    return flame(*(torch.as_tensor(np.array(rows), dtype=torch.float32) for rows in codes))[0].cpu().numpy()


def test_targets_are_what_the_head_does(head, person, tmp_path):
    """Also where the jaw is skinned, and where shapes of the gaze leave the eyeballs alone."""
    rng = np.random.default_rng(1)
    shapedirs = head.shapedirs.copy()
    gaze = [head.n_identity + head.expression_names.index(name) for name in GAZE_NAMES]
    shapedirs[np.ix_(head.vertex_parts == "eyeball", range(3), gaze)] = 0
    weights = head.weights + rng.uniform(0, 0.2, head.weights.shape).astype(np.float32) * [0, 0, 1, 0, 0]
    stranger = replace(head, shapedirs=shapedirs, weights=(weights / weights.sum(1, keepdims=True)).astype(np.float32))
    save_arrays(tmp_path / "stranger.npz", stranger.arrays())
    assert own_gaze_turns(stranger) == {}
    names = ("jawOpen", "jawLeft", "mouthSmileLeft", "eyeLookOutRight", "AU11")
    targets = morph_targets(stranger, person, names)
    assert tuple(targets) == names
    codes = [arkit_to_codes({name: 1.0}, stranger) for name in names]
    pose = [[0, 0, 0, *code.jaw_pose] for code in codes]
    eyes = [[0, 0, 0, *gaze_turns(stranger)[name]] if name == "eyeLookOutRight" else [0] * 6 for name in names]
    expected = posed(tmp_path / "stranger.npz", stranger, [person] * 5, [code.exp for code in codes], pose, eyes)
    found = neutral_head(stranger, person) + np.stack(list(targets.values()))
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert (np.abs(list(targets.values())).max((1, 2)) > 1e-3).all()
    balls = (head.vertex_parts == "eyeball") & (head.v_template[:, 0] < 0)
    assert np.abs(targets["eyeLookOutRight"][balls]).max() > 3e-3


def test_all_of_arkits_shapes_are_targets_and_a_column_is_its_own(head, person):
    targets = morph_targets(head, person)
    assert tuple(targets) == ARKIT_NAMES
    for name in ("mouthClose", "eyeLookUpLeft"):
        np.testing.assert_allclose(targets[name], head.columns(name)[..., 0], atol=1e-7)
    np.testing.assert_allclose(targets["jawOpen"], head.columns("jawOpen")[..., 0], atol=3e-5)  # made by the joint
    np.testing.assert_array_equal(neutral_head(head), head.v_template)
    with pytest.raises(ValueError, match=r"one person's code, \(300,\) or shorter, got \(2, 3\)"):
        morph_targets(head, np.zeros((2, 3)))
    with pytest.raises(ValueError, match="did you mean 'jawOpen'"):
        morph_targets(head, person, ["jawOpn"])


def test_eyeballs_turn_about_one_axis_each_way(head):
    turns = gaze_turns(head)
    assert tuple(turns) == GAZE_NAMES and set(own_gaze_turns(head)) == set(GAZE_NAMES)
    for name, axis, sign in (("UpLeft", 0, -1), ("DownRight", 0, 1), ("OutLeft", 1, 1), ("OutRight", 1, -1)):
        turn = turns[f"eyeLook{name}"]
        assert np.count_nonzero(turn) == 1 and 0.1 < sign * turn[axis] < 0.6, name  # the left is at +x
    weights = np.zeros((3, 8))
    weights[1, GAZE_NAMES.index("eyeLookUpLeft")] = 0.5
    weights[2, [GAZE_NAMES.index("eyeLookInRight"), GAZE_NAMES.index("eyeLookDownRight")]] = 0.25, 1.0
    eyes = turned_by(weights, turns)
    assert eyes[1] == pytest.approx([0.5 * turns["eyeLookUpLeft"][0], 0, 0, 0, 0, 0])
    np.testing.assert_allclose(looking(eyes, turns), weights, atol=1e-12)
    assert looking(10 * eyes, turns).max() == 1


def test_turns_of_a_head_are_measured_once(head, monkeypatch):
    """Every frame of a video asks for them."""
    first = gaze_turns(head)
    monkeypatch.setattr("aucgan.motion.gaze._turn_of", None)
    again = gaze_turns(head)
    assert all((again[name] == turn).all() for name, turn in first.items())
    again.clear()
    assert gaze_turns(head).keys() == first.keys()


def test_the_motion_of_codes(head):
    expected = np.random.default_rng(2).uniform(0, 1, (4, len(ARKIT_NAMES)))
    still = [ARKIT_NAMES.index(name) for name in (*GAZE_NAMES, "jawRight")]  # opposite ways cancel each other
    expected[:, still] = 0
    codes = [arkit_to_codes(dict(zip(ARKIT_NAMES, row, strict=True)), head) for row in expected]
    exp, jaw = (np.array([getattr(code, name) for code in codes]) for name in ("exp", "jaw_pose"))
    turns = gaze_turns(head)
    exp[1, head.expression_names.index("eyeLookUpLeft")] = 0.5
    eyes = np.zeros((4, 6))
    eyes[1, :3] = 0.25 * turns["eyeLookUpLeft"]
    motion = motion_of_codes(head, np.arange(4) / 25, exp, jaw, eyes)
    expected[1, ARKIT_NAMES.index("eyeLookUpLeft")] = 0.75  # said by the shape and by the joint
    np.testing.assert_allclose(motion.weights[:, :52], expected, atol=1e-6)
    assert motion.eyes[1] == pytest.approx([0.75 * turns["eyeLookUpLeft"][0], 0, 0, 0, 0, 0], abs=1e-6)
    assert (motion.frames == [0, 1, 2, 3]).all() and (motion.confidence == 1).all()
    assert (motion.rotation == 0).all() and len(motion) == 4
    assert motion.row(2)["jawOpen"] == pytest.approx(expected[2, ARKIT_NAMES.index("jawOpen")], abs=1e-6)
    assert len(motion.row(2)) == 52


def still(count=2):
    zeros = (np.zeros((count, width)) for width in (len(MOTION_NAMES), 3, 3, 6))
    return dict(zip(("weights", "rotation", "translation", "eyes"), zeros, strict=True)) | {"times": np.arange(count)}


@pytest.mark.parametrize(
    "change, message",
    [
        ({"times": np.array([0.0, 0.0])}, "times must increase"),
        ({"eyes": np.zeros((2, 3))}, r"eyes must be \(2, 6\)"),
        ({"rotation": np.full((2, 3), np.nan)}, "rotation must be .* finite"),
        ({"weights": np.full((2, len(MOTION_NAMES)), 1.5)}, r"weights must be in \[0, 1\], got 1.5"),
        ({"frames": np.arange(3)}, r"frames must be \(2,\)"),
    ],
)
def test_a_motion_is_checked(change, message):
    FaceMotion(**still())
    with pytest.raises(ValueError, match=message):
        FaceMotion(**still() | change)
