"""What the contract tests of the families share: who is registered, and whether gradients arrive."""

import torch

import aucgan.models  # noqa: F401  (fills the registry)
from aucgan.registry import MODELS


def registered_in(family: str) -> set[str]:
    """Names of the components that ``aucgan.models.<family>`` registers."""
    package = f"aucgan.models.{family}."
    return {name for name, cls in MODELS.module_dict.items() if cls.__module__.startswith(package)}


def assert_gradient_reaches_every_parameter(net: torch.nn.Module, output: torch.Tensor) -> None:
    """Back-propagate a loss that weighs every output differently; each parameter must feel it."""
    weights = torch.randn(output.shape, generator=torch.Generator().manual_seed(3))
    net.zero_grad()
    (output * weights).sum().backward()
    silent = [n for n, p in net.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    assert not silent, f"no gradient reaches {silent}"
    assert all(p.grad.isfinite().all() for p in net.parameters())
