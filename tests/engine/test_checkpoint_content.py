"""Whatever goes into a checkpoint comes back as it was, or is refused by its name."""

import enum
import inspect
from collections import Counter, OrderedDict, namedtuple
from pathlib import Path

import mmengine.optim  # noqa: F401 - registers the schedulers and optimizers
import numpy as np
import pytest
import torch
from mmengine.optim.scheduler.param_scheduler import _ParamScheduler
from mmengine.registry import OPTIMIZERS, PARAM_SCHEDULERS
from torch import nn

from aucgan.engine.checkpoints.checkpoint_io import plain, read_checkpoint, write_checkpoint
from aucgan.engine.hooks import nonfinite_hook
from aucgan.engine.loop.resumable_runner import scheduler_state
from aucgan.process.errors import CheckpointError
from tools.train import main


class Grade(enum.IntEnum):
    GOOD = 1


class Word(str):
    pass


Pair = namedtuple("Pair", "a b")


def written_and_read(tmp_path, content):
    write_checkpoint(tmp_path / "a.pth", content)
    return read_checkpoint(tmp_path / "a.pth")


KEPT = dict(
    none=None,
    yes=True,
    big=1 << 100,
    half=0.5,
    text="ä",
    raw=b"\0",
    z=1j,
    nested=[(1, {"a": {2, 3}})],
    encoding="utf-8",
)
KEPT |= dict(counted=Counter(a=2), ordered=OrderedDict(b=1, a=2), kind=torch.float16, place=torch.device("cpu"))
CONVERTED = dict(
    number=(np.float32(0.5), 0.5),
    word=(np.str_("a"), "a"),
    array=(np.arange(4).reshape(2, 2), [[0, 1], [2, 3]]),
    objects=(np.array([None, "a"], object), [None, "a"]),
    path=(Path("a/b"), str(Path("a/b"))),
    grade=(Grade.GOOD, 1),
    derived=(Word("w"), "w"),
    size=(torch.Size([2, 3]), (2, 3)),
    named=(Pair(1, 2), (1, 2)),
    keys=({np.int64(3): 1, Path("a"): 2}, {3: 1, "a": 2}),
)


def test_plain_data_come_back_as_they_were(tmp_path):
    content = written_and_read(tmp_path, KEPT)
    assert content == KEPT
    assert {key: type(value) for key, value in content.items()} == {key: type(value) for key, value in KEPT.items()}


def test_some_types_become_pythons_own(tmp_path):
    content = written_and_read(tmp_path, {key: value for key, (value, _) in CONVERTED.items()})
    assert content == {key: expected for key, (_, expected) in CONVERTED.items()}
    assert all(type(content[key]) is type(expected) for key, (_, expected) in CONVERTED.items())


UNKNOWN = [lambda: 1, object(), range(3), np.datetime64("2026-01-01"), np.longdouble(1), np.array([object()], object)]


@pytest.mark.parametrize("value", UNKNOWN, ids=lambda value: type(value).__name__)
def test_what_would_not_come_back_is_refused_by_its_key(tmp_path, value):
    write_checkpoint(tmp_path / "a.pth", {"a": 1})
    with pytest.raises(CheckpointError, match=r"'hook\.state\.1\.odd(\.0)?' is of type (\w+\.)+\w+, which"):
        write_checkpoint(tmp_path / "a.pth", {"hook": {"state": [0, {"odd": value}]}})
    assert read_checkpoint(tmp_path / "a.pth") == {"a": 1}


def test_keys_are_looked_at_too():
    with pytest.raises(CheckpointError, match=r"'state\.range\(0, 2\) \(the key\)' is of type builtins\.range"):
        plain({"state": {range(2): 1}})


SCHEDULER_ARGUMENTS = dict(
    step_size=2,
    milestones=[2, 4, 4],
    gamma=0.5,
    T_max=5,
    eta_max=1.0,
    total_steps=20,
    periods=[5, 5],
    restart_weights=[1, 0.5],
    monitor="loss",
)


