"""mmengine's optimizer wrappers with gradients that are averaged over processes, measured and guarded."""

from __future__ import annotations

from typing import Any

import torch
from mmengine.dist import get_world_size
from mmengine.optim import AmpOptimWrapper as MMAmpOptimWrapper
from mmengine.optim import OptimWrapper as MMOptimWrapper
from mmengine.optim import OptimWrapperDict
from torch import Tensor, nn
from torch.nn.utils import clip_grads_with_norm_, get_total_norm

from aucgan.engine.optim.gradient_buckets import GradientBuckets
from aucgan.registry import OPTIM_WRAPPERS


class GradientCare:
    """What happens to gradients between the backward pass and the step; mixed into mmengine's wrappers.

    They are averaged over the processes of a distributed training, once a step (so not within an accumulation);
    their norm is kept, clipped by ``clip_grad=dict(max_norm=...)``; and a step whose gradient is not finite can be
    left out.

    Attributes:
        grad_norm: Norm of the gradient of the last step before clipping, a scalar on the device; ``None`` before the
            first one and after an iteration that only accumulates.
        skip_nonfinite: Leave out steps whose gradient is not finite. It costs a synchronisation with a GPU.
        skipped: Steps left out by ``skip_nonfinite``, in all.
        lowers_scale: Whether the wrapper itself leaves out such steps, and lowers the scale of its losses.
    """

    lowers_scale = False

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.grad_norm: Tensor | None = None
        self.skip_nonfinite, self.skipped = False, 0
        self._buckets: GradientBuckets | None = None

    @property
    def at_border(self) -> bool:
        """Whether no gradient is being accumulated."""
        return self.should_update()

    def trained(self) -> list[nn.Parameter]:
        """The parameters of the optimizer."""
        return [p for group in self.optimizer.param_groups for p in group["params"]]

    def initialize_count_status(self, model: nn.Module, init_counts: int, max_counts: int) -> None:
        """Tell where in the training the next step is; the last accumulation may be a short one."""
        self._inner_count, self._max_counts = init_counts, max_counts
        self._remainder_counts = max_counts % self._accumulative_counts

    def backward(self, loss: Tensor, **kwargs) -> None:
        """Back-propagate; what the coming step takes is averaged over the processes meanwhile."""
        self.grad_norm = None
        if get_world_size() > 1:
            self._buckets = self._buckets or GradientBuckets()
            self._buckets.follow(self.trained())
            if self.should_sync():
                self._buckets.arm()
        super().backward(loss, **kwargs)

    def step(self, **kwargs) -> None:
        """Average, measure, clip, step."""
        if self._buckets is not None:
            self._buckets.finish()
        self._unscale()
        self.grad_norm = self._measure_and_clip()
        if self.skip_nonfinite and not self.lowers_scale and not bool(self.grad_norm.isfinite()):
            self.skipped += 1
            return
        self._apply(**kwargs)

    def state_dict(self) -> dict[str, Any]:
        """Those of the optimizer, and how many steps were left out."""
        return super().state_dict() | {"skipped": self.skipped}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """The inverse of :meth:`state_dict`."""
        state_dict = dict(state_dict)
        self.skipped = state_dict.pop("skipped", 0)
        super().load_state_dict(state_dict)

    @torch.no_grad()
    def _measure_and_clip(self) -> Tensor:
        trained = [p for p in self.trained() if p.grad is not None]
        limits = dict(self.clip_grad_kwargs or {})
        norm = get_total_norm([p.grad for p in trained], limits.get("norm_type", 2.0))
        if "max_norm" in limits:
            clip_grads_with_norm_(trained, limits["max_norm"], norm)
        elif limits:
            self.clip_func(trained, **limits)
        return norm

    def _unscale(self) -> None:
        """Undo the scale of the loss in the gradients."""

    def _apply(self, **kwargs) -> None:
        self.optimizer.step(**kwargs)


def named_wrappers(optim_wrapper: MMOptimWrapper) -> dict[str, MMOptimWrapper]:
    """The optimizer wrappers of a training by the name of their group; a single one has no name."""
    return dict(optim_wrapper.items()) if isinstance(optim_wrapper, OptimWrapperDict) else {"": optim_wrapper}


def gradient_norms(optim_wrapper: MMOptimWrapper) -> dict[str, Tensor]:
    """Norms of the gradients of the steps just taken, as ``grad_norm`` or ``grad_norm/GROUP``."""
    found = {name: getattr(wrapper, "grad_norm", None) for name, wrapper in named_wrappers(optim_wrapper).items()}
    return {f"grad_norm/{name}".rstrip("/"): norm for name, norm in found.items() if norm is not None}


@OPTIM_WRAPPERS.register_module()
class OptimWrapper(GradientCare, MMOptimWrapper):
    """mmengine's ``OptimWrapper`` whose gradients are averaged over processes, measured and guarded.

    Its arguments are mmengine's:

    - ``optimizer``: the optimizer;
    - ``accumulative_counts``: iterations whose gradients make one step;
    - ``clip_grad``: ``dict(max_norm=...)``, or ``dict(type='value', clip_value=...)``.
    """


@OPTIM_WRAPPERS.register_module()
class AmpOptimWrapper(GradientCare, MMAmpOptimWrapper):
    """Train in float16 on a GPU, with scaled losses; a step with a broken gradient is left out, the scale lowered.

    Its arguments are mmengine's: those of :class:`OptimWrapper`, and

    - ``loss_scale``: ``'dynamic'``, or a fixed scale;
    - ``dtype``: type of the forward pass.
    """

    lowers_scale = True

    def _unscale(self) -> None:
        self.loss_scaler.unscale_(self.optimizer)

    def _apply(self, **kwargs) -> None:
        self.loss_scaler.step(self.optimizer, **kwargs)
        self.loss_scaler.update(self._scale_update_param)
