"""The average of a part's weights is, bit for bit, that of one tensor after the other, in a few operations."""

from types import SimpleNamespace

import torch
from torch import nn
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