@pytest.mark.parametrize("name", sorted(PARAM_SCHEDULERS.module_dict))
def test_every_scheduler_continues_as_if_it_had_not_stopped(tmp_path, name):
    def build():
        torch.manual_seed(0)
        optimizer = torch.optim.SGD(nn.Linear(2, 1).parameters(), lr=0.1, momentum=0.9)
        kind = PARAM_SCHEDULERS.get(name)
        known = {parameter for cls in kind.__mro__ for parameter in inspect.signature(cls.__init__).parameters}
        arguments = {key: value for key, value in SCHEDULER_ARGUMENTS.items() if key in known}
        arguments |= dict(param_name="lr") if not name.endswith(("LR", "Momentum")) else {}
        if "Restart" in name:
            arguments |= dict(eta_min=0.0)
        return optimizer, kind(optimizer, by_epoch="Plateau" in name, **arguments)

    def steps(optimizer, scheduler, numbers):
        values = []
        for number in numbers:
            optimizer.step()
            plateau = "Plateau" in name
            scheduler.step(dict(loss=1.0 + number)) if plateau else scheduler.step()
            values.append([(group["lr"], group["momentum"]) for group in optimizer.param_groups])
        return values

    optimizer, scheduler = build()
    assert isinstance(scheduler, _ParamScheduler)
    steps(optimizer, scheduler, range(3))
    stored = written_and_read(tmp_path, dict(optimizer=optimizer.state_dict(), scheduler=scheduler_state(scheduler)))
    expected = steps(optimizer, scheduler, range(3, 15))
    resumed, again = build()
    resumed.load_state_dict(stored["optimizer"])
    again.load_state_dict(stored["scheduler"])
    assert steps(resumed, again, range(3, 15)) == expected


UNUSABLE = {"Optimizer", "ZeroRedundancyOptimizer", "SparseAdam"}  # a base, needs processes, takes no dense gradients


@pytest.mark.parametrize("name", sorted(set(OPTIMIZERS.module_dict) - UNUSABLE))
def test_every_optimizer_continues_as_if_it_had_not_stopped(tmp_path, name):
    def build():
        torch.manual_seed(0)
        net = nn.Linear(4, 3, bias=False)
        return net, OPTIMIZERS.build(dict(type=name, params=net.parameters(), lr=0.01))

    def step(net, optimizer):
        def loss():
            optimizer.zero_grad()
            value = net.weight.square().sum()
            value.backward()
            return value

        optimizer.step(loss)

    net, optimizer = build()
    for _ in range(3):
        step(net, optimizer)
    stored = written_and_read(tmp_path, dict(net=net.state_dict(), optimizer=optimizer.state_dict()))
    step(net, optimizer)
    resumed, again = build()
    resumed.load_state_dict(stored["net"])
    again.load_state_dict(stored["optimizer"])
    step(resumed, again)
    assert torch.equal(resumed.weight, net.weight)


def test_a_schedule_with_a_function_in_it_resumes(workspace, toy_text):
    one_cycle = 'param_scheduler = [dict(type="OneCycleLR", by_epoch=False, eta_max=0.1, total_steps=12)]\n'
    (workspace / "toy.py").write_text(toy_text + one_cycle, encoding="utf-8")
    assert main(["toy.py", "--skip-test"]) == 0
    work_dir = workspace / "work_dirs" / "toy"
    expected = read_checkpoint(work_dir / "iter_12.pth")
    (work_dir / "iter_12.pth").unlink()
    assert main(["toy.py", "--skip-test", "--resume"]) == 0
    resumed = read_checkpoint(work_dir / "iter_12.pth")
    assert resumed["param_schedulers"] == expected["param_schedulers"]
    assert all(torch.equal(resumed["state_dict"][key], value) for key, value in expected["state_dict"].items())


def test_a_batch_that_cannot_be_kept_does_not_hide_what_is_wrong_with_it(workspace, toy_text, capfd, monkeypatch):
    write = nonfinite_hook.write_checkpoint
    monkeypatch.setattr(
        nonfinite_hook, "write_checkpoint", lambda path, content: write(path, content | {"odd": range(2)})
    )
    poison = 'train_dataloader["dataset"].update(poison=0)\n'
    (workspace / "toy.py").write_text(toy_text + poison, encoding="utf-8")
    assert main(["toy.py", "--skip-test"]) == 3
    error = capfd.readouterr().err
    assert "loss 'loss_fit' is nan" in error and error.count("\n") == 1
    assert "the batch could not be kept ('odd' is of type builtins.range" in error
