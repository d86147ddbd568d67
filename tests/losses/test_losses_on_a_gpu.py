"""Every registered loss on a pretended GPU: the same value and gradient, and the host neither waits nor sends."""

import pytest
import torch
from test_every_loss import NAMES, build, example, value_and_gradient

pytestmark = pytest.mark.usefixtures("small_faces")


@pytest.mark.parametrize("name", NAMES)
def test_on_a_gpu(name, gpu):
    loss = build(name).float()
    wanted = value_and_gradient(loss, name)
    with gpu() as report:
        loss.to("cuda")
        value_and_gradient(loss, name, device="cuda")  # the first call may ask what never changes
        report.clear()
        inputs, leaf = example(name, device="cuda")
        report.clear()
        value = loss(*inputs)
        gradient = torch.autograd.grad(value, leaf, allow_unused=True)[0]
        report.expect()
        found = [None if t is None else t.detach().cpu() for t in (value, gradient)]
    for got, want in zip(found, wanted, strict=True):
        assert (got is None) == (want is None)
        if got is not None:
            torch.testing.assert_close(got, want)
