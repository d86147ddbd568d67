"""Resizing of images and feature maps, always with pixel centres at half integers."""

import torch.nn.functional as F
from torch import Tensor


def resize_image(image: Tensor, size: int) -> Tensor:
    """Resize an image ``(B,C,H,W)`` to ``(B,C,size,size)``, bilinear, filtered when it shrinks."""
    if image.shape[-2:] == (size, size):
        return image
    shrinks = max(image.shape[-2:]) > size
    return F.interpolate(image, (size, size), mode="bilinear", align_corners=False, antialias=shrinks)


def upsample(x: Tensor, size: int) -> Tensor:
    """Enlarge a feature map ``(B,C,h,w)`` to ``(B,C,size,size)``, bilinear: no checkerboard.

    Maps that already have the size are returned as they are.
    """
    if x.shape[-2:] == (size, size):
        return x
    return F.interpolate(x, (size, size), mode="bilinear", align_corners=False)


def halving_conv(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """A 3×3 convolution (padding 1) and a 2×2 mean behind it, as one 4×4 convolution of stride 2.

    The mean of four shifted kernels is one kernel: 16 multiplications an output instead of 36, and nothing of the
    full resolution is made.

    Args:
        x: ``(B,C,h,w)``.
        weight: ``(O,C,3,3)``.
        bias: ``(O,)``.

    Returns:
        ``avg_pool2d(conv2d(x, weight, bias, padding=1), 2)``, ``(B,O,h/2,w/2)``.
    """
    kernel = F.avg_pool2d(F.pad(weight, (1, 1, 1, 1)), 2, stride=1)
    return F.conv2d(x, kernel, bias, stride=2, padding=1)
