"""The parts of ICT-FaceKit's light mesh: ranges of vertices, as its README lists them, and one chart for all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Part:
    """A range of vertices.

    Attributes:
        name: What it is.
        start: First vertex.
        stop: One past the last.
        kind: ``skin``, ``lid_rim``, ``mouth``, ``eyeball``, ``teeth_upper`` (all teeth), or ``clear`` for layers that a
            renderer without transparency must not draw (tears, lashes).
        cell: Left, bottom and side of the square of the common chart that its own unit square becomes; ``None`` for
            skin, whose squares are those of :data:`SKIN_CELLS`.
    """

    name: str
    start: int
    stop: int
    kind: str
    cell: tuple[float, float, float] | None = None


SKIN_CELLS = ((0.0, 0.25, 0.75), (0.0, 0.0, 0.25))
"""Where the first unit square (the face) and the second (head, sockets, inside of the mouth) go."""

PARTS: tuple[Part, ...] = (
    Part("narrow_face", 0, 6706, "skin"),
    Part("face", 6706, 9409, "skin"),
    Part("head", 9409, 11248, "skin"),
    Part("mouth", 11248, 13294, "mouth"),
    Part("socket_l", 13294, 13678, "lid_rim"),
    Part("socket_r", 13678, 14062, "lid_rim"),
    Part("gums_tongue", 14062, 17039, "mouth", (0.75, 0.75, 0.25)),
    Part("teeth", 17039, 21451, "teeth_upper", (0.75, 0.5, 0.25)),
    Part("eyeball_l", 21451, 23021, "eyeball", (0.75, 0.25, 0.25)),
    Part("eyeball_r", 23021, 24591, "eyeball", (0.75, 0.0, 0.25)),
    Part("tears_l", 24591, 24795, "clear", (0.25, 0.0, 0.125)),
    Part("tears_r", 24795, 24999, "clear", (0.375, 0.0, 0.125)),
    Part("caruncle_l", 24999, 25023, "clear", (0.5, 0.0, 0.125)),
    Part("caruncle_r", 25023, 25047, "clear", (0.625, 0.0, 0.125)),
    Part("occlusion_l", 25047, 25199, "clear", (0.25, 0.125, 0.125)),
    Part("occlusion_r", 25199, 25351, "clear", (0.375, 0.125, 0.125)),
    Part("lashes_l", 25351, 26035, "clear", (0.5, 0.125, 0.125)),
    Part("lashes_r", 26035, 26719, "clear", (0.625, 0.125, 0.125)),
)
"""All 26 719 vertices; left and right are the person's own. Materials have a unit square of the UV plane each; the
face's becomes three quarters of the common chart's side."""


def part_numbers(parts: tuple[Part, ...], count: int) -> np.ndarray:
    """Index of each vertex's part, ``(V,)``.

    Raises:
        ValueError: The mesh has another number of vertices.
    """
    if parts[-1].stop != count:
        raise ValueError(
            f"the neutral mesh has {count} vertices, ICT-FaceKit's light model {parts[-1].stop}: "
            "other versions are not read"
        )
    return np.repeat(np.arange(len(parts)), [part.stop - part.start for part in parts])


def common_chart(
    uv: np.ndarray, uv_faces: np.ndarray, part_of_face: np.ndarray, parts: tuple[Part, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Bring the materials' unit squares together into one.

    Args:
        uv: ``(T, 2)``; the integer part of u says which square.
        uv_faces: ``(F, 3)``.
        part_of_face: Index of each triangle's part, ``(F,)``.
        parts: The parts with their cells.

    Returns:
        UV in [0, 1] ``(T', 2)`` float32 and triangles ``(F, 3)`` int64; squares that two parts shared are apart.
    """
    square = np.floor(uv[uv_faces][..., 0].mean(1)).astype(int)
    pairs = zip(part_of_face, square, strict=True)
    cells = np.array([parts[part].cell or SKIN_CELLS[min(number, 1)] for part, number in pairs])
    _, group = np.unique(cells, axis=0, return_inverse=True)
    keys = np.stack([np.repeat(group.ravel(), 3), uv_faces.ravel()], 1)
    unique, first, index = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    triangle = first // 3
    inside = (uv[unique[:, 1]] - np.stack([square[triangle], np.zeros(len(first))], 1)).clip(0, 1)
    packed = cells[triangle, :2] + inside * cells[triangle, 2:]
    return packed.astype(np.float32), index.reshape(-1, 3).astype(np.int64)
