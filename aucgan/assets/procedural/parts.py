"""The parts that are not plain skin: eyelid rims and eyeballs, the mouth's inside, ears, nostrils."""

from __future__ import annotations

import numpy as np

from aucgan.assets.procedural import anatomy, features
from aucgan.assets.procedural.curves import smoothstep
from aucgan.assets.procedural.half_mesh import HalfMesh, fan, strip
from aucgan.assets.procedural.skin import ear_plane_to_side

_MM = 1000.0
_EYE_ISLAND = np.array([0.948, 0.946])
_EYE_ISLAND_RADIUS = 0.046
_INSIDE_UV = np.array([0.945, 0.012])  # corner of the islands of the mouth's inside
_BALL_COUNT = 24
# Rows of the bag: mm behind the lips, mm up or down from their meeting line, narrowing.
_BAG_ROWS = (
    (2.2, 0.15, 0.975),
    (4.6, 3.0, 0.96),
    (6.0, 12.0, 0.99),
    (13.0, 18.0, 1.02),
    (36.0, 17.0, 0.85),
    (54.0, 8.0, 0.5),
)
_BAG_FOLLOWS = (1.0, 0.95, 0.8, 0.5, 0.2, 0.0)
_BALL_ANGLES = np.radians([9.5, 20.0, 28.7, 40.0, 56.0, 76.0, 100.0, 125.0, 152.0])


def add_lid_rims(mesh: HalfMesh, hole: np.ndarray, hole_uv: np.ndarray) -> None:
    """Thickness of the lids and the wall of the socket, behind the open loop ``hole``."""
    margin = features.eye_margin()
    centre, radius = anatomy.EYE_CENTRE * _MM, anatomy.EYE_RADIUS * _MM
    offset = margin[:, :2] - centre[:2]
    away = np.linalg.norm(offset, axis=1, keepdims=True)
    equator = np.column_stack([centre[:2] + offset / away * (radius - 0.45), np.full(len(margin), centre[2] - 1.0)])
    flat = np.array([31.6, 29.8]) + 0.975 * (margin[:, :2] - [31.6, 29.8])
    reach = np.linalg.norm(flat - centre[:2], axis=1)
    ball = centre[2] + np.sqrt(np.maximum((radius + 0.25) ** 2 - reach**2, 0.0))
    deep = margin[:, 2] - 2.0
    rim = np.column_stack([flat, np.minimum(np.where(reach < radius, ball, deep), deep + 1.2)])
    middle = 0.5 * (rim + equator) - centre
    middle *= np.maximum(1.0, (radius + 0.2) / np.linalg.norm(middle, axis=1, keepdims=True))
    rings = (rim, centre + middle, equator)
    uvs = [hole_uv.mean(0) + shrink * (hole_uv - hole_uv.mean(0)) for shrink in (0.8, 0.55, 0.3)]
    last = previous_uv = hole  # skin vertices and their texture coordinates share indices
    for ring, uv, share in zip(rings, uvs, (1.0, 0.9, 0.3), strict=True):
        points, texture = mesh.add_points(ring, "lid_rim"), mesh.add_uvs(uv)
        mesh.lead(points, hole, share)
        mesh.add_faces(strip(points, last, closed=True), strip(texture, previous_uv, closed=True))
        last, previous_uv = points, texture


def add_eyeball(mesh: HalfMesh) -> None:
    """The left eyeball: rings about the line of sight, so that iris and pupil have their own."""
    angle = np.linspace(0, 2 * np.pi, _BALL_COUNT, endpoint=False)
    centre, radius = anatomy.EYE_CENTRE * _MM, anatomy.EYE_RADIUS * _MM
    rings, uvs = [], []
    for polar in _BALL_ANGLES:
        ring = np.stack(
            [np.sin(polar) * np.cos(angle), np.sin(polar) * np.sin(angle), np.full_like(angle, np.cos(polar))], 1
        )
        cornea = 0.6 * smoothstep(polar, np.radians(30.0), 0.0)
        rings.append(centre + (radius + cornea) * ring)
        uvs.append(_EYE_ISLAND + _EYE_ISLAND_RADIUS * polar / np.pi * np.stack([np.cos(angle), np.sin(angle)], 1))
    poles = centre + radius * np.array([[0, 0, 1.048], [0, 0, -1.0]])
    points, texture = mesh.add_points(np.concatenate(rings), "eyeball"), mesh.add_uvs(np.concatenate(uvs))
    pole = mesh.add_points(poles, "eyeball")
    rim = np.stack([np.cos(angle), np.sin(angle)], 1)
    pole_uv = mesh.add_uvs(np.concatenate([_EYE_ISLAND[None], _EYE_ISLAND + _EYE_ISLAND_RADIUS * rim]))
    points, texture = points.reshape(-1, _BALL_COUNT), texture.reshape(-1, _BALL_COUNT)
    mesh.add_faces(fan(points[0], pole[0]), fan(texture[0], pole_uv[0]))
    for k in range(len(points) - 1):
        mesh.add_faces(strip(points[k + 1], points[k], closed=True), strip(texture[k + 1], texture[k], closed=True))
    back = np.stack([texture[-1], pole_uv[1:], np.roll(texture[-1], -1)], axis=1)
    mesh.add_faces(np.stack([points[-1], np.full(_BALL_COUNT, pole[1]), np.roll(points[-1], -1)], axis=1), back)


