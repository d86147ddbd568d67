"""The points of a head, drawn on some of its people, to be looked at."""

from __future__ import annotations

import numpy as np
import torch
from PIL import Image, ImageDraw

from aucgan.apis.embedding.plain_render import SIZE, PosedHeads, render, view
from aucgan.detection.mesh_points import INNER_LIPS, LIPS, N_POINTS, OUTLINE
from aucgan.heads.dense_landmarks import DenseLandmarks
from aucgan.renderers import orthographic

YAWS, DOT = (0.0, 25.0, -25.0), 1.5
COLOURS = {"outline": (230, 30, 30), "lips": (30, 30, 255), "inner lips": (0, 230, 230), "other": (0, 190, 0)}


def draw_points(heads: PosedHeads, landmarks: DenseLandmarks, columns: int = 3) -> Image.Image:
    """A grid: neutral people above, the same with their mouths open below, each column at another yaw."""
    rows = [heads.people[:columns], heads.opened[:columns]]
    grid = Image.new("RGB", (columns * SIZE, sum(len(row) > 0 for row in rows) * SIZE))
    for number, row in enumerate(rows):
        for column, verts in enumerate(row):
            yaw = YAWS[column % len(YAWS)]
            grid.paste(_drawn(heads, verts, yaw, landmarks), (column * SIZE, number * SIZE))
    return grid


def _drawn(heads: PosedHeads, verts: np.ndarray, yaw: float, landmarks: DenseLandmarks) -> Image.Image:
    picture = Image.fromarray(render(heads, verts, yaw).picture)
    placed, cam = view(heads, verts, yaw)
    points = torch.from_numpy(landmarks.points(placed.numpy(), heads.faces))
    where = ((orthographic(points[None].float(), cam)[0, :, :2] + 1) * SIZE / 2).tolist()
    draw = ImageDraw.Draw(picture)
    for point in range(N_POINTS):
        x, y = where[point]
        draw.ellipse((x - DOT, y - DOT, x + DOT, y + DOT), fill=COLOURS[_group(point)])
    return picture


def _group(point: int) -> str:
    if point in OUTLINE:
        return "outline"
    return "lips" if point in LIPS else "inner lips" if point in INNER_LIPS else "other"
