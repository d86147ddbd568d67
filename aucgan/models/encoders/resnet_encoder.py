"""The image encoder of the coarse stage."""

from __future__ import annotations

from torch import Tensor

from aucgan.models.component import Component
from aucgan.models.layers.resnet_trunk import CodeHead, ResNetTrunk, pooled
from aucgan.registry import MODELS


@MODELS.register_module()
class ResnetEncoder(Component):
    """Regress a code from a photo with a ResNet and a two-layer head, as DECA does [1].

    At the default sizes the keys are those of the published weights: ``encoder.*``, ``layers.0.*`` and
    ``layers.2.*``. The pooling is global, so any image of at least 32 px works; on 224 px it is the published
    7x7 average.

    Args:
        out_dim: Length of the code; 236 = shape 100, tex 50, exp 50, pose 6, cam 3, light 27.
        depth: ResNet depth: 18, 34, 50, 101 or 152.
        width: Channels of the ResNet's stem; 64 is the published width.
        hidden: Width of the head's hidden layer.
        init_cfg: Pretrained weights; see :class:`~aucgan.models.component.Component`.

    [1] Feng et al., Learning an animatable detailed 3D face model from in-the-wild images, SIGGRAPH 2021.
    """

    uses_afn = False

    def __init__(
        self,
        out_dim: int = 236,
        depth: int = 50,
        width: int = 64,
        hidden: int = 1024,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        self.encoder = ResNetTrunk(depth, width)
        self.layers = CodeHead(self.encoder.out_channels, hidden, out_dim)

    def features(self, image: Tensor) -> Tensor:
        """Map an image ``(B,3,H,W)`` to pooled features ``(B, 2048)`` (at the default sizes)."""
        return pooled(self.encoder(image))

    def forward(self, image: Tensor) -> Tensor:
        """Map an image ``(B,3,H,W)``, RGB in [0,1] without ImageNet normalisation, to a code ``(B,out_dim)``."""
        return self.layers(self.features(image))
