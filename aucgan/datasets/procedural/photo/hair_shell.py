"""Hair as a shell over the skull that hangs down where it leaves the head: geometry of any style on any head."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from scipy import ndimage
from torch import Tensor

from aucgan.datasets.procedural.people.hair import HAIRLINE, STYLES
from aucgan.datasets.procedural.photo.mesh_grid import grid_faces
from aucgan.heads.anny.landmarks import seen_from
from aucgan.heads.library import load_head

COLUMNS, ROWS, HANGING = 56, 15, 7
"""Strands round the head, their vertices on it, and below where they leave it."""
CROWN = 88.0
CENTRE = np.array([0.0, 0.020, -0.010])
"""Of the rays that find the skull, metres."""
OVER_EAR = 0.008
"""What hair that hangs over the ears adds to the thickness there, metres."""


@dataclass(frozen=True)
class Hairdo:
    """One person's hair as numbers, one for each strand round the head; ``(COLUMNS,)`` unless said otherwise.

    Attributes:
        end: Elevation at which it ends or leaves the head, degrees.
        root: Thickness half way down, metres.
        tip: Thickness at the end.
        top: Thickness over the crown, metres, a number.
        hang: How far it hangs, metres.
        waves: Factor on the thickness of each vertex, ``(ROWS + HANGING, COLUMNS)``.
    """

    end: np.ndarray
    root: np.ndarray
    tip: np.ndarray
    top: float
    hang: np.ndarray
    waves: np.ndarray


def azimuths() -> np.ndarray:
    """Of the strands, degrees, positive to the person's left, ``(COLUMNS,)``."""
    return (np.arange(COLUMNS) + 0.5) / COLUMNS * 360.0 - 180.0


def draw_hairdo(rng: np.random.Generator, style: str, receding: float) -> Hairdo:
    """Draw the hair of one person.

    Args:
        rng: The source of randomness.
        style: A name of :data:`aucgan.datasets.procedural.people.hair.STYLES`.
        receding: How far the hairline is drawn back over the temples, degrees.
    """
    kind, round_head = STYLES[style], azimuths()
    away = np.abs(round_head)
    end = np.interp(away, *HAIRLINE.T) + rng.normal(0.0, 1.5)
    ahead = np.clip((70.0 - away) / 25.0, 0.0, 1.0)
    corner = np.exp(-(((away - 38.0) / 14.0) ** 2))
    swept = 1.0 + 0.6 * kind.parting * np.sign(rng.normal()) * np.sin(np.deg2rad(round_head))
    end = end + receding * (0.5 * ahead + corner) - rng.uniform(*kind.fringe) * ahead * swept
    hang = rng.uniform(*kind.hang) * np.clip((away - 58.0) / 12.0, 0.0, 1.0)
    end = np.where(hang > 0, np.maximum(end, -8.0), end)
    top, sides = rng.uniform(*kind.top), rng.uniform(*kind.sides)
    root = sides + (top - sides) * np.clip((62.0 - away) / 40.0, 0.0, 1.0)
    over_ear = OVER_EAR * (hang > 0) * np.exp(-(((away - 95.0) / 22.0) ** 2))
    tip = np.where(hang > 0, root, np.where(away < 60.0, kind.front * root, 0.3 * root)) + over_ear
    lean = 1.0 + 0.25 * kind.parting * np.sin(np.deg2rad(round_head + rng.uniform(-90, 90)))
    phase = ndimage.gaussian_filter(rng.normal(0.0, 1.0, (ROWS + HANGING, COLUMNS)), 0.8, mode=("nearest", "wrap"))
    phase /= phase.std()
    waves = np.clip(1.0 + kind.curl * phase, 0.4, 1.8) * lean
    return Hairdo(end, root + over_ear, tip, top, hang * (1.0 + 0.08 * rng.normal(0.0, 1.0, COLUMNS)), waves)


class HairShell:
    """Hair over the skull of a head.

    Args:
        head: What :func:`aucgan.heads.load_head` takes.
    """

    faces = grid_faces(ROWS + HANGING, COLUMNS, closed=True)

    def __init__(self, head: str) -> None:
        loaded = load_head(head)
        verts, skull = loaded.v_template.astype(np.float64), loaded.faces
        skull = skull[(loaded.vertex_parts[skull] == "skin").all(1)]
        self._elevations = np.arange(CROWN, -46.0, -2.0)
        a, e = np.meshgrid(np.deg2rad(azimuths()), np.deg2rad(self._elevations))
        rays = np.stack([np.sin(a) * np.cos(e), np.sin(e), np.cos(a) * np.cos(e)], axis=-1).reshape(-1, 3)
        hit, weights, reach = seen_from(CENTRE, rays, verts[skull])
        found = np.isfinite(reach).reshape(len(self._elevations), COLUMNS)
        self.corners, self.weights = _bridged(skull[hit], weights, found)
        self._middle = torch.as_tensor(_middle_weights(verts, skull))

    def __call__(self, verts: Tensor, hairdos: list[Hairdo]) -> tuple[Tensor, Tensor]:
        """Shells of posed heads ``(B, V, 3)``: vertices ``(B, N, 3)``, and how far each is bare: 1 at the ends.

        The second, ``(B, N)``, counts from 0 at the crown to 1 at the end of the strand.
        """
        points = (verts[:, self.corners] * self.weights[..., None]).sum(2)
        points = points.view(len(verts), len(self._elevations), COLUMNS, 3)
        centre = (verts * self._middle[:, None]).sum(1)[:, None, None]
        shells, along = zip(*(self._shell(*one) for one in zip(points, centre, hairdos, strict=True)), strict=True)
        return torch.stack(shells), torch.stack(along)

    def _shell(self, skull: Tensor, centre: Tensor, hairdo: Hairdo) -> tuple[Tensor, Tensor]:
        share = np.linspace(0.0, 1.0, ROWS)[:, None] ** 0.9
        elevation = CROWN + (hairdo.end - CROWN) * share
        row = np.clip((CROWN - elevation) / 2.0, 0.0, len(self._elevations) - 1.001)
        low, part = row.astype(int), torch.as_tensor(row % 1.0, dtype=torch.float32)[..., None]
        column = np.tile(np.arange(COLUMNS), (ROWS, 1))
        surface = torch.lerp(skull[low, column], skull[low + 1, column], part)
        outward = surface - centre
        outward = outward / outward.norm(dim=-1, keepdim=True)
        on_head = _thickness(hairdo, share) * hairdo.waves[:ROWS]
        points = surface + outward * torch.as_tensor(on_head, dtype=torch.float32)[..., None]
        hung = _hanging(points[-1], outward[-1], hairdo)
        length = np.concatenate([share * np.ones(COLUMNS), np.ones((HANGING, COLUMNS))])
        length = _along(length, hairdo)
        return torch.cat([points, hung]).flatten(0, 1), torch.as_tensor(length, dtype=torch.float32).flatten()


