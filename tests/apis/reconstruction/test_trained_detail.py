"""A trained model beside the fit, and in its place for aligned photos."""

import cv2
import numpy as np
import pytest
import torch
import trimesh
from mmengine.config import Config
from PIL import Image
from slim_models import slim

import aucgan
from aucgan import Reconstructor
from aucgan.apis.photos import Photo
from aucgan.apis.reconstruction.face_crop import crop_scale, crop_square, cut_square
from aucgan.datasets.transforms import CropFace
from aucgan.detection import AlignedPhotos, DetectedFace
from aucgan.registry import MODELS
from aucgan.renderers.camera import orthographic
from aucgan.renderers.export import load_displacement
from tools import reconstruct as tool

CONFIG = "aucgan_detail_v2"


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    """The default's model, slim and untrained, as a training leaves it."""
    cfg = aucgan.load_config(CONFIG)
    cfg.model = slim(cfg.model)
    torch.manual_seed(0)
    model = MODELS.build(cfg.model)
    with torch.no_grad():  # weights at their start give no detail
        for parameter in model.generator.parameters():
            if parameter.dim() > 1:
                parameter.add_(0.05 * torch.randn_like(parameter))
    path = tmp_path_factory.mktemp("trained") / "final.pth"
    meta = dict(cfg=Config(cfg.to_dict()).pretty_text, format_version=1)
    torch.save({"meta": meta, "state_dict": model.state_dict()}, path)
    return path


@pytest.fixture(scope="module")
def trained(checkpoint, detector):
    return Reconstructor(checkpoint=checkpoint, detector=detector)


@pytest.fixture(scope="module")
def detailed(trained, astronaut):
    (face,) = trained(astronaut)
    return face


@pytest.fixture(scope="module")
def aligned(checkpoint):
    return Reconstructor(checkpoint=checkpoint, detector=AlignedPhotos())


def test_the_fit_stays_and_detail_comes(detailed, face, trained):
    assert np.allclose(detailed.verts, face.verts) and np.allclose(detailed.landmarks68, face.landmarks68)
    side = trained.detail.model.renderer.uv_size
    assert detailed.uv_displacement.shape == (side, side) and 0 < np.abs(detailed.uv_displacement).max() < 0.02
    (smooth, mask), (rough, _) = face.render_normals(), detailed.render_normals()
    assert (smooth * rough).sum(-1)[mask].min() < 0.9999 and np.allclose(np.linalg.norm(rough[mask], axis=1), 1)


def test_the_networks_are_told_what_was_fitted(trained, detailed, astronaut):
    detail = trained.detail
    squares = detail.squares([detailed.detected])
    codes = detail._codes(detail.model.encode(torch.zeros(1, 3, 112, 112)), detailed.fitted, squares)
    face = detail.model.decode(codes)
    left, top, side = squares[0].tolist()
    landmarks = (face.landmarks[0].detach().numpy() + 1) * side / 2 + [left, top]
    off = np.linalg.norm(landmarks[17:] - detailed.landmarks68[17:], axis=1).mean()
    eye = np.linalg.norm(detailed.landmarks68[36] - detailed.landmarks68[45])
    assert off < 0.08 * eye, "the model sees another face than the one that was fitted"


def test_photos_are_cut_as_in_training(astronaut, face):
    config = Config(dict(test_dataloader=dict(dataset=dict(pipeline=[dict(type="CropFace", size=112, scale=1.25)]))))
    assert crop_scale(config) == 1.25 and crop_scale(aucgan.load_config(CONFIG)) == 1.6
    square = crop_square(face.detected, 1.25)
    found = cut_square(Photo(astronaut, astronaut.shape[:2]), square, (112, 112))
    mask = np.zeros(astronaut.shape[:2], np.float32)
    sample = dict(image=astronaut / np.float32(255), mask=mask, landmarks=face.detected.landmarks68)
    truth = CropFace(112, 1.25).apply(sample, np.random.default_rng(0))["image"]
    assert np.allclose(found.permute(1, 2, 0), truth, atol=1e-5)


