"""How far the lids are open."""

from __future__ import annotations

import torch
from torch import Tensor

from aucgan.detection.mesh_points import LEFT_EYE, LOWER_RIMS, RIGHT_EYE, UPPER_RIMS
from aucgan.fitting.energies.energy import Energy
from aucgan.fitting.quadratic import Quadratic
from aucgan.fitting.view import DEPTH, View, rows_of
from aucgan.registry import ENERGIES


@ENERGIES.register_module()
class LidOpening(Energy):
    """Gaps between upper and lower lids, robust, against those that a look at the eyes alone finds.

    The network of the 468 points places lids by what faces mostly do, and hardly closes them. Where the eyes are, it
    knows well: gaps do not ask.

    Args:
        weight: Factor; the gaps of an eye err alike.
        sigma: Deviation of a gap, in distances of the eyes' outer corners.
        clip: Differences beyond so many σ count less and less (Cauchy's c).
        grazing: Cosine between skin and line of sight below which a gap counts less, down to nothing.
    """

    def __init__(self, weight: float = 0.5, sigma: float = 0.01, clip: float = 3.0, grazing: float = 0.6) -> None:
        super().__init__(weight)
        self.sigma, self.clip, self.grazing = sigma, clip, grazing

    def cost(self, view: View) -> Tensor:
        """See :class:`Energy`."""
        square = self._residuals(view).square()
        robust = 0.5 * self.clip**2 * torch.log1p(square / self.clip**2)
        return self.weight * (self._trust(view) * robust).sum(1)

    def add_to(self, total: Quadratic, view: View) -> None:
        """See :class:`Energy`."""
        residuals = self._residuals(view)
        roots = (self.weight * self._trust(view) / (1 + residuals.square() / self.clip**2)).sqrt()
        upper, lower = self._places(view)
        scale = (roots / self._unit(view))[..., None]  # (B, 14, 1)
        slopes = self._slopes(view, upper, scale) - self._slopes(view, lower, scale)
        total.add_squares(roots * residuals, slopes)

    def _residuals(self, view: View) -> Tensor:
        """In σ, ``(B, 14)``; 0 where a gap is not given."""
        gaps = view.pixels[:, list(UPPER_RIMS)] - view.pixels[:, list(LOWER_RIMS)] - view.observed.gaps
        away = (gaps * _upwards(view)).sum(-1) / self._unit(view)
        return torch.where(view.observed.gaps_given, away, torch.zeros_like(away))

    def _slopes(self, view: View, places: Tensor, scale: Tensor) -> Tensor:
        """How heights of points, times a factor ``(B, 14, 1)``, follow the unknowns, ``(B, 14, P)``."""
        upwards = (_upwards(view) * scale)[..., None, :]  # (B, 14, 1, 2)
        out = view.pull(upwards @ rows_of(view.film, places), places)[:, :, 0]
        out[..., DEPTH] += (upwards[:, :, 0] * rows_of(view.film_depth, places)).sum(-1)
        return out

    def _trust(self, view: View) -> Tensor:
        """Factor of each gap, ``(B, 14)``."""
        facing = torch.minimum(view.observed.facing[:, list(UPPER_RIMS)], view.observed.facing[:, list(LOWER_RIMS)])
        trust = (facing / self.grazing).clamp(0, 1) * view.observed.gaps_given
        return trust.to(view.pixels)

    def _unit(self, view: View) -> Tensor:
        return (self.sigma * view.observed.unit)[:, None]

    @staticmethod
    def _places(view: View) -> tuple[Tensor, Tensor]:
        chosen = view.observed.chosen
        return chosen[:, list(UPPER_RIMS)], chosen[:, list(LOWER_RIMS)]


def _upwards(view: View) -> Tensor:
    """Unit vectors across the eyes from the lower to the upper lid, of each gap, ``(B, 14, 2)``."""
    points = view.observed.points
    outer, inner = points[:, [RIGHT_EYE[0], LEFT_EYE[0]]], points[:, [RIGHT_EYE[8], LEFT_EYE[8]]]
    along = torch.nn.functional.normalize((outer - inner) * points.new_tensor([[-1.0], [1.0]]), dim=-1)
    up = torch.stack([along[..., 1], -along[..., 0]], -1)  # rows are counted downwards
    return up.repeat_interleave(len(UPPER_RIMS) // 2, 1)
