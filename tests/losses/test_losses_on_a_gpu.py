"""Every registered loss on a pretended GPU: the same value and gradient, and the host neither waits nor sends."""

import pytest
import torch
from example_inputs import EXAMPLES
from test_every_loss import NAMES, build, cast, flat

pytestmark = pytest.mark.cpu_only(reason="goes from the host to the GPU")


def example(name, device="cpu"):
    """A call's inputs as leaves on a device, in float32; the first one wants a gradient."""
    inputs = cast(EXAMPLES[name](), torch.float32)
    leaves = [t.detach().to(device).requires_grad_(t.is_floating_point()) for t in flat(inputs)]
    if name == "R1Penalty":  # it differentiates the graph between its inputs
        return [(leaves[1] ** 3).sum((1, 2, 3))[:, None], leaves[1]], leaves[1]
    found = iter(leaves)
    return [[next(found) for _ in part] if isinstance(part, list) else next(found) for part in inputs], leaves[0]


def value_and_gradient(loss, name, device):
    inputs, leaf = example(name, device)
    value = loss(*inputs)
    return value.detach(), torch.autograd.grad(value, leaf, allow_unused=True)[0]


@pytest.mark.parametrize("name", NAMES)
def test_on_a_gpu(name, gpu):
    loss = build(name).float()
    wanted = value_and_gradient(loss, name, "cpu")
    with gpu() as report:
        loss.to("cuda")
        value_and_gradient(loss, name, "cuda")  # the first call may ask what never changes
        report.clear()
        inputs, leaf = example(name, "cuda")
        report.clear()
        value = loss(*inputs)
        gradient = torch.autograd.grad(value, leaf, allow_unused=True)[0]
        report.expect()
        found = [None if t is None else t.detach().cpu() for t in (value, gradient)]
    for got, want in zip(found, wanted, strict=True):
        assert (got is None) == (want is None)
        if got is not None:
            torch.testing.assert_close(got, want)
