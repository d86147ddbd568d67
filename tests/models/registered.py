"""What the contract tests of the families share: who is registered, and whether gradients arrive."""

from collections.abc import Mapping

import torch

import aucgan.models  # noqa: F401  (fills the registry)
from aucgan.registry import MODELS


def registered_in(family: str) -> set[str]:
    """Names of the components that ``aucgan.models.<family>`` registers."""
    package = f"aucgan.models.{family}."
    return {name for name, cls in MODELS.module_dict.items() if cls.__module__.startswith(package)}


def assert_gradient_reaches_every_row(net: torch.nn.Module, output: torch.Tensor, but: Mapping[str, str] = {}) -> None:
    """Back-propagate a loss that weighs every output differently; each row of each parameter must feel it.

    A row is what belongs to one entry of the first dimension: an output channel, a node, a query.

    Args:
        net: The network.
        output: What it gave, still with its graph.
        but: Names of parameters some of whose rows feel nothing by design, each with the reason.
    """
    weights = torch.randn(output.shape, generator=torch.Generator().manual_seed(3)).to(output.device)
    net.zero_grad()
    (output * weights).sum().backward()
    silent = {name: rows for name, p in net.named_parameters() if (rows := silent_rows(p))}
    assert not silent.keys() - but.keys(), f"no gradient reaches these rows: {silent}"
    assert silent.keys() == but.keys(), f"no longer silent: {but.keys() - silent.keys()}"
    assert all(p.grad.isfinite().all() for p in net.parameters())


def awake(net: torch.nn.Module) -> torch.nn.Module:
    """Let every ReLU pass a little of what is negative: a unit that sleeps for some input is wired all the same."""
    for module in list(net.modules()):
        for name, child in module.named_children():
            if isinstance(child, torch.nn.ReLU):
                setattr(module, name, torch.nn.LeakyReLU(0.1))
    return net


def silent_rows(parameter: torch.Tensor) -> list[int]:
    """Rows of a parameter without any gradient; rounding errors beside the gradients of other rows are none."""
    if parameter.grad is None:
        return list(range(len(parameter)))
    felt = parameter.grad.abs().reshape(len(parameter), -1).amax(1)
    return (felt <= 1e-6 * felt.max()).nonzero().flatten().tolist()
