import numpy as np
import pytest
import torch
import trimesh
from mmengine.config import Config
from PIL import Image
from slim_models import slim

from aucgan.apis.photos import find_photos, read_photo
from aucgan.apis.reconstruct import reconstruct, write_reconstruction
from aucgan.registry import MODELS


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return MODELS.build(slim(Config.fromfile("configs/aucgan_detail_v2.py").model)).eval()


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
    (tmp_path / "b.png").write_text("no picture")
    with pytest.raises(ValueError, match="b.png"):
        read_photo(tmp_path / "b.png", (8, 8))
    with pytest.raises(ValueError, match="crop"):
        read_photo(tmp_path / "b.png", (8, 8), crop=0)
