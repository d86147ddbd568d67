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
