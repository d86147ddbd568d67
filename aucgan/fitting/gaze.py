"""Where eyes look: the turn of the eyeballs that brings irises to where they are seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from aucgan.detection.mesh_points import LEFT_EYE, RIGHT_EYE
from aucgan.fitting.fit_state import FitState
from aucgan.fitting.observed import Observed
from aucgan.fitting.view import on_film
from aucgan.heads.head import Head
from aucgan.motion.gaze import LEFT_EYE as LEFT_JOINT

SIGMA = 0.01
"""Deviation of the centre of an iris, in distances of the eyes' outer corners."""
GAZE_SIGMA, SQUINT_SIGMA = 0.35, 0.05
"""Deviations of the turn of both eyes, and of its difference between them, radians."""
LOWER = 0.014
"""How much lower between the lids the network sees an iris than the head's pupil is, in distances of the eyes' outer
corners: on 8 generated people who look ahead 0.0144 with a deviation of 0.005."""
OPEN = 0.07
"""Gap of open lids, in distances of the eyes' outer corners; the narrower it is, the less of an iris is seen."""
STEPS = 6
MOST_TURN = 0.9
"""Radians that an eyeball turns at most."""


@dataclass(frozen=True)
class Eyeballs:
    """The eyeballs of a head as balls about their joints.

    Attributes:
        centres: Of the left and the right eye as far as the mean head and identity make them, ``(2, 3)`` metres.
        by_identity: How they follow identity coefficients, ``(I, 2, 3)``.
        radius: Metres.
    """

    centres: Tensor
    by_identity: Tensor
    radius: float

    @classmethod
    def of(cls, head: Head) -> Eyeballs | None:
        """Those of a head; ``None`` where it has none."""
        joints = slice(LEFT_JOINT, LEFT_JOINT + 2)
        if head.weights.shape[1] < LEFT_JOINT + 2 or not (head.weights[:, joints] > 0.5).any(0).all():
            return None
        regressor = head.j_regressor[joints].astype(np.float64)
        centres = regressor @ head.v_template
        dirs = np.einsum("jv,vck->kjc", regressor, head.shapedirs[..., : head.n_identity])
        radii = [
            np.linalg.norm(head.v_template[head.weights[:, LEFT_JOINT + eye] > 0.5] - centres[eye], axis=1).max()
            for eye in range(2)
        ]
        rest, moving = (torch.as_tensor(array, dtype=torch.float32) for array in (centres, dirs))
        return cls(rest, moving, float(np.mean(radii)))


def eye_turns(balls: Eyeballs, identity: Tensor, state: FitState, observed: Observed, points: Tensor) -> Tensor:
    """Turns of both eyeballs, without torsion, that explain the irises; Gauss–Newton steps.

    Irises move with nothing but the eyeballs, which no other point sits on: when pose and identity are found, they are
    a problem of their own. What counts is where irises are between the lids: the head's pose errs by some degrees, and
    eyeballs that lie behind the lids would make more of it. Both eyes look at nearly one place, and straight ahead
    where nothing is seen.

    Args:
        balls: Of the head.
        identity: All columns of the head, ``(B, I)``.
        state: Pose.
        observed: Irises and cameras.
        points: The 468 points of the fit, pixels, ``(B, 468, 2)``.

    Returns:
        Left and right eye, axis-angle in radians, ``(B, 6)``, as ``eye_pose`` has them.
    """
    centres = balls.centres + torch.einsum("bi,ijc->bjc", identity, balls.by_identity)
    seen = (_rims(points) + observed.irises - _seen_rims(observed)).flip(1)  # left first, as joints are
    up = torch.nn.functional.normalize(state.rotation[:, :2, 1], dim=1) * seen.new_tensor([1.0, -1.0])
    seen = seen + LOWER * (observed.unit[:, None] * up)[:, None]
    roots = (_shown(observed).flip(1) / (SIGMA * observed.unit[:, None]))[..., None]  # (B, 2, 1)
    turns = torch.zeros_like(seen)
    prior = _prior().to(seen)
    for _ in range(STEPS):
        slopes, pixels = _pupils(turns, balls.radius, centres, state, observed)
        residuals = torch.where(roots > 0, (pixels - seen) * roots, 0.0)
        rows = torch.where(roots[..., None] > 0, slopes * roots[..., None], 0.0)  # (B, 2, 2, 2)
        own = rows.transpose(2, 3) @ rows
        curvature = torch.zeros(len(turns), 4, 4).to(seen)
        curvature[:, :2, :2], curvature[:, 2:, 2:] = own[:, 0], own[:, 1]
        curvature = curvature + prior
        slope = (rows.transpose(2, 3) @ residuals[..., None]).flatten(1) + turns.flatten(1) @ prior
        turns = (turns - torch.linalg.solve(curvature, slope).unflatten(1, (2, 2))).clamp(-MOST_TURN, MOST_TURN)
    return torch.nn.functional.pad(turns, (0, 1)).flatten(1)


