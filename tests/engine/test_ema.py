"""The average of a part's weights is, bit for bit, that of one tensor after the other, in a few operations."""

from types import SimpleNamespace

import torch
from mmengine.dist import get_rank
from several_processes import in_processes
from torch import distributed, nn
from torch.utils._python_dispatch import TorchDispatchMode

from aucgan.engine import PartEMAHook


class Operations(TorchDispatchMode):
    def __init__(self):
        super().__init__()
        self.names = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.names.append(func.name())
        return func(*args, **(kwargs or {}))


def test_all_tensors_are_averaged_at_once():
    torch.manual_seed(0)
    part = nn.Sequential(
        *(layer for n in range(1, 6) for layer in (nn.Linear(3, n), nn.BatchNorm1d(n))), nn.Linear(3, 2).double()
    )
    model = nn.ModuleDict(dict(part=part))
    runner = SimpleNamespace(bare_model=SimpleNamespace(part=part), at_border=True, iter=0)
    hook = PartEMAHook(["part"], decay=0.9)
    hook.before_run(runner)
    twin = {name: value.clone() for name, value in hook.average.items()}
    with torch.no_grad():
        for value in model.state_dict().values():
            value.add_(3) if value.dtype == torch.long else value.normal_()
    with Operations() as operations:
        hook.after_train_iter(runner, 0)
    for name, value in model.state_dict().items():
        value = value.to(twin[name].dtype)
        twin[name].copy_(value) if value.dtype == torch.long else twin[name].lerp_(value, 1 - 0.9)
    assert all(torch.equal(hook.average[name], value) for name, value in twin.items())
    assert sum("lerp" in name for name in operations.names) == 1


def average_in_two_processes():
    """Each process sees other data, so that other statistics; a layer that does not train keeps its own."""
    torch.manual_seed(0)
    part = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2), nn.BatchNorm1d(2))
    part[2].eval()
    runner = SimpleNamespace(bare_model=SimpleNamespace(part=part), at_border=True, iter=0)
    hook = PartEMAHook(["part"], decay=0.75)
    hook.before_run(runner)
    with torch.no_grad():
        for layer in part[1:]:
            layer.running_mean.fill_(8 * get_rank()), layer.running_var.fill_(1 + 8 * get_rank())
    hook.after_train_iter(runner, 0)
    hook.before_resume_point(runner)
    checkpoint = {}
    hook.before_save_checkpoint(runner, checkpoint)
    stored = checkpoint["ema"]
    assert stored["part.1.running_mean"].tolist() == [1.0, 1.0], "a quarter of the way to 0 and 8"
    assert stored["part.1.running_var"].tolist() == [2.0, 2.0]
    assert stored["part.2.running_mean"].tolist() == 2 * [2.0 * get_rank()]
    assert part[1].running_mean.tolist() == 2 * [8.0 * get_rank()], "those of training are not the hook's"
    for name in ("part.0.weight", "part.1.weight", "part.1.num_batches_tracked"):
        both = [torch.empty_like(stored[name]) for _ in range(2)]
        distributed.all_gather(both, stored[name])
        assert torch.equal(*both), name
    return 0


def test_a_checkpoint_holds_one_average_for_all_processes(tmp_path):
    assert in_processes(tmp_path, average_in_two_processes) == [0, 0]
