"""Chamfer distance between predicted and true vertices."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree
from torch import Tensor

from aucgan.evaluation.metrics.sample_metric import SampleMetric, as_float64
from aucgan.evaluation.scans.now_protocol import SEVEN_OF_68
from aucgan.evaluation.scans.similarity_transform import align_points
from aucgan.registry import METRICS

MILLIMETRES = 1000.0


def chamfer_distance(first: np.ndarray, second: np.ndarray) -> float:
    """Mean distance to the nearest point of the other set, averaged over both directions.

    Args:
        first: ``(N, 3)``.
        second: ``(M, 3)``.

    Returns:
        (mean_i min_j |a_i - b_j| + mean_j min_i |a_i - b_j|) / 2, not squared, in the points' unit.

    Raises:
        ValueError: A set is empty.
    """
    if not len(first) or not len(second):
        raise ValueError(f"the Chamfer distance needs points on both sides, got {len(first)} and {len(second)}")
    there, _ = cKDTree(second).query(first)
    back, _ = cKDTree(first).query(second)
    return float(there.mean() + back.mean()) / 2


@METRICS.register_module()
class ChamferDistance(SampleMetric):
    """Chamfer distance of predicted and true vertices of the whole head, in millimetres: ``chamfer/mm``.

    The data set has to give the true codes: ``truth=["shape", "exp", "pose", "eye_pose"]``.

    Args:
        align: Bring the seven landmarks of the prediction to the true ones first (rotation, scale, translation).
        collect_device: Where results of several processes are gathered.
        prefix: Replaces ``chamfer``.
    """

    default_prefix = "chamfer"
    needs = ("verts", "landmarks3d", "gt_verts", "gt_landmarks3d")

    def __init__(self, align: bool = True, collect_device: str = "cpu", prefix: str | None = None) -> None:
        super().__init__(collect_device, prefix)
        self.align = align

    def measure(self, sample: dict[str, Tensor]) -> float:
        """Distance of one face, millimetres; vertices are in metres."""
        verts = as_float64(sample["verts"])
        if self.align:
            ours, truth = (as_float64(sample[key])[list(SEVEN_OF_68)] for key in ("landmarks3d", "gt_landmarks3d"))
            verts = align_points(ours, truth).apply(verts)
        return MILLIMETRES * chamfer_distance(verts, as_float64(sample["gt_verts"]))

    def summarise(self, results: list[float]) -> dict[str, float]:
        """Mean over the split."""
        return {"mm": float(np.mean(results))}

    def per_sample(self, results: list[float]) -> dict[str, list[float]]:
        """The distance of every face."""
        return {"mm": results}
