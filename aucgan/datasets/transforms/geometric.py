"""Transforms of the picture's geometry: one affine map of pixel coordinates, for whatever a sample holds."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from aucgan.action_units import MIRROR
from aucgan.datasets.landmarks import MIRROR_INDEX
from aucgan.datasets.transforms.face_transform import Effect, FaceTransform, RandomTransform, as_pair
from aucgan.registry import TRANSFORMS

# Codes of one photo that a change of the picture's geometry would falsify unless it is applied to them too.
MIRRORABLE = {"gt_pose", "gt_cam", "gt_light", "gt_displacement"}
POSE_MIRROR = np.array([1, -1, -1, 1, -1, -1], np.float32)
"""Mirroring x turns an axis-angle vector (x, y, z) into (x, −y, −z)."""
SH_MIRROR = np.array([1, -1, 1, 1, -1, -1, 1, 1, 1], np.float32)
"""Sign of each SH basis function [1, x, y, z, xy, xz, yz, x²−y², 3z²−1] under x → −x."""


def warp(sample: dict, matrix: np.ndarray, size: tuple[int, int]) -> dict:
    """Apply a 2×3 affine map of pixel coordinates to image, mask and landmarks.

    Args:
        sample: As :class:`~aucgan.datasets.FaceFolder` gives it.
        matrix: Maps source to destination pixels, both with centres at ½, ``(2, 3)``.
        size: Height and width of the result.
    """
    half = matrix.astype(np.float64).copy()  # OpenCV counts pixel centres from 0
    half[:, 2] += half[:, :2] @ [0.5, 0.5] - 0.5
    scale = np.sqrt(abs(np.linalg.det(matrix[:, :2])))
    image, mask = sample["image"], sample["mask"]
    if scale < 0.5:  # bilinear sampling alone would alias
        sigma = 0.5 / scale - 0.5
        image, mask = (cv2.GaussianBlur(a, (0, 0), sigma) for a in (image, mask))
    dsize = size[::-1]
    return dict(
        sample,
        image=cv2.warpAffine(image, half, dsize, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE),
        mask=cv2.warpAffine(mask, half, dsize, flags=cv2.INTER_LINEAR, borderValue=0),
        landmarks=(sample["landmarks"] @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32),
    )


@TRANSFORMS.register_module()
class CropFace(RandomTransform):
    """Cut the square round the landmarks and resize it.

    The side is the mean of the landmark box's width and height times a scale: 1.4 to 1.8 for training, 1.6 (NoW,
    AFLW) or 1.25 at test in DECA's protocol.

    Args:
        size: Side of the result in pixels.
        scale: A number, or the range a uniform one is drawn from.
        shift: Random shift of the centre, as a fraction of the side, each way.
    """

    def __init__(self, size: int = 224, scale: float | Sequence[float] = (1.4, 1.8), shift: float = 0.0):
        self.size = size
        self.scale = (scale, scale) if isinstance(scale, (int, float)) else as_pair(scale)
        self.shift = shift

    @property
    def effect(self) -> Effect:
        """The same crop at every draw, as long as neither scale nor shift is drawn."""
        return Effect.FIXED if self.scale[0] == self.scale[1] and self.shift == 0 else Effect.RANDOM

    @property
    def settings(self) -> dict:
        """Size and place of the crop."""
        return dict(size=self.size, scale=self.scale, shift=self.shift)

    def zoom(self, landmarks: np.ndarray, size: tuple[int, int]) -> float:
        """The largest zoom that can be drawn for a photo: pixels of the result for one of its own."""
        return self.size / (np.ptp(landmarks, axis=0).mean() * self.scale[0])

    def apply(self, sample: dict, rng: np.random.Generator) -> dict:
        """Crop; truth codes cannot follow, so they must not be in the sample."""
        _refuse_codes(sample, "CropFace")
        low, high = sample["landmarks"].min(0), sample["landmarks"].max(0)
        side = (high - low).mean() * rng.uniform(*self.scale)
        centre = (low + high) / 2 + rng.uniform(-self.shift, self.shift, 2) * side
        zoom = self.size / side
        offset = self.size / 2 - zoom * centre
        matrix = np.array([[zoom, 0, offset[0]], [0, zoom, offset[1]]])
        return warp(sample, matrix, (self.size, self.size))


@TRANSFORMS.register_module()
class ResizeFace(FaceTransform):
    """Resize an aligned square photo, its mask and landmarks.

    Args:
        size: Side of the result in pixels.
    """

    effect = Effect.FIXED
    uses_landmarks = False

    def __init__(self, size: int = 224):
        self.size = size

    @property
    def settings(self) -> dict:
        """Size of the result."""
        return dict(size=self.size)

    def zoom(self, landmarks: np.ndarray, size: tuple[int, int]) -> float:
        """Pixels of the result for one of the photo."""
        return self.size / size[0]

    def transform(self, sample: dict) -> dict:
        """Resize; nothing happens at the right size already."""
        height, width = sample["image"].shape[:2]
        if height != width:
            raise ValueError(f"ResizeFace needs square photos, got {width}×{height}: use CropFace")
        if height == self.size:
            return sample
        zoom = self.size / height
        return warp(sample, np.array([[zoom, 0, 0], [0, zoom, 0]]), (self.size, self.size))


@TRANSFORMS.register_module()
class RandomFlip(RandomTransform):
    """Mirror left and right: pixels, landmarks and their order, sided AUs, pose, camera, light, displacement.

    Args:
        prob: Probability.
    """

    def __init__(self, prob: float = 0.5):
        self.prob = prob

    @property
    def effect(self) -> Effect:
        """Some draws are mirrored, unless the probability is 0."""
        return Effect.MIRROR if self.prob else Effect.NOTHING

    def apply(self, sample: dict, rng: np.random.Generator) -> dict:
        """Mirror with the given probability."""
        _refuse_codes(sample, "RandomFlip", MIRRORABLE)
        return sample if rng.random() >= self.prob else self.mirror(sample)

    @staticmethod
    def mirror(sample: dict) -> dict:
        """Mirror everything that the sample holds."""
        width = sample["image"].shape[1]
        landmarks = sample["landmarks"][MIRROR_INDEX] * [-1, 1] + [width, 0]
        flipped = dict(
            sample,
            image=np.ascontiguousarray(sample["image"][:, ::-1]),
            mask=np.ascontiguousarray(sample["mask"][:, ::-1]),
            landmarks=landmarks.astype(np.float32),
            aus=sample["aus"][list(MIRROR)],
            mirrored=not sample.get("mirrored", False),
        )
        for key, sign in (("gt_pose", POSE_MIRROR), ("gt_light", SH_MIRROR[:, None])):
            if key in sample:
                flipped[key] = sample[key] * sign
        if "gt_cam" in sample:
            flipped["gt_cam"] = sample["gt_cam"] * np.array([1, -1, 1], np.float32)
        if "gt_displacement" in sample:
            flipped["gt_displacement"] = np.ascontiguousarray(sample["gt_displacement"][:, ::-1])
        return flipped


@TRANSFORMS.register_module()
class RandomSimilarity(RandomTransform):
    """Rotate, scale and shift the photo a little.

    Args:
        angle: Largest rotation in degrees. Faces are never upside down; keep it small.
        scale: Range of the zoom.
        shift: Largest shift as a fraction of the side.
    """

    def __init__(self, angle: float = 10.0, scale: Sequence[float] = (0.95, 1.05), shift: float = 0.03):
        self.angle, self.scale, self.shift = angle, as_pair(scale), shift

    def apply(self, sample: dict, rng: np.random.Generator) -> dict:
        """Warp about the centre of the photo."""
        _refuse_codes(sample, "RandomSimilarity")
        height, width = sample["image"].shape[:2]
        angle = np.deg2rad(rng.uniform(-self.angle, self.angle))
        zoom = rng.uniform(*self.scale)
        linear = zoom * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        centre = np.array([width, height]) / 2
        shift = rng.uniform(-self.shift, self.shift, 2) * [width, height]
        matrix = np.concatenate([linear, (centre + shift - linear @ centre)[:, None]], axis=1)
        return warp(sample, matrix, (height, width))


def _refuse_codes(sample: dict, transform: str, allowed: frozenset | set = frozenset({"gt_displacement"})) -> None:
    bad = [key for key in sample if key.startswith("gt_") and key not in allowed]
    if bad:
        names = [key.removeprefix("gt_") for key in bad]
        raise ValueError(f"{transform} would falsify the true codes {names}: leave them out of the data set's truth")
