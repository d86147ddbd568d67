"""Sharpness-aware minimisation as an mmengine optimizer wrapper."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from aucgan.engine.optim.optim_wrapper import OptimWrapper
from aucgan.registry import OPTIM_WRAPPERS


@OPTIM_WRAPPERS.register_module()
class SAMOptimWrapper(OptimWrapper):
    """Step with the gradient at the worst point near the weights; two forward and backward passes a step.

    Foret et al., "Sharpness-Aware Minimization", ICLR 2021. Adaptive (Kwon et al., "ASAM", ICML 2021): the
    neighbourhood is measured relative to each weight's size, so that it does not depend on their scale.

    Args:
        rho: Radius of the neighbourhood.
        adaptive: Use the scale-invariant neighbourhood.
        **kwargs: The arguments of ``OptimWrapper``.

    Raises:
        ValueError: Gradients shall be accumulated, which would mix neighbourhoods.
    """

    needs_closure = True

    def __init__(self, *args, rho: float = 2.0, adaptive: bool = True, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if self._accumulative_counts != 1:
            raise ValueError("SAMOptimWrapper cannot accumulate gradients: leave accumulative_counts at 1")
        self.rho, self.adaptive = rho, adaptive

    def update_params(
        self,
        loss: Tensor,
        step_kwargs: dict | None = None,
        zero_kwargs: dict | None = None,
        closure: Callable[[], Tensor] | None = None,
    ) -> None:
        """Back-propagate ``loss``, climb, back-propagate ``closure()``, return and step.

        Args:
            loss: The loss at the weights.
            step_kwargs: Passed to the optimizer's ``step``.
            zero_kwargs: Passed to the optimizer's ``zero_grad``.
            closure: Evaluates the same loss again.

        Raises:
            ValueError: No closure is given.
        """
        if closure is None:
            raise ValueError("SAMOptimWrapper needs a model whose train_step gives a closure, such as AURecognizer")
        loss.backward()
        origins = self._climb()
        self.zero_grad(**(zero_kwargs or {}))
        self.backward(closure())
        with torch.no_grad():
            for weight, origin in origins.items():
                weight.copy_(origin)
        self.step(**(step_kwargs or {}))
        self.zero_grad(**(zero_kwargs or {}))

    @torch.no_grad()
    def _climb(self) -> dict[Tensor, Tensor]:
        """Move the weights to the worst point of the neighbourhood; returns where they were."""
        groups = self.optimizer.param_groups
        weights = [p for group in groups for p in group["params"] if p.grad is not None]
        sizes = [p.abs() if self.adaptive else torch.ones_like(p) for p in weights]
        norm = torch.stack([(size * p.grad).norm() for size, p in zip(sizes, weights, strict=True)]).norm()
        origins = {p: p.clone() for p in weights}
        for size, p in zip(sizes, weights, strict=True):
            p.add_(size.square() * p.grad * (self.rho / (norm + 1e-12)))
        return origins
