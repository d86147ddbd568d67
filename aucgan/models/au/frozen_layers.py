"""Layers with frozen weights that keep only what the gradient of their *input* needs.

A gradient that merely passes through a network to its image needs neither the inputs of convolutions and
normalisations nor the values behind a ReLU, only its mask: about an eighth of what autograd keeps otherwise.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional as F
from torch.nn.modules.batchnorm import _BatchNorm


def passes_gradient_only(module: nn.Module, x: Tensor) -> bool:
    """Whether ``module`` is in eval mode with all weights frozen and ``x`` still wants its gradient."""
    if module.training or not (torch.is_grad_enabled() and x.requires_grad):
        return False
    if torch.is_autocast_enabled(x.device.type):
        return False
    return not any(p.requires_grad for p in module.parameters())


class _FrozenConv2d(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x: Tensor, conv: nn.Conv2d):
        ctx.conv, ctx.shape = conv, x.shape
        return F.conv2d(x, conv.weight, conv.bias, conv.stride, conv.padding, conv.dilation, conv.groups)

    @staticmethod
    @once_differentiable
    def backward(ctx, grad: Tensor):
        conv = ctx.conv
        geometry = (conv.stride, conv.padding, conv.dilation, conv.groups)
        return torch.nn.grad.conv2d_input(ctx.shape, conv.weight, grad, *geometry), None


class _MaskedReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x: Tensor):
        ctx.mark_dirty(x)
        x.relu_()
        ctx.save_for_backward(x > 0)
        return x

    @staticmethod
    @once_differentiable
    def backward(ctx, grad: Tensor):
        return grad * ctx.saved_tensors[0]


class _IndexedMaxPool2d(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x: Tensor, pool: nn.MaxPool2d):
        pooled, index = F.max_pool2d(x, pool.kernel_size, pool.stride, pool.padding, return_indices=True)
        ctx.shape = x.shape
        ctx.save_for_backward(index.int())
        return pooled

    @staticmethod
    @once_differentiable
    def backward(ctx, grad: Tensor):
        grad_x = grad.new_zeros(*ctx.shape[:2], ctx.shape[2] * ctx.shape[3])
        grad_x.scatter_add_(2, ctx.saved_tensors[0].flatten(2).long(), grad.flatten(2))
        return grad_x.view(ctx.shape), None


def indexed_max_pool(x: Tensor, pool: nn.MaxPool2d) -> Tensor:
    """``pool(x)``, keeping the places of the maxima but not ``x``."""
    return _IndexedMaxPool2d.apply(x, pool)


def masked_relu(x: Tensor) -> Tensor:
    """ReLU in place, keeping one byte a value; ``x`` must be a fresh result that nothing else keeps."""
    return _MaskedReLU.apply(x)


def bn_scale_shift(bn: _BatchNorm) -> tuple[Tensor, Tensor]:
    """Scale and shift of a normalisation with its running statistics, each ``(C,)``."""
    scale = bn.weight * torch.rsqrt(bn.running_var + bn.eps)
    return scale, bn.bias - bn.running_mean * scale


def frozen_bn(x: Tensor, bn: _BatchNorm) -> Tensor:
    """``bn(x)`` in eval mode for channels along dimension 1, keeping nothing of ``x``."""
    scale, shift = (v.view(-1, *[1] * (x.ndim - 2)) for v in bn_scale_shift(bn))
    return torch.addcmul(shift, x, scale)


def frozen_conv_bn(x: Tensor, conv: nn.Conv2d, bn: nn.BatchNorm2d) -> Tensor:
    """``bn(conv(x))`` in eval mode, keeping nothing of ``x``."""
    return frozen_bn(_FrozenConv2d.apply(x, conv), bn)
