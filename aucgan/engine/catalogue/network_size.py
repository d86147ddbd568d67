"""What a network takes and gives, and how large it is, without computing anything."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensorMode

from aucgan.engine.catalogue.flop_count import FlopCount

FULL_SIZE = {
    "image": (3, 224, 224),
    "afn": (27, 512),
    "au": (41,),
    "latent": (128,),
    "exp": (50,),
    "jaw_pose": (3,),
    "code": (181,),
}
"""Shapes of one sample's inputs at the published sizes, by their names in ``forward``."""
SIZED_FAMILIES = ("encoders", "generators", "discriminators", "au")
"""Packages of ``aucgan.models`` whose networks can be sized alone."""


@dataclass(frozen=True)
class NetworkSize:
    """A network at its default sizes.

    Attributes:
        inputs: Names and shapes of its inputs, batch first.
        outputs: Shapes of its outputs.
        parameters: Number of its parameters.
        flops: Operations of its matrix products, convolutions and attention for one sample.
    """

    inputs: dict[str, tuple[int, ...]]
    outputs: tuple[tuple[int, ...], ...]
    parameters: int
    flops: int


def network_size(component: type[nn.Module]) -> NetworkSize | None:
    """Size a component built with its defaults, on tensors without contents.

    Returns:
        ``None`` where ``component`` is no network, or takes anything but the inputs of :data:`FULL_SIZE`.
    """
    parts = component.__module__.split(".")
    if parts[:2] != ["aucgan", "models"] or len(parts) < 3 or parts[2] not in SIZED_FAMILIES:
        return None
    names = _required(component.forward)
    if names is None or not set(names) <= set(FULL_SIZE):
        return None
    with FakeTensorMode(allow_non_fake_inputs=True):
        network = component().eval()
        inputs = {name: torch.zeros(1, *FULL_SIZE[name]) for name in names}
        counter = FlopCount()
        with counter:
            output = network(**inputs)
    return NetworkSize(
        {name: tuple(tensor.shape) for name, tensor in inputs.items()},
        tuple(tuple(tensor.shape) for tensor in _tensors(output)),
        sum(parameter.numel() for parameter in network.parameters()),
        counter.total,
    )


def _required(forward: Callable) -> list[str] | None:
    """Names of the arguments to give; optional AU features too. ``None`` for arguments without names."""
    parameters = list(inspect.signature(forward).parameters.values())[1:]
    if any(p.kind in (p.VAR_KEYWORD, p.VAR_POSITIONAL) for p in parameters):
        return None
    return [p.name for p in parameters if p.default is p.empty or p.name == "afn"]


def _tensors(output: Any) -> Sequence[Tensor]:
    return [output] if isinstance(output, Tensor) else [item for item in output if isinstance(item, Tensor)]
