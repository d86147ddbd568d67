import os
import pickle
import runpy
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from golden.synthetic_flame import landmark_fields, model_fields, write_landmarks, write_model

from aucgan.apis.convert import CONVERTERS, convert_flame, convert_flametex
from aucgan.heads.library import load_flame_model, load_landmarks
from aucgan.heads.texture_model import load_texture_model
from aucgan.models import FLAME

TOOL = Path(__file__).parents[2] / "tools" / "convert_weights.py"


def assert_same(ours, theirs):
    for name, value in vars(theirs).items():
        np.testing.assert_array_equal(getattr(ours, name), value, err_msg=name)


def test_flame_and_landmarks_give_the_same_faces(tmp_path):
    model, landmarks = write_model(tmp_path / "generic_model.pkl"), write_landmarks(tmp_path / "landmark_embedding.npy")
    report = convert_flame(model, tmp_path / "flame.npz")
    assert report.ignored == ["J", "bs_style", "bs_type"]
    convert_flame(landmarks, tmp_path / "landmarks.npz")
    assert_same(load_flame_model(tmp_path / "flame.npz"), load_flame_model(model))
    assert_same(load_landmarks(tmp_path / "landmarks.npz"), load_landmarks(landmarks))
    codes = [torch.randn(2, width) for width in (100, 50, 6)]
    published = FLAME(model, landmarks)(*codes)
    converted = FLAME(tmp_path / "flame.npz", tmp_path / "landmarks.npz")(*codes)
    assert all(torch.equal(a, b) for a, b in zip(published, converted, strict=True))


def test_loaded_values_are_the_published_ones(tmp_path):
    arrays, fields = load_flame_model(write_model(tmp_path / "m.pkl")), model_fields()
    np.testing.assert_allclose(arrays.j_regressor, fields["J_regressor"].toarray(), rtol=1e-6)
    np.testing.assert_array_equal(arrays.parents, [-1, 0, 1, 1, 1])
    np.testing.assert_array_equal(arrays.faces, fields["f"])
    np.testing.assert_allclose(arrays.shapedirs, fields["shapedirs"], rtol=1e-6)
    embedding, fields = load_landmarks(write_landmarks(tmp_path / "e.npy")), landmark_fields()
    np.testing.assert_array_equal(embedding.dynamic_faces_idx, fields["dynamic_lmk_faces_idx"])
    np.testing.assert_allclose(embedding.full_bary_coords, fields["full_lmk_bary_coords"][0])


def test_flame_mismatches_are_named(tmp_path):
    fields = model_fields()
    fields["weights"] = fields["weights"][:, :4]
    (tmp_path / "bad.pkl").write_bytes(pickle.dumps(fields))
    with pytest.raises(ValueError, match=r"bad.pkl: weights is \(517, 4\), \(517, 5\) was expected"):
        convert_flame(tmp_path / "bad.pkl", tmp_path / "x.npz")
    del fields["posedirs"]
    (tmp_path / "bad.pkl").write_bytes(pickle.dumps(fields))
    with pytest.raises(ValueError, match="lacks posedirs"):
        convert_flame(tmp_path / "bad.pkl", tmp_path / "x.npz")
    with pytest.raises(ValueError, match="end it with .npz"):
        convert_flame(write_model(tmp_path / "m.pkl"), tmp_path / "x.safetensors")
    assert not (tmp_path / "x.npz").exists()


def test_landmarks_must_belong_to_the_model(tmp_path):
    fields = landmark_fields()
    fields["static_lmk_faces_idx"][0] = 5000
    np.savez(tmp_path / "l.npz", **fields)
    with pytest.raises(ValueError, match="name face 5000, but the model has 1000 faces"):
        FLAME(write_model(tmp_path / "m.pkl"), tmp_path / "l.npz")


