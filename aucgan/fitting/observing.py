"""From detected faces to what a fit has to explain, and into batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from aucgan.detection.detected_face import DetectedFace
from aucgan.detection.mesh_points import N_IRIS, N_POINTS, N_RIM, OUTLINE
from aucgan.fitting.columns import Columns
from aucgan.fitting.observed import Observed


def observe(
    faces: Sequence[DetectedFace],
    photos: Sequence[np.ndarray],
    focal: Sequence[float | None] | None,
    person: Sequence[Any] | None,
    track: Sequence[Any] | None,
    columns: Columns,
    default_focal: float,
    weak: bool,
) -> Observed:
    """Gather; arguments as :meth:`aucgan.fitting.FaceFitter.__call__` has them.

    Raises:
        ValueError: A face has no 468 points, a photo another form, or the lists differ in length.
    """
    count = len(faces)
    lists = {"photos": photos, "focal": focal, "person": person, "track": track}
    for name, given in lists.items():
        if given is not None and len(given) != count:
            raise ValueError(f"{count} faces, but {len(given)} entries of {name}")
    if not count:
        raise ValueError("no face to fit: give at least one")
    points = torch.as_tensor(np.stack([_points(number, face) for number, face in enumerate(faces)]))
    sizes = torch.tensor([photo.shape[:2] for photo in photos], dtype=torch.float32)  # height, width
    lengths = default_focal * sizes.max(1).values
    known = [value is not None for value in focal or [None] * count]
    lengths[known] = torch.tensor([value for value in focal or () if value is not None], dtype=torch.float32)
    previous, labels = _tracks(track, count), _persons(person, track, count)
    sliding = torch.zeros(N_POINTS, dtype=torch.bool)
    sliding[list(OUTLINE)] = True
    given_points = points.isfinite().all(-1)
    lids = torch.as_tensor(np.stack([_eyes(f"face {k}: lids", face.lids, N_RIM) for k, face in enumerate(faces)]))
    gaps = (lids[:, :, 1:8] - lids[:, :, 9:].flip(2)).flatten(1, 2)
    irises = np.stack([_eyes(f"face {k}: irises", face.irises, N_IRIS) for k, face in enumerate(faces)])[:, :, 0]
    return Observed(
        points=points.nan_to_num(),
        slides=torch.zeros_like(points),
        given=given_points,
        gaps=gaps.nan_to_num(),
        gaps_given=gaps.isfinite().all(-1),
        rims=lids.mean(2),
        irises=torch.as_tensor(irises),
        chosen=torch.arange(N_POINTS).repeat(count, 1),
        facing=torch.ones(count, N_POINTS),
        frontal=torch.ones(count),
        sliding=sliding,
        focal=lengths,
        guessed=~torch.tensor(known),
        centre=sizes.flip(1) / 2,
        unit=torch.ones(count),
        weak=weak,
        person=labels,
        previous=previous,
        columns=columns,
    )


def batches(observed: Observed, size: int) -> Iterator[Tensor]:
    """Rows of faces that are fitted at once: whole persons, ``size`` faces or more than that for one person."""
    rows: list[int] = []
    people = torch.unique(observed.person)
    if len(people) == len(observed):
        yield from torch.arange(len(observed)).split(size)
        return
    for number in people.tolist():
        members = (observed.person == number).nonzero().squeeze(1).tolist()
        if rows and len(rows) + len(members) > size:
            yield torch.tensor(rows)
            rows = []
        rows += members
    yield torch.tensor(rows)


def _points(number: int, face: DetectedFace) -> np.ndarray:
    if face.landmarks468 is None:
        raise ValueError(f"face {number} has no 468 points: take a detector that gives them, such as MediaPipeFaceMesh")
    points = np.asarray(face.landmarks468, np.float32)
    if points.shape != (N_POINTS, 2):
        raise ValueError(f"face {number}: landmarks468 must be ({N_POINTS}, 2), got {points.shape}")
    return points


def _eyes(what: str, points: np.ndarray | None, count: int) -> np.ndarray:
    """Points of both eyes, ``(2, count, 2)``; NaN where there are none."""
    if points is None:
        return np.full((2, count, 2), np.nan, np.float32)
    if points.shape != (2, count, 2):
        raise ValueError(f"{what} must be (2, {count}, 2), got {points.shape}")
    return np.asarray(points, np.float32)


def _tracks(track: Sequence[Any] | None, count: int) -> Tensor:
    """The frame before each, −1 where there is none, ``(B,)``."""
    previous = torch.full((count,), -1)
    last: dict[Any, int] = {}
    for row, label in enumerate(track or ()):
        if label is not None:
            previous[row] = last.get(label, -1)
            last[label] = row
    return previous


def _persons(person: Sequence[Any] | None, track: Sequence[Any] | None, count: int) -> Tensor:
    """Numbers from 0, equal for faces of one person; a track is one person's, ``(B,)``."""
    parent = list(range(count))

    def root(row: int) -> int:
        while parent[row] != row:
            row = parent[row]
        return row

    for labels in (person, track):
        first: dict[Any, int] = {}
        for row, label in enumerate(labels or ()):
            if label is not None:
                parent[root(row)] = root(first.setdefault(label, row))
    return torch.unique(torch.tensor([root(row) for row in range(count)]), return_inverse=True)[1]
