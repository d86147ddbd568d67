import signal

import numpy as np
import pytest
import torch
import trimesh
from mmengine.config import Config
from PIL import Image
from slim_models import slim

from aucgan.apis import photo_folder
from aucgan.apis import reconstruct as api
from aucgan.apis.photos import UnreadablePhotoError, find_photos, read_photo
from aucgan.apis.reconstruct import reconstruct, write_reconstruction
from aucgan.registry import MODELS
from tools import reconstruct as tool


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return MODELS.build(slim(Config.fromfile("configs/aucgan_detail_v2.py").model)).eval()


@pytest.fixture
def rasterized(model, monkeypatch):
    """The meshes that the model's renderer rasterizes from here on."""
    meshes, covered = [], model.renderer.rasterizer.covered
    monkeypatch.setattr(
        model.renderer.rasterizer, "covered", lambda verts, faces: meshes.append(verts) or covered(verts, faces)
    )
    return meshes


def test_a_face_is_rasterized_once_for_all_its_pictures(tmp_path, model, rasterized):
    photo, detail = reconstruct(model, torch.rand(1, 3, 112, 112))
    assert len(rasterized) == 1
    write_reconstruction(tmp_path, "ann", model, photo, detail)
    assert len(rasterized) == 1
    mesh = (photo.face.verts, photo.face.trans_verts, photo.image)
    (row,) = model.pictures(photo, detail)
    assert torch.equal(row[1], model.renderer.render_shape(*mesh)[0])
    assert torch.equal(row[2], model.renderer.render_shape(*mesh, uv_detail_normals=detail.uv_normals)[0])
    assert len(rasterized) == 3, "a mesh that nobody rendered yet is rasterized"


def test_a_photo_becomes_meshes_and_maps(tmp_path, model):
    image = torch.rand(1, 3, 112, 112)
    write_reconstruction(tmp_path / "out", "ann", model, *reconstruct(model, image))
    names = {p.name for p in (tmp_path / "out").iterdir()}
    stems = {"ann_coarse.obj", "ann_detail.obj", "ann_dense.obj", "ann_detail.glb", "ann_comparison.png"}
    assert stems <= names and "ann_detail_displacement.png" in names and "ann_detail_normal.png" in names
    coarse = trimesh.load(tmp_path / "out/ann_coarse.obj", process=False)
    dense = trimesh.load(tmp_path / "out/ann_dense.obj", process=False)
    assert len(dense.faces) > 3 * len(coarse.faces)
    landmarks = np.loadtxt(tmp_path / "out/ann_landmarks.txt")
    assert landmarks.shape == (68, 3)
    nearest = np.linalg.norm(landmarks[:, None] - coarse.vertices[None], axis=-1).min(1)
    assert nearest.max() < 0.01
    comparison = Image.open(tmp_path / "out/ann_comparison.png")
    assert comparison.width > 5 * 112


def test_the_size_of_photos_is_checked(model):
    with pytest.raises(ValueError, match="112"):
        reconstruct(model, torch.rand(1, 3, 64, 64))


def test_photos_are_read_and_cropped(tmp_path):
    pixels = np.zeros((40, 60, 3), np.uint8)
    pixels[10:30, 20:40] = 255
    Image.fromarray(pixels).save(tmp_path / "a.png")
    whole, centre = read_photo(tmp_path / "a.png", (20, 20)), read_photo(tmp_path / "a.png", (20, 20), crop=0.5)
    assert whole.shape == (1, 3, 20, 20) and 0.2 < whole.mean() < 0.3 and centre.mean() == 1
    assert find_photos(tmp_path) == [tmp_path / "a.png"] == find_photos(tmp_path / "a.png")


def test_bad_photos_are_explained(tmp_path):
    with pytest.raises(FileNotFoundError, match="neither"):
        find_photos(tmp_path / "none")
    with pytest.raises(FileNotFoundError, match="no photo"):
        find_photos(tmp_path)
    (tmp_path / "b.png").write_text("no picture", encoding="utf-8")
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)).save(tmp_path / "whole.png")
    Image.open(tmp_path / "whole.png").save(tmp_path / "whole.jpg")
    for name in ("whole.png", "whole.jpg"):
        (tmp_path / f"cut_{name}").write_bytes((tmp_path / name).read_bytes()[:500])
    for name in ("b.png", "cut_whole.png", "cut_whole.jpg"):
        with pytest.raises(UnreadablePhotoError, match=name):
            read_photo(tmp_path / name, (8, 8))
    with pytest.raises(ValueError, match="crop"):
        read_photo(tmp_path / "b.png", (8, 8), crop=0)


