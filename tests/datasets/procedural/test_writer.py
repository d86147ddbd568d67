import json
import multiprocessing
import os
import signal
from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from aucgan.action_units import main_index, side_index
from aucgan.datasets.face_folder import FaceFolder
from aucgan.datasets.procedural import FaceRenderer, draw_face, generate_dataset, writer
from aucgan.datasets.procedural.motion import head_motion
from aucgan.datasets.procedural.photo.lens import framing, perspective
from aucgan.datasets.procedural.recipe import SPLITS
from aucgan.datasets.procedural.writer import DatasetSettings
from aucgan.engine.plan.preparation import ProceduralFaces
from aucgan.heads.library import DEFAULT_HEAD
from aucgan.models.face_models.flame import FLAME
from aucgan.models.face_models.flame_tex import FLAMETex
from aucgan.process.stopping import Stop, stop_signals
from aucgan.renderers.camera import orthographic, project_landmarks
from aucgan.renderers.srender_y import SRenderY

SIZE, UV = 64, 64


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return generate_dataset(tmp_path_factory.mktemp("faces") / "set", 8, 4, 4, SIZE, UV, seed=5, workers=0)


@pytest.fixture(scope="module")
def faces():
    recipes = [draw_face(5, "train", index) for index in range(4)]
    return recipes, FaceRenderer(SIZE, UV).render(recipes)


def test_a_face_folder_is_written(root):
    data = {split: FaceFolder(root, split, truth=("displacement", "cam")) for split in SPLITS}
    assert [len(part) for part in data.values()] == [8, 4, 4, 4]
    identities = [identity for part in data.values() for identity in {row.identity for row in part.rows}]
    assert len(set(identities)) == len(identities), "no person is in two splits"
    sample = data["train"][3]
    assert sample["image"].shape == (SIZE, SIZE, 3)
    assert sample["gt_displacement"].shape == (UV, UV)
    assert 0.15 < sample["mask"].mean() < 0.7
    meta = json.loads((root / "meta.json").read_text(encoding="utf-8"))
    assert meta["image_size"] == SIZE and meta["seed"] == 5 and meta["format"] == "aucgan-faces"
    assert not list(root.parent.glob(".*partial*"))


def test_written_samples_equal_rendered_ones(root, faces):
    recipes, rendered = faces
    data = FaceFolder(root, "train", truth=("displacement", "light"))
    for index, (recipe, face) in enumerate(zip(recipes, rendered, strict=True)):
        sample = data[index]
        assert data.rows[index].name == recipe.name
        np.testing.assert_allclose(sample["image"] * 255, face.image, atol=1)
        np.testing.assert_allclose(sample["landmarks"], face.landmarks, atol=1e-3)
        np.testing.assert_allclose(sample["gt_light"], face.truth["light"])
        assert data.rows[index].attributes == recipe.look.attributes()
        np.testing.assert_allclose(sample["aus"], recipe.aus, atol=1e-4)


