"""A small clone of ICT-FaceKit becomes a head in FLAME's format."""

import json

import numpy as np
import pytest
from small_clone import JAW_ANGLE, JAW_AXIS, offsets, small_parts, whole, write_clone

from aucgan.apis.convert.ict import convert_ict
from aucgan.heads.ict_clone import read_clone
from aucgan.heads.ict_head import EYES_AT, ict_head
from aucgan.heads.ict_parts import PARTS, part_numbers
from aucgan.heads.library import load_flame_model, load_landmarks
from aucgan.models.face_models.flame import FLAME
from tools import convert_weights


@pytest.fixture
def clone(tmp_path):
    write_clone(tmp_path / "clone")
    return tmp_path / "clone"


@pytest.fixture
def head(clone):
    return ict_head(read_clone(clone), small_parts())


def test_the_files_are_read(clone):
    read, (verts, uv, quads) = read_clone(clone), whole()
    np.testing.assert_allclose(read.verts, 0.01 * verts, atol=1e-8)
    assert len(read.faces) == 2 * len(quads) and read.uv.shape == uv.shape
    assert (
        read.faces[:2] == [[quads[0][0][0], quads[0][1][0], quads[0][2][0]], [quads[0][k][0] for k in (0, 2, 3)]]
    ).all()
    assert read.identity.shape == (2, len(verts), 3) and read.ignored == ["another.obj"]
    np.testing.assert_allclose(read.identity[1], 0.01 * offsets(verts)["identity001"], atol=1e-7)
    assert read.expression_names == sorted(name for name in offsets(verts) if not name.startswith("identity"))


def test_names_are_those_of_arkit_and_halves_are_there_both_ways(head):
    names = head.expression_names
    assert names == [
        "browInnerUp", "mouthSmileLeft", "mouthSmileRight",
        "browInnerUpLeft", "browInnerUpRight", "cheekRaiserLeft", "jawOpen",
    ]  # fmt: skip
    columns = head.shapedirs[..., head.n_identity :]
    np.testing.assert_allclose(columns[..., 0], columns[..., 3] + columns[..., 4], atol=1e-7)
    assert head.n_identity == 2 and columns.shape[-1] == len(names)


def test_the_frame_is_flames(head):
    verts, parts = head.v_template, small_parts()
    eyes = [verts[p.start : p.stop].mean(0) for p in parts if p.kind == "eyeball"]
    np.testing.assert_allclose(eyes[0], [0.032, *EYES_AT], atol=1e-5)
    joints = head.j_regressor @ verts
    np.testing.assert_allclose(joints[3:], eyes, atol=1e-6)
    assert joints[0, 1] < joints[1, 1] < joints[2, 1] < joints[3, 1]
    np.testing.assert_allclose(head.weights.sum(1), 1, atol=1e-6)
    assert head.weights.min() >= 0


def test_the_jaw_joint_is_found(head):
    shift = np.array([0, EYES_AT[0] - 0.03, EYES_AT[1] - 0.075])
    joint = (head.j_regressor @ head.v_template)[2]
    np.testing.assert_allclose(joint, 0.01 * JAW_AXIS + shift, atol=2e-4)
    assert head.jaw_turns["jawOpen"] == pytest.approx((JAW_ANGLE, 0, 0), abs=1e-4)


def test_clear_layers_are_not_drawn_and_their_vertices_stay(head):
    (clear,) = [part for part in small_parts() if part.kind == "clear"]
    assert head.faces.max() < clear.start and len(head.v_template) == clear.stop


def test_the_chart_is_one_square_and_nothing_overlaps(head):
    uv, faces, uv_faces = head.uv_coords, head.faces, head.uv_faces
    assert uv.min() >= 0 and uv.max() <= 1 and len(faces) == len(uv_faces)
    kinds = head.vertex_parts[faces[:, 0]]
    middle = uv[uv_faces].mean(1)
    assert ((middle[kinds == "skin"] < [0.75, 1]) & (middle[kinds == "skin"] > [0, 0.25])).all()
    left = faces[:, 0] < [p.stop for p in small_parts() if p.name == "eyeball_l"][0]
    assert (middle[(kinds == "eyeball") & left, 1] > 0.25).all() and (
        middle[(kinds == "eyeball") & ~left, 1] < 0.25
    ).all()


