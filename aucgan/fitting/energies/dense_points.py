"""Distances of the 468 points on film."""

from __future__ import annotations

import torch
from torch import Tensor

from aucgan.detection.mesh_points import LOWER_RIMS, UPPER_RIMS
from aucgan.fitting.energies.energy import Energy
from aucgan.fitting.quadratic import Quadratic
from aucgan.fitting.view import View
from aucgan.registry import ENERGIES


@ENERGIES.register_module()
class DensePoints(Energy):
    """Distance of the points from the detected ones, robust: ``½ c² log(1 + (d / (σ c))²)`` of each [1].

    Args:
        weight: Factor; errors of neighbouring points are alike, so that 468 of them say less than as many measures.
        sigma: Deviation of a detected point, in distances of the eyes' outer corners.
        clip: Distances beyond so many σ count less and less (Cauchy's c).
        outline: Factor of the points on the outline, which nothing marks on the skin.
        grazing: Cosine between skin and line of sight below which points count less, down to nothing where they face
            away: there, detectors place them on the silhouette.
        turned: Power of the cosine of the head's turn away from the camera that multiplies all: detectors err together,
            and thrice as far at 40 degrees as from the front.
        rims: Factor of the points on the rims of the lids where a look at the eyes alone has found these
            (:class:`LidOpening`): the network of the 468 points hardly closes eyes.

    [1] Black & Anandan, The robust estimation of multiple motions, CVIU 1996.
    """

    def __init__(
        self,
        weight: float = 0.2,
        sigma: float = 0.012,
        clip: float = 3.0,
        outline: float = 0.1,
        grazing: float = 0.6,
        turned: float = 6.0,
        rims: float = 0.2,
    ) -> None:
        super().__init__(weight)
        self.sigma, self.clip, self.outline = sigma, clip, outline
        self.grazing, self.turned, self.rims = grazing, turned, rims

    def cost(self, view: View) -> Tensor:
        """See :class:`Energy`."""
        square = self._residuals(view).square().sum(-1)
        robust = 0.5 * self.clip**2 * torch.log1p(square / self.clip**2)
        return self.weight * (self._trust(view) * robust).sum(1)

    def add_to(self, total: Quadratic, view: View) -> None:
        """See :class:`Energy`."""
        residuals = self._residuals(view)
        weights = self.weight * self._trust(view) / (1 + residuals.square().sum(-1) / self.clip**2)
        roots = weights.sqrt()  # (B, 468)
        slopes = view.pixel_slopes(roots / (self.sigma * view.observed.unit)[:, None] * view.observed.given)
        total.add_squares((roots[..., None] * residuals).flatten(1), slopes.flatten(1, 2))

    def _residuals(self, view: View) -> Tensor:
        """In σ, ``(B, N, 2)``; 0 where a point is not given."""
        observed = view.observed
        away = (view.pixels + observed.slides - observed.points) / (self.sigma * observed.unit)[:, None, None]
        return torch.where(observed.given[..., None], away, torch.zeros_like(away))

    def _trust(self, view: View) -> Tensor:
        """Factor of each point, ``(B, N)``."""
        observed = view.observed
        turned = (observed.facing / self.grazing).clamp(0, 1) * observed.frontal[:, None].clamp(0, 1) ** self.turned
        trust = (turned * torch.where(observed.sliding, self.outline, 1.0)).to(observed.points)
        for rim in (UPPER_RIMS, LOWER_RIMS):
            trust[:, list(rim)] *= torch.where(observed.gaps_given, self.rims, 1.0)
        return trust
