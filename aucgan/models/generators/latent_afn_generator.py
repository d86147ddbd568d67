"""The AU-conditioned generator of displacement maps."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from aucgan.models.component import Component
from aucgan.models.generators.conditioning import JAW_SCALE, condition_list, resolutions
from aucgan.models.generators.modulated_block import ModulatedBlock, ModulationSizes
from aucgan.models.layers.au_attention import AUNodeEmbedding
from aucgan.models.layers.resampling import upsample
from aucgan.registry import MODELS


@MODELS.register_module()
class LatentAFNGenerator(Component):
    """Latent in, uv displacement out; AUs, expression and jaw modulate every resolution.

    The latent makes the smallest feature map. At each resolution the features are modulated, x·(1+γ)+β, with γ
    and β from two sources: a style vector (latent, expression, jaw and the optional compact condition through a
    small MLP), the same at every position [1], and AU features, *different* at every position: each position of
    the UV plane attends over the 27 AU nodes, so that AU12 acts at the mouth and AU4 at the glabella. FiLM [1]
    rather than instance-normalised AdaIN [2] or modulated convolutions [3], because the height of a wrinkle is
    an absolute quantity that per-channel normalisation would take out, because position-dependent γ and β
    (SPADE [4]) cannot be folded into a convolution's weights, and because per-sample weights are slow on a CPU.
    A UV map is registered (a texel is the same place of every face), so each resolution also has a learned map
    of its own that gives positions an identity. The output is the sum of one map per resolution, enlarged
    bilinearly (skips of [3]), so that coarse folds and fine lines learn at once, without checkerboards.

    Args:
        latent_dim: Length of the latent (detailcode).
        afn_dim: Channels of the AU features.
        n_exp: Number of expression coefficients.
        uv_size: Side S of the displacement map, a power of two times ``start_size``.
        max_z: Largest displacement, metres.
        condition_dim: Length of the optional compact condition; 0 = none.
        base_channels: Channels at the full resolution; they double towards the smallest one.
        max_channels: Upper limit of that.
        style_dim: Length of the style vector.
        node_dim: Channels of a node's embedding.
        start_size: Side of the smallest feature map.
        attention_size: Attention over the nodes is computed on at most this side; regions of action are larger
            than a texel, so that finer modulations are enlarged from there.
        init_cfg: Pretrained weights; see :class:`~aucgan.models.component.Component`.

    [1] Perez et al., FiLM, AAAI 2018. [2] Huang & Belongie, AdaIN, ICCV 2017. [3] Karras et al., StyleGAN2,
    CVPR 2020. [4] Park et al., SPADE, CVPR 2019.
    """

    def __init__(
        self,
        latent_dim: int = 128,
        afn_dim: int = 512,
        n_exp: int = 50,
        uv_size: int = 256,
        max_z: float = 0.01,
        condition_dim: int = 0,
        base_channels: int = 32,
        max_channels: int = 256,
        style_dim: int = 128,
        node_dim: int = 32,
        start_size: int = 8,
        attention_size: int = 32,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        sizes = resolutions(start_size, uv_size)
        widths = [min(max_channels, base_channels * uv_size // size) for size in sizes]
        self.max_z = max_z
        self.condition_dim = condition_dim
        self.style = nn.Sequential(
            nn.Linear(latent_dim + n_exp + 3 + condition_dim, style_dim),
            nn.SiLU(),
            nn.Linear(style_dim, style_dim),
            nn.SiLU(),
        )
        self.nodes = AUNodeEmbedding(afn_dim, node_dim)
        self.start = nn.Sequential(
            nn.Linear(latent_dim, widths[0] * start_size**2), nn.Unflatten(1, (widths[0], start_size, start_size))
        )
        self.blocks = nn.ModuleList(
            ModulatedBlock(
                ModulationSizes(style_dim, node_dim, min(size, attention_size)), channels, out_channels, size
            )
            for channels, out_channels, size in zip([widths[0], *widths], widths, sizes, strict=False)
        )

    def forward(
        self,
        latent: Tensor,
        afn: Tensor,
        exp: Tensor,
        jaw_pose: Tensor,
        condition: Tensor | None = None,
    ) -> Tensor:
        """Make a displacement map.

        Args:
            latent: The detailcode, ``(B,latent_dim)``.
            afn: AU features, ``(B,27,afn_dim)``; zeros remove all AU information.
            exp: Expression coefficients, ``(B,n_exp)``.
            jaw_pose: Jaw rotation, axis-angle in radians, ``(B,3)``.
            condition: Optional compact condition, ``(B,condition_dim)``.

        Returns:
            Displacement along the normal in metres, in [-max_z, max_z], ``(B,1,S,S)``.
        """
        codes = [latent, exp, JAW_SCALE * jaw_pose, *condition_list(condition, self.condition_dim)]
        style = self.style(torch.cat(codes, dim=1))
        nodes = self.nodes(afn)
        first, *finer = self.blocks
        x, z = first(self.start(latent), style, nodes)
        for block in finer:
            x, height = block(x, style, nodes)
            z = upsample(z, height.shape[-1]) + height
        return self.max_z * torch.tanh(z)
