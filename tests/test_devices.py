"""Which tests follow ``--device``, and how their numbers get there."""

from pathlib import Path

import pytest
import torch
from devices import ON_HOST, SeededOnHost, here, reason_for_the_host
from pretended_gpu import PretendedGPU

TESTS = Path(__file__).parent


@pytest.mark.parametrize("name", ON_HOST)
def test_every_exception_is_there(name):
    file, _, function = name.partition("::")
    assert (TESTS / file).exists()
    assert not function or f"def {function}(" in (TESTS / file).read_text(encoding="utf-8")


def test_the_longest_name_counts_and_all_others_follow():
    assert reason_for_the_host("tests/engine/test_hooks.py::test_a[1]") == ON_HOST["engine"]
    assert reason_for_the_host("tests/engine/test_sam.py::test_errors") is None
    assert reason_for_the_host("tests/engine/test_ema.py::test_a_checkpoint") == ON_HOST["engine"]
    assert reason_for_the_host("tests/test_pretended_gpu.py::test_a") == ON_HOST["test_pretended_gpu.py"]
    assert reason_for_the_host("tests/losses/test_mrf.py::test_gradcheck") is None
    assert reason_for_the_host("tests/engines/test_a.py::test_b") is None


def test_a_test_that_follows_is_there(device):
    assert torch.ones(1).device.type == here(torch.as_tensor([1.0], device="cpu")).device.type == device


def test_by_default_tensors_are_made_there_and_seeded_numbers_are_those_of_the_host():
    def draw():
        generator = torch.Generator().manual_seed(0)
        return (
            torch.rand(3, generator=generator, dtype=torch.double, requires_grad=True),
            torch.randint(0, 9, (2,), generator=generator),
            torch.randperm(5, generator=generator),
            torch.rand(2, generator=generator, device="cpu"),
        )

    expected = draw()
    with PretendedGPU(default=True), SeededOnHost():
        assert torch.ones(2).device.type == torch.as_tensor([1.0]).device.type == "cuda"
        drawn = draw()
        assert [t.device.type for t in drawn] == ["cuda", "cuda", "cuda", "cpu"]
        drawn[0].square().sum().backward()
        assert drawn[0].is_leaf and drawn[0].grad.device.type == "cuda"
        back = [t.detach().cpu() for t in drawn]
    assert all(torch.equal(ours, theirs) for ours, theirs in zip(back, expected, strict=True))
