"""Distance of the true surface to the reconstructed one."""

from __future__ import annotations

import numpy as np
from torch import Tensor

from aucgan.evaluation.metrics.sample_metric import SampleMetric, as_float64
from aucgan.evaluation.scans.closest_point import Surface
from aucgan.evaluation.scans.now_protocol import FACE_RADIUS, SEVEN_OF_68, scan_to_mesh
from aucgan.registry import METRICS

MILLIMETRES = 1000.0


@METRICS.register_module()
class ScanToMeshDistance(SampleMetric):
    """Exact distance of the true vertices of the face region to the predicted mesh, aligned by seven landmarks.

    The protocol is that of :func:`aucgan.evaluation.scans.now_protocol.scan_to_mesh`, with the true mesh as the scan.
    Reported over all points of the split: ``scan_to_mesh/median_mm``, ``scan_to_mesh/mean_mm`` and
    ``scan_to_mesh/std_mm``; of a sample its median and mean. The data set has to give the true codes:
    ``truth=["shape", "exp", "pose", "eye_pose"]``.

    Args:
        refine: Continue the alignment on the distance itself, as the NoW challenge does; about half a second a sample.
        radius: Size of the face region, see :func:`aucgan.evaluation.scans.now_protocol.face_region`.
        collect_device: Where results of several processes are gathered.
        prefix: Replaces ``scan_to_mesh``.
    """

    default_prefix = "scan_to_mesh"
    needs = ("verts", "faces", "landmarks3d", "gt_verts", "gt_landmarks3d")

    def __init__(
        self,
        refine: bool = True,
        radius: float = FACE_RADIUS,
        collect_device: str = "cpu",
        prefix: str | None = None,
    ) -> None:
        super().__init__(collect_device, prefix)
        self.refine, self.radius = refine, radius

    def measure(self, sample: dict[str, Tensor]) -> np.ndarray:
        """Distances of one face's points, millimetres; vertices are in metres."""
        ours, truth = (as_float64(sample[key])[list(SEVEN_OF_68)] for key in ("landmarks3d", "gt_landmarks3d"))
        mesh = Surface(as_float64(sample["verts"]), sample["faces"].cpu().numpy())
        result = scan_to_mesh(as_float64(sample["gt_verts"]), truth, mesh, ours, self.refine, self.radius)
        return MILLIMETRES * result.distances

    def summarise(self, results: list[np.ndarray]) -> dict[str, float]:
        """Scores over all points of the split."""
        return distance_statistics(np.concatenate(results), "_mm")

    def per_sample(self, results: list[np.ndarray]) -> dict[str, list[float]]:
        """Median and mean of every sample."""
        return {"median_mm": [np.median(d) for d in results], "mean_mm": [d.mean() for d in results]}


def distance_statistics(distances: np.ndarray, suffix: str = "") -> dict[str, float]:
    """Median, mean and standard deviation of distances ``(N,)``."""
    values = dict(median=np.median(distances), mean=distances.mean(), std=distances.std())
    return {name + suffix: float(value) for name, value in values.items()}
