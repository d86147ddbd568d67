"""What the action units do to the face, measured on the mesh."""

import numpy as np
import pytest

from aucgan.action_units import AU_NAMES, MAIN_AUS, N_AUS, SIDED_AUS, main_index, side_index
from aucgan.heads.procedural import head
from aucgan.heads.procedural.expression import FULL_INTENSITY, au_to_codes, column_names
from aucgan.heads.procedural.lids import lid_movement
from aucgan.heads.procedural.mesh import head_mesh
from aucgan.heads.procedural.skinning import joints

MM = 1000.0


def posed(au=None, columns=()):
    """Vertices with action units ``{name: intensity}`` and whole columns, the jaw turned about its joint."""
    model = head.procedural_head()
    code = np.zeros(N_AUS)
    for name, value in (au or {}).items():
        code[AU_NAMES.index(name)] = value
    exp, jaw = au_to_codes(code)
    for name in columns:
        exp[column_names().index(name)] = FULL_INTENSITY
    verts = model.v_template + model.shapedirs[..., 300:].astype(float) @ exp
    sine, cosine = np.sin(jaw[0]), np.cos(jaw[0])
    turn = np.array([[1, 0, 0], [0, cosine, -sine], [0, sine, cosine]])
    opened = (verts - joints()[2]) @ turn.T + joints()[2]
    return verts + model.weights[:, 2:3] * (opened - verts)


def landmarks(**kwargs):
    model, marks = head.procedural_head(), head.procedural_head().landmarks
    corners = posed(**kwargs)[model.faces[marks.full_faces_idx]]
    return (corners * marks.full_bary_coords[..., None]).sum(1) * MM


def change(name, point, axis):
    """Movement in mm of a landmark along an axis (0 x, 1 y, 2 z) at full intensity."""
    return (landmarks(au={name: 1.0}) - landmarks())[point, axis]


@pytest.mark.parametrize(
    ("name", "point", "axis", "low", "high"),
    [
        ("AU1", 22, 1, 4, 12),
        ("AU1", 21, 1, 4, 12),
        ("AU2", 25, 1, 4, 12),
        ("AU4", 22, 1, -12, -3),
        ("AU4", 22, 0, -8, -1.5),
        ("AU5", 43, 1, 1.5, 6),
        ("AU7", 47, 1, 1, 5),
        ("AU6", 47, 1, 0.8, 6),
        ("AU9", 31, 1, 1.5, 8),
        ("AU10", 51, 1, 3, 10),
        ("AU12", 54, 1, 5, 14),
        ("AU12", 54, 0, 5, 14),
        ("AU12", 48, 0, -14, -5),
        ("AU13", 54, 1, 5, 14),
        ("AU14", 54, 2, -10, -2),
        ("AU15", 54, 1, -14, -4),
        ("AU16", 57, 1, -12, -3),
        ("AU17", 57, 1, 2, 10),
        ("AU18", 54, 0, -16, -5),
        ("AU20", 54, 0, 5, 14),
        ("AU22", 57, 2, 2, 12),
        ("AU23", 54, 0, -8, -1),
        ("AU27", 57, 1, -60, -25),
        ("AU32", 57, 2, -12, -2),
        ("AU38", 35, 0, 0.8, 6),
        ("AU39", 35, 0, -6, -0.8),
    ],
)
def test_action_unit_moves_its_landmark(name, point, axis, low, high):
    assert low < change(name, point, axis) < high


@pytest.mark.parametrize(("name", "gap"), [("AU25", 4.0), ("AU26", 12.0), ("AU27", 25.0), ("AU19", 6.0), ("AU22", 4.0)])
def test_mouth_opens(name, gap):
    points = landmarks(au={name: 1.0})
    assert points[62, 1] - points[66, 1] > gap


