"""A training that is killed by SIGKILL, at whatever moment, and resumed ends as if nothing had happened."""

import io
import multiprocessing
import os
import random
import signal
import sys

import pytest
import torch
from toy_config import TOY, chdir

from aucgan.engine.checkpoints import checkpoint_io
from aucgan.engine.checkpoints.checkpoint_io import read_checkpoint
from aucgan.engine.loop.train_loop import ExactTrainLoop
from aucgan.files import atomic
from tools.train import main

LENGTH, WRITES = 40, 14
MOMENTS = ("before an iteration", "after an iteration", "half a file", "before the rename", "after the rename")


def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)


def nth(n, function, before=None, after=None):
    """``function`` that calls something before or after its n-th call."""
    calls = 0

    def counted(*args):
        nonlocal calls
        calls += 1
        if before and calls == n:
            before(*args)
        result = function(*args)
        if after and calls == n:
            after(*args)
        return result

    return counted


def write_half(content, file):
    whole = io.BytesIO()
    torch.save(content, whole)
    file.write(whole.getvalue()[: whole.tell() // 2])
    file.flush()
    die()


def set_the_trap(moment, n):
    """Let this process kill itself at the n-th such moment."""
    if moment == "before an iteration":
        ExactTrainLoop._run_iteration = nth(n, ExactTrainLoop._run_iteration, before=die)
    elif moment == "after an iteration":
        ExactTrainLoop._run_iteration = nth(n, ExactTrainLoop._run_iteration, after=die)
    elif moment == "half a file":
        checkpoint_io.torch.save = nth(n, torch.save, before=write_half)
    elif moment == "before the rename":
        atomic.os.replace = nth(n, os.replace, before=die)
    else:
        atomic.os.replace = nth(n, os.replace, after=die)


def train_in(folder, *arguments):
    with chdir(folder):
        return main(["toy.py", "--skip-test", *arguments])


def train_in_a_trap(folder, moment, n):
    set_the_trap(moment, n)
    sys.exit(train_in(folder))


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    """The uninterrupted run: averaged weights, a schedule, the best of the validations, random augmentation."""
    folder = tmp_path_factory.mktemp("reference")
    average = 'custom_hooks = [dict(type="PartEMAHook", parts=["head"], decay=0.5)]\n'
    (folder / "toy.py").write_text(TOY + average + f'train_cfg["max_iters"] = {LENGTH}\n', encoding="utf-8")
    assert train_in(folder) == 0
    return folder


def same(first, second):
    """Bit for bit, through all levels."""
    if isinstance(first, torch.Tensor):
        return torch.equal(first, second)
    if isinstance(first, dict):
        return set(first) == set(second) and all(same(first[key], second[key]) for key in first)
    if isinstance(first, (list, tuple)):
        return len(first) == len(second) and all(map(same, first, second))
    return first == second


def cases():
    draw = random.Random(0)
    for moment in MOMENTS:
        for _ in range(2):
            yield moment, draw.randint(1, LENGTH if "iteration" in moment else WRITES)


@pytest.mark.parametrize(("moment", "n"), list(cases()))
def test_killed_and_resumed(reference, tmp_path, moment, n):
    (tmp_path / "toy.py").write_text((reference / "toy.py").read_text(encoding="utf-8"), encoding="utf-8")
    process = multiprocessing.get_context("fork").Process(target=train_in_a_trap, args=(tmp_path, moment, n))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert train_in(tmp_path, "--resume") == 0
    ours, theirs = (folder / "work_dirs" / "toy" for folder in (tmp_path, reference))
    assert {path.name for path in ours.glob(".*")} == set()
    for name in ("best.pth", "final.pth"):
        assert same(read_checkpoint(ours / name)["state_dict"], read_checkpoint(theirs / name)["state_dict"]), name
    last, expected = (read_checkpoint(folder / f"iter_{LENGTH}.pth") for folder in (ours, theirs))
    for part in ("state_dict", "ema", "optimizer", "param_schedulers"):
        assert same(last[part], expected[part]), part
    hubs = (last["message_hub"], expected["message_hub"])
    for key in ("best_value", "best_iter"):
        assert len({hub["runtime_info"][key] for hub in hubs}) == 1
    assert same(*(hub["log_scalars"]["train/loss"] for hub in hubs))
