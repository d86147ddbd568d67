"""One and the same start for all processes of a training; averaged gradients keep equal models equal, no others."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from mmengine.dist import all_reduce, get_world_size
from torch import Tensor, distributed, nn

from aucgan.process.errors import ConfigError

MEND = "all of them need the same config, code and files"


def require_same(what: str, value: Any) -> None:
    """Stop where processes would start from different things.

    Args:
        what: Name of the thing, for the message.
        value: This process's; plain data that can be compared.

    Raises:
        ConfigError: Another process has another one. It is raised in all of them.
    """
    values = _gather(value)
    for rank, other in enumerate(values):
        if other != values[0]:
            raise ConfigError(f"{what} differs: {values[0]} in the first process, {other} in process {rank}; {MEND}")


@torch.no_grad()
def take_weights_of_first(model: nn.Module) -> list[str]:
    """Give the parameters and buffers of all processes, frozen and unsaved ones included, the values of the first.

    Args:
        model: The model, on its device.

    Returns:
        Names of the tensors that were others in some process; the same list everywhere.

    Raises:
        ConfigError: Names, shapes or types differ. It is raised in all processes.
    """
    if get_world_size() == 1:
        return []
    tensors = dict([*model.named_parameters(), *model.named_buffers()])
    _require_same_layout({name: f"{tuple(value.shape)} {value.dtype}" for name, value in tensors.items()})
    device = next(iter(tensors.values())).device if tensors else None
    differs = torch.tensor([_take(value.detach()) for value in tensors.values()], dtype=torch.int32, device=device)
    all_reduce(differs, op="max")
    return [name for name, other in zip(tensors, differs.tolist(), strict=True) if other]


def file_identity(path: str | Path) -> str:
    """Name and abridged hash of a file, by which processes tell whether theirs are the same."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(2**20):
            digest.update(block)
    return f"{Path(path).name} (sha256 {digest.hexdigest()[:12]})"


def _take(value: Tensor) -> bool:
    """Take the first process's value; whether ours was another one."""
    own = value.reshape(-1).view(torch.uint8)  # bytes: exact, and any type can be sent
    first = own.clone()
    if len(first):
        distributed.broadcast(first, src=0)
    if torch.equal(first, own):
        return False
    value.copy_(first.view(value.dtype).view(value.shape))
    return True


def _require_same_layout(layout: Mapping[str, str]) -> None:
    layouts = _gather(layout)
    for rank, other in enumerate(layouts[1:], start=1):
        for name in [*layouts[0], *other]:
            ours, theirs = layouts[0].get(name), other.get(name)
            if theirs is None or ours is None:
                without = rank if theirs is None else 0
                raise ConfigError(f"the models differ: that of process {without} has no '{name}'; {MEND}")
            if ours != theirs:
                raise ConfigError(
                    f"the models differ: '{name}' is {theirs} in process {rank} and {ours} in the first; {MEND}"
                )


def _gather(value: Any) -> list[Any]:
    values: list[Any] = [value] * get_world_size()
    if len(values) > 1:
        distributed.all_gather_object(values, value)
    return values
