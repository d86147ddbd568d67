"""A mesh of the person's left half that is mirrored into a whole, exactly symmetric head."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class HeadMesh:
    """The whole head.

    Attributes:
        vertices: ``(V, 3)`` metres.
        faces: ``(F, 3)``, counter-clockwise seen from outside.
        uv: ``(VT, 2)`` in [0, 1], v up.
        uv_faces: ``(F, 3)``.
        mirror: Index of each vertex's mirror image, ``(V,)``; midline vertices mirror to themselves.
        parts: Name of the part of each vertex, ``(V,)``.
        bare: Surface coordinates (s, t) of skin vertices, NaN elsewhere, ``(V, 2)``.
        leader: For vertices behind a lip or lid margin the margin vertex they move with, −1 elsewhere, ``(V,)``.
        follow: How much of the leader's movement they take, ``(V,)`` in [0, 1].
    """

    vertices: np.ndarray
    faces: np.ndarray
    uv: np.ndarray
    uv_faces: np.ndarray
    mirror: np.ndarray
    parts: np.ndarray
    bare: np.ndarray
    leader: np.ndarray
    follow: np.ndarray

    def part(self, *names: str) -> np.ndarray:
        """Mask ``(V,)`` of the vertices that belong to the named parts."""
        return np.isin(self.parts, names)


@dataclass
class HalfMesh:
    """Collects the parts of the half; lengths in mm."""

    points: list[np.ndarray] = field(default_factory=list)
    uvs: list[np.ndarray] = field(default_factory=list)
    faces: list[np.ndarray] = field(default_factory=list)
    uv_faces: list[np.ndarray] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    bare: list[np.ndarray] = field(default_factory=list)
    leaders: dict[int, int] = field(default_factory=dict)
    follows: dict[int, float] = field(default_factory=dict)
    count: int = 0
    uv_count: int = 0

    def add_points(self, points: np.ndarray, part: str | list[str], bare: np.ndarray | None = None) -> np.ndarray:
        """Append vertices; points with x = 0 lie on the midline and will not be doubled."""
        self.points.append(points)
        self.parts += [part] * len(points) if isinstance(part, str) else part
        self.bare.append(np.full((len(points), 2), np.nan) if bare is None else bare)
        self.count += len(points)
        return np.arange(self.count - len(points), self.count)

    def add_uvs(self, uvs: np.ndarray) -> np.ndarray:
        """Append texture coordinates."""
        self.uvs.append(uvs)
        self.uv_count += len(uvs)
        return np.arange(self.uv_count - len(uvs), self.uv_count)

    def lead(self, followers: np.ndarray, leaders: np.ndarray, share: float) -> None:
        """Let vertices move with others by ``share`` of their movement."""
        self.leaders.update(zip(followers.tolist(), leaders.tolist(), strict=True))
        self.follows.update(dict.fromkeys(followers.tolist(), share))

    def add_faces(self, faces: np.ndarray, uv_faces: np.ndarray) -> None:
        """Append triangles."""
        self.faces.append(faces)
        self.uv_faces.append(uv_faces)

    def whole(self) -> HeadMesh:
        """Mirror the half; midline vertices are shared, so are texture coordinates with u = 0.5."""
        points, uvs = np.concatenate(self.points) / 1000.0, np.concatenate(self.uvs)
        faces, uv_faces = np.concatenate(self.faces), np.concatenate(self.uv_faces)
        middle = np.abs(points[:, 0]) < 1e-9
        points[middle, 0] = 0.0
        other = _doubles(~middle)
        uv_other = _doubles(np.abs(uvs[:, 0] - 0.5) > 1e-9)
        mirror = np.concatenate([other, np.flatnonzero(~middle)])
        leader, follow = np.full(len(points), -1), np.zeros(len(points))
        leader[list(self.leaders)] = list(self.leaders.values())
        follow[list(self.follows)] = list(self.follows.values())
        led = np.where(leader >= 0, other[leader], -1)
        parts, bare = np.array(self.parts), np.concatenate(self.bare)
        return HeadMesh(
            vertices=np.concatenate([points, points[~middle] * [-1.0, 1.0, 1.0]]),
            faces=np.concatenate([faces, other[faces][:, ::-1]]),
            uv=np.concatenate([uvs, (uvs * [-1.0, 1.0] + [1.0, 0.0])[np.abs(uvs[:, 0] - 0.5) > 1e-9]]),
            uv_faces=np.concatenate([uv_faces, uv_other[uv_faces][:, ::-1]]),
            mirror=mirror,
            parts=np.concatenate([parts, parts[~middle]]),
            bare=np.concatenate([bare, bare[~middle]]),
            leader=np.concatenate([leader, led[~middle]]),
            follow=np.concatenate([follow, follow[~middle]]),
        )


def _doubles(doubled: np.ndarray) -> np.ndarray:
    other = np.arange(len(doubled))
    other[doubled] = len(doubled) + np.arange(doubled.sum())
    return other


def strip(outer: np.ndarray, inner: np.ndarray, closed: bool) -> np.ndarray:
    """Triangles ``(M, 3)`` between two index rows of equal length."""
    nxt = np.roll(np.arange(len(outer)), -1) if closed else np.arange(1, len(outer))
    now = np.arange(len(nxt))
    a, b, c, d = outer[now], outer[nxt], inner[nxt], inner[now]
    return np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])


def fan(ring: np.ndarray, centre: int) -> np.ndarray:
    """Triangles that close a ring towards a centre."""
    return np.stack([ring, np.roll(ring, -1), np.full(len(ring), centre)], axis=1)