def test_masks(head):
    face, skin = head.face_mask, head.face_eye_mask
    assert face.shape == skin.shape == (256, 256) and 0 <= skin.min() and face.max() == 1
    assert 0.4 < skin.mean() < 0.6 and face[:, 192:].any() and not skin[:, 196:].any()


def test_flame_reads_it_and_turning_the_jaw_is_the_shape(clone, tmp_path):
    import torch

    path = tmp_path / "ict.npz"
    report = convert_ict(clone, path, small_parts())
    assert (
        "468 dense landmarks" in report.missing and "tongueOut" in report.missing and report.ignored == ["another.obj"]
    )
    assert len(load_flame_model(path).v_template) == len(whole()[0])
    flame = FLAME(model=path, landmarks=path, n_shape=2, n_exp=7)
    code, pose = torch.zeros(2, 7), torch.zeros(2, 6)
    code[0, 6], pose[1, 3] = 0.7, 0.7 * JAW_ANGLE
    verts, landmarks, _ = flame(torch.zeros(2, 2), code, pose)
    assert (verts[0] - verts[1]).abs().max() < 5e-5
    assert (verts[0] - flame.v_template.view(3, -1).T).abs().max() > 0.01 and landmarks.shape == (2, 68, 3)


def test_landmarks_are_the_publishers(clone, tmp_path):
    convert_ict(clone, tmp_path / "ict.npz", small_parts())
    embedding, model = load_landmarks(tmp_path / "ict.npz"), load_flame_model(tmp_path / "ict.npz")
    listed = json.loads((clone / "FaceXModel/vertex_indices.json").read_text(encoding="utf-8"))["idx_to_landmark_verts"]
    corners = model.v_template[model.faces[embedding.full_faces_idx]]
    points = (corners * embedding.full_bary_coords[..., None]).sum(1)
    np.testing.assert_allclose(points, model.v_template[listed], atol=1e-7)


@pytest.mark.parametrize(
    ("spoil", "error", "message"),
    [
        (lambda f: (f / "vertex_indices.json").unlink(), FileNotFoundError, "vertex_indices.json is missing"),
        (
            lambda f: (f / "generic_neutral_mesh.obj").unlink(),
            FileNotFoundError,
            "git clone https://github.com/USC-ICT",
        ),
        (lambda f: (f / "vertex_indices.json").write_text("{}", encoding="utf-8"), ValueError, "idx_to_landmark_verts"),
        (lambda f: (f / "mouthSmile_L.obj").unlink(), FileNotFoundError, "lacks mouthSmile_L.obj"),
        (
            lambda f: (f / "mouthSmile_L.obj").write_text("v 1 2\n", encoding="utf-8"),
            ValueError,
            "mouthSmile_L.obj: 3 numbers a line",
        ),
        (
            lambda f: (f / "generic_neutral_mesh.obj").write_text("v 1 2 3\nvt 0 0\nf 1 1 1\n", encoding="utf-8"),
            ValueError,
            "a face 'f v/vt",
        ),
        (
            lambda f: (f / "generic_neutral_mesh.obj").write_text("v 1 2 3\nvt 0 0\nf 1/1 2/1 3/1\n", encoding="utf-8"),
            ValueError,
            "must name vertex",
        ),
    ],
)
def test_damaged_clones_are_named(clone, tmp_path, spoil, error, message):
    spoil(clone / "FaceXModel")
    with pytest.raises(error, match=message):
        convert_ict(clone, tmp_path / "ict.npz", small_parts())
    assert not (tmp_path / "ict.npz").exists()


def test_the_tool_refuses_another_version_in_one_line(clone, tmp_path, capsys):
    assert convert_weights.main(["ict", str(clone), str(tmp_path / "ict.npz")]) == 1
    error = capsys.readouterr().err
    assert "ICT-FaceKit's light model 26719: other versions are not read" in error and error.count("\n") == 1


def test_the_real_table_of_parts_is_whole():
    assert len(part_numbers(PARTS, 26719)) == 26719
    assert all(a.stop == b.start for a, b in zip(PARTS[:-1], PARTS[1:], strict=True)) and PARTS[0].start == 0
