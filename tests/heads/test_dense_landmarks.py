"""The 468 points that come with the package lie where the face is."""

import numpy as np
import pytest

from aucgan.action_units import AU_NAMES
from aucgan.apis.convert.ict import LANDMARKS
from aucgan.detection.mesh_points import INNER_LIPS, LEFT_EYE, LIPS, MIRROR468, OUTLINE, RIGHT_EYE
from aucgan.expression import arkit_to_aus, arkit_to_codes, aus_to_arkit, codes_to_arkit
from aucgan.heads import ARKIT_NAMES, load_head
from aucgan.heads.dense_motion import dense_points
from tools import embed_landmarks


@pytest.fixture(scope="module")
def head():
    return load_head("anny")


def test_left_and_right_are_mirror_images(head):
    points = dense_points(head)
    assert np.abs(points - points[MIRROR468] * [-1, 1, 1]).max() < 2e-4


def test_points_lie_where_their_names_say(head):
    points = dense_points(head)
    assert points[1, 2] > np.quantile(points[:, 2], 0.99) - 1e-3  # the tip of the nose
    assert points[10, 1] > points[1, 1] > points[13, 1] > points[14, 1] - 1e-4 > points[152, 1]
    for eye, side in ((LEFT_EYE, 1), (RIGHT_EYE, -1)):
        ball = head.v_template[(head.vertex_parts == "eyeball") & (side * head.v_template[:, 0] > 0)]
        rim = points[list(eye)]
        assert np.linalg.norm((rim.mean(0) - ball.mean(0))[:2]) < 0.005  # the lids surround the eyeball
        assert np.linalg.norm(rim - ball.mean(0), axis=1).max() < 0.026
    part = head.vertex_parts[head.faces[head.dense_landmarks.faces]]
    assert not np.isin(part, ("eyeball", "teeth_upper", "teeth_lower", "tongue", "mouth")).all(1).any()


def test_lips_open_between_the_inner_points(head):
    opened = dense_points(head, None, 0.5 * np.array(head.jaw_turns["jawOpen"]))
    closed = dense_points(head)
    assert closed[13, 1] - closed[14, 1] < 0.004 and opened[13, 1] - opened[14, 1] > 0.012
    upper, lower = INNER_LIPS[2:9], INNER_LIPS[12:19]
    assert opened[list(upper), 1].min() > opened[list(lower), 1].max()


def test_the_outline_is_outside(head):
    points = dense_points(head)
    others = np.setdiff1d(np.arange(468), OUTLINE)
    middle = points[list(LIPS)].mean(0)
    outline, inner = points[list(OUTLINE)] - middle, points[others] - middle
    assert np.abs(outline[:, 0]).max() > np.abs(inner[:, 0]).max()
    assert outline[:, 1].max() > inner[:, 1].max() and outline[:, 1].min() < inner[:, 1].min()


def test_the_points_of_the_other_head_are_of_its_mesh():
    with np.load(LANDMARKS, allow_pickle=False) as stored:
        corners, weights = stored["corners"], stored["weights"]
    assert corners.shape == weights.shape == (468, 3) and corners.min() >= 0 and corners.max() < 11248  # its skin
    np.testing.assert_allclose(weights.sum(1), 1, atol=1e-5)


@pytest.mark.parametrize("name", [name for name in AU_NAMES if name not in ("AUL1", "AUR1", "AU25", "AU27")])
def test_units_come_back_through_the_default_head(head, name):
    back = arkit_to_aus(codes_to_arkit(arkit_to_codes(aus_to_arkit({name: 0.7}), head), head))
    family = name.replace("AUL", "AU").replace("AUR", "AU")
    assert back[name] == pytest.approx(0.7, abs=1e-4)
    assert all(value == 0 or key.replace("AUL", "AU").replace("AUR", "AU") == family for key, value in back.items())


def test_all_shapes_come_back_through_the_default_head(head):
    weights = {name: 0.6 for name in ARKIT_NAMES if name != "jawRight"}  # which would cancel jawLeft
    back = codes_to_arkit(arkit_to_codes(weights, head), head)
    assert {name: back[name] for name in weights} == pytest.approx(weights, abs=1e-4)


def test_the_tool_wants_a_place_to_write(capsys):
    assert embed_landmarks.main(["anny"]) == 1
    assert "name one with --output" in capsys.readouterr().err
