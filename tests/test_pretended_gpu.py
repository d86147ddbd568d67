"""The pretended GPU refuses and collects what a GPU would."""

import pytest
import torch
from pretended_gpu import PretendedGPU


@pytest.fixture
def gpu():
    with PretendedGPU() as report:
        yield report


def test_devices_are_told_apart(gpu):
    here, there = torch.ones(3), torch.ones(3, device="cuda")
    assert here.device.type == "cpu" and there.device.type == "cuda"
    assert (there * 2)[1:].device.type == "cuda" and there.new_zeros(2).device.type == "cuda"
    assert torch.zeros_like(there).device.type == "cuda" and here.to(there).device.type == "cuda"
    assert there.cpu().device.type == "cpu" and torch.arange(2).device.type == "cpu"
    assert torch.nn.Linear(2, 2).to("cuda").weight.device.type == "cuda"


def test_two_devices_in_one_operation_are_refused(gpu):
    there = torch.ones(3, device="cuda")
    for operation in (lambda: there + torch.ones(3), lambda: torch.cat([there, torch.ones(1)])):
        with pytest.raises(RuntimeError, match=r"tensors on cuda and, .*, on cpu"):
            operation()
    assert torch.equal((there + torch.tensor(1.0)).cpu(), torch.full((3,), 2.0))  # a number may come from the host
    with pytest.raises(TypeError, match="copy it to the CPU first"):
        there.numpy()


def test_a_backward_pass_stays_there(gpu):
    weight = torch.arange(3.0, device="cuda").requires_grad_()
    (weight[:2] * torch.ones(2, device="cuda")).square().sum().backward()
    assert weight.grad.device.type == "cuda" and weight.grad.cpu().tolist() == [0, 2, 0]
    assert len(gpu.reads) == 1


@pytest.mark.parametrize(
    "read",
    [lambda x: x.sum().item(), lambda x: bool(x.any()), lambda x: x.nonzero(), lambda x: x[x > 1], lambda x: x.cpu()]
    + [lambda x: x.tolist(), lambda x: x.unique()],
)
def test_what_the_host_waits_for_is_collected(gpu, read):
    read(torch.arange(3.0, device="cuda"))
    assert len(gpu.reads) == 1 and not gpu.copies


@pytest.mark.parametrize(
    "send",
    [lambda x: x.new_tensor([1.0, 2.0]), lambda x: torch.tensor([1], device=x.device), lambda x: x[[0, 1]]]
    + [lambda x: x[torch.tensor([0])], lambda x: torch.ones(3).to(x), lambda x: x.copy_(torch.ones(3))],
)
def test_what_the_host_sends_is_collected(gpu, send):
    send(torch.arange(3.0, device="cuda"))
    assert len(gpu.copies) == 1 and not gpu.reads


def test_generators_of_the_host_do_not_draw_there(gpu):
    assert torch.empty(3, device="cuda").normal_().device.type == "cuda"
    with pytest.raises(RuntimeError, match="Expected a 'cuda' device type for generator"):
        torch.rand(3, generator=torch.Generator(), device="cuda")
    with pytest.raises(RuntimeError, match="Expected a 'cuda' device type for generator"):
        torch.zeros(3, device="cuda").normal_(generator=torch.Generator())


def test_autocast_is_that_of_the_device(gpu):
    there, here = torch.ones(2, 2, device="cuda"), torch.ones(2, 2)
    with torch.autocast("cuda", dtype=torch.bfloat16):
        assert torch.is_autocast_enabled("cuda") and torch.get_autocast_dtype("cuda") == torch.bfloat16
        assert not torch.is_autocast_enabled("cpu") and (there @ there).dtype == torch.bfloat16
        with torch.autocast("cuda", enabled=False):
            assert (there @ there).dtype == torch.float32 and not torch.is_autocast_enabled("cuda")
        with torch.autocast("cpu", enabled=False):
            assert (there @ there).dtype == torch.bfloat16
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert (there @ there).dtype == torch.float32 and not torch.is_autocast_enabled("cuda")
    assert (there @ there).dtype == (here @ here).dtype == torch.float32


def test_what_needs_neither_is_not(gpu):
    x = torch.arange(3.0, device="cuda")
    x[x > 1] = 0
    torch.repeat_interleave(x.long(), output_size=1)
    assert x[1:].sum().add_(1).device.type == "cuda" and x[x.long()].shape == (3,)
    assert not gpu.reads and not gpu.copies
