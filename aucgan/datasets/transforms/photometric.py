"""Transforms of the image alone."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from aucgan.datasets.transforms.face_transform import Effect, RandomTransform, as_pair
from aucgan.registry import TRANSFORMS


@TRANSFORMS.register_module()
class ColorJitter(RandomTransform):
    """Change brightness, contrast and saturation by factors of ``1 ± amount``.

    Args:
        brightness: Largest relative change of brightness.
        contrast: Largest relative change of contrast.
        saturation: Largest relative change of saturation.
    """

    def __init__(self, brightness: float = 0.2, contrast: float = 0.2, saturation: float = 0.2):
        self.amounts = (brightness, contrast, saturation)

    @property
    def effect(self) -> Effect:
        """None when nothing is jittered."""
        return Effect.RANDOM if any(self.amounts) else Effect.NOTHING

    def apply(self, sample: dict, rng: np.random.Generator) -> dict:
        """Jitter the image; everything else stays."""
        bright, contrast, saturation = (1 + rng.uniform(-a, a) for a in self.amounts)
        image = sample["image"] * np.float32(bright)
        image = (image - image.mean()) * np.float32(contrast) + image.mean()
        grey = image.mean(-1, keepdims=True)
        image = (image - grey) * np.float32(saturation) + grey
        return dict(sample, image=image.clip(0, 1))


@TRANSFORMS.register_module()
class RandomBlur(RandomTransform):
    """Blur the image with a Gaussian.

    Args:
        prob: Probability.
        sigma: Range of the standard deviation in pixels.
    """

    def __init__(self, prob: float = 0.2, sigma: Sequence[float] = (0.3, 1.0)):
        self.prob, self.sigma = prob, as_pair(sigma)

    @property
    def effect(self) -> Effect:
        """None when nothing is blurred."""
        return Effect.RANDOM if self.prob else Effect.NOTHING

    def apply(self, sample: dict, rng: np.random.Generator) -> dict:
        """Blur with the given probability."""
        if rng.random() >= self.prob:
            return sample
        return dict(sample, image=cv2.GaussianBlur(sample["image"], (0, 0), rng.uniform(*self.sigma)))
