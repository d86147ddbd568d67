"""Fitted codes of photos as a data set shows them."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from aucgan.datasets.face_folder import FaceFolder
from aucgan.datasets.features.view import ViewedPhotos
from aucgan.datasets.landmarks import MIRROR_INDEX, read_landmarks
from aucgan.files.kept_files import load_arrays

CODES = ("shape", "tex", "exp", "pose", "light")


class ViewedFits(ViewedPhotos):
    """As the photos alone, and for each variant the fitted codes with the places of the fit's landmarks.

    A sample is ``(V, 3, H, W)`` and a dict of ``shape (V, I)``, ``tex (V, C)``, ``exp (V, E)``, ``pose (V, 6)``,
    ``light (V, 9, 3)`` and ``seen (V, 68, 2)``, the fitted landmarks in [−1, 1] of what is shown.
    """

    def __getitem__(self, number: int) -> tuple[Tensor, dict[str, Tensor]]:  # type: ignore[override]  # more than photos
        """All variants of one photo."""
        return super().__getitem__(number), shown_fit(self.dataset, self.indices[number])


def shown_fit(dataset: FaceFolder, index: int) -> dict[str, Tensor]:
    """Codes and landmarks of one photo, as :class:`ViewedFits` has them.

    Raises:
        FileNotFoundError: It has no fitted codes.
        ValueError: They are damaged.
    """
    name, variants = dataset.rows[index].name, dataset.view.variants
    codes = load_arrays(dataset.files.get("codes", name), (*CODES, "landmarks68"))
    stored, fitted = read_landmarks(dataset.files.get("landmarks", name)), codes["landmarks68"][0]
    loaded, seen = dataset.load(index), []
    for mirrored in variants:
        order = MIRROR_INDEX if mirrored else np.arange(len(MIRROR_INDEX))
        shown = dataset.pipeline.show(dict(loaded), mirrored)["landmarks"].numpy()
        seen.append(_carried(fitted[order], stored[order], shown))
    rows = [int(mirrored) for mirrored in variants]
    found = {key: torch.as_tensor(codes[key][rows], dtype=torch.float32) for key in CODES}
    return found | {"seen": torch.as_tensor(np.stack(seen), dtype=torch.float32)}


def _carried(points: np.ndarray, before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Points by the affine map that takes ``before`` to ``after``, all ``(N, 2)``."""
    rows = np.column_stack([before, np.ones(len(before))]).astype(np.float64)
    matrix = np.linalg.lstsq(rows, after.astype(np.float64), rcond=None)[0]
    return np.column_stack([points, np.ones(len(points))]) @ matrix
