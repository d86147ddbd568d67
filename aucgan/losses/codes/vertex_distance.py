"""Supervised meshes, for data that has the true codes."""

from __future__ import annotations

from torch import Tensor, nn

from aucgan.losses.codes.unknown_truth import known_or_found
from aucgan.losses.shape_checks import require_choice, require_same_shape, require_shape
from aucgan.numerics.precision import full_precision
from aucgan.registry import LOSSES


@full_precision
def vertex_distance_loss(verts: Tensor, gt_verts: Tensor, unit: float = 1.0, norm: str = "l1") -> Tensor:
    """Mean distance of the coordinates of corresponding vertices.

    Args:
        verts: Predicted vertices in metres, ``(B, V, 3)``.
        gt_verts: True vertices in metres, ``(B, V, 3)``; NaN where nobody knows them: they add nothing to the mean.
        unit: Metres in the unit of the distance.
        norm: ``'l1'`` for absolute values, ``'l2'`` for squares, which large errors dominate.

    Returns:
        Scalar.
    """
    require_same_shape(verts=verts, gt_verts=gt_verts)
    require_shape("verts", verts, (None, None, 3))
    error = (verts - known_or_found(gt_verts, verts)) / unit
    return error.abs().mean() if norm == "l1" else error.square().mean()


@LOSSES.register_module()
class VertexDistanceLoss(nn.Module):
    """Mean error of a mesh whose truth is known; see :func:`vertex_distance_loss`.

    Registered 3D data for supervising a FLAME regressor: Zielonka, Bolkart & Thies, Towards metrical reconstruction
    of human faces, ECCV 2022; generated faces for it: Wood et al., 3D face reconstruction with dense landmarks,
    ECCV 2022.

    Args:
        unit: Metres in the loss's unit: ``1.0`` gives metres, ``0.001`` millimetres.
        norm: ``'l1'`` or ``'l2'``.
    """

    def __init__(self, unit: float = 1e-3, norm: str = "l1") -> None:
        super().__init__()
        if unit <= 0.0:
            raise ValueError(f"unit must be a positive length in metres, but got {unit}")
        self.unit = unit
        self.norm = require_choice("norm", norm, ("l1", "l2"))

    def forward(self, verts: Tensor, gt_verts: Tensor) -> Tensor:
        """Return the loss of ``verts`` against ``gt_verts``, both ``(B, V, 3)`` in metres."""
        return vertex_distance_loss(verts, gt_verts, self.unit, self.norm)
