"""FLAME's files become a head like the others."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "golden"))

from synthetic_flame import N_FACES, model_fields, write_landmarks, write_model

from aucgan.heads import load_head
from tools import convert_weights


def write_template(path, faces):
    rng = np.random.default_rng(0)
    lines = [f"vt {u:.6f} {v:.6f}" for u, v in rng.random((3 * len(faces), 2))]
    order = rng.permutation(len(faces))
    for k in order:  # another order of triangles, and another first corner
        corners = [f"{faces[k, c] + 1}/{3 * k + c + 1}" for c in (1, 2, 0)]
        lines.append("f " + " ".join(corners))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture
def folder(tmp_path):
    write_model(tmp_path / "generic_model.pkl")
    write_landmarks(tmp_path / "landmark_embedding.npy")
    write_template(tmp_path / "head_template.obj", model_fields()["f"].astype(int))
    return tmp_path


def test_the_head(folder, capsys):
    assert convert_weights.main(["flamehead", str(folder), str(folder / "head.npz")]) == 0
    assert "468 dense landmarks" in capsys.readouterr().out
    head = load_head(folder / "head.npz")
    assert head.n_identity == 300 and len(head.expression_names) == 100 and head.jaw_turns == {}
    np.testing.assert_allclose(head.v_template, model_fields()["v_template"], atol=1e-6)
    assert (head.uv_faces == 3 * np.arange(N_FACES)[:, None] + [0, 1, 2]).all()
    assert head.dense_landmarks is None


@pytest.mark.parametrize("name", ["generic_model.pkl", "landmark_embedding.npy", "head_template.obj"])
def test_what_is_missing_is_named(folder, capsys, name):
    (folder / name).unlink()
    assert convert_weights.main(["flamehead", str(folder), str(folder / "head.npz")]) == 1
    error = capsys.readouterr().err
    assert name in error and "docs/weights.md" in error and error.count("\n") == 1


def test_another_template_is_refused(folder, capsys):
    write_template(folder / "head_template.obj", model_fields()["f"].astype(int)[:-3])
    assert convert_weights.main(["flamehead", str(folder), str(folder / "head.npz")]) == 1
    assert "lacks 3 of the model's triangles" in capsys.readouterr().err
