"""From published names and layouts of action-unit weights to ours, key by key."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from aucgan.models.au.swin_keys import relative_position_index, reorder_bias_table, torchvision_key

PATCHES = "backbone.patch_embed.proj.weight"
"""A key that only Swin backbones under their published names have."""


def without_module(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Cut the ``module.`` that DataParallel puts before every key."""
    return {key.removeprefix("module."): value for key, value in weights.items()}


def is_ignored(key: str) -> bool:
    """Whether a published key is a computed buffer or part of the backbone's own classifier."""
    computed = key.endswith((".attn_mask", ".relative_position_index"))
    return computed or key.startswith(("backbone.head.", "backbone.fc."))


def translate(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Published weights under our names; weights that have our names already stay as they are.

    Args:
        weights: A state dict of either stage with any backbone, with or without ``module.``.

    Raises:
        ValueError: A relative position index of a Swin backbone does not fit its bias table.
    """
    weights = without_module(weights)
    if PATCHES not in weights:
        return {key: value for key, value in weights.items() if not key.startswith("backbone.fc.")}
    ours = {_our_key(key): _our_value(key, value, weights) for key, value in weights.items() if not is_ignored(key)}
    tables = [key for key in ours if key.endswith(".relative_position_bias_table")]
    return ours | {key.replace("_bias_table", "_index"): relative_position_index() for key in tables}


def _our_key(key: str) -> str:
    return "backbone." + torchvision_key(key.removeprefix("backbone.")) if key.startswith("backbone.") else key


def _our_value(key: str, value: Tensor, weights: Mapping[str, Tensor]) -> Tensor:
    index = weights.get(key.replace("_bias_table", "_index")) if key.endswith("_bias_table") else None
    return value if index is None else reorder_bias_table(value, index, key)
