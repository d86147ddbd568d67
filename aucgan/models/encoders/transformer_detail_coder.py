"""A detail encoder that looks at the photo with the action units in mind."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from aucgan.action_units import N_MAIN
from aucgan.models.component import Component
from aucgan.models.layers.au_attention import AUNodeEmbedding
from aucgan.models.layers.resampling import resize_image
from aucgan.registry import MODELS

STRIDE = 16
"""Pixels per image token, taken down by four halving convolutions."""


@MODELS.register_module()
class TransformerDetailCoder(Component):
    """Fuse image tokens with the 27 AU nodes into the detailcode; swaps for :class:`DetailEncoder`.

    A convolutional stem [2] gives one token per 16x16 pixels. Each layer lets the tokens attend to each other
    and then to the AU nodes (pre-norm transformer decoder layers [1]); a learned query reads the detailcode off
    the tokens. Encoders that want the AU features say so by ``uses_afn = True`` and are called
    ``encoder(image, afn)``; without ``afn`` the nodes carry their identities alone.

    Args:
        latent_dim: Length of the detailcode.
        afn_dim: Channels of the AU features.
        input_size: Side to which the image is resized, a multiple of 16.
        base_channels: Channels of the stem's first convolution; a token has eight times as many.
        n_layers: Transformer layers.
        heads: Attention heads.
        init_cfg: Pretrained weights; see :class:`~aucgan.models.component.Component`.

    Raises:
        ValueError: ``input_size`` is not a multiple of 16.

    [1] Vaswani et al., Attention is all you need, NeurIPS 2017.
    [2] Xiao et al., Early convolutions help transformers see better, NeurIPS 2021.
    """

    uses_afn = True

    def __init__(
        self,
        latent_dim: int = 128,
        afn_dim: int = 512,
        input_size: int = 224,
        base_channels: int = 32,
        n_layers: int = 4,
        heads: int = 8,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        if input_size % STRIDE:
            raise ValueError(f"input_size={input_size} must be a multiple of {STRIDE}")
        self.input_size, self.afn_dim = input_size, afn_dim
        dim = 8 * base_channels
        self.stem = _stem(dim)
        self.positions = nn.Parameter(0.02 * torch.randn(1, (input_size // STRIDE) ** 2, dim))
        self.nodes = AUNodeEmbedding(afn_dim, dim)
        self.identity = nn.Parameter(torch.randn(1, N_MAIN, dim))
        self.layers = nn.ModuleList(
            nn.TransformerDecoderLayer(
                dim, heads, 2 * dim, dropout=0.0, activation="gelu", batch_first=True, norm_first=True
            )
            for _ in range(n_layers)
        )
        self.norm = nn.LayerNorm(dim)
        self.query = nn.Parameter(torch.randn(1, 1, dim))
        self.read = nn.MultiheadAttention(dim, heads, batch_first=True)
        self.out = nn.Linear(dim, latent_dim)

    def forward(self, image: Tensor, afn: Tensor | None = None) -> Tensor:
        """Map an image ``(B,3,H,W)`` in [0,1] and AU features ``(B,27,afn_dim)`` to ``(B,latent_dim)``."""
        if afn is None:
            afn = image.new_zeros(image.shape[0], N_MAIN, self.afn_dim)
        nodes = self.nodes(afn) + self.identity
        tokens = self.stem(resize_image(image, self.input_size)).flatten(2).transpose(1, 2) + self.positions
        for layer in self.layers:
            tokens = layer(tokens, nodes)
        tokens = self.norm(tokens)
        answer, _ = self.read(self.query.expand(len(tokens), -1, -1), tokens, tokens, need_weights=False)
        return self.out(answer[:, 0])


def _stem(dim: int) -> nn.Sequential:
    """Four halving convolutions from the image to tokens of ``dim`` channels."""
    layers: list[nn.Module] = []
    widths = [3, dim // 8, dim // 4, dim // 2]
    for channels, width in zip(widths[:-1], widths[1:], strict=True):
        layers += [nn.Conv2d(channels, width, 3, 2, 1), nn.GroupNorm(1, width), nn.GELU()]
    return nn.Sequential(*layers, nn.Conv2d(widths[-1], dim, 3, 2, 1))
