from dataclasses import replace

import numpy as np
import pytest
import torch

from aucgan.datasets.procedural.people.colour import LUMINANCE
from aucgan.datasets.procedural.photo.sensor import (
    GAMMA,
    MEANT,
    SHOULDER,
    develop,
    draw_sensor,
    expose,
    gain,
    tone_curve,
)

WHITE_LIGHT = np.ones(3)


@pytest.fixture
def plain():
    still = dict(stops=0.0, white=0.0, balance=np.ones(3), contrast=0.0, saturation=1.0, blur=0.0, sharpening=0.0)
    return replace(draw_sensor(np.random.default_rng(0)), **still, noise=np.zeros(2), grain=0.0, quality=0)


def test_the_tone_curve_is_gamma_up_to_its_shoulder_and_never_passes_white():
    light = torch.linspace(0.0, 10.0, 400)
    value = tone_curve(light)
    below = light < SHOULDER
    torch.testing.assert_close(value[below], light[below] ** (1 / GAMMA))
    assert (value.diff() >= 0).all() and value.max() <= 1.0


def test_a_dark_face_is_exposed_longer_but_stays_darker(plain):
    light, dark = 0.6, 0.06
    gains = gain(light, WHITE_LIGHT, plain), gain(dark, WHITE_LIGHT, plain)
    assert gains[1].mean() > gains[0].mean() and dark * gains[1].mean() < light * gains[0].mean()
    np.testing.assert_allclose(gain(MEANT, WHITE_LIGHT, plain), 1.0, rtol=1e-6)
    np.testing.assert_allclose(gain(MEANT, WHITE_LIGHT, replace(plain, stops=1.0)), 2.0, rtol=1e-6)


def test_the_colour_of_the_light_is_corrected_as_far_as_a_camera_does(plain):
    warm = np.array([1.2, 1.0, 0.7])
    np.testing.assert_allclose(gain(MEANT, warm, plain), 1.0, rtol=1e-6)
    card = warm * gain(MEANT, warm, replace(plain, white=1.0))
    np.testing.assert_allclose(card, warm @ LUMINANCE, rtol=1e-6)
    half = warm * gain(MEANT, warm, replace(plain, white=0.5))
    assert 1.0 < half[0] / half[2] < warm[0] / warm[2]


def test_developing_without_effects_is_the_tone_curve(plain):
    light = torch.rand(2, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(develop(light, [plain] * 2), tone_curve(light))
    grey = develop(light, [replace(plain, saturation=0.0)] * 2)
    torch.testing.assert_close(grey[:, 0], grey[:, 2])


def test_noise_blur_and_jpeg_do_what_they_say(plain):
    rng = np.random.default_rng(0)
    edge = np.repeat((np.arange(64) > 31).astype(np.float32)[None, :, None] * 0.6 + 0.2, 64, 0).repeat(3, 2)
    exact = expose(edge, plain, rng)
    np.testing.assert_array_equal(exact, np.round(edge * 255))
    blurred = expose(edge, replace(plain, blur=0.02), rng).astype(float)
    assert (
        np.abs(np.diff(blurred[:, :, 0], axis=1)).max()
        < 0.5 * np.abs(np.diff(exact[:, :, 0].astype(float), axis=1)).max()
    )
    flat = np.full((64, 64, 3), 0.5, np.float32)
    noisy = expose(flat, replace(plain, noise=np.array([0.01, 0.02])), rng) / 255
    assert noisy.std() == pytest.approx(0.01 + 0.02 * np.sqrt(0.5), rel=0.1)
    stored = expose(np.random.default_rng(1).random((64, 64, 3)).astype(np.float32), replace(plain, quality=40), rng)
    assert stored.dtype == np.uint8 and stored.shape == (64, 64, 3)


def test_photos_are_taken_with_many_cameras():
    sensors = [draw_sensor(np.random.default_rng(k)) for k in range(300)]
    assert 0.5 < np.mean([one.quality > 0 for one in sensors]) < 0.9
    assert 0.2 < np.std([one.stops for one in sensors]) < 0.5
    assert 0.0 < np.mean([one.saturation == 0 for one in sensors]) < 0.1
