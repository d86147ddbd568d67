"""AFG, the action-unit network of ME-GraphAU's first stage."""

from __future__ import annotations

from aucgan.models.au.au_network import AUNetwork
from aucgan.models.au.heads import NeighbourGraphHead
from aucgan.registry import MODELS


@MODELS.register_module()
class AFG(AUNetwork):
    """Action units by a graph over each unit's nearest neighbours (27 main, 14 left / right units).

    Luo et al., "Learning Multi-dimensional Edge Feature-based AU Relation Graph", IJCAI 2022, stage 1; label set
    and published weights of OpenGraphAU.

    Args:
        backbone: ``resnet18``, ``resnet50``, ``resnet101``, ``swin_t``, ``swin_s``, ``swin_b`` or ``resnet_slim``.
        dim: Channels C of tokens and nodes; the published number of the backbone when None.
        afn: Node features to return: ``nodes`` after the graph, the same ``normalized`` to unit length, or
            ``pre_graph``.
        normalize: Take images in [0, 1] and normalise them here, instead of ImageNet-normalised ones.
        input_size: Side in pixels to which images are resized first; None keeps them.
        neighbours: Neighbours of a node, itself included.
        metric: Similarity by which neighbours are chosen: ``dots``, ``cosine``, ``l1`` or ``l2``.
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
        neighbours: int = 4,
        metric: str = "dots",
        backbone_args: dict | None = None,
        init_cfg: dict | None = None,
    ) -> None:
        head_args = dict(neighbours=neighbours, metric=metric)
        super().__init__(
            NeighbourGraphHead, head_args, backbone, dim, afn, normalize, input_size, backbone_args, init_cfg
        )
