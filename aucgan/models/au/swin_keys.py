"""Names and layouts of Swin v1 weights: the published ones and torchvision's."""

from __future__ import annotations

import re

import torch
from torch import Tensor

WINDOW = 7

_MLP = (("mlp.fc1.", "mlp.0."), ("mlp.fc2.", "mlp.3."))


def torchvision_key(published: str) -> str:
    """Name in torchvision of a published Swin key (both without the ``backbone.`` prefix)."""
    for theirs, ours in _MLP:
        published = published.replace(theirs, ours)
    if published.startswith("patch_embed."):
        return published.replace("patch_embed.proj.", "features.0.0.").replace("patch_embed.norm.", "features.0.2.")
    if match := re.match(r"layers\.(\d+)\.blocks\.", published):
        return f"features.{2 * int(match[1]) + 1}.{published[match.end() :]}"
    if match := re.match(r"layers\.(\d+)\.downsample\.", published):
        return f"features.{2 * int(match[1]) + 2}.{published[match.end() :]}"
    return published


def published_key(ours: str) -> str:
    """The inverse of :func:`torchvision_key`."""
    for theirs, name in _MLP:
        ours = ours.replace(name, theirs)
    if ours.startswith("features.0."):
        return ours.replace("features.0.0.", "patch_embed.proj.").replace("features.0.2.", "patch_embed.norm.")
    match = re.match(r"features\.(\d+)\.", ours)
    if match is None:
        return ours
    place, rest = int(match[1]), ours[match.end() :]
    if place % 2:
        block, rest = rest.split(".", 1)
        return f"layers.{place // 2}.blocks.{block}.{rest}"
    return f"layers.{place // 2 - 1}.downsample.{rest}"


def relative_position_index(window: int = WINDOW) -> Tensor:
    """Row of torchvision's bias table for each pair of positions of a window, ``(window**4,)``."""
    rows, columns = torch.meshgrid(torch.arange(window), torch.arange(window), indexing="ij")
    position = torch.stack([rows.flatten(), columns.flatten()])
    offset = position[:, :, None] - position[:, None, :] + window - 1
    return (offset[0] * (2 * window - 1) + offset[1]).flatten()


def reorder_bias_table(table: Tensor, index: Tensor, key: str) -> Tensor:
    """A relative position bias table in torchvision's row order.

    Args:
        table: Published table, ``((2 * window - 1)**2, heads)``.
        index: Its index buffer, ``(window**2, window**2)``: row of the table for each pair of positions.
        key: Name of the table, for the error.

    Raises:
        ValueError: The index does not name one row for each relative offset.
    """
    theirs = index.flatten().long()
    ours = relative_position_index().to(theirs.device)
    row_of = theirs.new_full((table.shape[0],), -1)
    if theirs.shape != ours.shape or theirs.min() < 0 or theirs.max() >= table.shape[0]:
        raise ValueError(f"{key}: its relative_position_index is {tuple(index.shape)} up to {int(index.max())}")
    row_of[ours] = theirs
    if not torch.equal(row_of[ours], theirs):
        raise ValueError(f"{key}: its relative_position_index gives one relative offset several rows of the table")
    return table[row_of if table.is_meta else row_of.to(table.device)]
