"""Gradients are averaged over processes, whatever is frozen and whatever the forward pass was."""

import torch
from several_processes import in_processes
from torch import distributed, nn

from aucgan.engine.optim.gradient_buckets import GradientBuckets
from aucgan.engine.optim.optim_wrapper import OptimWrapper


class Branches(nn.Module):
    """``used`` is called twice, ``sometimes`` on the first rank alone, ``never`` not at all."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.used, self.sometimes, self.never = (nn.Linear(3, 3) for _ in range(3))


def average_branches():
    rank, model = distributed.get_rank(), Branches()
    buckets = GradientBuckets(model.parameters(), bucket_bytes=40)
    assert len(buckets.buckets) > 1
    x = torch.full((2, 3), float(rank + 1), requires_grad=True)
    out = model.used(model.used(x).tanh())
    (slope,) = torch.autograd.grad(out.sum(), x, create_graph=True)
    loss = out.sum() + slope.square().sum()
    loss = loss + model.sometimes(x).sum() if rank == 0 else loss
    alone = torch.autograd.grad(loss, model.used.weight, retain_graph=True)[0]
    both = [torch.empty_like(alone) for _ in range(2)]
    distributed.all_gather(both, alone)
    buckets.arm()
    loss.backward()
    buckets.finish()
    torch.testing.assert_close(model.used.weight.grad, (both[0] + both[1]) / 2)
    torch.testing.assert_close(model.sometimes.bias.grad, torch.ones(3))
    assert model.never.weight.grad is None
    return 0


def test_gradients_are_averaged_whatever_the_forward_pass_was(workspace):
    assert in_processes(workspace, average_branches) == [0, 0]


def one_step(model, wrapper):
    """A step whose gradients differ by rank; the weights have to be the same everywhere after it."""
    x = torch.full((2, 3), float(distributed.get_rank() + 1))
    wrapper.update_params(sum(branch(x).square().sum() for branch in (model.used, model.sometimes, model.never)))
    for name, value in model.state_dict().items():
        both = [torch.empty_like(value) for _ in range(2)]
        distributed.all_gather(both, value)
        assert torch.equal(*both), name


def train_with_parts_frozen_and_thawed():
    model = Branches()
    model.never.requires_grad_(False)
    start = {name: value.clone() for name, value in model.state_dict().items()}
    wrapper = OptimWrapper(optimizer=torch.optim.SGD(model.parameters(), lr=0.01), accumulative_counts=1)
    one_step(model, wrapper)
    assert torch.equal(model.never.weight, start["never.weight"])
    sent = sum(p.numel() for bucket in wrapper._buckets.buckets for p in bucket.parameters)
    assert sent == 2 * 12, "frozen parameters travel along"
    model.never.requires_grad_(True)
    model.sometimes.requires_grad_(False)
    kept = model.sometimes.weight.clone()
    one_step(model, wrapper)
    assert not torch.equal(model.never.weight, start["never.weight"])
    assert torch.equal(model.sometimes.weight, kept)
    return 0


def test_parts_frozen_and_thawed_before_and_between_steps(workspace):
    assert in_processes(workspace, train_with_parts_frozen_and_thawed) == [0, 0]


def freeze_within_an_accumulation():
    model = Branches()
    model.never.requires_grad_(False)
    wrapper = OptimWrapper(optimizer=torch.optim.SGD(model.parameters(), lr=0.01), accumulative_counts=2)
    wrapper.initialize_count_status(model, 0, 4)
    x = torch.full((2, 3), float(distributed.get_rank() + 1))
    wrapper.update_params(model.used(x).square().sum() + model.sometimes(x).square().sum())
    model.sometimes.requires_grad_(False)  # with a gradient of its own that the coming step takes
    one_step(model, wrapper)
    return 0


def test_a_part_frozen_within_an_accumulation_is_averaged_still(workspace):
    assert in_processes(workspace, freeze_within_an_accumulation) == [0, 0]
