"""How much of the true relief's steepness a displacement has, and whether it is at the right place."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from aucgan.evaluation.metrics.sample_metric import SampleMetric, as_float64, mask_of, require_equal
from aucgan.heads.library import DEFAULT_HEAD
from aucgan.models.layers.au_regions import FACE_PARTS, face_part_at
from aucgan.registry import METRICS
from aucgan.renderers.face_chart import face_chart

MILLIMETRES = 1000.0


@METRICS.register_module()
class SlopeEnergy(SampleMetric):
    """Energy of the displacement's slopes over that of the true ones, inside the face mask, over the whole split.

    A slope is the difference of two neighbouring texels that both lie inside the mask. Reported: ``slope/energy`` =
    Σp² / Σt² over the predicted and the true slopes p and t; the same of each part of the face, ``slope/brow`` (with
    the forehead), ``eyes``, ``nose``, ``cheeks``, ``mouth`` and ``chin``, by where the first of the two texels lies,
    NaN where the truth is flat; and ``slope/correlation`` = Σp·t / √(Σp² Σt²), for slopes have a mean of 0: energy at
    the wrong place raises the first and not the last. Wrinkles that are averaged over what the photo leaves open have
    too little energy, so more counts as better; 1 is right. A sample's own values are its sums over the split's
    means.

    Args:
        head: The head whose chart the maps have, for the parts of the face: name or file, or
            ``dict(model=…, landmarks=…, topology=…)`` as ``FLAME`` and the renderer take them; ``None``: without parts.
        collect_device: Where results of several processes are gathered, ``'cpu'`` or ``'gpu'``.
        prefix: Replaces the metric's own prefix of the names it reports.
    """

    default_prefix = "slope"
    needs = ("uv_z", "gt_uv_z")
    higher_is_better = frozenset({"energy", "correlation", *FACE_PARTS})

    def __init__(
        self,
        head: str | Path | Mapping[str, Any] | None = DEFAULT_HEAD,
        collect_device: str = "cpu",
        prefix: str | None = None,
    ) -> None:
        super().__init__(collect_device=collect_device, prefix=prefix)
        self.head = head
        self._parts: dict[tuple[int, ...], np.ndarray] = {}

    def measure(self, sample: dict[str, Tensor]) -> np.ndarray:
        """Sums over the slopes of each part, ``(parts, 3)``: predicted², true², predicted · true; in mm²."""
        require_equal(sample, "uv_z", "gt_uv_z")
        mask = mask_of(sample, "face_mask_uv", sample["uv_z"])
        if mask.shape not in self._parts:
            self._parts[mask.shape] = self._draw_parts(*mask.shape)
        parts = self._parts[mask.shape]
        if (mask & (parts < 0)).any():
            raise ValueError(
                f"SlopeEnergy: face_mask_uv has texels off the face of head={self.head!r}: name the head whose chart "
                "the displacement has, or head=None to leave the parts of the face out"
            )
        maps = [MILLIMETRES * as_float64(sample[key])[0] for key in self.needs]
        z, truth = maps
        return self._sums(z, truth, mask, parts, 0) + self._sums(z, truth, mask, parts, 1)

    def _sums(self, z: np.ndarray, truth: np.ndarray, mask: np.ndarray, parts: np.ndarray, axis: int) -> np.ndarray:
        """The sums over slopes along one axis."""
        first, second = (np.take(mask, range(start, mask.shape[axis] - 1 + start), axis) for start in (0, 1))
        inside = first & second
        part = np.take(parts, range(mask.shape[axis] - 1), axis)[inside]
        made, true = np.diff(z, axis=axis)[inside], np.diff(truth, axis=axis)[inside]
        products = (made * made, true * true, made * true)
        return np.stack([np.bincount(part, one, minlength=len(FACE_PARTS)) for one in products], axis=1)

    def _draw_parts(self, height: int, width: int) -> np.ndarray:
        """The part of the face of every texel, −1 off the face; 0 everywhere without a head."""
        if self.head is None:
            return np.zeros((height, width), dtype=np.int64)
        if height != width:
            raise ValueError(f"SlopeEnergy: maps of {height} x {width} are no charts of a head; set head=None")
        chart = face_chart(width, self.head)
        return np.where(chart.mask.cpu().numpy() > 0, face_part_at(chart.x, chart.y).cpu().numpy(), -1)

    def summarise(self, results: list) -> dict[str, float]:
        """Scores over the split."""
        sums = np.sum(results, axis=0)
        if not sums[:, 1].any():
            raise ValueError("SlopeEnergy: the true displacement has no slopes inside face_mask_uv in any sample")
        return {name: float(values.mean()) for name, values in self.per_sample(results).items()}

    def per_sample(self, results: list) -> dict[str, np.ndarray]:
        """Every sample's share, so that the mean is the split's score."""
        sums = np.asarray(results)  # (N, parts, 3)
        made, true, both = (len(sums) * one for one in sums.sum(1).T)
        total = sums.sum((0, 1))
        values = {"energy": _over(made, total[1]), "correlation": _over(both, np.sqrt(total[0] * total[1]))}
        if self.head is None:
            return values
        return values | {
            name: _over(len(sums) * sums[:, k, 0], sums[:, k, 1].sum()) for k, name in enumerate(FACE_PARTS)
        }


def _over(values: np.ndarray, total: float) -> np.ndarray:
    return values / total if total > 0 else np.full(values.shape, np.nan)
