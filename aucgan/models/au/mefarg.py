"""MEFARG, the action-unit network of ME-GraphAU's second stage."""

from __future__ import annotations

from aucgan.models.au.au_network import AUNetwork
from aucgan.models.au.heads import GatedGraphHead
from aucgan.registry import MODELS


@MODELS.register_module()
class MEFARG(AUNetwork):
    """Action units by a gated graph with multi-dimensional edge features (27 main, 14 left / right units).

    Luo et al., "Learning Multi-dimensional Edge Feature-based AU Relation Graph", IJCAI 2022; label set and
    published weights of OpenGraphAU. Its keys are the published ones for ResNets; Swin files go through
    :func:`aucgan.models.au.published_keys.convert_state_dict`.

    Args:
        backbone: ``resnet18``, ``resnet50``, ``resnet101``, ``swin_t``, ``swin_s``, ``swin_b`` or ``resnet_slim``.
        dim: Channels C of tokens and nodes; the published number of the backbone when None.
        afn: Node features to return: ``nodes`` after the graph, the same ``normalized`` to unit length, or
            ``pre_graph``.
        normalize: Take images in [0, 1] and normalise them here, instead of ImageNet-normalised ones.
        input_size: Side in pixels to which images are resized first; None keeps them.
        num_graph_layers: Layers of the gated graph.
        backbone_args: Further arguments of the backbone's class.
        init_cfg: ``dict(type='Pretrained', checkpoint=PATH, prefix=...)`` or mmengine's.
    """

    def __init__(
        self,
        backbone: str = "resnet50",
        dim: int | None = None,
        afn: str = "nodes",
        normalize: bool = False,
        input_size: int | None = None,
        num_graph_layers: int = 2,
        backbone_args: dict | None = None,
        init_cfg: dict | None = None,
    ) -> None:
        head_args = dict(num_layers=num_graph_layers)
        super().__init__(GatedGraphHead, head_args, backbone, dim, afn, normalize, input_size, backbone_args, init_cfg)
