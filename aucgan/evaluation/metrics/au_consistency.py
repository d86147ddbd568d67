"""Do renders show the action units of their photos? A second network judges."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from aucgan.action_units import N_MAIN
from aucgan.evaluation.metrics.au_f1 import THRESHOLD, f1_scores, mean_of_known
from aucgan.evaluation.metrics.au_intensity import correlation
from aucgan.evaluation.metrics.pasted_renders import NEEDS, pasted_renders
from aucgan.evaluation.metrics.sample_metric import SampleMetric, as_float64, improvement_percent
from aucgan.registry import METRICS, MODELS

Judged = dict[str, np.ndarray]


@METRICS.register_module()
class AUConsistency(SampleMetric):
    """Action units of render and photo, judged by a network that did not condition the generator.

    A generator that is trained to please the AU network which conditions it may learn that network's quirks; a judge
    of another make and seed does not share them. It sees the photo, the photo with the render pasted into the face
    mask, and the same with the coarse render. Reported over the 27 main units:

    - ``au_judge/mae``, mean absolute difference of the probabilities of render and photo; ``au_judge/coarse_mae`` and
      ``au_judge/improvement_percent`` where the model gives a coarse render;
    - ``au_judge/correlation`` of the two, and ``au_judge/f1`` of the decisions on the render against those on the
      photo, macro averages over units;
    - where labels are known, ``au_judge/macro_f1`` of the render against them, ``au_judge/photo_macro_f1`` (what the
      judge reaches on the photos themselves) and ``au_judge/coarse_macro_f1``.

    Of a sample: ``au_judge/mae`` and ``au_judge/coarse_mae``.

    Args:
        judge: Config of an AU network, image → (probabilities ``(B, 41)``, features); its weights by ``init_cfg``.
        threshold: Probability from which a unit counts as detected.
        collect_device: Where results of several processes are gathered.
        prefix: Replaces ``au_judge``.
    """

    default_prefix = "au_judge"
    needs = NEEDS
    higher_is_better = frozenset(
        {"improvement_percent", "correlation", "f1", "macro_f1", "photo_macro_f1", "coarse_macro_f1"}
    )

    def __init__(
        self, judge: dict, threshold: float = THRESHOLD, collect_device: str = "cpu", prefix: str | None = None
    ) -> None:
        super().__init__(collect_device, prefix)
        self.threshold = threshold
        self.judge = MODELS.build(judge)
        self.judge.init_weights()
        self.judge.requires_grad_(False).eval()

    @torch.no_grad()
    def prepare(self, samples: Sequence[dict[str, Tensor]]) -> list[dict[str, Tensor]]:
        """Add what the judge says of every picture, ``judged_photo``, ``judged_render``, ``judged_coarse``."""
        pictures = pasted_renders(samples)
        self.judge.to(pictures["photo"].device)
        said = {f"judged_{name}": self.judge(picture)[0] for name, picture in pictures.items()}
        return [sample | {key: value[i] for key, value in said.items()} for i, sample in enumerate(samples)]

    def measure(self, sample: dict[str, Tensor]) -> Judged:
        """Probabilities of the pictures and labels, ``(41,)`` each."""
        keys = ("judged_photo", "judged_render", "judged_coarse", "aus")
        return {key.removeprefix("judged_"): as_float64(sample[key]) for key in keys if key in sample}

    def summarise(self, results: list[Judged]) -> dict[str, float]:
        """Agreement over the split."""
        said = _columns(results)
        photo, render = said["photo"], said["render"]
        metrics = {"mae": float(_distance(render, photo).mean())}
        if "coarse" in said:
            coarse = float(_distance(said["coarse"], photo).mean())
            metrics |= dict(coarse_mae=coarse, improvement_percent=improvement_percent(coarse, metrics["mae"]))
        correlations = [correlation(x, y) for x, y in zip(render.T, photo.T, strict=True)]
        metrics["correlation"] = mean_of_known(np.array(correlations))
        metrics["f1"] = mean_of_known(f1_scores(render, (photo >= self.threshold).astype(float), self.threshold))
        for name, prefix in (("render", ""), ("photo", "photo_"), ("coarse", "coarse_")):
            if "aus" in said and name in said:
                metrics[f"{prefix}macro_f1"] = mean_of_known(f1_scores(said[name], said["aus"], self.threshold))
        return metrics

    def per_sample(self, results: list[Judged]) -> dict[str, np.ndarray]:
        """Mean absolute difference over the main units of each sample."""
        said = _columns(results)
        names = (("render", "mae"), ("coarse", "coarse_mae"))
        return {key: _distance(said[name], said["photo"]) for name, key in names if name in said}


def _columns(results: list[Judged]) -> Judged:
    """Main units of all samples, ``(N, 27)`` by name; what not every sample has is left out."""
    names = set.intersection(*(set(result) for result in results))
    return {name: np.stack([result[name] for result in results])[:, :N_MAIN] for name in names}


def _distance(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return np.abs(first - second).mean(1)
