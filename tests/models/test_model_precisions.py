"""Every registered model in float32, in float64 and with mixed precision."""

import copy

import pytest
import torch
from devices import here
from models.test_models_on_a_gpu import EXAMPLES
from precisions import assert_close, assert_double_throughout, assert_same_direction

FULL_PRECISION = {"FLAME", "FLAMETex"}
"""Compute in float32 also under autocast."""


def outputs_of(net, inputs):
    outputs = net(*inputs)
    return outputs if isinstance(outputs, tuple) else (outputs,)


def weighted_sum(outputs):
    """One number that feels every output differently."""
    generator = torch.Generator().manual_seed(3)
    weights = [torch.randn(out.shape, generator=generator, dtype=torch.float64) for out in outputs]
    return sum((out * weight).sum() for out, weight in zip(outputs, weights, strict=True))


def compute(net, inputs, precision):
    """Outputs, and the gradients of their weighted sum with respect to inputs and weights."""
    inputs = [t.to(precision.dtype).requires_grad_() for t in inputs]
    with precision.computing():
        outputs = outputs_of(net, inputs)
    leaves = [*inputs, *net.parameters()]
    gradients = torch.autograd.grad(weighted_sum(outputs), leaves, materialize_grads=True, allow_unused=True)
    return [out.detach() for out in outputs], gradients


@pytest.mark.parametrize("name", EXAMPLES)
def test_close_to_double_precision(name, precision, double):
    net, inputs = EXAMPLES[name]()
    net = here(net).eval()
    exact, exact_gradients = compute(copy.deepcopy(net).double(), inputs, double)
    found, gradients = compute(net.to(precision.dtype), inputs, precision)
    assert_close(found, exact, precision)
    assert_same_direction(gradients, exact_gradients, precision)
    if precision.autocast is None or name in FULL_PRECISION:
        assert all(out.dtype == precision.dtype for out in found)
    if precision is double:
        assert_double_throughout(lambda *codes: weighted_sum(outputs_of(net, codes)), [t.double() for t in inputs])
