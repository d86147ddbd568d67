"""Codes of a fitted face as training data holds them: of the photo, and of its mirror image."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np
import torch

from aucgan.datasets.landmarks import MIRROR_INDEX
from aucgan.datasets.transforms.geometric import POSE_MIRROR, SH_MIRROR
from aucgan.fitting.face_fitter import FaceFitter
from aucgan.fitting.fitted_faces import FittedFaces
from aucgan.heads.mirrored_codes import MirroredCodes


class FitCodes:
    """Turns fits into arrays by name, float32; V = 2: the photo, then its mirror image.

    ``shape (V, I)``, ``exp (V, E)``, ``pose (V, 6)``, ``light (V, 9, 3)`` and ``tex (V, C)`` are the head's codes as
    everywhere (``tex`` of the head's albedo model); ``landmarks68 (V, 68, 2)`` its points in pixels of the crop;
    ``focal``, ``principal_point (2,)`` and ``translation (3,)`` the camera of the crop; ``confidence`` in [0, 1] and
    ``error``, the mean residual in eye distances, how far the fit may be trusted.

    Args:
        fitter: What made the fits.
    """

    def __init__(self, fitter: FaceFitter) -> None:
        self.fitter = fitter

    def __call__(self, fitted: FittedFaces, side: int) -> dict[str, np.ndarray]:
        """The arrays of one face.

        Args:
            fitted: One face, in pixels of the crop.
            side: Of the crop, pixels.
        """
        shape = fitted.shape[0, : self._n_identity].numpy()
        exp, pose, points = fitted.expression[0].numpy(), fitted.pose[0].numpy(), fitted.landmarks68[0].numpy()
        pairs: Mapping[str, tuple[np.ndarray, np.ndarray]] = {
            "shape": (shape, shape @ self._mirror.identity),
            "exp": (exp, exp @ self._mirror.expression),
            "pose": (pose, pose * POSE_MIRROR),
            "landmarks68": (points, points[MIRROR_INDEX] * [-1, 1] + [side, 0]),
        }
        if fitted.albedo is not None and fitted.light is not None:
            light, tex = fitted.light[0].numpy(), self._tex(fitted.albedo)
            pairs = {**pairs, "light": (light, light * SH_MIRROR[:, None]), "tex": (tex, tex)}
        arrays = {name: np.stack(pair).astype(np.float32) for name, pair in pairs.items()}
        single = ("focal", "principal_point", "translation", "confidence", "error")
        return arrays | {name: getattr(fitted, name)[0].numpy().astype(np.float32) for name in single}

    @property
    def _n_identity(self) -> int:
        return self.fitter.model.columns.n_identity

    @cached_property
    def _mirror(self) -> MirroredCodes:
        return MirroredCodes.of(self.fitter.model.head, self._n_identity)

    def _tex(self, albedo: torch.Tensor) -> np.ndarray:
        """The codes that an albedo of all vertices ``(1, V, 3)`` was made from, ``(C,)``."""
        return (self._solve @ (albedo[0] - self.fitter.model.skin.albedo).flatten()).numpy()

    @cached_property
    def _solve(self) -> torch.Tensor:
        """From colours to codes, ``(C, 3 V)``."""
        return torch.linalg.pinv(self.fitter.model.skin.basis.flatten(1).T.double()).float()
