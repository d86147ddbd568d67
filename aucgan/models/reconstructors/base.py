"""What the coarse and the detail stage share: photo → codes → mesh → picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from mmengine.model import BaseModel
from torch import Tensor

from aucgan.models.component import ASYNCHRONOUS_COPY, PretrainedWeights
from aucgan.models.face_models.rotations import euler_to_axis_angle
from aucgan.models.reconstructors.code_scale import CodeScale
from aucgan.models.reconstructors.loss_terms import LossTerms
from aucgan.registry import MODELS, RENDERERS
from aucgan.renderers.camera import orthographic, project_landmarks
from aucgan.renderers.render_output import RenderOutput
from aucgan.structures import FlameCodes

TRUE_CODES = {"gt_shape", "gt_exp", "gt_pose"}


@dataclass(frozen=True)
class CoarseFace:
    """What the coarse stage says of a batch of photos.

    Attributes:
        codes: The FLAME codes.
        verts: Mesh vertices in FLAME's frame, metres, ``(B, V, 3)``.
        trans_verts: Vertices in image space, x right, y down, z into the image, ``(B, V, 3)``.
        landmarks: 68 projected landmarks in [−1, 1], contour points by head yaw, ``(B, 68, 2)``.
        albedo: UV albedo, ``(B, 3, S, S)``.
    """

    codes: FlameCodes
    verts: Tensor
    trans_verts: Tensor
    landmarks: Tensor
    albedo: Tensor


class FaceReconstructor(PretrainedWeights, BaseModel):
    """Base of both stages: networks, face models, renderer and losses, all built from config dicts.

    Args:
        encoder: Image encoder whose output holds all FLAME codes.
        flame: The FLAME model.
        flametex: The albedo model.
        renderer: The renderer.
        losses: Named losses with weights, see :class:`LossTerms`; ``None`` for a model that does not train.
        expression_encoder: Replaces the encoder's expression code (EMOCA).
        code_stats: Natural mean and size of the codes, see :class:`CodeScale`; empty for published weights.
        jaw_type: ``aa``: the jaw code is axis-angle; ``euler``: Euler angles that are converted.
        data_preprocessor: mmengine's; moves batches to the device.
        init_cfg: Pretrained weights of the whole; see :class:`~aucgan.models.component.PretrainedWeights`.

    Raises:
        ValueError: An unknown ``jaw_type``, a loss that this stage does not compute, or the loss ``jaw`` without
            ``jaw_type='euler'``.
    """

    loss_names: frozenset[str] = frozenset()
    training_parts: tuple[str, ...] = ("losses",)
    """What :func:`~aucgan.models.component.for_inference` leaves out."""

    def __init__(
        self,
        encoder: dict,
        flame: dict,
        flametex: dict,
        renderer: dict,
        losses: Mapping[str, dict | None] | None,
        expression_encoder: dict | None = None,
        code_stats: Mapping[str, Mapping] | None = None,
        jaw_type: str = "aa",
        data_preprocessor: dict | None = None,
        init_cfg: dict | None = None,
    ):
        super().__init__(data_preprocessor or ASYNCHRONOUS_COPY, init_cfg)
        if jaw_type not in ("aa", "euler"):
            raise ValueError(f"jaw_type must be 'aa' or 'euler', got '{jaw_type}'")
        self.jaw_type = jaw_type
        self.encoder = MODELS.build(encoder)
        self.expression_encoder: Any = MODELS.build(expression_encoder) if expression_encoder else None
        self.flame = MODELS.build(flame)
        self.flametex = MODELS.build(flametex)
        self.renderer = RENDERERS.build(renderer)
        self.losses = LossTerms(losses or {})
        self.losses.check_names(set(self.loss_names), type(self).__name__)
        if "jaw" in self.losses and jaw_type != "euler":
            raise ValueError("the loss 'jaw' is a prior on Euler angles: set jaw_type to 'euler', or leave it out")
        sizes = dict(n_shape=self.flame.n_shape, n_tex=self.flametex.n_tex, n_exp=self.flame.n_exp)
        self.code_scale = CodeScale(code_stats or {}, **sizes)

    @property
    def differentiated_twice(self) -> dict[str, str]:
        """Parts through whose gradient a loss sends another one, and the loss; for whoever compiles them."""
        return {}

    @property
    def called_twice(self) -> tuple[str, ...]:
        """Parts with several forward passes in a training step: networks of losses see the photo and the render."""
        networks = (name for name, term in self.losses.terms.items() if next(term.parameters(), None) is not None)
        return tuple(f"losses.terms.{name}" for name in networks)

    def encode(self, image: Tensor) -> FlameCodes:
        """Photo ``(B, 3, H, W)`` in [0, 1] → codes."""
        return self.as_axis_angle(self.regress(image))

    def regress(self, image: Tensor) -> FlameCodes:
        """The codes as the networks give them: the jaw is in ``jaw_type``."""
        codes = self.code_scale(self.encoder(image))
        if self.expression_encoder is not None:
            codes = self.expression_encoder.override(codes, self.expression_encoder(image))
        return codes

    def as_axis_angle(self, codes: FlameCodes) -> FlameCodes:
        """Regressed codes with the jaw as axis-angle, as everything else takes it."""
        if self.jaw_type == "aa":
            return codes
        return codes.with_codes(pose=torch.cat([codes.global_pose, euler_to_axis_angle(codes.jaw_pose)], dim=1))

    def decode(self, codes: FlameCodes) -> CoarseFace:
        """Codes → mesh, its projection, landmarks and albedo."""
        verts, landmarks2d, _ = self.flame(codes.shape, codes.exp, codes.pose)
        return CoarseFace(
            codes=codes,
            verts=verts,
            trans_verts=orthographic(verts, codes.cam),
            landmarks=project_landmarks(landmarks2d, codes.cam),
            albedo=self.flametex(codes.tex),
        )

    def render(self, face: CoarseFace, background: Tensor | None = None) -> RenderOutput:
        """Render the coarse mesh with its albedo under its light."""
        return self.renderer(face.verts, face.trans_verts, face.albedo, face.codes.light, background)

    def meshes(self, face: CoarseFace, batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Predicted and true meshes for the metrics, where the data has the true codes; else nothing."""
        if not batch.keys() >= TRUE_CODES:
            return {}
        shape, exp, pose = self.true_codes(batch)
        verts, _, landmarks = self.flame(shape, exp, pose, batch.get("gt_eye_pose"))
        found, truth = self.neutral_and_motion(face.codes, batch)
        return dict(
            neutral=found[0],
            gt_neutral=truth[0],
            motion=found[1],
            gt_motion=truth[1],
            verts=face.verts,
            landmarks3d=self.flame.landmarks3d(face.verts),
            gt_verts=verts,
            gt_landmarks3d=landmarks,
            faces=self.renderer.faces.expand(len(verts), -1, -1),
        )

    def true_codes(self, batch: Mapping[str, Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        """Shape, expression and pose of data that has them, in this model's widths.

        Raises:
            ValueError: The data has none; the message says what to do.
        """
        missing = sorted(TRUE_CODES - batch.keys())
        if missing:
            raise ValueError(
                "the losses 'neutral', 'motion' and 'expression' need the true codes, but the batch has no "
                f"{', '.join(missing)}: "
                "set truth=['shape', 'exp', 'pose', 'eye_pose'] for the data set, or leave them out (None) for photos"
            )
        shape, exp = batch["gt_shape"][:, : self.flame.n_shape], batch["gt_exp"][:, : self.flame.n_exp]
        return shape, exp, batch["gt_pose"]

    def neutral_and_motion(
        self, codes: FlameCodes, batch: Mapping[str, Tensor]
    ) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
        """Neutral head and its motion, ``(B, W, 3)`` each, of the codes and of the truth; both look the true way."""
        eye_pose = batch.get("gt_eye_pose")
        found = self.flame.neutral_and_motion(codes.shape, codes.exp, codes.jaw_pose, eye_pose)
        with torch.no_grad():
            shape, exp, pose = self.true_codes(batch)
            truth = self.flame.neutral_and_motion(shape, exp, pose[:, 3:], eye_pose)
        return found, truth

    def forward(self, mode: str = "tensor", **batch: Tensor) -> Any:  # type: ignore[override]  # mmengine calls it by names
        """The entry that mmengine calls: ``tensor`` → face, ``loss`` → named losses, ``predict`` → dicts."""
        if mode == "tensor":
            return self.decode(self.encode(batch["image"]))
        if mode == "loss":
            return self.loss(batch)
        if mode == "predict":
            return self.predict(batch)
        raise ValueError(f"mode must be 'tensor', 'loss' or 'predict', got '{mode}'")

    def loss(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """Weighted losses by name."""
        raise NotImplementedError

    def predict(self, batch: dict[str, Tensor]) -> list[dict[str, Tensor]]:
        """What the metrics compare, one dict a sample."""
        raise NotImplementedError


def unbatch(outputs: dict[str, Tensor]) -> list[dict[str, Tensor]]:
    """``{name: (B, …)}`` → a list of ``{name: (…)}``."""
    size = len(next(iter(outputs.values())))
    return [{name: value[i] for name, value in outputs.items()} for i in range(size)]