def _rims(points: Tensor) -> Tensor:
    """Centres of the lids of the right and the left eye among points ``(B, 468, 2)``, ``(B, 2, 2)``."""
    return points[:, [list(RIGHT_EYE), list(LEFT_EYE)]].mean(2)


def _seen_rims(observed: Observed) -> Tensor:
    """The same as detected, by a look at the eyes alone where there was one."""
    return torch.where(observed.rims.isfinite(), observed.rims, _rims(observed.points))


def _pupils(
    turns: Tensor, radius: float, centres: Tensor, state: FitState, observed: Observed
) -> tuple[Tensor, Tensor]:
    """How pupils on film follow the turns, ``(B, 2, 2 pixels, 2 turns)``, and where they are, ``(B, 2, 2)``."""
    directions, slopes = _directions(turns)

    def placed(points: Tensor) -> Tensor:
        return points @ state.rotation.transpose(1, 2) + state.translation[:, None]

    depth = state.translation[:, 2]
    pixels = on_film(placed(centres + radius * directions), observed, depth)
    step = 1e-3
    moved = [
        on_film(placed(centres + radius * (directions + step * slopes[..., k])), observed, depth) for k in range(2)
    ]
    return torch.stack([(one - pixels) / step for one in moved], -1), pixels


def _directions(turns: Tensor) -> tuple[Tensor, Tensor]:
    """Where eyeballs point that are turned by axis-angle (a, b, 0), and how that follows a and b.

    Returns:
        Unit vectors ``(B, 2, 3)`` and ``(B, 2, 3, 2)``.
    """
    a, b = turns.unbind(-1)
    angle = turns.norm(dim=-1).clamp(min=1e-4)
    sine, cosine = torch.sin(angle) / angle, torch.cos(angle)
    bend = (cosine - sine) / angle.square()
    directions = torch.stack([sine * b, -sine * a, cosine], -1)
    by_a = torch.stack([bend * a * b, -sine - bend * a * a, -sine * a], -1)
    by_b = torch.stack([sine + bend * b * b, -bend * a * b, -sine * b], -1)
    return directions, torch.stack([by_a, by_b], -1)


def _prior() -> Tensor:
    """Curvature of what is likely before irises are seen: both eyes' turn, and its difference, ``(4, 4)``."""
    eye = torch.eye(2)
    both = torch.cat([eye, eye], 1) / 2
    apart = torch.cat([eye, -eye], 1)
    return both.T @ both / GAZE_SIGMA**2 + apart.T @ apart / SQUINT_SIGMA**2


def _shown(observed: Observed) -> Tensor:
    """How much of the right and the left iris the lids show, in [0, 1], ``(B, 2)``; 0 where it is not given."""
    widths = observed.gaps.norm(dim=-1).unflatten(1, (2, -1)).amax(-1) / (OPEN * observed.unit[:, None])
    known = observed.gaps_given.unflatten(1, (2, -1)).all(-1)
    shown = torch.where(known, widths.clamp(0, 1), torch.ones_like(widths))
    return shown * observed.irises.isfinite().all(-1)
