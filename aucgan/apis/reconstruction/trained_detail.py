"""What a trained model adds to the faces of photos: the detail, and codes where nothing can be fitted."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from mmengine.config import Config
from torch import Tensor

from aucgan.apis.inference import load_model, model_config
from aucgan.apis.photos import Photo
from aucgan.apis.reconstruction.face_crop import crop_scale, crop_square, cut_square
from aucgan.detection.detected_face import DetectedFace
from aucgan.detection.mesh_points import N_POINTS
from aucgan.engine.features.fitted_side import columns, flat_camera
from aucgan.fitting.fitted_faces import FittedFaces
from aucgan.heads.head import Head
from aucgan.heads.library import head_at
from aucgan.models.face_models.flame import FLAME
from aucgan.models.reconstructors.detail import DetailReconstructor
from aucgan.models.reconstructors.detail_faces import FacialExpression, PhotoSide

BATCH = 16
FOCAL = 1.3
"""Focal length that is written for faces that were not fitted and have no perspective, in longer sides of the photo."""


@dataclass(frozen=True)
class ReadSkin:
    """What was read of one photo: the displacement of any expression is made from it.

    Attributes:
        model: The detail model.
        latent: What it read.
        shown: Under which expression.
        told: Whether the model is told the action units.
    """

    model: DetailReconstructor
    latent: Any
    shown: FacialExpression
    told: bool = True

    @torch.inference_mode()
    def displacement(self, aus: np.ndarray, exp: np.ndarray, jaw_pose: np.ndarray) -> np.ndarray:
        """The displacement under an expression that differs from the photo's, ``(S, S)`` metres.

        Features of action units, which older generators read, cannot be asked for: they stay those of the photo.

        Args:
            aus: Difference of the intensities, ``(41,)``; the sums are clipped to [0, 1].
            exp: Difference of the expression's coefficients, ``(E,)``, all columns of the head.
            jaw_pose: Difference of the jaw's rotation, ``(3,)``.
        """
        shown = self.shown
        moved = [torch.from_numpy(np.asarray(part, np.float32))[None].to(shown.exp) for part in (aus, exp, jaw_pose)]
        wanted = replace(
            shown,
            aus=(shown.aus + moved[0]).clamp(0, 1) if self.told else shown.aus,
            exp=shown.exp + columns(moved[1], shown.exp.shape[1]),
            jaw_pose=shown.jaw_pose + moved[2],
        )
        return self.model.generate(self.latent, wanted)[0, 0].float().cpu().numpy()


class TrainedDetail:
    """A trained detail model, and how its photos were cut out.

    Args:
        config: As for :func:`aucgan.load_model`.
        checkpoint: Likewise.
        device: Where it runs.

    Raises:
        ValueError: It is no model of the detail stage, or its head is no head of ours.
    """

    def __init__(self, config: str | Path | Config | None, checkpoint: str | Path | None, device: torch.device) -> None:
        cfg = model_config(config, checkpoint)
        model: Any = load_model(cfg, checkpoint, device)
        if not isinstance(model, DetailReconstructor):
            raise ValueError(f"a model of the detail stage is needed, not {type(model).__name__}: name another config")
        self.model, self.device, self.scale = model, device, crop_scale(cfg)
        self.head_name = str(cfg.model.flame.get("model", inspect.signature(FLAME).parameters["model"].default))
        self.head = _head(self.head_name)

    def squares(self, faces: Sequence[DetectedFace]) -> Tensor:
        """Left, top and side of what the networks look at, pixels, ``(B, 3)``."""
        return torch.from_numpy(np.stack([crop_square(face, self.scale) for face in faces]))

    @torch.inference_mode()
    def displacement(self, photos: Sequence[Photo], squares: Tensor, fitted: FittedFaces) -> np.ndarray:
        """The displacement for fitted faces, ``(B, S, S)`` metres.

        The networks read detail and action units from the crop; expression, jaw and pose are the fitted ones.
        """
        parts = []
        for start in range(0, len(photos), BATCH):
            rows = slice(start, start + BATCH)
            side = self._look(photos[rows], squares[rows], fitted[rows])
            parts.append(self.model.make_detail(side).uv_z[:, 0].cpu().numpy())
        return np.concatenate(parts)

    @torch.inference_mode()
    def read_skin(self, photo: Photo, square: Tensor, fitted: FittedFaces) -> ReadSkin:
        """What the networks read of one fitted face, for displacements under other expressions."""
        side = self._look([photo], square[None], fitted)
        told = self.model.afn_source == "photo"
        return ReadSkin(self.model, self.model.read_detail(side), FacialExpression.of(side), told)

    @torch.inference_mode()
    def read(self, photo: Photo, square: Tensor, score: float) -> tuple[FittedFaces, np.ndarray]:
        """One face by the networks alone, from an aligned photo without landmarks.

        Returns:
            Its codes in the form of a fit, and the displacement ``(S, S)``.
        """
        image = self._cut([photo], square[None])
        side, detail = self.model(mode="tensor", image=image)
        height, width = photo.size
        return self._as_fitted(side.face, square, FOCAL * max(height, width), score), detail.uv_z[0, 0].cpu().numpy()

    def _cut(self, photos: Sequence[Photo], squares: Tensor) -> Tensor:
        size = self.model.renderer.image_size
        cut = [cut_square(photo, square.numpy(), size) for photo, square in zip(photos, squares, strict=True)]
        return torch.stack(cut).to(self.device)

    def _codes(self, regressed: Any, fitted: FittedFaces, squares: Tensor) -> Any:
        """The regressed codes with all that was fitted in their place."""
        exp = columns(fitted.expression, regressed.exp.shape[1]).to(self.device)
        shape, pose = columns(fitted.shape, regressed.shape.shape[1]).to(self.device), fitted.pose.to(self.device)
        half = squares[:, None, 2:] / 2
        seen = (fitted.landmarks68 - squares[:, None, :2]) / half - 1
        cam = flat_camera(self.model.flame, shape, exp, pose, seen.to(self.device))
        return regressed.with_codes(shape=shape, exp=exp, pose=pose, cam=cam)

    def _look(self, photos: Sequence[Photo], squares: Tensor, fitted: FittedFaces) -> PhotoSide:
        """What the model sees of some photos where expression, jaw and pose are the fitted ones."""
        image = self._cut(photos, squares)
        codes = self._codes(self.model.encode(image), fitted, squares)
        au_probs, afn = self.model.au_net(image)
        batch: dict[str, Any] = dict(features=dict(codes=codes.to_vector(), au_probs=au_probs, afn=afn), image=image)
        return self.model.look(batch)

    def _as_fitted(self, face: Any, square: Tensor, focal: float, score: float) -> FittedFaces:
        """A regressed face (a batch of one) as a fit with a weak-perspective camera."""
        codes, head = face.codes.to("cpu"), self.head
        shape, exp = columns(codes.shape, head.n_identity), columns(codes.exp, len(head.expression_names))
        still = torch.cat([torch.zeros(1, 3), codes.jaw_pose], 1).to(self.device)
        verts = self.model.flame(face.codes.shape, face.codes.exp, still)[0].cpu()
        half = square[2] / 2
        depth = focal / (codes.cam[:, 0] * half)
        fitted = FittedFaces(
            head=head,
            shape=shape,
            expression=exp,
            pose=codes.pose,
            neck_pose=torch.zeros(1, 3),
            eye_pose=torch.zeros(1, 6),
            translation=torch.zeros(1, 3),
            focal=torch.full((1,), focal),
            principal_point=(square[:2] + half)[None],
            verts=verts,
            landmarks468=torch.full((1, N_POINTS, 2), torch.nan),
            landmarks68=(face.landmarks.cpu() + 1) * half + square[:2],
            residuals=torch.full((1, N_POINTS), torch.nan),
            visible=torch.ones(1, N_POINTS, dtype=torch.bool),
            confidence=torch.full((1,), score),
            warnings=[[]],
            weak=True,
            iterations=torch.zeros(1, dtype=torch.int64),
        )
        flame = self.model.flame
        betas = torch.cat([face.codes.shape, face.codes.exp], 1)
        joint = (flame.joint_template + betas @ flame.joint_dirs)[:, :3].cpu()
        moved = joint - (fitted.rotation @ joint[..., None]).squeeze(-1)  # FLAME turns the head about its root joint
        flat = moved[:, :2] + codes.cam[:, 1:]
        fitted = replace(fitted, translation=torch.cat([flat, -depth[:, None]], 1))
        if head.dense_landmarks is None:
            return fitted
        dense = torch.from_numpy(head.dense_landmarks.points(verts[0].numpy(), head.faces)).float()
        return replace(fitted, landmarks468=fitted.to_pixels(dense[None]))


def _head(name: str) -> Head:
    head = head_at(name)
    if head is None:
        raise ValueError(
            f"the model's head {name} is a bare FLAME file: make a head of it first (tools/convert_weights.py, "
            "docs/weights.md), with its 468 points (tools/embed_landmarks.py), and train with that"
        )
    return head
