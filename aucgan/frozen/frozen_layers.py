"""Frozen layers: normalisation folded into the weights, and nothing kept but what the gradient of the *input* needs.

A BatchNorm in eval mode is a scale and a shift, which the weights of the layer before it take up. A gradient that
merely passes through a network to its image needs neither the inputs of convolutions nor the values behind a ReLU,
only its mask: about an eighth of what autograd keeps otherwise.

Folded weights are kept, in the type that the network computes in, until a weight changes: under autocast nothing is
converted again at every step.
"""

from __future__ import annotations

import weakref
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional as F
from torch.nn.grad import conv2d_input
from torch.nn.modules.batchnorm import _BatchNorm

_folded: weakref.WeakKeyDictionary[nn.Module, tuple] = weakref.WeakKeyDictionary()


def is_frozen(module: nn.Module) -> bool:
    """Whether ``module`` is in eval mode with all weights frozen (a compiler gets the plain layers, and fuses them)."""
    return not (module.training or torch.compiler.is_compiling() or _learns(module))


def _learns(module: nn.Module) -> bool:
    """Whether a parameter wants a gradient: asked at every call, and 5 times as fast as ``module.parameters()``."""
    for parameter in module._parameters.values():
        if parameter is not None and parameter.requires_grad:
            return True
    return any(_learns(child) for child in module._modules.values() if child is not None)


def passes_gradient_only(module: nn.Module, x: Tensor) -> bool:
    """Whether ``module`` is frozen and ``x`` still wants its gradient."""
    return torch.is_grad_enabled() and x.requires_grad and is_frozen(module)


def compute_dtype(x: Tensor) -> torch.dtype:
    """The type in which a matrix product with ``x`` is computed: autocast's, where it is on."""
    device = x.device.type
    return torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else x.dtype


def running_statistics(bn: _BatchNorm) -> tuple[Tensor, Tensor]:
    """Running mean and variance of a normalisation, each ``(C,)``.

    Raises:
        ValueError: It was built without them (``track_running_stats=False``).
    """
    if bn.running_mean is None or bn.running_var is None:
        raise ValueError(f"{bn} keeps no running statistics: build it with track_running_stats=True")
    return bn.running_mean, bn.running_var


def bn_scale_shift(bn: _BatchNorm) -> tuple[Tensor, Tensor]:
    """Scale and shift of a normalisation with its running statistics, each ``(C,)``."""
    mean, var = running_statistics(bn)
    scale = bn.weight * torch.rsqrt(var + bn.eps)
    return scale, bn.bias - mean * scale


def folded_weights(
    layer: nn.Conv2d | nn.Linear, bn: _BatchNorm | None, dtype: torch.dtype
) -> tuple[Tensor, Tensor | None]:
    """Weight and bias of a frozen layer with the normalisation behind it, in ``dtype``; kept until they change."""
    given: list[Tensor | None] = [layer.weight, layer.bias]
    if bn is not None:
        given += [bn.weight, bn.bias, bn.running_mean, bn.running_var]
    sources = [t for t in given if t is not None]
    if any(t.is_inference() for t in sources):  # nothing tells when such a tensor changes
        return _fold(layer, bn, dtype)
    state = (dtype, *((t.device, t.data_ptr(), t._version, t.stride()) for t in sources))
    kept = _folded.get(layer)
    if kept is None or kept[0] != state:
        kept = _folded[layer] = (state, *_fold(layer, bn, dtype))
    return kept[1:]


@torch.inference_mode(False)  # what is kept also serves a later call that wants a gradient
@torch.no_grad()
def _fold(layer: nn.Conv2d | nn.Linear, bn: _BatchNorm | None, dtype: torch.dtype) -> tuple[Tensor, Tensor | None]:
    weight, bias = layer.weight.detach(), None if layer.bias is None else layer.bias.detach()
    with torch.autocast(weight.device.type, enabled=False):
        return _fold_norm(weight, bias, bn, dtype)


def _fold_norm(
    weight: Tensor, bias: Tensor | None, bn: _BatchNorm | None, dtype: torch.dtype
) -> tuple[Tensor, Tensor | None]:
    if bn is not None:
        scale, shift = bn_scale_shift(bn)
        weight = weight * scale.view(-1, *[1] * (weight.ndim - 1))
        bias = shift if bias is None else torch.addcmul(shift, bias, scale)
    return weight.to(dtype), None if bias is None else bias.to(dtype)


class _FrozenConv2d(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None, conv: nn.Conv2d) -> Tensor:
        ctx.weight, ctx.shape = weight, x.shape
        ctx.geometry = (conv.stride, conv.padding, conv.dilation, conv.groups)
        return F.conv2d(x, weight, bias, *ctx.geometry)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None, None]:
        return conv2d_input(ctx.shape, ctx.weight, grad, *ctx.geometry), None, None, None


class _MaskedReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.mark_dirty(x)
        x.relu_()
        ctx.save_for_backward(x > 0)
        return x

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        return grad * ctx.saved_tensors[0]


class _IndexedMaxPool2d(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, pool: nn.MaxPool2d) -> Tensor:
        pooled, index = F.max_pool2d(x, pool.kernel_size, pool.stride, pool.padding, return_indices=True)
        ctx.shape = x.shape
        ctx.save_for_backward(index.int())
        return pooled

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        grad_x = grad.new_zeros(*ctx.shape[:2], ctx.shape[2] * ctx.shape[3])
        grad_x.scatter_add_(2, ctx.saved_tensors[0].flatten(2).long(), grad.flatten(2))
        return grad_x.view(ctx.shape), None


def frozen_max_pool(x: Tensor, pool: nn.MaxPool2d) -> Tensor:
    """``pool(x)``, keeping the places of the maxima but not ``x``."""
    return _IndexedMaxPool2d.apply(x, pool) if x.requires_grad else pool(x)


def frozen_relu(x: Tensor) -> Tensor:
    """ReLU in place, keeping one byte a value; ``x`` must be a fresh result that nothing else keeps."""
    return _MaskedReLU.apply(x) if x.requires_grad else x.relu_()


def frozen_conv(x: Tensor, conv: nn.Conv2d, bn: nn.BatchNorm2d | None = None) -> Tensor:
    """``bn(conv(x))`` in eval mode, keeping nothing of ``x``."""
    dtype = compute_dtype(x)
    weight, bias = folded_weights(conv, bn, dtype)
    if torch.is_grad_enabled() and x.requires_grad:
        return _FrozenConv2d.apply(x.to(dtype), weight, bias, conv)
    return F.conv2d(x.to(dtype), weight, bias, conv.stride, conv.padding, conv.dilation, conv.groups)


def frozen_linear(x: Tensor, linear: nn.Linear, bn: nn.BatchNorm1d | None = None) -> Tensor:
    """``bn(linear(x))`` in eval mode for channels along the last dimension, keeping nothing of ``x``."""
    dtype = compute_dtype(x)
    return F.linear(x.to(dtype), *folded_weights(linear, bn, dtype))


def frozen_bn(x: Tensor, bn: _BatchNorm) -> Tensor:
    """``bn(x)`` in eval mode for channels along dimension 1, in place: ``x`` must be a fresh result."""
    scale, shift = (v.view(-1, *[1] * (x.ndim - 2)) for v in bn_scale_shift(bn))
    return x.mul_(scale).add_(shift)
