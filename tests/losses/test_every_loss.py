"""What holds for every registered loss."""

import copy
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest
import torch
from torch import Tensor

import aucgan.losses as package
from aucgan.registry import LOSSES

sys.path.insert(0, str(Path(__file__).parent))
from example_inputs import ARGUMENTS, EXAMPLES, NO_GRADCHECK  # noqa: E402
from precisions import assert_close, assert_same_direction  # noqa: E402

LOSSES.import_from_location()
NAMES = sorted(LOSSES.module_dict)
pytestmark = pytest.mark.usefixtures("small_faces")


def build(name):
    return LOSSES.build(dict(type=name, **ARGUMENTS.get(name, {})))


def flat(value):
    return [value] if isinstance(value, Tensor) else [t for part in value for t in flat(part)]


def cast(value, dtype):
    if isinstance(value, Tensor):
        return value.to(dtype) if value.is_floating_point() else value
    return [cast(part, dtype) for part in value]


def example(name, dtype=torch.float32, device=None):
    """A call's inputs as leaves, on the default device or another; and the one whose gradient matters."""
    inputs = cast(EXAMPLES[name](), dtype)
    leaves = [t.detach().to(device or t.device).requires_grad_(t.is_floating_point()) for t in flat(inputs)]
    if name == "R1Penalty":  # it differentiates the graph between its inputs
        return [(leaves[1] ** 3).sum((1, 2, 3))[:, None], leaves[1]], leaves[1]
    found = iter(leaves)
    return [[next(found) for _ in part] if isinstance(part, list) else next(found) for part in inputs], leaves[0]


def value_and_gradient(loss, name, dtype=torch.float32, device=None, context=None):
    inputs, leaf = example(name, dtype, device)
    with context or nullcontext():
        value = loss(*inputs)
    return value.detach(), torch.autograd.grad(value, leaf, allow_unused=True)[0]


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


@pytest.mark.parametrize("name", NAMES)
def test_value_and_gradient_are_close_to_double_precision(name, precision, double):
    if name == "IdentityLoss" and precision.autocast:
        pytest.skip("a hundred layers of random weights amplify rounding: in half precision it is only finite")
    loss = build(name)
    exact, exact_gradient = value_and_gradient(copy.deepcopy(loss).double(), name, double.dtype)
    loss = loss.to(precision.dtype)
    found, gradient = value_and_gradient(loss, name, precision.dtype, context=precision.computing())
    assert found.dtype == precision.dtype, "losses compute in full precision"
    assert_close([found], [exact], precision)
    assert (gradient is None) == (exact_gradient is None)
    if gradient is not None:
        assert_same_direction([gradient], [exact_gradient], precision)


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"R1Penalty", "WeightedAsymmetricLoss"}))
def test_half_precision_stays_finite(name, device):
    inputs = cast(EXAMPLES[name](), torch.bfloat16)
    with torch.autocast(device, dtype=torch.bfloat16):
        value = build(name)(*inputs)
    assert torch.isfinite(value) and value.dtype == torch.float32
