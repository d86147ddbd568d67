import numpy as np
import pytest
from PIL import Image

from aucgan.datasets.procedural.photo.lamps import draw_light
from aucgan.datasets.procedural.photo.sensor import FAITHFUL, expose
from aucgan.datasets.procedural.recipe import SPLITS, STRANGERS, draw_face
from aucgan.datasets.procedural.strangers.camera import disc, taken_by_a_stranger, through_jpeg
from aucgan.datasets.procedural.strangers.identity import at_home, kept_directions, strange
from aucgan.datasets.procedural.strangers.light import draw_strange_light


def test_strangers_heads_differ_where_no_head_at_home_does():
    rng = np.random.default_rng(0)
    codes = np.clip(rng.standard_normal((200, 100)), -2, 2).astype(np.float32)
    kept = kept_directions(100)
    np.testing.assert_allclose(kept.T @ kept, np.eye(kept.shape[1]), atol=1e-12)
    home = np.stack([at_home(code) for code in codes])
    foreign = np.stack([strange(code, np.random.default_rng(n)) for n, code in enumerate(codes)])
    assert np.abs(home @ kept).max() < 1e-5
    assert 1.3 < (foreign @ kept).std() < 1.9
    np.testing.assert_allclose(foreign - foreign @ kept @ kept.T, home, atol=1e-4)


def test_strangers_share_nothing_with_training():
    home = [draw_face(0, "train", index, 1, head="anny") for index in range(12)]
    foreign = [draw_face(0, STRANGERS, index, 1, head="anny") for index in range(12)]
    assert not {face.identity for face in home} & {face.identity for face in foreign}
    assert not {face.wrinkle_seed for face in home} & {face.wrinkle_seed for face in foreign}
    assert not {face.seed for face in home} & {face.seed for face in foreign}
    assert {face.folding for face in home} == {"strokes"} and {face.folding for face in foreign} == {"mechanics"}
    kept = kept_directions(len(home[0].shape))
    assert max(np.abs(face.shape @ kept).max() for face in home) < 1e-5 < 1 < np.std([f.shape @ kept for f in foreign])


def test_one_camera_takes_each_photo():
    assert draw_face(0, STRANGERS, 0, 1, head="anny").sensor is FAITHFUL
    assert draw_face(0, "train", 0, 1, head="anny").sensor is not FAITHFUL
    picture = np.random.default_rng(0).random((16, 16, 3)).astype(np.float32)
    np.testing.assert_array_equal(expose(picture, FAITHFUL, np.random.default_rng(1)), np.round(picture * 255))


def test_photos_of_a_stranger_share_the_person():
    first, second = (draw_face(3, STRANGERS, index, 2, head="anny") for index in (0, 1))
    np.testing.assert_array_equal(first.shape, second.shape)
    assert first.wrinkle_seed == second.wrinkle_seed and first.seed != second.seed


def test_with_both_processes_in_training_strangers_get_a_third():
    home = {draw_face(0, "train", index, 1, head="anny", wrinkles="both").folding for index in range(16)}
    assert home == {"strokes", "mechanics"}
    assert draw_face(0, STRANGERS, 0, 1, head="anny", wrinkles="both").folding == "mixed"


def test_splits_at_home_come_first():
    assert SPLITS == ("train", "val", "test", "strangers"), "the number of a split is in the seeds of its people"


def test_a_disc_has_its_area_and_sum_one():
    assert disc(0.0).tolist() == [[1.0]]
    kernel = disc(3.2)
    assert kernel.sum() == pytest.approx(1.0) and kernel.shape == (9, 9)
    assert 1 / kernel.max() == pytest.approx(np.pi * 3.2**2, rel=0.05)
    np.testing.assert_allclose(kernel, kernel.T)


def test_jpeg_loses_detail_and_no_more():
    picture = np.random.default_rng(0).integers(60, 190, (32, 32, 3), dtype=np.uint8)
    picture = np.asarray(Image.fromarray(picture).resize((64, 64), Image.Resampling.BICUBIC))
    errors = [np.abs(through_jpeg(picture, quality).astype(int) - picture).mean() for quality in (40, 92)]
    assert errors[0] > 1.5 * errors[1] > 0


def test_strangers_photos_differ_in_colour_and_sharpness():
    photo = np.zeros((64, 64, 3), np.uint8)
    photo[:, 32:] = 180
    taken = [taken_by_a_stranger(photo, np.random.default_rng(n)).astype(float) for n in range(30)]
    warmth = [one[:, 40:, 0].mean() - one[:, 40:, 2].mean() for one in taken]
    edges = [np.abs(np.diff(one.mean((0, 2)))).max() for one in taken]
    assert np.std(warmth) > 5 and min(edges) < 0.7 * max(edges)
    np.testing.assert_array_equal(taken[0], taken_by_a_stranger(photo, np.random.default_rng(0)))


def test_strangers_are_lit_from_where_no_lamp_at_home_stands_and_in_stronger_colours():
    home = [draw_light(np.random.default_rng(n)) for n in range(200)]
    foreign = [draw_strange_light(np.random.default_rng(n)) for n in range(200)]
    heights = np.array([light.directions[0, 1] for light in foreign])
    assert (heights < 0).mean() > 0.2 and (heights > 0.95).mean() > 0.15
    assert max(light.directions[0, 1] for light in home) < 0.95
    spread = [
        np.std([np.ptp(light.colours[0]) / light.colours[0].mean() for light in lights]) for lights in (home, foreign)
    ]
    assert spread[1] > 1.5 * spread[0]
    for light in foreign:
        np.testing.assert_allclose(np.linalg.norm(light.directions, axis=1), 1.0, atol=1e-6)
        assert light.colours.min() >= 0 and 0 <= light.softness.min() and light.softness.max() <= 1