def add_mouth_bag(mesh: HalfMesh, hole: np.ndarray) -> None:
    """The vestibule behind the lips and the dark bag behind the teeth, from the lips' meeting line inward."""
    edge = features.lip_rows(1.0)
    count = len(edge)
    along = np.linspace(1.0, -1.0, count)  # 1 upper middle, 0 corner, -1 lower middle
    open_way = np.sign(along) * np.sqrt(np.abs(np.sin(along * np.pi / 2)))
    rows = []
    for back, apart, narrow in _BAG_ROWS:
        row = edge.copy()
        row[:, 0] *= narrow
        row[:, 1] += apart * open_way
        row[:, 2] -= back
        rows.append(row)
    rows = np.array(rows)
    grid_u = _INSIDE_UV[0] + np.linspace(0.0, 0.040, len(rows) + 1)
    grid_v = _INSIDE_UV[1] + np.linspace(0.0, 0.20, count)
    uv = np.stack(np.meshgrid(grid_u, grid_v, indexing="ij"), axis=-1)
    texture = mesh.add_uvs(uv.reshape(-1, 2)).reshape(len(rows) + 1, count)
    previous = hole
    for k, row in enumerate(rows):
        points = mesh.add_points(row, "mouth")
        mesh.lead(points, hole, _BAG_FOLLOWS[k])
        mesh.add_faces(strip(points, previous, closed=False), strip(texture[k + 1], texture[k], closed=False))
        previous = points
    half = count // 2
    top, bottom = previous[: half + 1], previous[: half - 1 : -1]
    top_uv = texture[-1][: half + 1]
    bottom_uv = np.append(mesh.add_uvs(uv[-1, :half] + [0.006, 0.0]), top_uv[-1])
    back, back_uv = strip(bottom, top, closed=False), strip(bottom_uv, top_uv, closed=False)
    distinct = np.array([len(set(face)) == 3 for face in back.tolist()])
    mesh.add_faces(back[distinct], back_uv[distinct])


def _grid(mesh: HalfMesh, points: np.ndarray, part: str, low: tuple, high: tuple) -> None:
    """A patch ``(n, m, 3)`` with its own rectangle of the texture."""
    n, m = points.shape[:2]
    u, v = np.linspace(low[0], high[0], n), np.linspace(high[1], low[1], m)
    uv = np.stack(np.meshgrid(u, v, indexing="ij"), axis=-1).reshape(-1, 2)
    index = mesh.add_points(points.reshape(-1, 3), part).reshape(n, m)
    texture = mesh.add_uvs(uv).reshape(n, m)
    for k in range(n - 1):
        mesh.add_faces(strip(index[k], index[k + 1], closed=False), strip(texture[k], texture[k + 1], closed=False))


def add_teeth(mesh: HalfMesh) -> None:
    """A strip of upper and one of lower teeth along the dental arch, the midline first."""
    turn = np.linspace(0.0, np.radians(98.0), 10)
    arch = np.stack([23.5 * np.sin(turn), 29.5 + 34.0 * np.cos(turn)], axis=1)  # x, z
    arch[0, 0] = 0.0
    for part, levels, low in (
        ("teeth_upper", (-33.0, -39.5, -45.0, -45.2), 0.225),
        ("teeth_lower", (-44.4, -44.6, -50.0, -56.0), 0.285),
    ):
        inset = (1.5, 0.0, 0.3, 3.5) if part == "teeth_upper" else (5.0, 1.9, 1.6, 2.5)
        rows = []
        for y, back in zip(levels, inset, strict=True):
            shrink = np.clip(1 - back / 30.0, 0, 1)
            level = y - 0.35 * (y + 44.0) * (turn / turn[-1]) ** 2  # teeth get shorter towards the molars
            rows.append(np.stack([arch[:, 0] * shrink, level, arch[:, 1] - back], axis=1))
        points = np.stack(rows, axis=1)
        _grid(mesh, points, part, (0.945, low), (0.990, low + 0.05))


