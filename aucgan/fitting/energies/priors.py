"""What is likely before a photo is seen."""

from __future__ import annotations

import torch
from torch import Tensor

from aucgan.fitting.energies.energy import Energy
from aucgan.fitting.fit_state import N_RIGID
from aucgan.fitting.quadratic import Quadratic
from aucgan.fitting.view import View
from aucgan.registry import ENERGIES


@ENERGIES.register_module()
class IdentityPrior(Energy):
    """Half the squared identity coefficients, whose columns have people's widths; once a person, over their photos."""

    def cost(self, view: View) -> Tensor:
        """See :class:`Energy`."""
        return 0.5 * self.weight * view.observed.share * view.state.identity.square().sum(1)

    def add_to(self, total: Quadratic, view: View) -> None:
        """See :class:`Energy`."""
        factor = (self.weight * view.observed.share)[:, None]
        identity = view.state.identity
        total.add_diagonal(slice(view.state.n_private, None), factor * identity, factor.expand_as(identity))


@ENERGIES.register_module()
class ExpressionPrior(Energy):
    """Few shapes explain a face: the sum of their weights; half the square of what is no shape in [0, 1].

    Args:
        weight: Factor.
        square: Curvature beside the sum, so that two shapes that do the same share the work.
        jaw: Deviation of the jaw's angle where it is an unknown of its own, radians.
        rare: Factors of shapes that faces seldom show, by the beginnings of their names; the others' is 1. What a
            smile does, a dimple and a raised lip together do nearly as well.
        beside: Shapes that cost more beside another one of their side: by the beginnings of their names, that of the
            other's name and how much more at its full weight. A smile raises the lip by itself.
    """

    def __init__(
        self,
        weight: float = 1.0,
        square: float = 1.0,
        jaw: float = 0.1,
        rare: dict[str, float] | None = None,
        beside: dict[str, tuple[str, float]] | None = None,
    ) -> None:
        super().__init__(weight)
        self.square, self.jaw, self.rare = square, jaw, dict(rare or {})
        self.beside = {start: (other, float(more)) for start, (other, more) in (beside or {}).items()}

    def cost(self, view: View) -> Tensor:
        """See :class:`Energy`."""
        slope, curvature = self._factors(view)
        expression = view.state.expression
        return (slope * expression + 0.5 * curvature * expression.square()).sum(1) + self._together(view)[0]

    def add_to(self, total: Quadratic, view: View) -> None:
        """See :class:`Energy`."""
        slope, curvature = self._factors(view)
        expression = view.state.expression
        columns = slice(N_RIGID, view.state.n_private)
        pull = slope + curvature * expression + self._together(view)[1]
        total.add_diagonal(columns, pull, curvature.expand_as(expression))

    def _together(self, view: View) -> tuple[Tensor, Tensor]:
        """What pairs of shapes cost, ``(B,)``, and its slope, ``(B, E)``; that it curves like a saddle is left out."""
        expression, names = view.state.expression, view.observed.columns.names
        ties = expression.new_zeros(len(names), len(names))
        for start, (other, more) in self.beside.items():
            for row, name in enumerate(names):
                partner = other + name.removeprefix(start)
                if name.startswith(start) and partner in names:
                    ties[row, names.index(partner)] = self.weight * more
        pushed = expression @ ties
        return (pushed * expression).sum(1), pushed + expression @ ties.T

    def _factors(self, view: View) -> tuple[Tensor, Tensor]:
        """Slope and curvature of each unknown, ``(E,)`` both."""
        like, columns = view.state.expression, view.observed.columns
        named = like.new_full((like.shape[1],), float(columns.named))
        rarity = like.new_tensor([self._rarity(name) for name in columns.names])
        slope, curvature = named * rarity, named * self.square * rarity + (1 - named)
        if columns.jaw_angle:
            slope[-1], curvature[-1] = 0.0, self.jaw**-2
        return self.weight * slope, self.weight * curvature

    def _rarity(self, name: str) -> float:
        return next((factor for start, factor in self.rare.items() if name.startswith(start)), 1.0)


