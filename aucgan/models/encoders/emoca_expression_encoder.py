"""EMOCA's expression branch."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from aucgan.models.component import Component
from aucgan.models.layers.resnet_trunk import CodeHead, ResNetTrunk, pooled
from aucgan.registry import MODELS
from aucgan.structures import FlameCodes


@dataclass(frozen=True)
class ExpressionCodes:
    """What an expression encoder says about a face.

    Attributes:
        exp: Expression coefficients, ``(B, n_exp)``.
        global_pose: Global rotation, axis-angle in radians, ``(B, 3)``; None if the weights do not predict it.
        jaw_pose: Jaw rotation in radians, in the ``jaw_type`` of the model, ``(B, 3)``; None if the weights do not
            predict it.
    """

    exp: Tensor
    global_pose: Tensor | None = None
    jaw_pose: Tensor | None = None


@MODELS.register_module()
class EmocaExpressionEncoder(Component):
    """A second ResNet encoder whose expression replaces that of the coarse encoder [1].

    The output is the expression alone (``n_exp``), expression and jaw (``n_exp + 3``), or expression, global
    rotation and jaw (``n_exp + 6``): at 50 coefficients 50, 53 or 56, as the rows of the published weights' last
    layer tell. Keys are ``encoder.*``, ``layers.0.*`` and ``layers.2.*``, as for the coarse encoder.

    Args:
        out_dim: Length of the output: ``n_exp``, ``n_exp + 3`` or ``n_exp + 6``.
        n_exp: Number of expression coefficients.
        depth: ResNet depth.
        width: Channels of the ResNet's stem; 64 is the published width.
        hidden: Width of the head's hidden layer.
        init_cfg: Pretrained weights; see :class:`~aucgan.models.component.Component`.

    Raises:
        ValueError: ``out_dim`` is none of the three.

    [1] Danecek, Black & Bolkart, EMOCA: emotion driven monocular face capture and animation, CVPR 2022.
    """

    uses_afn = False

    def __init__(
        self,
        out_dim: int = 50,
        n_exp: int = 50,
        depth: int = 50,
        width: int = 64,
        hidden: int = 1024,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        if out_dim - n_exp not in (0, 3, 6):
            raise ValueError(
                f"out_dim={out_dim} cannot be split with n_exp={n_exp}: {n_exp} (expression), {n_exp + 3} (and jaw) "
                f"or {n_exp + 6} (expression, global rotation, jaw) was expected"
            )
        self.n_exp = n_exp
        self.encoder = ResNetTrunk(depth, width)
        self.layers = CodeHead(self.encoder.out_channels, hidden, out_dim)

    def forward(self, image: Tensor) -> Tensor:
        """Map an image ``(B,3,H,W)``, RGB in [0,1] without ImageNet normalisation, to ``(B,out_dim)``."""
        return self.layers(pooled(self.encoder(image)))

    def split(self, code: Tensor) -> ExpressionCodes:
        """Name the parts of an output ``(B,out_dim)``: expression, then global rotation and jaw if predicted."""
        exp, pose = code[:, : self.n_exp], code[:, self.n_exp :]
        if pose.shape[1] == 0:
            return ExpressionCodes(exp)
        if pose.shape[1] == 3:
            return ExpressionCodes(exp, jaw_pose=pose)
        return ExpressionCodes(exp, global_pose=pose[:, :3], jaw_pose=pose[:, 3:])

    def override(self, codes: FlameCodes, output: Tensor) -> FlameCodes:
        """Replace what this encoder knows better.

        Args:
            codes: Codes of the coarse encoder.
            output: What :meth:`forward` gave for the same photos, ``(B, out_dim)``.

        Returns:
            ``codes`` with this encoder's expression, and with its rotations where its weights regress them.

        Raises:
            ValueError: The two encoders have another number of expression coefficients.
        """
        if codes.exp.shape[1] != self.n_exp:
            raise ValueError(
                f"the expression encoder gives {self.n_exp} expression coefficients, the coarse codes have "
                f"{codes.exp.shape[1]}: set its n_exp to the n_exp of FLAME"
            )
        found = self.split(output)
        global_pose = codes.global_pose if found.global_pose is None else found.global_pose
        jaw_pose = codes.jaw_pose if found.jaw_pose is None else found.jaw_pose
        return codes.with_codes(exp=found.exp, pose=torch.cat([global_pose, jaw_pose], dim=1))