def add_tongue(mesh: HalfMesh) -> None:
    """The tongue at rest behind the lower teeth: upper side, tip and a little of the underside."""
    turn = np.linspace(0.0, np.pi, 8)  # from the middle of the back over the side to the middle of the underside
    z = np.array([14.0, 26.0, 37.0, 46.0, 52.0, 56.0, 58.0, 58.8])
    top = np.array([-51.0, -47.5, -46.2, -46.6, -47.4, -48.4, -49.6, -50.6])
    bottom = np.array([-56.0, -55.5, -55.0, -54.2, -53.6, -53.0, -52.2, -51.2])
    width = np.array([13.0, 16.0, 16.0, 14.5, 12.5, 9.5, 5.5, 1.5])
    height = np.cos(turn)[:, None] * 0.5 * (top - bottom) + 0.5 * (top + bottom)
    groove = -0.9 * np.exp(-((turn / 0.35) ** 2))[:, None] * (width > 6)
    points = np.stack([np.sin(turn)[:, None] * width, height + groove, np.broadcast_to(z, height.shape)], axis=-1)
    points[[0, -1], :, 0] = 0.0
    _grid(mesh, points, "tongue", (0.945, 0.345), (0.990, 0.42))


def add_ear(mesh: HalfMesh, hole: np.ndarray, hole_points: np.ndarray, hole_uv: np.ndarray) -> None:
    """The left ear: back of the auricle, helix, scapha, antihelix and the bowl of the concha."""
    origin_zy = ear_plane_to_side(np.zeros((1, 2)))[0]
    origin = np.array([np.interp(0.0, [0, 1], [hole_points[:, 0].min(), 0]), origin_zy[1], origin_zy[0]])
    origin[0] = hole_points[:, 0].max() + 0.8
    lean, flare = np.radians(12.0), np.radians(21.0)
    up = np.array([0.06, np.cos(lean), np.sin(-lean)])
    back = np.array([np.sin(flare), -np.sin(lean) * np.cos(flare), -np.cos(flare) * np.cos(lean)])
    up, back = up / np.linalg.norm(up), back / np.linalg.norm(back)
    out = np.cross(up, back)
    out = out / np.linalg.norm(out) * np.sign(out[0])
    loop = features.ear_outline()
    helix = smoothstep(loop[:, 0], 0.0, 8.0) * smoothstep(loop[:, 1], -24.0, -10.0)  # where the rim rolls in
    front = smoothstep(loop[:, 0], 5.0, 0.0) * smoothstep(np.abs(loop[:, 1] + 2), 14.0, 4.0)  # tragus
    lobe = smoothstep(loop[:, 1], -12.0, -22.0)
    # share of the outline, height: everywhere, on the helix, on the tragus, on the lobe
    profile = (
        (0.97, -2.8, 0, 0, 0.6),
        (1.0, -0.6, 0.3, 1.2, 0.3),
        (0.955, 0.5, 0.7, 2.4, 0.2),
        (0.88, 0.1, 0.2, 1.2, 0.8),
        (0.77, -0.3, -1.5, -1.5, 1.0),
        (0.60, 0.2, 1.0, -4.0, 0.0),
        (0.42, -1.4, 0.0, -5.0, 0.2),
        (0.30, -6.0, 0, -1.0, 0),
        (0.14, -8.5, 0, 0, 0),
    )
    previous = previous_uv = hole
    centre_uv = hole_uv.mean(0)
    for k, (share, base, on_helix, on_tragus, on_lobe) in enumerate(profile):
        flat = features.ear_outline(share)
        height = base + on_helix * helix + on_tragus * front + on_lobe * lobe
        ring = origin + flat[:, :1] * back + flat[:, 1:] * up + height[:, None] * out
        if k == 0:
            anterior = smoothstep(loop[:, 0], 12.0, 2.0)[:, None]
            ring = (1 - anterior) * ring + anterior * (0.5 * hole_points + 0.5 * ring)
        points = mesh.add_points(ring, "ear")
        texture = mesh.add_uvs(centre_uv + (0.9 - 0.095 * k) * (hole_uv - centre_uv))
        mesh.add_faces(strip(points, previous, closed=True), strip(texture, previous_uv, closed=True))
        previous, previous_uv = points, texture
    pit = origin + np.array([10.0, 1.0]) @ np.stack([back, up]) - 10.0 * out
    centre, texture = mesh.add_points(pit[None], "ear"), mesh.add_uvs(centre_uv[None])
    mesh.add_faces(fan(previous[::-1], centre[0]), fan(previous_uv[::-1], texture[0]))
