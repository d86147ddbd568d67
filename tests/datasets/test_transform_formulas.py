"""The transforms against closed forms, with the numbers that the sample's generator draws."""

import cv2
import numpy as np
import pytest
import torch

from aucgan.datasets import ColorJitter, CropFace, PackFace, RandomBlur, RandomFlip, RandomSimilarity, ResizeFace
from aucgan.datasets.transforms import Effect, warp
from aucgan.registry import TRANSFORMS


def sample(size=40, seed=0, **more):
    rng = np.random.default_rng(seed)
    return (
        dict(
            image=rng.random((size, size, 3), dtype=np.float32),
            mask=np.ones((size, size), np.float32),
            landmarks=rng.uniform(size / 4, 3 * size / 4, (68, 2)).astype(np.float32),
            aus=np.zeros(41, np.float32),
            rng=np.random.default_rng(7),
        )
        | more
    )


def test_a_warp_by_whole_pixels_moves_the_grid():
    given = sample()
    moved = warp(given, np.array([[1.0, 0, 3], [0, 1, -2]]), (40, 40))
    np.testing.assert_allclose(moved["image"][:-2, 3:], given["image"][2:, :-3], atol=1e-6)
    np.testing.assert_allclose(moved["image"][:-2, :3], given["image"][2:, :1].repeat(3, 1), atol=1e-6)  # the border
    assert moved["mask"][:-2, 3:].min() == 1 and moved["mask"][:, :3].max() == 0 and moved["mask"][-2:].max() == 0
    np.testing.assert_allclose(moved["landmarks"], given["landmarks"] + [3, -2], atol=1e-5)


def test_halving_is_the_mean_of_four_and_less_is_filtered_first():
    given = sample()
    halved = ResizeFace(20).transform(given)["image"]
    np.testing.assert_allclose(halved, given["image"].reshape(20, 2, 20, 2, 3).mean((1, 3)), atol=1e-5)
    given["mask"] = given["image"][..., 0].copy()
    small = ResizeFace(8).transform(given)  # a fifth: blurred by 0.5 · 5 − 0.5 = 2 pixels, then the centre of five
    blurred = cv2.GaussianBlur(given["image"], (0, 0), 2.0)
    np.testing.assert_allclose(small["image"], blurred[2::5, 2::5], atol=1e-3)
    np.testing.assert_allclose(small["mask"], blurred[2::5, 2::5, 0], atol=1e-3)


def test_a_resized_photo_of_the_right_size_is_the_photo_itself():
    given = sample()
    assert ResizeFace(40).transform(given) is given
    assert ResizeFace(10).zoom(given["landmarks"], (40, 40)) == 0.25
    assert ResizeFace().size == CropFace().size == 224
    assert CropFace().scale == (1.4, 1.8) and CropFace().shift == 0
    with pytest.raises(ValueError, match="square photos, got 30×40"):
        ResizeFace(40).transform(given | dict(image=given["image"][:, :30]))


def test_a_crop_draws_its_scale_and_then_its_shift():
    given = sample()
    rng = np.random.default_rng(7)
    low, high = given["landmarks"].min(0), given["landmarks"].max(0)
    side = ((high - low)[0] + (high - low)[1]) / 2 * rng.uniform(1.2, 2.0)
    centre = (low + high) / 2 + rng.uniform(-0.1, 0.1, 2) * side
    crop = CropFace(32, (1.2, 2.0), 0.1).transform(given)
    np.testing.assert_allclose(crop["landmarks"], (given["landmarks"] - centre) * 32 / side + 16, atol=1e-3)
    assert crop["image"].shape == (32, 32, 3)


def test_the_largest_zoom_is_that_of_the_smallest_crop():
    landmarks = np.zeros((68, 2), np.float32)
    landmarks[1] = (30, 10)  # a box of mean side 20
    assert CropFace(48, (1.2, 2.0)).zoom(landmarks, (99, 99)) == pytest.approx(48 / (20 * 1.2))


def test_the_similarity_is_a_rotation_a_zoom_and_a_shift_about_the_centre():
    given = sample()
    given["image"], given["mask"] = given["image"][:30], given["mask"][:30]  # 40 wide, 30 high
    rng = np.random.default_rng(7)
    angle, zoom = np.deg2rad(rng.uniform(-20, 20)), rng.uniform(0.9, 1.2)
    shift = rng.uniform(-0.1, 0.1, 2) * [40, 30]
    x, y = (given["landmarks"] - [20, 15]).T
    expected = zoom * np.stack([np.cos(angle) * x - np.sin(angle) * y, np.sin(angle) * x + np.cos(angle) * y], 1)
    moved = RandomSimilarity(20, (0.9, 1.2), 0.1).transform(given)
    np.testing.assert_allclose(moved["landmarks"], expected + shift + [20, 15], atol=1e-3)
    assert moved["image"].shape == (30, 40, 3) and moved["mask"].shape == (30, 40)
    default = RandomSimilarity()
    assert (default.angle, default.scale, default.shift) == (10.0, (0.95, 1.05), 0.03)


