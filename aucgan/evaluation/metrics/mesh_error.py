"""Error of the coarse mesh, apart for the head and for what moves it."""

from __future__ import annotations

import numpy as np
from torch import Tensor

from aucgan.evaluation.metrics.sample_metric import SampleMetric, as_float64, ratios, require_equal
from aucgan.registry import METRICS

MILLIMETRES = 1000.0


@METRICS.register_module()
class MeshError(SampleMetric):
    """Distance of corresponding vertices without the global rotation, in millimetres.

    All of the head counts, also its back, but not tongue and inside of the mouth, where the head names them.

    Reported: ``mesh/neutral_mm``, of the heads without expression; ``mesh/motion_mm``, of the offsets that expression
    and jaw add, and ``mesh/still_mm``, the same for a face that never moves; ``mesh/motion_explained`` =
    1 - Σ|m - m*|² / Σ|m*|² over all offsets of the split (0: no better than a still face, 1: perfect).

    The data set has to give the true codes: ``truth=["shape", "exp", "pose", "eye_pose"]``.
    """

    default_prefix = "mesh"
    needs = ("neutral", "gt_neutral", "motion", "gt_motion")
    higher_is_better = frozenset({"motion_explained"})

    def measure(self, sample: dict[str, Tensor]) -> np.ndarray:
        """Means over the vertices: neutral distance, motion distance, true motion, and the squares of the last two."""
        require_equal(sample, *self.needs)
        neutral, gt_neutral, motion, gt_motion = (MILLIMETRES * as_float64(sample[key]) for key in self.needs)
        errors = [np.linalg.norm(e, axis=-1) for e in (neutral - gt_neutral, motion - gt_motion, gt_motion)]
        return np.array([*(e.mean() for e in errors), *((e**2).mean() for e in errors[1:])])

    def summarise(self, results: list) -> dict[str, float]:
        """Scores over the split."""
        neutral, motion, still, residual, total = np.mean(results, axis=0)
        explained = float(1.0 - residual / total) if total > 0 else float("nan")
        return dict(
            neutral_mm=float(neutral), motion_mm=float(motion), still_mm=float(still), motion_explained=explained
        )

    def per_sample(self, results: list) -> dict[str, np.ndarray]:
        """Distances of every sample, and its share of ``motion_explained``, whose mean is the split's."""
        neutral, motion, _, residual, total = np.transpose(results)
        shares = ratios(residual, np.full(len(results), total.mean()))
        return dict(neutral_mm=neutral, motion_mm=motion, motion_explained=1.0 - shares)