@pytest.mark.parametrize(("mean", "basis", "scale"), [("MU", "PC", 1), ("mean", "tex_dir", 255)])
def test_flametex(tmp_path, mean, basis, scale):
    values = np.random.default_rng(0).random((512, 512, 3, 4))
    np.savez(tmp_path / "t.npz", **{mean: scale * values[..., 0].ravel(), basis: scale * values[..., 1:]}, vt=1.0)
    report = convert_flametex(tmp_path / "t.npz", tmp_path / "tex.npz")
    assert report.ignored == ["vt"] and "3 components" in str(report)
    model = load_texture_model(tmp_path / "tex.npz", n_tex=2)
    np.testing.assert_allclose(model.mean, values[..., 0], rtol=1e-5)
    np.testing.assert_allclose(model.basis, values[..., 1:3], rtol=1e-5)


@pytest.fixture
def run_tool(monkeypatch, capsys):
    def run(*arguments):
        monkeypatch.setattr(sys, "argv", [str(TOOL), *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            runpy.run_path(str(TOOL), run_name="__main__")
        return left.value.code, *capsys.readouterr()

    return run


class Hostile:
    """Its loading by ``pickle`` or ``torch.load`` would run a command that leaves a file behind."""

    def __init__(self, witness):
        self.witness = witness

    def __reduce__(self):
        return os.system, (f"touch {self.witness}",)


OF_FOLDERS = ("flamehead", "ict")  # the second reads text only


def hostile_files(folder, evil):
    """One file in each container that a converter reads."""
    (folder / "evil.pkl").write_bytes(pickle.dumps({"v_template": evil}))
    yield "evil.pkl", [kind for kind in CONVERTERS if kind not in OF_FOLDERS]
    np.save(folder / "evil.npy", np.array({"static_lmk_faces_idx": evil}, dtype=object), allow_pickle=True)
    np.savez(folder / "evil.npz", MU=np.array(evil, dtype=object))
    yield from (("evil.npy", ("flame",)), ("evil.npz", ("flame", "flametex")))
    for name, zipped in (("new.pth", True), ("old.pth", False)):
        content = {"state_dict": {"w": torch.ones(1)}, "E_flame": evil}
        torch.save(content, folder / name, _use_new_zipfile_serialization=zipped)
        yield name, ("deca", "emoca", "opengraphau")


def test_a_folder_with_a_model_that_would_run_is_refused(tmp_path, run_tool):
    witness, folder = tmp_path / "was_run", tmp_path / "folder"
    folder.mkdir()
    (folder / "generic_model.pkl").write_bytes(pickle.dumps({"v_template": Hostile(witness)}))
    code, output, errors = run_tool("flamehead", folder, tmp_path / "out.npz")
    assert code == 1 and output == "" and "Traceback" not in errors
    assert f"generic_model.pkl would load {os.system.__module__}.system" in errors
    assert not witness.exists() and not (tmp_path / "out.npz").exists()


def test_every_converter_refuses_what_would_run(tmp_path, run_tool):
    witness = tmp_path / "was_run"
    for name, kinds in hostile_files(tmp_path, Hostile(witness)):
        for kind in kinds:
            target = tmp_path / ("out.npz" if kind.startswith("flame") else "out.safetensors")
            code, output, errors = run_tool(kind, tmp_path / name, target)
            assert code == 1 and output == "" and "Traceback" not in errors
            assert f"{name} would load {os.system.__module__}.system" in errors
            assert not witness.exists() and not target.exists()


def test_tool_reports(tmp_path, run_tool):
    code, output, _ = run_tool("flame", write_model(tmp_path / "generic_model.pkl"), tmp_path / "flame.npz")
    assert code == 0
    assert "FLAME model, 517 vertices" in output and "ignored: J, bs_style, bs_type" in output
    assert "missing: nothing" in output and "FLAME(model=" in output
    code, _, errors = run_tool("deca", tmp_path / "absent.tar", tmp_path)
    assert code == 1 and errors.startswith("convert_weights.py: no checkpoint at") and errors.count("\n") == 1
