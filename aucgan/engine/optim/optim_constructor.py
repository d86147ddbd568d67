"""Optimizers of a GAN: one per named group of submodules."""

from __future__ import annotations

from mmengine.optim import OptimWrapper, OptimWrapperDict
from torch import nn

from aucgan.registry import OPTIM_WRAPPER_CONSTRUCTORS, OPTIM_WRAPPERS, OPTIMIZERS


@OPTIM_WRAPPER_CONSTRUCTORS.register_module()
class GroupedOptimWrapperConstructor:
    """Build an ``OptimWrapperDict`` from ``{group: dict(modules=[...], optimizer=..., ...)}``.

    Args:
        optim_wrapper_cfg: One optim-wrapper config a group; ``modules`` names the submodules it trains (those that
            the model lacks are passed over, at least one must exist). A group that is ``None`` is left out.
        paramwise_cfg: Must be ``None``; use groups instead.

    Raises:
        ValueError: A group trains nothing, or ``paramwise_cfg`` is given.
    """

    def __init__(self, optim_wrapper_cfg: dict, paramwise_cfg: dict | None = None) -> None:
        if paramwise_cfg is not None:
            raise ValueError("paramwise_cfg is not used here: make a group for each learning rate")
        self.groups = {name: dict(cfg) for name, cfg in optim_wrapper_cfg.items() if isinstance(cfg, dict)}

    def __call__(self, model: nn.Module) -> OptimWrapperDict:
        """Build the wrappers for ``model``."""
        return OptimWrapperDict(**{name: self._wrapper(name, cfg, model) for name, cfg in self.groups.items()})

    def _wrapper(self, group: str, cfg: dict, model: nn.Module) -> OptimWrapper:
        cfg = dict(cfg)
        names = cfg.pop("modules", [])
        modules = [getattr(model, name) for name in names if getattr(model, name, None) is not None]
        params = [p for module in modules for p in module.parameters() if p.requires_grad]
        if not params:
            raise ValueError(f"optim_wrapper.{group} trains nothing: {type(model).__name__} has none of {names}")
        optimizer = OPTIMIZERS.build(dict(cfg.pop("optimizer"), params=params))
        return OPTIM_WRAPPERS.build(dict(dict(type="OptimWrapper") | cfg, optimizer=optimizer))