@ENERGIES.register_module()
class LeftRightSymmetry(Energy):
    """Half the squared difference between what the left and the right side do, over its variance.

    Args:
        weight: Factor.
        sigma: Deviation of the difference.
    """

    def __init__(self, weight: float = 1.0, sigma: float = 0.25) -> None:
        super().__init__(weight)
        self.sigma = sigma

    def cost(self, view: View) -> Tensor:
        """See :class:`Energy`."""
        return 0.5 * self.weight / self.sigma**2 * self._difference(view).square().sum(1)

    def add_to(self, total: Quadratic, view: View) -> None:
        """See :class:`Energy`."""
        left, right = (view.observed.columns.pairs + N_RIGID).unbind(1)
        factor = self.weight / self.sigma**2
        pull = factor * self._difference(view)
        total.gradient[:, left] += pull
        total.gradient[:, right] -= pull
        for first, second, sign in ((left, left, 1), (right, right, 1), (left, right, -1), (right, left, -1)):
            total.curvature[:, first, second] += sign * factor

    def _difference(self, view: View) -> Tensor:
        left, right = view.observed.columns.pairs.unbind(1)
        return view.state.expression[:, left] - view.state.expression[:, right]


@ENERGIES.register_module()
class TemporalSmoothness(Energy):
    """Half the squared change of pose and expression since the previous frame, over its variance.

    Args:
        weight: Factor.
        turn: Deviation of the head's turn from frame to frame, radians.
        shift: Deviation of its shift, metres.
        expression: Deviation of an expression's change.
    """

    def __init__(self, weight: float = 1.0, turn: float = 0.03, shift: float = 0.01, expression: float = 0.1) -> None:
        super().__init__(weight)
        self.turn, self.shift, self.expression = turn, shift, expression

    def cost(self, view: View) -> Tensor:
        """See :class:`Energy`."""
        change, factors, _, _ = self._changes(view)
        return 0.5 * (factors * change.square()).sum(1)

    def add_to(self, total: Quadratic, view: View) -> None:
        """See :class:`Energy`."""
        change, factors, later, earlier = self._changes(view)
        private = slice(0, view.state.n_private)
        total.add_diagonal(private, factors * change, factors.expand_as(change))
        total.coupling += factors
        back = torch.zeros_like(change).index_add_(0, earlier, (factors * change)[later])
        tied = torch.zeros_like(change).index_add_(0, earlier, factors.expand_as(change)[later])
        total.add_diagonal(private, -back, tied)

    def _changes(self, view: View) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Change since the frame before and its factors, ``(B, Q)`` both; frames with one, and the ones before them."""
        state, previous = view.state, view.observed.previous
        later = (previous >= 0).nonzero().squeeze(1)
        earlier = previous[later]
        turn = _axis_angle(state.rotation[later] @ state.rotation[earlier].transpose(1, 2))
        steps = [turn, *((x[later] - x[earlier]) for x in (state.translation, state.expression))]
        change = state.translation.new_zeros(len(state), state.n_private)
        change[later] = torch.cat(steps, 1)
        deviations = [self.turn] * 3 + [self.shift] * 3 + [self.expression] * state.expression.shape[1]
        factors = self.weight / change.new_tensor(deviations).square()
        return change, factors * (previous >= 0)[:, None].to(change), later, earlier


def _axis_angle(rotation: Tensor) -> Tensor:
    """Small rotations as axis-angle: exact to first order, and close below a radian."""
    skew = 0.5 * (rotation - rotation.transpose(1, 2))
    sine = torch.stack([skew[:, 2, 1], skew[:, 0, 2], skew[:, 1, 0]], 1)
    length = sine.square().sum(1, keepdim=True).clamp(min=1e-30).sqrt()
    return sine * (torch.asin(length.clamp(max=1.0)) / length)
