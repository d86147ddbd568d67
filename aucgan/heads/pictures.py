"""Contact sheets of a head: neutral people, and every expression column at full weight."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw

from aucgan.files.atomic import atomic_path
from aucgan.heads.head import Head
from aucgan.heads.library import load_head
from aucgan.renderers import TorchRasterizer, picture_grid, to_uint8, vertex_normals

BACKGROUND = (0.62, 0.66, 0.70)
COLOURS: dict[str, tuple[float, float, float]] = {
    "skin": (0.86, 0.68, 0.58),
    "ear": (0.86, 0.66, 0.57),
    "lip_upper": (0.74, 0.44, 0.42),
    "lip_lower": (0.76, 0.46, 0.44),
    "lid_rim": (0.80, 0.56, 0.50),
    "mouth": (0.45, 0.18, 0.18),
    "teeth_upper": (0.93, 0.91, 0.85),
    "teeth_lower": (0.93, 0.91, 0.85),
    "tongue": (0.72, 0.40, 0.40),
    "eyeball": (0.93, 0.93, 0.92),
}
"""By vertex part; other parts are drawn as skin."""
_IRIS, _PUPIL = (0.33, 0.24, 0.18), (0.05, 0.05, 0.05)
_LIGHTS = ((-0.35, 0.45, 0.80, 0.55), (0.60, 0.20, 0.75, 0.35))
_AMBIENT = 0.14
FRAME = 0.25
"""Side of the square that a picture shows, metres."""

QUALITY = 80
"""Of the JPEG files."""


def part_colours(head: Head) -> np.ndarray:
    """Plain colours of the vertices, with irises, ``(V, 3)``."""
    colours = np.array([COLOURS.get(str(part), COLOURS["skin"]) for part in head.vertex_parts])
    balls = np.flatnonzero(head.vertex_parts == "eyeball")
    for sign in (1, -1):
        ball = balls[np.sign(head.v_template[balls, 0]) == sign]
        if len(ball) == 0:
            continue
        points = head.v_template[ball]
        away = points - 0.5 * (points.min(0) + points.max(0))
        angle = np.degrees(np.arccos(np.clip(away[:, 2] / np.linalg.norm(away, axis=1), -1, 1)))
        colours[ball[angle < 29.0]] = _IRIS
        colours[ball[angle < 10.0]] = _PUPIL
    return colours


def draw(head: Head, verts: np.ndarray, size: int = 256, yaw: float = 0.0, frame: float = FRAME) -> np.ndarray:
    """One picture of a head, ``(size, size, 3)`` in [0, 1].

    Args:
        head: Whose triangles and parts they are.
        verts: ``(V, 3)`` metres.
        size: Pixels along each side.
        yaw: Degrees that the head is turned to its left.
        frame: Side of the square that the picture shows, metres.
    """
    turn = np.radians(yaw)
    spin = np.array([[np.cos(turn), 0, np.sin(turn)], [0, 1, 0], [-np.sin(turn), 0, np.cos(turn)]])
    middle = np.array([0.0, -0.01, 0.0])
    turned = torch.as_tensor((verts - middle) @ spin.T, dtype=torch.float32)[None]
    faces = torch.as_tensor(head.faces)
    image = turned * torch.tensor([1.0, -1.0, -1.0]) * (2.0 / frame)
    fragments = TorchRasterizer(image_size=size)(image, faces)
    seen, corners = fragments.pix_to_face[0], faces[fragments.pix_to_face[0].clamp(min=0)]
    weights = fragments.bary_coords[0][..., None]
    normals = torch.nn.functional.normalize((vertex_normals(turned, faces)[0][corners] * weights).sum(-2), dim=-1)
    lights = torch.tensor(_LIGHTS)
    towards = torch.nn.functional.normalize(lights[:, :3], dim=1)
    shade = _AMBIENT + (normals @ towards.T).clamp(min=0) @ lights[:, 3]
    colour = (torch.as_tensor(part_colours(head), dtype=torch.float32)[corners] * weights).sum(-2)
    picture = torch.where((seen >= 0)[..., None], colour * shade[..., None], torch.tensor(BACKGROUND))
    return picture.clamp(0, 1).numpy()


def people_sheet(head: Head, count: int = 16, seed: int = 0, size: int = 220) -> np.ndarray:
    """Neutral people drawn from the identity prior, in turn from the front and turned aside, as one picture."""
    rng = np.random.default_rng(seed)
    pictures = []
    for number in range(count):
        codes = rng.standard_normal(head.n_identity)
        verts = head.v_template + head.shapedirs[..., : head.n_identity] @ codes
        pictures.append(draw(head, verts, size, yaw=(0.0, -35.0)[number % 2], frame=0.30))
    return _grid(pictures, 8 if count > 16 else 4)


def expression_sheet(head: Head, size: int = 170) -> np.ndarray:
    """Every expression column at full weight, as one picture; what closes the mouth is shown over the open jaw."""
    pictures = []
    for name in head.expression_names:
        names = (name, "jawOpen") if name == "mouthClose" and "jawOpen" in head.expression_names else (name,)
        verts = head.v_template + head.columns(*names).sum(-1)
        pictures.append(_titled(draw(head, verts, size, frame=0.21), "+".join(names)))
    return _grid(pictures, 8)


def write_sheets(head: str | Path, folder: Path, people: int = 16, seed: int = 0) -> tuple[str, str]:
    """Write both sheets of a head as JPEG.

    Args:
        head: A name or a file that ``load_head`` takes.
        folder: Where they go; made if it is not there.
        people: How many people are drawn.
        seed: Of the people.

    Returns:
        The names of the two files.
    """
    loaded = load_head(head)
    folder.mkdir(parents=True, exist_ok=True)
    sheets = {"heads_people.jpg": people_sheet(loaded, people, seed), "heads_shapes.jpg": expression_sheet(loaded)}
    for name, sheet in sheets.items():
        with atomic_path(folder / name) as path:
            Image.fromarray(sheet).save(path, format="JPEG", quality=QUALITY)
    first, second = sheets
    return first, second


def _grid(pictures: list[np.ndarray], columns: int) -> np.ndarray:
    return picture_grid([pictures[start : start + columns] for start in range(0, len(pictures), columns)])


def _titled(picture: np.ndarray, title: str) -> np.ndarray:
    image = Image.fromarray(to_uint8(picture))
    ImageDraw.Draw(image).text((3, 1), title, fill=(20, 20, 20))
    return np.asarray(image)
