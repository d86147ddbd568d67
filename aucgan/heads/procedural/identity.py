"""Identity columns: named proportions of the head first, then ever finer smooth modes."""

from __future__ import annotations

import numpy as np

from aucgan.heads.procedural.fields import eye_centres, move, settle_eyeballs, stretch
from aucgan.heads.procedural.half_mesh import HeadMesh

N_IDENTITY = 300
_ALL = (400.0, 400.0, 400.0)
_M, _S = move, stretch

# Each proportion: its name and its operations (kind, centre, radii, pull or factor) for one standard deviation, mm.
PROPORTIONS: dict[str, tuple] = {
    "size": ((_S, (0, 20, -20), _ALL, (0.03, 0.03, 0.03)),),
    "width": ((_S, (0, 20, -20), _ALL, (0.045, 0.0, 0.0)),),
    "length of the face": ((_S, (0, 30, 0), (200, 75, 120), (0.0, 0.05, 0.0)),),
    "dimorphism": (
        (_M, (48, -52, 12), (26, 28, 42), (3.4, -1.5, 1.0)),
        (_M, (24, 52, 64), (22, 7, 20), (0, -1.2, 1.8)),
        (_M, (14, -76, 64), (13, 12, 20), (2.2, -2.2, 1.5)),
        (_S, (0, 0, 72), (20, 22, 25), (0.07, 0.06, 0.08)),
        (_M, (45, -125, -20), (30, 35, 50), (3.5, 0, 1)),
        (_S, (31.5, 30, 45), (18, 12, 20), (-0.05, -0.06, 0.0)),
    ),
    "weight": (
        (_M, (46, -30, 36), (20, 24, 26), (4.2, -0.8, 1.8)),
        (_M, (52, -52, 5), (28, 28, 40), (3.6, -1.2, 0)),
        (_M, (0, -98, 28), (32, 16, 28), (0, -5.0, 3.0)),
        (_M, (45, -125, -15), (32, 40, 55), (4.2, 0, 1.5)),
        (_M, (36, -5, 52), (16, 14, 18), (1.0, 0.0, 1.8)),
    ),
    "jaw width": ((_M, (50, -48, 8), (26, 28, 42), (4.4, 0, 0)),),
    "jaw angle": ((_M, (55, -46, 0), (20, 24, 30), (0.6, -4.0, -1.0)),),
    "chin forward": ((_M, (0, -76, 66), (24, 16, 26), (0, 0, 3.8)),),
    "chin height": ((_M, (0, -82, 60), (32, 17, 32), (0, -4.2, 0)),),
    "chin width": ((_M, (15, -78, 60), (11, 13, 20), (3.2, 0.4, -0.4)),),
    "chin cleft": ((_M, (0, -76, 72), (3.6, 8, 14), (0, 0, -0.6)),),
    "jaw line": ((_M, (36, -66, 38), (13, 10, 20), (2.0, -2.5, 0.5)),),
    "nose length": ((_M, (0, -8, 78), (19, 13, 24), (0, -3.2, 0.3)), (_M, (0, -26, 74), (20, 9, 18), (0, -1.4, 0))),
    "nose width": ((_M, (16, -9, 67), (8, 9, 14), (2.6, 0, 0)),),
    "nose projection": ((_M, (0, -5, 82), (14, 14, 18), (0, 0, 3.4)),),
    "nose tip": ((_M, (0, -5, 86), (10, 8, 12), (0, 2.6, 0.6)),),
    "nose bridge": ((_M, (0, 22, 70), (9, 16, 16), (0, 0, 2.6)),),
    "bridge width": ((_M, (8, 18, 65), (6, 16, 14), (1.9, 0, 0)),),
    "nose hump": ((_M, (0, 13, 77), (8, 7, 14), (0, 0, 1.9)),),
    "tip size": ((_S, (0, -4, 79), (11, 9, 14), (0.20, 0.12, 0.06)),),
    "wings": ((_S, (14, -9, 67), (7, 7, 12), (0.12, 0.22, 0.05)),),
    "columella": ((_M, (0, -14, 76), (6, 5, 10), (0, -1.6, 0.6)),),
    "nose root": ((_M, (0, 35, 65), (10, 9, 14), (0, 0, 2.0)),),
    "eye spacing": ((_M, (31.5, 30, 45), (17, 17, 26), (1.8, 0, 0)),),
    "eye level": ((_M, (31.5, 32, 45), (24, 18, 26), (0, 2.0, 0)),),
    "eye tilt": ((_M, (45, 30, 42), (9, 9, 18), (0, 1.6, 0)), (_M, (18, 29, 48), (7, 8, 16), (0, -0.9, 0))),
    "eye opening": (
        (_M, (32, 36.5, 54), (11, 3.5, 10), (0, 1.0, 0)),
        (_M, (32, 24, 53), (11, 3.5, 10), (0, -0.5, 0)),
    ),
    "eye length": ((_M, (46, 30, 42), (8, 8, 15), (1.4, 0, 0)), (_M, (17.5, 28.5, 47), (6, 7, 15), (-0.8, 0, 0))),
    "eye depth": ((_M, (31.5, 30, 45), (20, 15, 26), (0, 0, 1.9)),),
    "lid fold": ((_M, (34, 41, 55), (15, 4.0, 12), (0, -1.7, 1.4)),),
    "eye bags": ((_M, (32, 17, 54), (13, 4.5, 12), (0, -0.6, 1.4)),),
    "brow height": ((_M, (30, 53, 62), (25, 9, 22), (0, 2.4, 0)),),
    "brow tilt": ((_M, (46, 50, 52), (11, 9, 18), (0, 2.2, 0)), (_M, (12, 49, 67), (9, 8, 16), (0, -1.4, 0))),
    "brow ridge": ((_M, (26, 52, 64), (22, 7, 20), (0, 0, 2.2)), (_M, (0, 50, 70), (9, 7, 15), (0, 0, 1.6))),
    "brow spacing": ((_M, (12, 49, 67), (10, 8, 15), (1.9, 0, 0)),),
    "upper lip": ((_M, (7, -34.5, 75), (13, 3.4, 12), (0, 1.5, 0.9)),),
    "lower lip": ((_M, (8, -53, 72), (13, 4.2, 12), (0, -1.7, 1.0)),),
    "mouth width": ((_M, (25, -43, 61), (11, 11, 16), (3.0, 0, -0.6)),),
    "mouth level": ((_M, (0, -43, 70), (30, 13, 28), (0, 2.2, 0)),),
    "mouth forward": ((_M, (0, -42, 72), (22, 16, 26), (0, 0, 2.8)),),
    "cupid's bow": (
        (_M, (0, -34.5, 76), (3.2, 3.0, 10), (0, -0.9, -0.3)),
        (_M, (7, -33.5, 75), (3.5, 3, 10), (0, 0.8, 0)),
    ),
    "mouth corners": ((_M, (25, -43, 61), (7, 7, 14), (0, 1.7, 0)),),
    "philtrum": ((_M, (0, -27, 75), (3.2, 7, 12), (0, 0, -0.9)),),
    "cheekbone width": ((_M, (59, 10, 30), (13, 15, 24), (2.8, 0, 0.6)),),
    "cheekbone forward": ((_M, (45, 8, 50), (15, 11, 22), (0.4, 0.8, 2.6)),),
    "cheek hollow": ((_M, (46, -24, 40), (14, 17, 22), (-3.0, 0, -1.6)),),
    "midface": ((_M, (0, 0, 65), (38, 28, 32), (0, 0, 2.6)),),
    "nasolabial fold": (
        (_M, (27, -20, 64), (4.5, 13, 14), (0, 0, -1.2)),
        (_M, (35, -16, 58), (8, 14, 16), (0, -0.8, 1.1)),
    ),
    "forehead height": ((_M, (0, 92, 50), (75, 26, 50), (0, 4.6, 0.8)),),
    "forehead slope": ((_M, (0, 88, 58), (60, 24, 42), (0, 0, -4.2)),),
    "forehead width": ((_M, (52, 74, 32), (20, 24, 32), (3.2, 0, 0.6)),),
    "temples": ((_M, (64, 42, 20), (13, 20, 24), (2.6, 0, 0)),),
    "cranium length": ((_M, (0, 50, -105), (90, 75, 55), (0, 0, -5.5)),),
    "cranium height": ((_M, (0, 130, -25), (90, 48, 90), (0, 5.0, 0)),),
    "cranium width": ((_M, (68, 70, -30), (30, 48, 60), (4.2, 0, 0)),),
    "ear size": ((_S, (76, 9, -14), (18, 34, 24), (0.05, 0.11, 0.10)),),
    "ears out": ((_M, (88, 12, -28), (11, 26, 17), (4.0, 0, 1.4)),),
    "ear level": ((_M, (79, 9, -16), (14, 34, 24), (0, 3.0, 0)),),
    "neck": ((_M, (48, -140, -25), (30, 48, 60), (4.4, 0, 0)), (_M, (0, -140, 10), (34, 40, 30), (0, 0, 2.2))),
    "throat": ((_M, (0, -105, 18), (22, 18, 26), (0, -4.0, 1.5)),),
    "sag": (
        (_M, (38, -52, 42), (12, 12, 20), (1.2, -3.2, 0.8)),
        (_M, (36, -8, 56), (14, 12, 18), (0, -2.2, -0.4)),
        (_M, (36, 41, 54), (15, 5, 12), (0, -1.3, 0.6)),
        (_M, (0, -102, 22), (26, 14, 26), (0, -3.5, 1.5)),
        (_M, (79, -14, -10), (12, 14, 16), (0.3, -2.2, 0)),
    ),
}
# fmt: skip