def _thickness(hairdo: Hairdo, share: np.ndarray) -> np.ndarray:
    """Metres, ``(ROWS, COLUMNS)``: from the crown over the middle to the tip, which tapers to the skin."""
    upper = hairdo.top + (hairdo.root - hairdo.top) * np.clip(share / 0.5, 0.0, 1.0)
    whole = upper + (hairdo.tip - hairdo.root) * np.clip((share - 0.5) / 0.5, 0.0, 1.0)
    taper = np.where(hairdo.hang > 0, 1.0, np.clip((1.02 - share) / 0.12, 0.0, 1.0) ** 0.5)
    return 0.001 + whole * taper


def _hanging(edge: Tensor, outward: Tensor, hairdo: Hairdo) -> Tensor:
    """What hangs from the edge ``(COLUMNS, 3)``, in gravity's direction, ``(HANGING, COLUMNS, 3)``."""
    step = torch.linspace(0.0, 1.0, HANGING + 1)[1:, None, None]
    drop = torch.as_tensor(hairdo.hang, dtype=torch.float32)[None, :, None]
    sway = torch.as_tensor(hairdo.waves[ROWS:] - 1.0, dtype=torch.float32)[..., None]
    flat = outward * torch.tensor([1.0, 0.0, 1.0])
    aside = flat * (0.25 * drop * (step - step**2) + 0.02 * sway * (drop > 0.01))
    return edge + aside - drop * step * torch.tensor([0.0, 1.0, 0.0])


def _along(share: np.ndarray, hairdo: Hairdo) -> np.ndarray:
    """Length from the crown over the whole length of each strand, ``(ROWS + HANGING, COLUMNS)``."""
    on_head = 0.12 * share[:ROWS] * (CROWN - hairdo.end) / 100.0 + 1e-3
    hung = np.linspace(0.0, 1.0, HANGING + 1)[1:, None] * hairdo.hang + on_head[-1]
    whole = np.concatenate([on_head, hung])
    return whole / whole[-1]


def _bridged(corners: np.ndarray, weights: np.ndarray, found: np.ndarray) -> tuple[Tensor, Tensor]:
    """Points over a skull with holes, where ears and neck are left out: six corners each, ``(N, 6)``, and weights.

    What a ray does not find lies between its neighbours in the row; rows below the head repeat the last whole one.

    Args:
        corners: Of the triangles that rays hit, ``(N, 3)``.
        weights: Of the corners.
        found: Whether a ray hit something, ``(rows, COLUMNS)``.
    """
    grid = np.arange(found.size).reshape(found.shape)
    first, second, share = grid.copy(), grid.copy(), np.zeros(found.shape)
    for row in range(len(grid)):
        columns = np.flatnonzero(found[row])
        if len(columns) < COLUMNS // 2:
            first[row], second[row], share[row] = first[row - 1], second[row - 1], share[row - 1]
            continue
        ring = np.concatenate([columns - COLUMNS, columns, columns + COLUMNS])
        after = np.searchsorted(ring, np.arange(COLUMNS))
        low, high = ring[after - 1], ring[after]
        exact = high == np.arange(COLUMNS)
        share[row] = np.where(exact, 1.0, (np.arange(COLUMNS) - low) / (high - low))
        first[row], second[row] = grid[row, low % COLUMNS], grid[row, high % COLUMNS]
    one, other, part = first.ravel(), second.ravel(), share.ravel()[:, None]
    both = np.concatenate([weights[one] * (1.0 - part), weights[other] * part], axis=1)
    return (
        torch.as_tensor(np.concatenate([corners[one], corners[other]], axis=1)),
        torch.as_tensor(both, dtype=torch.float32),
    )


def _middle_weights(verts: np.ndarray, skull: np.ndarray) -> np.ndarray:
    """Weights of the vertices whose mean is the middle of the head's rays, ``(V,)`` float32."""
    used = np.unique(skull)
    used = used[verts[used, 1] > -0.05]
    equations = np.vstack([verts[used].T, np.ones(len(used))])
    solution = np.full(len(used), 1.0 / len(used))
    solution += np.linalg.pinv(equations) @ (np.append(CENTRE, 1.0) - equations @ solution)
    weights = np.zeros(len(verts), np.float32)
    weights[used] = solution
    return weights


@cache
def hair_shell(head: str) -> HairShell:
    """The shell of a head, built once."""
    return HairShell(head)
