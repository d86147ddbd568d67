"""The files of a face, read back."""

import json

import numpy as np
import pytest
import torch
import trimesh
from PIL import Image

from aucgan.apis.outputs.au_table import read_au_table
from aucgan.apis.outputs.code_file import read_codes
from aucgan.apis.outputs.live_link import read_live_link
from aucgan.apis.reconstruction import kinds, saving
from aucgan.commands.reconstruct import KINDS
from aucgan.motion.face_motion import MOTION_NAMES
from aucgan.renderers.export import load_displacement


@pytest.fixture(scope="module")
def files(face, tmp_path_factory):
    folder = tmp_path_factory.mktemp("saved") / "new"
    paths = face.save(folder, name="ann")
    return {path.name: path for path in paths}


def test_the_files_that_are_told(files):
    folder = next(iter(files.values())).parent
    assert {path.name for path in folder.iterdir()} == set(files), "more or less than what save returns"
    endings = "coarse.obj coarse.mtl coarse.png detail.obj detail.mtl detail.png detail_displacement.png "
    endings += "detail_displacement.json detail_normal.png dense.obj dense.mtl dense.png detail.glb morphs.glb "
    endings += "arkit.csv aus.csv codes.npz landmarks.txt overlay.jpg comparison.png expression.json"
    assert set(files) == {f"ann_{ending}" for ending in endings.split()}


def test_meshes(files, face):
    coarse = trimesh.load(files["ann_coarse.obj"], process=False)
    assert np.allclose(coarse.bounds, [face.verts.min(0), face.verts.max(0)], atol=1e-6)
    assert isinstance(coarse.visual.material.image, Image.Image)
    dense = trimesh.load(files["ann_dense.obj"], process=False)
    assert len(dense.faces) > 3 * len(coarse.faces) and np.allclose(dense.bounds, coarse.bounds, atol=2e-3)
    landmarks = np.loadtxt(files["ann_landmarks.txt"])
    assert landmarks.shape == (68, 3)
    assert np.linalg.norm(landmarks[:, None] - face.verts[None], axis=-1).min(1).max() < 0.01
    solid = trimesh.load(files["ann_detail.glb"], process=False, force="mesh")
    assert len(solid.faces) == len(face.faces)


def test_maps(files, face):
    height = load_displacement(files["ann_detail_displacement.png"])
    assert height.shape == face.texture.shape[:2] and 0 < np.abs(height).max() < 0.01
    normal = np.asarray(Image.open(files["ann_detail_normal.png"]), float) / 127.5 - 1
    assert np.abs(np.linalg.norm(normal, axis=-1) - 1).mean() < 0.02


def test_the_codes_make_the_mesh_again(files, face):
    codes = read_codes(files["ann_codes.npz"])
    assert codes.head == "anny" and len(codes.shape) == 1
    pose = np.concatenate([np.zeros((1, 3)), codes.jaw_pose], 1)
    from aucgan.models import FLAME

    flame = FLAME(codes.head, codes.head, codes.shape.shape[1], codes.exp.shape[1])
    arrays = (codes.shape, codes.exp, pose, codes.eye_pose)
    verts = flame(*(torch.as_tensor(array, dtype=torch.float32) for array in arrays))[0][0]
    assert np.abs(verts.numpy() - face.verts).max() < 1e-5


def test_tables_and_words(files, face):
    motion = read_live_link(files["ann_arkit.csv"])
    found = dict(zip(MOTION_NAMES, motion.weights[0], strict=True))
    assert all(abs(found[name] - value) < 1e-5 for name, value in face.expression.items())
    assert np.allclose(motion.eyes[0], face.fitted.eye_pose[0], atol=1e-4) and motion.eyes.any()
    table = read_au_table(files["ann_aus.csv"])
    assert abs(table.values[0, table.names.index("AU12")] - face.aus["AU12"]) < 1e-3
    assert np.allclose(table.translation[0], face.camera.translation, atol=1e-4)
    said = json.loads(files["ann_expression.json"].read_text(encoding="utf-8"))
    assert said["words"] == face.words and said["aus"]["AU12"] == pytest.approx(face.aus["AU12"], abs=1e-4)


def test_pictures(files, astronaut):
    overlay = np.asarray(Image.open(files["ann_overlay.jpg"]), float)
    assert overlay.shape == astronaut.shape
    changed = np.abs(overlay - astronaut).mean(-1) > 12
    assert changed[110:160, 200:250].mean() > 0.5 and changed[:, 350:].mean() < 0.05


def test_a_choice(face, tmp_path):
    assert [path.name for path in face.save(tmp_path, "words", "a")] == ["a_expression.json"]
    names = {path.name for path in face.save(tmp_path, ["normal", "displacement"])}
    assert names == {f"face_detail_{end}" for end in ("normal.png", "displacement.png", "displacement.json")}
    with pytest.raises(ValueError, match="no kind of file 'obj'; there are all, coarse"):
        face.save(tmp_path, "obj")


def test_the_command_offers_what_there_is():
    assert set(KINDS) == {kinds.ALL, *kinds.KINDS} and set(saving.WRITERS) == set(kinds.PHOTO_KINDS)


def test_a_failure_leaves_nothing(face, tmp_path, monkeypatch):
    def fails(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(saving.WRITERS, "landmarks", fails)
    with pytest.raises(OSError, match="No space left"):
        face.save(tmp_path, ["arkit", "landmarks", "words"])
    assert list(tmp_path.iterdir()) == []
