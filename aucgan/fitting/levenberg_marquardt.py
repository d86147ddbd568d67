"""Damped Gauss–Newton steps for a batch of fits within bounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from aucgan.fitting.block_solver import solve_step
from aucgan.fitting.energies.energy import Energy
from aucgan.fitting.fit_state import N_RIGID, FitState
from aucgan.fitting.observed import Observed
from aucgan.fitting.quadratic import Quadratic
from aucgan.fitting.view import View

FIRST_DAMPING, LEAST_DAMPING, MOST_DAMPING = 1e-2, 1e-6, 1e6
DOWN, UP = 0.2, 8.0
"""Factors of the damping after a step that was good, and one that was not."""
FINISHED = 1e-4
"""A fit is finished when a step makes its cost smaller by less than this share of one plus the cost."""


@dataclass(frozen=True)
class Descent:
    """The end of a minimisation.

    Attributes:
        state: The best state.
        cost: Of each face, ``(B,)``.
        steps: Steps that were tried, ``(B,)`` int64.
        finished: Which fits came to rest, ``(B,)`` bool.
    """

    state: FitState
    cost: Tensor
    steps: Tensor
    finished: Tensor


def minimise(
    view_of: Callable[[FitState], View],
    state: FitState,
    energies: Sequence[Energy],
    iterations: int,
    free: Tensor,
) -> Descent:
    """Minimise the sum of energies by Levenberg–Marquardt [1]; bounds by active sets [2].

    Faces of one person, who is seen in no other's track, accept steps together.

    Args:
        view_of: Makes what the energies look at from a state.
        state: The start.
        energies: What is summed.
        iterations: At most so many steps.
        free: Which unknowns may move, ``(P,)`` bool.

    [1] Marquardt, An algorithm for least-squares estimation of nonlinear parameters, SIAM 1963.
    [2] Bertsekas, Projected Newton methods for optimization problems with simple constraints, SIAM 1982.
    """
    view = view_of(state)
    observed, bounds = view.observed, view.observed.columns.bounds
    group = observed.person
    damping = view.pixels.new_full((len(state),), FIRST_DAMPING)
    steps, finished = torch.zeros_like(group), torch.zeros_like(group, dtype=torch.bool)
    cost = _cost(view, energies)
    for _ in range(iterations):
        total = parabola(view, energies)
        step = bounded_step(total, damping, free, state, observed, bounds)
        step = torch.where(finished[:, None], torch.zeros_like(step), step)
        trial = view_of(state.moved(step, bounds))
        new_cost = _cost(trial, energies)
        gain = _summed(cost - new_cost, group)
        better = (gain > 0) & ~finished
        steps = steps + (~finished).long()
        done = better & (gain < FINISHED * (1 + _summed(cost, group))) | (damping >= MOST_DAMPING)
        state = state.where(better, trial.state)
        cost = torch.where(better, new_cost, cost)
        damping = torch.where(better, damping * DOWN, damping * UP).clamp(LEAST_DAMPING, MOST_DAMPING)
        finished = finished | done
        view = trial if bool(better.all()) else view_of(state)
        if bool(finished.all()):
            break
    return Descent(state, cost, steps, finished)


def parabola(view: View, energies: Sequence[Energy]) -> Quadratic:
    """The sum of the energies near a state."""
    state = view.state
    total = Quadratic.zero(len(state), state.width, state.n_private, view.pixels)
    for energy in energies:
        energy.add_to(total, view)
    return total


def bounded_step(
    total: Quadratic, damping: Tensor, free: Tensor, state: FitState, observed: Observed, bounds: Tensor
) -> Tensor:
    """A step that holds what its gradient pushes against a bound, and what the step itself would push over one."""
    low, high = bounds.to(state.expression)
    gradient = total.gradient[:, N_RIGID : state.n_private]
    at_low, at_high = state.expression <= low, state.expression >= high
    moving = free.expand(len(state), -1).clone()
    moving[:, N_RIGID : state.n_private] &= ~((at_low & (gradient > 0)) | (at_high & (gradient < 0)))
    ties = (observed.person, observed.previous)
    step = solve_step(total, damping, moving, *ties).to(state.expression)
    wanted = state.expression + step[:, N_RIGID : state.n_private]
    over = (wanted < low) | (wanted > high)
    held = torch.zeros_like(step)
    held[:, N_RIGID : state.n_private] = torch.where(over, wanted.clamp(low, high) - state.expression, 0.0)
    moving[:, N_RIGID : state.n_private] &= ~over
    bent = (total.curvature @ held[..., None]).squeeze(-1)
    second = Quadratic(total.cost, total.gradient + bent, total.curvature, total.coupling)
    return held + solve_step(second, damping, moving, *ties).to(step)


def _cost(view: View, energies: Sequence[Energy]) -> Tensor:
    return torch.stack([energy.cost(view) for energy in energies]).sum(0)


def _summed(values: Tensor, group: Tensor) -> Tensor:
    """Sums over the faces of each group, for each face."""
    return values.new_zeros(int(group.max()) + 1).index_add_(0, group, values)[group]
