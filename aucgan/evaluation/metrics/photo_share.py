"""How much of the displacement is read from the photo."""

from __future__ import annotations

import numpy as np
from torch import Tensor

from aucgan.evaluation.metrics.sample_metric import SampleMetric, as_float64, mask_of, require_equal
from aucgan.registry import METRICS

MILLIMETRES = 1000.0
OWN, SAME_PERSON, OTHER_PERSON = "uv_z", "uv_z_same_person", "uv_z_other_person"
_TRUTH = "gt_uv_z"


@METRICS.register_module()
class PhotoShare(SampleMetric):
    """R² of the displacement when the detail network sees the face's own photo, and when it sees others.

    Expression, jaw and action units stay those of the face; only the photo that the detail is read from is exchanged.
    Reported: ``photo_share/own_r2``; ``photo_share/same_person_r2``, with the person's photo of another expression;
    ``photo_share/other_person_r2``; and ``photo_share/read`` = own − other person's: 0 where the photo is not read at
    all, and what people fold like is recalled. All speak of the same faces, those that have both partners in their
    batch.

    The model has to make the exchange: ``exchange_photos=True`` of a detail model, and a batch must hold several
    photos of a person.
    """

    default_prefix = "photo_share"
    needs = (OWN, SAME_PERSON, OTHER_PERSON, _TRUTH)
    higher_is_better = frozenset({"own_r2", "same_person_r2", "read"})

    def measure(self, sample: dict[str, Tensor]) -> np.ndarray:
        """Sums over the masked texels: count, truth, truth², and error² by photo; zeros where a partner lacks."""
        require_equal(sample, *self.needs)
        mask = mask_of(sample, "face_mask_uv", sample[OWN])
        truth, *made = (MILLIMETRES * as_float64(sample[key])[0][mask] for key in (_TRUTH, *self.needs[:3]))
        if not all(np.isfinite(one).all() for one in made):
            return np.zeros(6)
        return np.array([truth.size, truth.sum(), truth @ truth, *(((one - truth) ** 2).sum() for one in made)])

    def summarise(self, results: list) -> dict[str, float]:
        """Scores over the split."""
        count, total, squares, *residuals = np.sum(results, axis=0)
        if not count:
            raise ValueError(
                "PhotoShare: no face has another photo of its person and one of somebody else in its batch; test with "
                "batches of several photos a person, in the order of the data"
            )
        variation = squares - total**2 / count
        own, same, other = (1.0 - r / variation if variation > 0 else float("nan") for r in residuals)
        return {"own_r2": own, "same_person_r2": same, "other_person_r2": other, "read": own - other}

    def per_sample(self, results: list) -> dict[str, np.ndarray]:
        """Shares of every face, whose means are the split's; NaN where a partner lacks."""
        count, total, squares, *residuals = np.transpose(results)
        used = count > 0
        variation = squares.sum() - total.sum() ** 2 / max(count.sum(), 1)
        scale = used.sum() / variation if variation > 0 else np.nan
        own, same, other = (np.where(used, 1.0 - scale * one, np.nan) for one in residuals)
        return {"own_r2": own, "same_person_r2": same, "other_person_r2": other, "read": own - other}
