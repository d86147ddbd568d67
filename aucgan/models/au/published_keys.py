"""Published ME-GraphAU / OpenGraphAU weights as state dicts of :class:`MEFARG` and :class:`AFG`, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from aucgan.files.weights import SHOWN_PROBLEMS, misfits
from aucgan.models.au.afg import AFG
from aucgan.models.au.au_network import AUNetwork
from aucgan.models.au.key_translation import PATCHES, is_ignored, translate, without_module
from aucgan.models.au.mefarg import MEFARG
from aucgan.models.au.swin_keys import published_key

_NETWORKS: dict[int, type[AFG | MEFARG]] = {1: AFG, 2: MEFARG}


@dataclass(frozen=True)
class ConversionReport:
    """What a published file turned out to be.

    Attributes:
        stage: 1 (``AFG``) or 2 (``MEFARG``).
        backbone: Its name, as the constructors take it.
        dim: Channels C of the nodes.
        used: Published keys that were taken over.
        ignored: Published keys without a counterpart: classifier heads and computed buffers.
        filled: Our keys that the file lacks and that carry no weights (batch counters).
    """

    stage: int
    backbone: str
    dim: int
    used: tuple[str, ...]
    ignored: tuple[str, ...]
    filled: tuple[str, ...]

    @property
    def network(self) -> str:
        """Registry name of the network that takes the weights."""
        return _NETWORKS[self.stage].__name__

    def build(self, **kwargs: Any) -> AUNetwork:
        """The network that takes the weights; ``kwargs`` are further constructor arguments."""
        return _NETWORKS[self.stage](backbone=self.backbone, dim=self.dim, **kwargs)


def detect_stage(keys: Mapping[str, Tensor]) -> int:
    """Stage of a published state dict without ``module.`` prefixes.

    Raises:
        ValueError: It is neither.
    """
    if any(key.startswith("head.edge_extractor.") for key in keys):
        return 2
    if "head.gnn.U.weight" in keys:
        return 1
    heads = sorted({".".join(key.split(".")[:2]) for key in keys})[:SHOWN_PROBLEMS]
    raise ValueError(
        "these are no action-unit weights: neither head.edge_extractor.* (stage 2) nor head.gnn.U.weight (stage 1) "
        f"is among them; they start with {', '.join(heads)}"
    )


def detect_backbone(keys: Mapping[str, Tensor]) -> str:
    """Name of the backbone of a published state dict without ``module.`` prefixes.

    Raises:
        ValueError: It is none that we know.
    """
    patch = keys.get(PATCHES)
    if patch is not None:
        deep = "backbone.layers.2.blocks.17.norm1.weight" in keys
        known = {(96, False): "swin_t", (96, True): "swin_s", (128, True): "swin_b"}
        name = known.get((patch.shape[0], deep))
    elif "backbone.layer1.0.conv3.weight" in keys:
        name = "resnet101" if "backbone.layer3.22.conv1.weight" in keys else "resnet50"
    else:
        name = "resnet18" if "backbone.layer1.0.conv1.weight" in keys else None
    if name is None:
        raise ValueError(
            "the backbone is unknown: backbone.layer1.0.* of a ResNet-18/50/101 or backbone.patch_embed.proj.weight "
            "of a Swin-T/S/B (96, 96 or 128 channels) was expected"
        )
    return name


def convert_state_dict(published: Mapping[str, Any]) -> tuple[dict[str, Tensor], ConversionReport]:
    """Turn published weights into a state dict of our network.

    Stage, backbone, channel number and ``module.`` prefixes are detected.

    Args:
        published: The state dict, or the whole checkpoint that holds it under ``state_dict``.

    Returns:
        Our state dict, which loads strictly into ``report.build()``, and the report.

    Raises:
        ValueError: The file is of another kind, or keys or shapes do not fit; the message names them.
    """
    weights = without_module(published.get("state_dict", published))
    stage, backbone = detect_stage(weights), detect_backbone(weights)
    dim = weights["head.main_sc"].shape[1] if "head.main_sc" in weights else None
    with torch.device("meta"):
        wanted = _NETWORKS[stage](backbone=backbone, dim=dim).state_dict()
    ignored = tuple(key for key in weights if is_ignored(key))
    used = tuple(key for key in weights if not is_ignored(key))
    ours = translate(weights)
    filled = _fill_counters(ours, wanted)
    _check(ours, wanted, backbone)
    return ours, ConversionReport(stage, backbone, wanted["head.main_sc"].shape[1], used, ignored, filled)


def publish_state_dict(ours: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The inverse of :func:`convert_state_dict`, without ``module.`` prefixes and computed attention masks."""
    swin = any(key.startswith("backbone.features.") for key in ours)
    published = {}
    for key, value in ours.items():
        if swin and key.startswith("backbone."):
            key = "backbone." + published_key(key.removeprefix("backbone."))
        side = round(value.numel() ** 0.5) if key.endswith("relative_position_index") else 0
        published[key] = value.view(side, side) if side else value
    return published


def _fill_counters(ours: dict[str, Tensor], wanted: Mapping[str, Tensor]) -> tuple[str, ...]:
    """Add the batch counters that old files lack."""
    filled = tuple(key for key in wanted if key.endswith(".num_batches_tracked") and key not in ours)
    ours.update((key, torch.tensor(0)) for key in filled)
    return filled


def _check(ours: Mapping[str, Tensor], wanted: Mapping[str, Tensor], backbone: str) -> None:
    def name(key: str) -> str:
        swin = backbone.startswith("swin") and key.startswith("backbone.")
        return "backbone." + published_key(key.removeprefix("backbone.")) if swin else key

    problems = misfits(ours, wanted, name)
    if problems:
        raise ValueError(f"the weights look like {backbone}, but do not fit it:{problems}")