def test_large_photos_are_cut_like_small_ones():
    rng = np.random.default_rng(0)
    small = cv2.GaussianBlur(rng.integers(0, 256, (112, 112, 3), np.uint8), (0, 0), 3)
    large = cv2.resize(small, (1120, 1120), interpolation=cv2.INTER_CUBIC)
    box = DetectedFace(np.array([20, 20, 92, 92], np.float32), 1.0)
    one = cut_square(Photo(small, (112, 112)), crop_square(box), (64, 64))
    ten = cut_square(Photo(large, (1120, 1120)), 10 * crop_square(box), (64, 64))
    half = cut_square(Photo(small, (224, 224), divisor=2), 2 * crop_square(box), (64, 64))
    assert (one - ten).abs().mean() < 0.01 and torch.equal(one, half)


def test_an_aligned_photo_is_what_the_model_says(aligned):
    pixels = np.random.default_rng(0).integers(0, 256, (112, 112, 3), np.uint8)
    (face,) = aligned(pixels)
    model = aligned.detail.model
    with torch.inference_mode():
        image = torch.from_numpy(pixels).permute(2, 0, 1)[None] / 255.0
        side, detail = model(mode="tensor", image=image)
    assert np.allclose(face.uv_displacement, detail.uv_z[0, 0], atol=1e-7)
    trans = orthographic(side.face.verts, side.face.codes.cam)[0, :, :2]
    pixels_of_model = ((trans + 1) * 56).numpy()
    found = face.fitted.to_pixels(face.fitted.verts)[0].numpy()
    assert np.abs(found - pixels_of_model).max() < 0.01
    assert np.allclose(face.camera.project(face.verts), found, atol=1e-3)
    assert np.allclose(face.landmarks68, (side.face.landmarks[0] + 1) * 56, atol=1e-3)
    assert face.detected468 is None and np.isfinite(face.landmarks468).all()


def test_a_part_of_an_aligned_photo(checkpoint):
    pixels = np.random.default_rng(0).integers(0, 256, (224, 224, 3), np.uint8)
    half = Reconstructor(checkpoint=checkpoint, detector=AlignedPhotos(0.3))(pixels)[0]
    inner = Reconstructor(checkpoint=checkpoint, detector=AlignedPhotos())(pixels[56:168, 56:168])[0]
    assert np.allclose(half.uv_displacement, inner.uv_displacement, atol=1e-6)
    assert np.allclose(half.landmarks68, inner.landmarks68 + 56, atol=1e-3)


def test_files_with_detail(detailed, tmp_path):
    names = {path.name for path in detailed.save(tmp_path, ["detail", "dense", "comparison"], "a")}
    assert {"a_detail.obj", "a_detail_displacement.png", "a_detail_normal.png", "a_comparison.png"} <= names
    height = load_displacement(tmp_path / "a_detail_displacement.png")
    assert np.abs(height).max() > 0.3 * np.abs(detailed.uv_displacement).max()
    assert len(trimesh.load(tmp_path / "a_dense.obj", process=False).faces) > 3 * len(detailed.faces)
    pictures = Image.open(tmp_path / "a_comparison.png")
    assert pictures.width > 3.9 * 256, "photo, coarse shape, detail shape, texture"


def test_the_tool_takes_aligned_photos(checkpoint, tmp_path, capfd):
    (tmp_path / "in").mkdir()
    Image.fromarray(np.full((120, 120, 3), 128, np.uint8)).save(tmp_path / "in" / "b.png")
    (tmp_path / "in" / "a.png").write_text("no picture", encoding="utf-8")
    options = ["--checkpoint", str(checkpoint), "--crop", "0.9", "--device", "cpu", "--out", str(tmp_path / "out")]
    assert tool.main([str(tmp_path / "in"), *options]) == 1
    output, errors = capfd.readouterr()
    assert "b.png →" in output and "a.png is no picture" in errors and "1 of 2 files could not be read" in errors
    files = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"b_coarse.obj", "b_detail.obj", "b_dense.obj", "b_detail.glb", "b_landmarks.txt"} <= files


def test_models_that_do_not_fit(checkpoint, tmp_path):
    with pytest.raises(ValueError, match="trained on the head 'anny': leave the other head out"):
        Reconstructor(checkpoint=checkpoint, head="other.npz")
    cfg = aucgan.load_config("aucgan_coarse")
    cfg.model = slim(cfg.model)
    torch.save({"state_dict": MODELS.build(cfg.model).state_dict()}, tmp_path / "coarse.pth")
    with pytest.raises(ValueError, match="a model of the detail stage is needed, not CoarseReconstructor"):
        Reconstructor(cfg, tmp_path / "coarse.pth")
