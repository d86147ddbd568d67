"""The AU-fidelity benchmark: do faces show the action units that they are labelled with?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from aucgan.action_units import AU_NAMES
from aucgan.apis.inference import load_model
from aucgan.apis.scoring.au_labels import LabelledFace
from aucgan.evaluation.metrics.au_f1 import THRESHOLD
from aucgan.evaluation.metrics.au_units import chosen_units
from aucgan.evaluation.statistics.bootstrap import DRAWS, bootstrap_scores, interval, macro, weighted_scores
from aucgan.models.au.au_network import AUNetwork

BATCH = 32


@dataclass(frozen=True)
class ScoringOptions:
    """How to score.

    Attributes:
        units: FACS numbers that the macro scores average over; all main ones when ``None``.
        threshold: Probability from which a unit counts as detected.
        present_above: Intensity above which a unit is present.
        draws: Resampled splits for the confidence intervals.
        seed: Of these draws.
    """

    units: tuple[int, ...] | None = None
    threshold: float = THRESHOLD
    present_above: float = 0.0
    draws: int = DRAWS
    seed: int = 0


@dataclass(frozen=True)
class Score:
    """A number with its 95 % confidence interval.

    Attributes:
        value: Of the faces as they are.
        low: Lower end.
        high: Upper end.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class UnitScores:
    """What is known of one action unit.

    Attributes:
        known: Faces whose label is known.
        present: Faces that have the unit.
        always: F1 of a detector that always says yes: what guessing reaches.
        scores: By the names in :data:`aucgan.evaluation.statistics.bootstrap.SCORES`.
    """

    known: int
    present: int
    always: float
    scores: dict[str, Score]


@dataclass(frozen=True)
class FidelityResult:
    """The benchmark's outcome.

    Attributes:
        macro: Scores over the chosen units.
        units: Of every unit that is present, by its name.
        faces: Number of faces.
        persons: Number of persons, who were drawn for the intervals; ``None``: faces were, persons are not known.
    """

    macro: dict[str, Score]
    units: dict[str, UnitScores]
    faces: int
    persons: int | None


def load_detector(config: Path, checkpoint: Path, device: str | torch.device = "cpu") -> nn.Module:
    """The AU network of a config: of an ``AURecognizer``, or the one that a detail model is conditioned by.

    Raises:
        ValueError: The config has no AU network, or the checkpoint does not fit.
        FileNotFoundError: The checkpoint does not exist.
    """
    model = load_model(config, checkpoint, device)
    network = next((part for part in model.modules() if isinstance(part, AUNetwork)), None)
    if network is None:
        raise ValueError(f"{config} has no AU network; configs/aujudge_procedural.py has one")
    return network


@torch.inference_mode()
def detect(
    detector: nn.Module,
    pictures: Iterable[Tensor],
    see: Callable[[Tensor], None] = lambda batch: None,
) -> np.ndarray:
    """What an AU network says of pictures.

    Args:
        detector: Image ``(B, 3, S, S)`` in [0, 1] → (probabilities ``(B, 41)``, features).
        pictures: ``(3, S, S)`` each.
        see: Gets every batch that was shown.

    Returns:
        Probabilities, ``(N, 41)`` float64.
    """
    device = next((parameter.device for parameter in detector.parameters()), torch.device("cpu"))
    said = []
    for batch in _batches(pictures):
        said.append(detector(batch.to(device))[0].cpu().double().numpy())
        see(batch)
    return np.concatenate(said)


def _batches(pictures: Iterable[Tensor]) -> Iterator[Tensor]:
    remaining = iter(pictures)
    while batch := list(islice(remaining, BATCH)):
        yield torch.stack(batch)


def score_faces(probabilities: np.ndarray, faces: Sequence[LabelledFace], options: ScoringOptions) -> FidelityResult:
    """Score what a network said of labelled faces.

    Args:
        probabilities: ``(N, 41)``.
        faces: What the N faces should show.
        options: How to score. Whole persons are drawn for the intervals where every face has an identity.
    """
    labels = np.stack([face.aus for face in faces]).astype(np.float64)
    identities = [face.identity for face in faces]
    by_person = None not in identities
    groups = identities if by_person else range(len(faces))
    how = (options.threshold, options.present_above)
    whole = weighted_scores(probabilities, labels, np.ones((1, len(faces))), *how)
    drawn = bootstrap_scores(probabilities, labels, groups, options.draws, options.seed, *how)
    chosen = chosen_units(options.units)
    known, present = (labels >= 0).sum(0), (labels > options.present_above).sum(0)
    units = {
        AU_NAMES[i]: UnitScores(
            known=int(known[i]),
            present=int(present[i]),
            always=float(2 * present[i] / (present[i] + known[i])),
            scores={name: _score(whole[name][:, i], drawn[name][:, i]) for name in whole},
        )
        for i in np.flatnonzero(present)
    }
    return FidelityResult(
        macro={name: _score(macro(whole[name], chosen), macro(drawn[name], chosen)) for name in whole},
        units=units,
        faces=len(faces),
        persons=len(set(identities)) if by_person else None,
    )


def _score(whole: np.ndarray, draws: np.ndarray) -> Score:
    low, high = interval(draws)
    return Score(float(whole[0]), float(low), float(high))