@pytest.mark.parametrize("name", ["AU4", "AU6", "AU12", "AU14", "AU15", "AU17", "AU18", "AU23", "AU24"])
def test_closed_lips_do_not_pass_through_each_other(name):
    points = landmarks(au={name: 1.0})
    for upper, lower in ((61, 67), (62, 66), (63, 65)):
        assert points[upper, 1] - points[lower, 1] > -2.6


def test_pressing_and_tightening_thin_the_lips():
    rest = landmarks()
    for name in ("AU23", "AU24"):
        thin = landmarks(au={name: 1.0})
        assert thin[51, 1] - thin[57, 1] < rest[51, 1] - rest[57, 1] - 1.5


def test_tongue_shows():
    tongue = head.procedural_head().vertex_parts == "tongue"
    shown = posed(au={"AU19": 1.0})
    lips = landmarks(au={"AU19": 1.0})
    assert shown[tongue, 2].max() * MM > lips[[62, 66], 2].max() + 5


def test_lids_close_in_a_blink_and_stay_before_the_eyeball():
    closed = landmarks(columns=("blinkL", "blinkR"))
    rest = landmarks()
    for upper, lower in ((43, 47), (44, 46), (37, 41), (38, 40)):
        opening = closed[upper, 1] - closed[lower, 1]
        assert abs(opening) < 0.22 * (rest[upper, 1] - rest[lower, 1])


def test_sided_units_move_their_own_side():
    rest = landmarks()
    left = landmarks(au={"AUL12": 1.0, "AU12": 1.0}) - rest
    assert left[54, 1] > 5 and abs(left[48, 1]) < 0.5
    right = landmarks(au={"AUR1": 1.0}) - rest
    assert right[21, 1] > 4 and abs(right[22, 1]) < 2


def test_left_and_right_make_the_whole():
    both = landmarks(au={"AUL12": 0.7, "AUR12": 0.7})
    assert np.allclose(both, landmarks(au={"AU12": 0.7}), atol=1e-3)


def test_columns_of_the_main_units_come_first():
    names = column_names()
    assert len(names) == len(set(names)) == 100
    needed = {f"AU{side}{au}" for au in SIDED_AUS for side in "LR"} | {
        f"AU{au}" for au in MAIN_AUS if au not in SIDED_AUS
    }
    assert needed <= set(names[:50])
    columns = head.procedural_head().shapedirs[..., 300:350].astype(float).reshape(-1, 50)
    assert np.linalg.matrix_rank(columns) == 50


def test_every_main_unit_has_its_own_effect():
    codes = np.eye(N_AUS)[: len(MAIN_AUS)]
    exp, jaw = au_to_codes(codes)
    assert exp.shape == (27, 100) and jaw.shape == (27, 3)
    assert np.linalg.matrix_rank(exp) == 27
    assert exp.max() == FULL_INTENSITY and not exp[:, 50:].any()


def test_one_face_and_many_agree():
    codes = np.random.default_rng(0).random((4, N_AUS))
    many = au_to_codes(codes)
    one = au_to_codes(codes[2])
    assert np.allclose(many[0][2], one[0]) and np.allclose(many[1][2], one[1])


def test_sub_units_win_over_the_main_unit():
    code = np.zeros(N_AUS)
    code[main_index(12)] = 1.0
    code[side_index(12, "R")] = 0.5
    exp, _ = au_to_codes(code)
    names = column_names()
    assert exp[names.index("AUL12")] == 0 and exp[names.index("AUR12")] == 0.5 * FULL_INTENSITY


def test_wrong_length_is_refused():
    with pytest.raises(ValueError, match=r"\(41,\)"):
        au_to_codes(np.zeros(27))


def test_upper_face_units_leave_the_mouth_alone():
    rest = landmarks()
    for name in ("AU1", "AU2", "AU4", "AU5", "AU7"):
        assert np.abs(landmarks(au={name: 1.0}) - rest)[48:].max() < 0.5


def test_lids_do_not_move_without_reason():
    assert not lid_movement(head_mesh(), 0.0, 0.0).any()
