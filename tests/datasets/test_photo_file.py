import numpy as np
import pytest
from PIL import Image

from aucgan.datasets import FaceFolder
from aucgan.datasets.photo_file import decode_mask, decode_photo

CROP = dict(type="CropFace", size=40, scale=1.6)


@pytest.fixture
def large(folder):
    """The first photo as a smooth JPEG of 401 × 403 pixels, with landmarks and mask of that size."""
    y, x = np.mgrid[:403, :401] / 400
    waves = [0.5 + 0.4 * np.sin(2 * np.pi * f * x) * np.cos(2 * np.pi * y) for f in (1, 2, 3)]
    (folder / "images/f0.png").unlink()
    Image.fromarray((255 * np.stack(waves, -1)).astype(np.uint8)).save(folder / "images/f0.jpg", quality=98)
    np.save(folder / "landmarks/f0.npy", np.random.default_rng(0).uniform(100, 300, (68, 2)).astype(np.float32))
    Image.fromarray(255 * ((x > 0.3) & (y > 0.3)).astype(np.uint8)).save(folder / "masks/f0.png")
    return folder


@pytest.mark.parametrize(
    ("zoom", "divisor", "size"),
    [(None, 1, (403, 401)), (1.0, 1, (403, 401)), (0.51, 1, (403, 401)), (0.49, 2, (202, 201)), (0.01, 8, (51, 51))],
)
def test_a_jpeg_is_decoded_no_larger_than_needed(large, zoom, divisor, size):
    picture, whole, found = decode_photo(large / "images/f0.jpg", zoom and (lambda size: zoom))
    assert picture.shape == (*size, 3) and whole == (403, 401) and found == divisor
    assert decode_mask(large / "masks/f0.png", whole, divisor).shape == size


def test_other_formats_are_decoded_in_full(folder):
    assert decode_photo(folder / "images/f0.png", lambda size: 0.1)[0].shape == (32, 32, 3)


def test_the_crop_of_a_reduced_photo_is_the_same_picture(large):
    pipeline = [dict(type="RandomFlip", prob=1), CROP]
    whole, reduced = (FaceFolder(large, "train", pipeline=pipeline, reduce=flag) for flag in (False, True))
    assert reduced.load(0)["image"].shape == (101, 101, 3) and whole.load(0)["image"].shape == (403, 401, 3)
    a, b = whole[0], reduced[0]
    np.testing.assert_allclose(b["landmarks"], a["landmarks"], atol=0.1)
    np.testing.assert_allclose(b["image"], a["image"], atol=0.03)
    assert np.abs(b["mask"] - a["mask"]).mean() < 0.01


def test_nothing_is_reduced_without_a_resize(large):
    assert FaceFolder(large, "train", reduce=True)[0]["image"].shape == (403, 401, 3)
    resize = dict(type="ResizeFace", size=200)
    assert FaceFolder(large, "train", pipeline=[resize], reduce=True).load(0)["image"].shape == (202, 201, 3)


def test_features_of_reduced_photos_are_others(large):
    assert FaceFolder(large, "train", reduce=True).view != FaceFolder(large, "train").view
