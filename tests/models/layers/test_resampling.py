"""Resizing of images and feature maps."""

import pytest
import torch
import torch.nn.functional as F

from aucgan.models.layers.resampling import halving_conv, resize_image, upsample


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


@pytest.mark.parametrize("size", [(8, 6), (7, 9)])
def test_halving_convolution_equals_convolution_and_mean(size):
    generator = torch.Generator().manual_seed(0)
    x, weight, bias = (
        torch.randn(shape, generator=generator, dtype=torch.double, requires_grad=True)
        for shape in ((2, 3, *size), (4, 3, 3, 3), (4,))
    )
    ours = halving_conv(x, weight, bias)
    plain = F.avg_pool2d(F.conv2d(x, weight, bias, padding=1), 2)
    torch.testing.assert_close(ours, plain)
    seed = torch.randn(plain.shape, generator=generator, dtype=torch.double)
    for got, wanted in zip(*(torch.autograd.grad(y, (x, weight, bias), seed) for y in (ours, plain)), strict=True):
        torch.testing.assert_close(got, wanted)
