"""Glasses: frames round the eyes, bows to the ears, and lenses that mirror a little or are dark."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image, ImageDraw
from torch import Tensor

from aucgan.datasets.procedural.photo.lens import perspective

RIGHT_EYE, LEFT_EYE, BROWS = slice(36, 42), slice(42, 48), slice(17, 27)
BEFORE = 0.019
"""How far the lenses stand before the middle of the lids, metres."""
BOW = (0.020, 0.095)
"""From the hinge out and back to the ear, metres."""
POINTS = 40


@dataclass(frozen=True)
class Glasses:
    """A pair of glasses; metres.

    Attributes:
        half: Half width and half height of a lens.
        square: Exponent of its outline: 2 an ellipse, 5 nearly a rectangle.
        thickness: Of the frame.
        colour: Of the frame, sRGB ``(3,)``.
        tint: Colour of the lenses, sRGB ``(3,)``.
        opacity: Of the lenses in the middle, in [0, 1].
    """

    half: tuple[float, float]
    square: float
    thickness: float
    colour: np.ndarray
    tint: np.ndarray
    opacity: float


def draw_glasses(rng: np.random.Generator, kind: str) -> Glasses | None:
    """Draw a person's glasses of a kind of :data:`aucgan.datasets.procedural.people.look.GLASSES`."""
    if kind == "none":
        return None
    half = (rng.uniform(0.0235, 0.0285), rng.uniform(0.0150, 0.0225))
    thickness = {"thin": rng.uniform(0.0008, 0.0015), "thick": rng.uniform(0.0022, 0.0042), "sun": 0.0030}[kind]
    metal = kind == "thin" and rng.random() < 0.6
    colour = np.array([0.5, 0.47, 0.42]) if metal else np.array([0.07, 0.055, 0.05]) * rng.uniform(0.4, 2.5)
    dark = kind == "sun"
    tint = np.array([0.05, 0.045, 0.04]) if dark else np.array([0.85, 0.9, 0.95])
    opacity = rng.uniform(0.75, 0.97) if dark else rng.uniform(0.0, 0.05)
    return Glasses(half, float(rng.uniform(2.0, 5.0)), thickness, colour.clip(0, 0.9), tint, float(opacity))


def outlines(landmarks: np.ndarray, glasses: Glasses) -> list[np.ndarray]:
    """The right and the left rim ``(POINTS, 3)``, the bridge and both bows, on 68 landmarks ``(68, 3)`` in metres."""
    right, left = landmarks[RIGHT_EYE].mean(0), landmarks[LEFT_EYE].mean(0)
    across = (left - right) / np.linalg.norm(left - right)
    up = landmarks[BROWS].mean(0) - 0.5 * (left + right)
    ahead = np.cross(across, up)
    ahead /= np.linalg.norm(ahead)
    up = np.cross(ahead, across)
    turn = np.arange(POINTS) / POINTS * 2.0 * np.pi
    power = 2.0 / glasses.square
    x, y = (
        h * np.sign(w) * np.abs(w) ** power for h, w in zip(glasses.half, (np.cos(turn), np.sin(turn)), strict=True)
    )
    lines, hinges = [], []
    for eye, side in ((right, -1.0), (left, 1.0)):
        centre = eye + BEFORE * ahead + 0.002 * side * across - 0.002 * up
        bend = -4.0 * (x[:, None] * side + glasses.half[0]).clip(0.0) ** 2 * ahead  # the outer edge lies further back
        lines.append(centre + x[:, None] * across + y[:, None] * up + bend)
        hinges.append(centre + side * glasses.half[0] * across - 4.0 * (2 * glasses.half[0]) ** 2 * ahead + 0.006 * up)
    inner = [centre[np.argmin(np.abs(turn - angle))] for centre, angle in ((lines[0], 0.35), (lines[1], np.pi - 0.35))]
    step = np.linspace(0.0, 1.0, 8)[:, None]
    bridge = inner[0] + (inner[1] - inner[0]) * step + 0.004 * np.sin(np.pi * step) * (up + ahead)
    bows = [
        hinge + step * (side * BOW[0] * across - BOW[1] * ahead) - 0.004 * step**2 * up
        for hinge, side in zip(hinges, (-1.0, 1.0), strict=True)
    ]
    return [*lines, bridge, *bows]


def worn(
    landmarks: Tensor, cam: Tensor, distance: Tensor, depth: Tensor, glasses: Glasses
) -> tuple[np.ndarray, np.ndarray]:
    """Opacity of frame and lenses in a picture of one person.

    Args:
        landmarks: ``(68, 3)`` in the metric frame.
        cam: ``(3,)``.
        distance: Of the lens, metres, a scalar.
        depth: Of what is there in image space, ``(H, W)``, which hides the far bow.
        glasses: The pair.

    Returns:
        Two arrays ``(H, W)`` in [0, 1].
    """
    size = depth.shape[-1]
    lines = [torch.as_tensor(line, dtype=torch.float32) for line in outlines(landmarks.numpy(), glasses)]
    seen = [perspective(line[None], cam[None], distance[None])[0] for line in lines]
    pens = [Image.new("L", (size, size)) for _ in range(2)]
    frame, lenses = (ImageDraw.Draw(pen) for pen in pens)
    width = max(int(round(glasses.thickness * float(cam[0]) * size / 2)), 1)
    fill = int(255 * min(glasses.thickness * float(cam[0]) * size / 2 / width, 1.0))
    for line, closed in zip(seen, (True, True, False, False, False), strict=True):
        place = ((line[:, :2] + 1.0) * (size / 2) - 0.5).numpy()
        if closed:
            lenses.polygon(place.ravel().tolist(), fill=255)
            place = np.concatenate([place, place[:2]])
        column, row = place.round().astype(int).clip(0, size - 1).T
        nearer = np.resize(line[:, 2].numpy(), len(place)) < depth[row, column].numpy() + 0.02
        for start, end, shown in zip(place[:-1], place[1:], nearer[1:], strict=True):
            if shown:
                frame.line([*start, *end], fill=fill, width=width)
    opacities = [np.asarray(pen, np.float32) / 255.0 for pen in pens]
    return opacities[0], opacities[1]