def test_a_complete_set_is_reused_and_another_is_refused(root, tmp_path):
    before = (root / "samples.csv").stat().st_mtime_ns
    assert generate_dataset(root, 8, 4, 4, SIZE, UV, seed=5) == root
    assert (root / "samples.csv").stat().st_mtime_ns == before
    with pytest.raises(FileExistsError, match="seed=5, not 6"):
        generate_dataset(root, 8, 4, 4, SIZE, UV, seed=6)
    (tmp_path / "photo.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(FileExistsError, match="choose another folder"):
        generate_dataset(tmp_path, 8, 4, 4)


def test_settings_are_checked_before_anything_is_written(tmp_path):
    with pytest.raises(ValueError, match="n_train"):
        generate_dataset(tmp_path / "a", 0, 0, 0)
    with pytest.raises(ValueError, match="strokes, both"):
        generate_dataset(tmp_path / "a", 1, 1, 1, wrinkles="paint")
    with pytest.raises(ValueError, match="uv_size"):
        generate_dataset(tmp_path / "a", 1, 1, 1, uv_size=0)
    assert not (tmp_path / "a").exists()


def test_a_failure_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(FaceRenderer, "render", lambda self, recipes: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        generate_dataset(tmp_path / "set", 2, 0, 0, SIZE, UV, workers=0)
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_worker_processes_write_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(writer, "BATCH", 2)
    root, other = (
        generate_dataset(tmp_path / str(workers), 4, 2, 0, 32, 32, seed=5, samples_per_identity=2, workers=workers)
        for workers in (0, 2)
    )
    for path in sorted(root.rglob("*.*")):
        twin = other / path.relative_to(root)
        if path.suffix == ".npz":
            with np.load(path) as a, np.load(twin) as b:
                for key in a.files:
                    np.testing.assert_allclose(a[key], b[key], atol=1e-5)
        elif path.suffix in (".csv", ".json"):
            assert path.read_text(encoding="utf-8") == twin.read_text(encoding="utf-8")
        else:
            assert twin.is_file()


@pytest.mark.slow
def test_an_interruption_ends_the_worker_processes_and_leaves_nothing(tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(writer, "BATCH", 2)
    context = multiprocessing.get_context("fork")  # the other test starts them as users do
    monkeypatch.setattr(multiprocessing, "get_context", lambda method=None: context)
    rows_of_batches, before = writer._rows_of_batches, set(multiprocessing.active_children())

    def asked_to_end(*settings):
        for rows in rows_of_batches(*settings):
            for number in (signal.SIGINT, signal.SIGTERM):  # as to a whole group: they leave it to this process
                for worker in set(multiprocessing.active_children()) - before:
                    os.kill(worker.pid, number)
            signal.raise_signal(signal.SIGTERM)
            yield rows

    monkeypatch.setattr(writer, "_rows_of_batches", asked_to_end)
    with pytest.raises(Stop), stop_signals():
        generate_dataset(tmp_path / "set", 400, 0, 0, 32, 32, workers=2)
    assert not list(tmp_path.iterdir()) and set(multiprocessing.active_children()) == before
    assert "Traceback" not in capfd.readouterr().err


def test_batches_keep_persons_together():
    batches = DatasetSettings(40, 3, 0, samples_per_identity=3, n_strangers=4).batches()
    assert [len(indices) for _, indices in batches] == [15, 15, 10, 3, 4]
    assert all(indices.start % 3 == 0 for _, indices in batches)


def posed(recipes, rendered):
    truth = {key: torch.from_numpy(np.stack([face.truth[key] for face in rendered])) for key in rendered[0].truth}
    verts, landmarks, _ = FLAME(n_exp=59)(truth["shape"], truth["exp"], truth["pose"], eye_pose=truth["eye_pose"])
    return truth, verts, landmarks


def test_the_stored_codes_and_the_lens_give_the_landmarks(faces):
    recipes, rendered = faces
    truth, _, landmarks = posed(recipes, rendered)
    cam = framing(landmarks, truth["distance"], torch.from_numpy(np.stack([recipe.crop for recipe in recipes])))
    exact = (perspective(landmarks, cam, truth["distance"])[..., :2].numpy() + 1) * SIZE / 2
    flat = (project_landmarks(landmarks, truth["cam"]).numpy() + 1) * SIZE / 2
    for exactly, flatly, face in zip(exact, flat, rendered, strict=True):
        np.testing.assert_allclose(exactly, face.landmarks, atol=2e-2)
        box = np.ptp(face.landmarks, axis=0).mean()
        assert np.linalg.norm(flatly - face.landmarks, axis=1).mean() < 0.05 * box, "near enough for a flat camera"


def test_albedo_and_light_of_the_truth_explain_the_photo(faces):
    recipes, rendered = faces
    truth, verts, _ = posed(recipes, rendered)
    out = SRenderY(2 * SIZE, UV)(verts, orthographic(verts, truth["cam"]), FLAMETex()(truth["tex"]), truth["light"])
    images = F.avg_pool2d(out.images, 2).permute(0, 2, 3, 1).clamp(0, 1).numpy()
    for image, face in zip(images, rendered, strict=True):
        inside = (face.mask > 0) & (image.sum(-1) > 0)
        found, seen = image[inside], face.image[inside] / 255
        assert np.abs(found.mean(0) - seen.mean(0)).max() < 0.2, (found.mean(0), seen.mean(0))


def test_landmarks_lie_in_the_picture_and_on_the_face(faces):
    for recipe, face in zip(*faces, strict=True):
        assert face.landmarks.min() > 0 and face.landmarks.max() < SIZE
        box = np.ptp(face.landmarks, axis=0).mean()
        assert SIZE / box == pytest.approx(recipe.crop[0], rel=2e-3)
        inner = face.landmarks[27:].astype(int)
        assert (face.mask[inner[:, 1], inner[:, 0]] > 0).mean() > 0.6


def test_wrinkles_show_in_the_photo():
    recipe = draw_face(5, "train", 0)
    aus = np.zeros(41, np.float32)
    aus[[main_index(4), side_index(4, "L"), side_index(4, "R")]] = 1.0
    exp, _ = head_motion(DEFAULT_HEAD).show(aus, 0.0)
    exp = exp[: recipe.exp.size].astype(np.float32)
    lamps = replace(recipe.light, directions=np.float32([[0.85, 0.1, 0.5]] * 3), softness=np.zeros(3, np.float32))
    sharp = replace(recipe.sensor, blur=0.0, quality=0, noise=np.zeros(2))
    still = dict(pose=np.zeros(6, np.float32), light=lamps, sensor=sharp, in_front=None, glasses=None, hairdo=None)
    deep = np.array([1.0, 0.0, 2.0, *[0.0] * (len(recipe.wrinkles) - 3)])
    recipe = replace(recipe, aus=aus, exp=exp, wrinkles=deep, **still)
    renderer = FaceRenderer(2 * SIZE, 128)
    smooth = replace(recipe, aus=np.zeros(41, np.float32))
    frown, plain = (face.image.astype(float) for face in renderer.render([recipe, replace(smooth, identity="b")]))
    brow = renderer.render([recipe])[0].landmarks[[20, 23]].mean(0).astype(int)
    patch = np.s_[brow[1] - 10 : brow[1] + 11, brow[0] - 10 : brow[0] + 11]
    assert (np.abs(frown - plain) / (plain + 5))[patch].max() > 0.06, "on light and dark skin alike"


def test_a_folder_whose_marker_is_damaged_is_not_taken_for_whole(tmp_path):
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "meta.json").write_text('{"format": "auc', encoding="utf-8")
    faces = ProceduralFaces(str(tmp_path / "set"), 1, 1, 1)
    assert not faces.is_complete()
    with pytest.raises(FileExistsError, match="meta.json is damaged .*: delete .*set, or choose another folder"):
        faces.run()
