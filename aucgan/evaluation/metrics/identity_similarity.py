"""Is the rendered face recognised as the person in the photo?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from aucgan.evaluation.metrics.pasted_renders import NEEDS, pasted_renders
from aucgan.evaluation.metrics.sample_metric import SampleMetric
from aucgan.frozen.face_recognition import VGGFace2Embedding
from aucgan.registry import METRICS


@METRICS.register_module()
class IdentitySimilarity(SampleMetric):
    """Cosine of face-recognition embeddings of photo and render: ``identity/similarity``.

    The render is pasted into the photo's face mask. Where the model gives a coarse render, the same of it is
    ``identity/coarse_similarity``. 1 is one and the same face to the network.

    Args:
        weights: Path of the published VGGFace2 ResNet-50 weights; ``'random'`` for tests.
        collect_device: Where results of several processes are gathered.
        prefix: Replaces ``identity``.
    """

    default_prefix = "identity"
    needs = NEEDS
    higher_is_better = frozenset({"similarity", "coarse_similarity"})

    def __init__(self, weights: str | Path, collect_device: str = "cpu", prefix: str | None = None) -> None:
        super().__init__(collect_device, prefix)
        self.embed = VGGFace2Embedding(weights)

    @torch.no_grad()
    def prepare(self, samples: Sequence[dict[str, Tensor]]) -> list[dict[str, Tensor]]:
        """Add the cosines to every sample."""
        pictures = pasted_renders(samples)
        self.embed.to(pictures["photo"].device)
        embeddings = {name: self.embed(picture) for name, picture in pictures.items()}
        photo = embeddings.pop("photo")
        cosines = {f"cosine_{name}": torch.cosine_similarity(e, photo, dim=1) for name, e in embeddings.items()}
        return [sample | {key: value[i] for key, value in cosines.items()} for i, sample in enumerate(samples)]

    def measure(self, sample: dict[str, Tensor]) -> tuple[float, float | None]:
        """Cosine of the render and of the coarse render."""
        coarse = sample.get("cosine_coarse")
        return float(sample["cosine_render"]), None if coarse is None else float(coarse)

    def summarise(self, results: list) -> dict[str, float]:
        """Means over the split."""
        return {name: float(np.mean(values)) for name, values in self.per_sample(results).items()}

    def per_sample(self, results: list) -> dict[str, np.ndarray]:
        """The cosines of every sample."""
        renders, coarses = zip(*results, strict=True)
        values = {"similarity": np.array(renders)}
        return values if None in coarses else values | {"coarse_similarity": np.array(coarses)}
