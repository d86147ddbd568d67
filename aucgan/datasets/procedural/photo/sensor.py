"""From light to a file: exposure, white balance, tone curve, blur, noise, JPEG."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from scipy import ndimage
from torch import Tensor

from aucgan.datasets.procedural.people.colour import LUMINANCE

MEANT = 0.36
"""Light of a face that a camera exposes for, where 1 is white."""
ADAPTATION = 0.6
"""How far it corrects a face that is darker or lighter: 1 would make all skins alike."""
SHOULDER = 0.72
"""From this value on highlights are compressed instead of cut off."""
WHITE = (0.4, 0.9)
"""How far cameras correct the colour of the light, as a power: 1 would make all light white."""
GAMMA = 2.2


@dataclass(frozen=True)
class Sensor:
    """How one photo is taken and stored.

    Attributes:
        stops: Exposure beyond what the camera meant, powers of two.
        white: How far the colour of the light is corrected, in [0, 1].
        balance: Factors on red, green and blue beside, ``(3,)``.
        contrast: Strength of the S-curve.
        saturation: Factor on colour.
        blur: Gaussian width over the side of the photo.
        sharpening: Amount.
        noise: Deviation of the noise in the dark and in the light, as shares of white, ``(2,)``.
        grain: Gaussian width of the noise, pixels: photos were larger before.
        quality: Of the JPEG, 0 for none.
    """

    stops: float
    white: float
    balance: np.ndarray
    contrast: float
    saturation: float
    blur: float
    sharpening: float
    noise: np.ndarray
    grain: float
    quality: int


FAITHFUL = Sensor(0.0, 0.0, np.ones(3), 0.3, 1.08, 0.0, 0.0, np.zeros(2), 0.0, 0)
"""What changes no photo beyond its exposure: something else takes it."""


def draw_sensor(rng: np.random.Generator) -> Sensor:
    """Draw how a photo is taken."""
    warm, green = rng.normal(0.0, 0.05), rng.normal(0.0, 0.015)
    balance = np.exp([warm - 0.3 * green, green, -warm - 0.3 * green])
    poor = rng.random() ** 2.5
    return Sensor(
        stops=float(np.clip(rng.normal(0.0, 0.32), -0.9, 0.7)),
        white=float(rng.uniform(*WHITE)),
        balance=balance,
        contrast=float(rng.uniform(-0.1, 0.9)),
        saturation=float(np.clip(rng.normal(1.08, 0.13), 0.7, 1.35)) if rng.random() > 0.03 else 0.0,
        blur=float(rng.choice([0.0, 0.003, 0.007], p=[0.6, 0.3, 0.1]) * rng.uniform(0.5, 1.3)),
        sharpening=float(rng.uniform(0.2, 0.9) if rng.random() < 0.35 else 0.0),
        noise=np.array([0.001, 0.003]) + poor * np.array([0.005, 0.009]),
        grain=float(rng.uniform(0.0, 0.8)),
        quality=int(rng.integers(50, 98)) if rng.random() < 0.7 else 0,
    )


def gain(face_light: float, cast: np.ndarray, sensor: Sensor) -> np.ndarray:
    """Factors on red, green and blue light ``(3,)``.

    Args:
        face_light: Mean luminance of the face.
        cast: Light on a white card before the face, RGB, ``(3,)``.
        sensor: What takes the photo.
    """
    adapted = (MEANT / max(face_light, 1e-3)) ** ADAPTATION
    white = (float(cast @ LUMINANCE) / np.maximum(cast, 1e-3)) ** sensor.white
    return (adapted * 2.0**sensor.stops * white * sensor.balance).astype(np.float32)


def develop(light: Tensor, sensors: list[Sensor]) -> Tensor:
    """Tone curve and colour of exposed light ``(B, 3, H, W)``; a photo's values in [0, 1]."""
    contrast, saturation = (
        torch.tensor([getattr(one, name) for one in sensors], dtype=light.dtype)[:, None, None, None]
        for name in ("contrast", "saturation")
    )
    value = tone_curve(light)
    gray = torch.einsum("bchw,c->bhw", value, torch.tensor(LUMINANCE, dtype=light.dtype))[:, None]
    value = (gray + (value - gray) * saturation).clamp(0.0, 1.0)
    return value + contrast * value * (1.0 - value) * (value - 0.45)


def tone_curve(light: Tensor) -> Tensor:
    """Gamma of exposed light, highlights compressed: below :data:`SHOULDER` it is exact, and 1 is never passed."""
    room = 1.0 - SHOULDER
    over = (light - SHOULDER).clamp(min=0.0)
    pressed = torch.where(light > SHOULDER, SHOULDER + room * (1.0 - torch.exp(-over / room)), light.clamp(min=0.0))
    return pressed ** (1.0 / GAMMA)


def expose(value: np.ndarray, sensor: Sensor, rng: np.random.Generator) -> np.ndarray:
    """Blur, noise and storage of one photo.

    Args:
        value: ``(S, S, 3)`` in [0, 1].
        sensor: What it is taken with.
        rng: Of the noise.

    Returns:
        ``(S, S, 3)`` uint8.
    """
    size = len(value)
    if sensor.blur > 0:
        value = ndimage.gaussian_filter(value, (sensor.blur * size,) * 2 + (0,), mode="nearest")
    if sensor.sharpening > 0:
        soft = ndimage.gaussian_filter(value, (1.0, 1.0, 0), mode="nearest")
        value = value + sensor.sharpening * (value - soft)
    noise = rng.standard_normal(value.shape, dtype=np.float32)
    if sensor.grain > 0.3:
        noise = ndimage.gaussian_filter(noise, (sensor.grain, sensor.grain, 0), mode="wrap")
        noise /= noise.std()
    deviation = sensor.noise[0] + sensor.noise[1] * np.sqrt(np.clip(value, 0.0, 1.0))
    stored = np.round(np.clip(value + deviation * noise, 0.0, 1.0) * 255.0).astype(np.uint8)
    if not sensor.quality:
        return stored
    file = io.BytesIO()
    Image.fromarray(stored).save(file, "jpeg", quality=sensor.quality)
    return np.array(Image.open(file))