# Amplitude (mm) and length (mm) of the first and the last of the smooth modes.
_MODE_SIZE, _MODE_LENGTH = (0.45, 0.04), (55.0, 9.0)
_WAVES = 48
_STRENGTH = 0.68  # of the proportions below: sixty independent ones add up


def _proportion(points: np.ndarray, operations: tuple) -> np.ndarray:
    return sum(kind(points, centre, radii, amount) for kind, centre, radii, amount in operations)


def _smooth_mode(points: np.ndarray, rng: np.random.Generator, length: float, even: bool) -> np.ndarray:
    """A random smooth vector field of the given correlation length; even fields are symmetric."""
    wave = rng.normal(size=(_WAVES, 3)) / length
    phase, share = rng.uniform(0, 2 * np.pi, _WAVES), rng.normal(size=(_WAVES, 3)) * np.sqrt(2.0 / _WAVES)

    def field(p: np.ndarray) -> np.ndarray:
        return np.cos(p @ wave.T + phase) @ share

    flip = np.array([-1.0, 1.0, 1.0])
    if even:
        return (field(points) + field(points * flip) * flip) / np.sqrt(2.0)
    return (field(points) - field(points * flip) * flip) / np.sqrt(2.0)


def identity_columns(mesh: HeadMesh) -> np.ndarray:
    """Offsets for one standard deviation of each identity code, ``(V, 3, 300)`` metres, largest first."""
    points = mesh.vertices * 1000.0
    everywhere = np.concatenate([points, eye_centres()])
    fields = [_proportion(everywhere, operations) for operations in PROPORTIONS.values()]
    rng = np.random.default_rng(11)
    count = N_IDENTITY - len(fields)
    size = np.geomspace(*_MODE_SIZE, count)
    length = np.geomspace(*_MODE_LENGTH, count)
    for k in range(count):
        fields.append(size[k] * _smooth_mode(everywhere, rng, length[k], even=k % 3 != 2))
    columns = [settle_eyeballs(mesh, field[:-2].copy(), field[-2:]) for field in fields]
    named = [_STRENGTH * column for column in columns[: len(PROPORTIONS)]]
    named.sort(key=lambda column: -np.square(column).sum())
    return np.stack(named + columns[len(PROPORTIONS) :], axis=-1) / 1000.0
