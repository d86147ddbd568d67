"""What holds for every registered loss."""

import copy
import sys
from pathlib import Path

import pytest
import torch
from torch import Tensor

import aucgan.losses as package
from aucgan.registry import LOSSES

sys.path.insert(0, str(Path(__file__).parent))
from example_inputs import ARGUMENTS, EXAMPLES, NO_GRADCHECK  # noqa: E402

LOSSES.import_from_location()
NAMES = sorted(LOSSES.module_dict)


def build(name):
    return LOSSES.build(dict(type=name, **ARGUMENTS.get(name, {})))


def flat(value):
    return [value] if isinstance(value, Tensor) else [t for part in value for t in flat(part)]


def cast(value, dtype):
    if isinstance(value, Tensor):
        return value.to(dtype) if value.is_floating_point() else value
    return [cast(part, dtype) for part in value]


def test_there_is_an_example_of_every_loss():
    assert set(EXAMPLES) == set(NAMES)


def test_every_loss_is_exported():
    assert set(NAMES) <= set(package.__all__)


@pytest.mark.parametrize("name", NAMES)
def test_finite_scalar_and_inputs_untouched(name):
    # R1 differentiates the graph between its inputs, which a cast would cut.
    inputs = EXAMPLES[name]() if name == "R1Penalty" else cast(EXAMPLES[name](), torch.float32)
    before = [t.detach().clone() for t in flat(inputs)]
    value = build(name).float()(*inputs)
    assert value.shape == () and value.dtype == flat(inputs)[0].dtype and torch.isfinite(value)
    for was, now in zip(before, flat(inputs), strict=True):
        assert torch.equal(was, now)


@pytest.mark.parametrize("name", [n for n in NAMES if n not in ("R1Penalty", "IdentityLoss")])
def test_gradient_reaches_the_prediction(name):
    inputs = copy.deepcopy(cast(EXAMPLES[name](), torch.float32))
    pred = flat(inputs)[0].requires_grad_(True)
    build(name)(*inputs).backward()
    assert torch.isfinite(pred.grad).all() and pred.grad.abs().sum() > 0


@pytest.mark.parametrize("name", sorted(set(NAMES) - NO_GRADCHECK))
def test_gradient_is_the_numerical_one(name):
    loss, inputs = build(name).double(), EXAMPLES[name]()
    if name == "AlbedoConstancyLoss":
        loss.alpha = 0.0  # the weights are constants for the gradient
    first, *rest = inputs
    if isinstance(first, list):
        assert torch.autograd.gradcheck(lambda *s: loss(list(s)), [t.requires_grad_(True) for t in first])
    else:
        assert torch.autograd.gradcheck(lambda t: loss(t, *rest), (first.requires_grad_(True),))


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"R1Penalty", "WeightedAsymmetricLoss"}))
def test_half_precision_stays_finite(name, device):
    inputs = cast(EXAMPLES[name](), torch.bfloat16)
    with torch.autocast(device, dtype=torch.bfloat16):
        value = build(name)(*inputs)
    assert torch.isfinite(value) and value.dtype == torch.float32