@pytest.mark.parametrize("amounts", [(0.2, 0, 0), (0, 0.2, 0), (0, 0, 0.2), (0.1, 0.2, 0.3)])
def test_colour_jitter_scales_about_black_the_mean_and_grey(amounts):
    given = sample()
    given["image"] = 0.3 + 0.3 * given["image"]  # so that nothing is clipped
    rng = np.random.default_rng(7)
    bright, contrast, saturation = (1 + rng.uniform(-a, a) for a in amounts)
    x = given["image"].astype(float) * bright
    x = x.mean() + contrast * (x - x.mean())
    grey = (x[..., 0] + x[..., 1] + x[..., 2]) / 3
    x = grey[..., None] + saturation * (x - grey[..., None])
    np.testing.assert_allclose(ColorJitter(*amounts).transform(given)["image"], x, atol=1e-5)


def test_jittered_colours_stay_in_range():
    given = sample()
    for seed in range(4):
        image = ColorJitter(0.9, 0.9, 0.9).transform(given | dict(rng=np.random.default_rng(seed)))["image"]
        assert image.min() >= 0 and image.max() <= 1
    assert ColorJitter().amounts == (0.2, 0.2, 0.2)


def test_blur_draws_whether_and_then_how_much():
    given = sample()
    rng = np.random.default_rng(7)
    assert rng.random() < 0.9
    expected = cv2.GaussianBlur(given["image"], (0, 0), rng.uniform(0.5, 2.0))
    np.testing.assert_allclose(RandomBlur(0.9, (0.5, 2.0)).transform(given)["image"], expected, atol=1e-6)
    assert RandomBlur(0.0).transform(given) is given
    assert (RandomBlur().prob, RandomBlur().sigma) == (0.2, (0.3, 1.0))


def test_flips_occur_as_often_as_asked():
    given = sample()
    flipped = [
        RandomFlip(0.3).transform(given | dict(rng=np.random.default_rng(s))).get("mirrored", False) for s in range(200)
    ]
    expected = [np.random.default_rng(s).random() < 0.3 for s in range(200)]
    assert flipped == expected and RandomFlip().prob == 0.5
    twice = RandomFlip.mirror(RandomFlip.mirror(given))
    assert twice["mirrored"] is False
    wide = RandomFlip.mirror(given | dict(image=given["image"][:30], mask=np.arange(1200.0).reshape(30, 40)))
    np.testing.assert_allclose(np.sort(wide["landmarks"][:, 0]), np.sort(40 - given["landmarks"][:, 0]), atol=1e-5)
    assert (wide["mask"][:, 0] == np.arange(30) * 40 + 39).all()


def test_what_a_transform_does_to_the_image_is_declared():
    assert CropFace(32, 1.6).effect is CropFace(32, (1.5, 1.5)).effect is ResizeFace(32).effect is Effect.FIXED
    assert CropFace(32, 1.6, 0.1).effect is CropFace(32).effect is RandomSimilarity().effect is Effect.RANDOM
    assert RandomFlip(0.5).effect is Effect.MIRROR
    assert RandomFlip(0).effect is ColorJitter(0, 0, 0).effect is RandomBlur(0).effect is Effect.NOTHING
    assert ColorJitter(0, 0, 0.1).effect is RandomBlur(0.1).effect is Effect.RANDOM
    assert PackFace.effect is Effect.NOTHING


def test_packing_a_photo_that_is_not_square():
    given = sample()
    given["image"], given["mask"] = given["image"][:20], given["mask"][:20]
    packed = PackFace().transform(given)
    assert set(packed) == {"image", "mask", "landmarks", "aus"}
    torch.testing.assert_close(packed["image"][1], torch.from_numpy(given["image"][..., 1].copy()))
    expected = torch.from_numpy(given["landmarks"]) / torch.tensor([20.0, 10.0]) - 1
    torch.testing.assert_close(packed["landmarks"], expected)


def test_without_a_generator_of_the_sample_a_fresh_one_draws():
    given = sample()
    del given["rng"]
    images = [ColorJitter().transform(dict(given))["image"] for _ in range(2)]
    assert (images[0] != images[1]).any()


@pytest.mark.parametrize(
    "transform", [CropFace(32), RandomSimilarity(), RandomFlip(1.0)], ids=lambda t: type(t).__name__
)
def test_codes_that_would_be_falsified_are_named(transform):
    with pytest.raises(
        ValueError, match=rf"{type(transform).__name__} would falsify the true codes \['exp', 'shape'\]"
    ):
        transform.transform(sample(gt_exp=np.zeros(50), gt_displacement=np.zeros((8, 8)), gt_shape=np.zeros(100)))


class LowestDraw:
    """Draws the smallest number there is."""

    def random(self):
        return 0.0

    def uniform(self, low, high):
        return low


def test_a_probability_of_zero_never_happens():
    given = sample(rng=LowestDraw())
    assert RandomFlip(0.0).transform(given) is given and RandomBlur(0.0).transform(given) is given
    assert RandomFlip(1e-9).transform(given)["mirrored"]


@pytest.mark.parametrize(
    "transform", [CropFace, ResizeFace, RandomFlip, RandomSimilarity, ColorJitter, RandomBlur, PackFace]
)
def test_configs_find_every_transform_by_its_name(transform):
    assert TRANSFORMS.get(transform.__name__) is transform
