"""Resizing of images and feature maps."""

import torch

from aucgan.models.layers.resampling import resize_image, upsample


def test_equal_sizes_pass_through():
    x = torch.rand(1, 2, 8, 8)
    assert resize_image(x, 8) is x
    assert upsample(x, 8) is x


def test_a_ramp_stays_a_ramp():
    ramp = ((torch.arange(8) + 0.5) / 8).expand(1, 1, 8, 8)
    expected = (torch.arange(16) + 0.5) / 16
    torch.testing.assert_close(upsample(ramp, 16)[0, 0, 5, 1:-1], expected[1:-1])
    torch.testing.assert_close(resize_image(ramp, 4)[0, 0, 2, 1:-1], ((torch.arange(4) + 0.5) / 4)[1:-1])


def test_shrinking_filters_what_the_smaller_image_cannot_hold():
    checker = (torch.arange(32) % 2).float().expand(1, 1, 32, 32)
    small = resize_image(checker, 8)
    assert (small - 0.5).abs().max() < 0.1