def test_photos_are_turned_upright(tmp_path):
    pixels = np.zeros((20, 20, 3), np.uint8)
    pixels[:10] = 255
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held on its side: turn by 90 degrees
    Image.fromarray(pixels).save(tmp_path / "a.png", exif=exif)
    photo = read_photo(tmp_path / "a.png", (20, 20))
    assert photo[..., 10:].min() == 1 and photo[..., :10].max() == 0


def test_only_detail_models_reconstruct():
    with pytest.raises(ValueError, match="a model of the detail stage is needed, not Linear"):
        reconstruct(torch.nn.Linear(1, 1), torch.rand(1, 3, 112, 112))


@pytest.fixture
def run_tool(model, monkeypatch, tmp_path, capfd):
    monkeypatch.setattr(photo_folder, "load_model", lambda *_: model)

    def run(photos):
        code = tool.main([str(photos), "--device", "cpu", "--out", str(tmp_path / "out")])
        return code, *capfd.readouterr()

    return run


def test_a_damaged_photo_does_not_stop_the_folder(tmp_path, run_tool):
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / "a.png").write_text("no picture", encoding="utf-8")
    Image.fromarray(np.full((120, 120, 3), 128, np.uint8)).save(photos / "b.png")
    code, output, errors = run_tool(photos)
    assert code == 1 and "b.png →" in output and (tmp_path / "out" / "b_detail.obj").is_file()
    first, last = errors.strip().splitlines()
    assert "a.png is no picture" in first and "1 of 2 photos could not be read" in last


def test_photos_of_one_name_keep_their_results_apart(tmp_path, run_tool):
    for shade, name in enumerate(("one/a.png", "one/a.jpg", "two/a.png")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.fromarray(np.full((112, 112, 3), 60 * shade, np.uint8)).save(tmp_path / name)
    for folder in ("one", "two", "one"):
        assert run_tool(tmp_path / folder)[0] == 0
    for name, shade, source in (("a_jpg", 60, "one/a.jpg"), ("a_png", 0, "one/a.png"), ("a", 120, "two/a.png")):
        photo = np.asarray(Image.open(tmp_path / "out" / f"{name}_comparison.png").convert("RGB"))
        assert (photo == shade).all(-1).sum() >= 100 * 100, f"{name} is of another photo"
        noted = (tmp_path / "out" / f"{name}_photo.txt").read_text(encoding="utf-8")
        assert noted == f"{tmp_path / source}\n"
    assert len(list((tmp_path / "out").glob("*_detail.obj"))) == 3


def test_troubles_with_one_photo_are_one_line(tmp_path, run_tool):
    (tmp_path / "a.png").write_text("no picture", encoding="utf-8")
    for path, message in (("a.png", "a.png is no picture"), ("none.png", "neither a photo nor a folder")):
        code, _, errors = run_tool(tmp_path / path)
        assert code == 1 and message in errors and errors.count("\n") == 1


def test_an_interruption_within_a_photo_leaves_the_photos_before_it(tmp_path, run_tool, monkeypatch):
    photos = tmp_path / "photos"
    photos.mkdir()
    for name in "ab":
        Image.fromarray(np.full((112, 112, 3), 128, np.uint8)).save(photos / f"{name}.png")
    export = api.export_landmarks

    def asked_to_end(path, points):
        if path.name.startswith("b"):
            signal.raise_signal(signal.SIGTERM)
        export(path, points)

    monkeypatch.setattr(api, "export_landmarks", asked_to_end)
    code, _, errors = run_tool(photos)
    assert code == 143
    assert errors.endswith(f"during the reconstruction of {photos / 'b.png'}; 1 of 2 photos are done: call it again\n")
    assert errors.count("\n") == 1 and all(path.name.startswith("a_") for path in (tmp_path / "out").iterdir())
