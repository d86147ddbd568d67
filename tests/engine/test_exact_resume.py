"""A run that is killed and resumed gives the very weights of an uninterrupted one."""

import os
import resource
import signal
import subprocess
import sys
import time

import pytest
import torch
from toy_config import HERE, REPOSITORY, TOY

from aucgan.engine.checkpoint_io import list_checkpoints, read_checkpoint, write_checkpoint
from aucgan.engine.errors import CheckpointError

TRAIN = REPOSITORY / "tools" / "train.py"


def start(*arguments, folder):
    env = dict(os.environ, PYTHONPATH=f"{REPOSITORY}{os.pathsep}{HERE}", OMP_NUM_THREADS="1")
    command = [sys.executable, str(TRAIN), "toy.py", *map(str, arguments)]
    return subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def train(*arguments, folder, code=0):
    process = start(*arguments, folder=folder)
    output = process.communicate(timeout=120)[0]
    assert process.returncode == code, output
    return output


def same(first, second):
    return all(torch.equal(first[key], second[key]) for key in first | second)


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    """The uninterrupted run, with averaged weights and two loader processes."""
    folder = tmp_path_factory.mktemp("reference")
    text = TOY + 'custom_hooks = [dict(type="PartEMAHook", parts=["head"], decay=0.5)]\n'
    text += "train_cfg.update(max_iters=40)\n"
    text += 'default_hooks["checkpoint"].update(max_keep_ckpts=100)\n'
    (folder / "toy.py").write_text(text)
    train(folder=folder)
    return folder


def resumed(reference, tmp_path, keep):
    """A copy of the reference run as it was when ``keep`` was its latest checkpoint."""
    (tmp_path / "toy.py").write_text((reference / "toy.py").read_text())
    work_dir = tmp_path / "work_dirs" / "toy"
    work_dir.mkdir(parents=True)
    for path in list_checkpoints(reference / "work_dirs" / "toy"):
        if int(path.stem.split("_")[1]) <= keep:
            (work_dir / path.name).write_bytes(path.read_bytes())
    best = reference / "work_dirs" / "toy" / "best.pth"
    (work_dir / "best.pth").write_bytes(best.read_bytes())
    return work_dir


def test_resuming_in_the_middle_is_exact(reference, tmp_path):
    work_dir = resumed(reference, tmp_path, keep=21)
    output = train("--resume", folder=tmp_path)
    assert "resumed epoch: 0, iter: 21" in output
    for name in ("iter_40.pth", "final.pth", "best.pth"):
        ours = read_checkpoint(work_dir / name)
        theirs = read_checkpoint(reference / "work_dirs" / "toy" / name)
        assert same(ours["state_dict"], theirs["state_dict"]), name
    ours, theirs = (read_checkpoint(p / "iter_40.pth") for p in (work_dir, reference / "work_dirs" / "toy"))
    assert ours["param_schedulers"] == theirs["param_schedulers"]
    assert same(ours["ema"], theirs["ema"])
    losses = [c["message_hub"]["log_scalars"]["train/loss"] for c in (ours, theirs)]
    assert losses[0] == losses[1]


def test_a_truncated_checkpoint_is_passed_over(reference, tmp_path):
    work_dir = resumed(reference, tmp_path, keep=24)
    latest = list_checkpoints(work_dir)[0]
    latest.write_bytes(latest.read_bytes()[:2000])
    output = train("--resume", folder=tmp_path)
    assert "iter_24.pth is truncated" in output and "resumed epoch: 0, iter: 21" in output
    assert same(
        read_checkpoint(work_dir / "final.pth")["state_dict"],
        read_checkpoint(reference / "work_dirs" / "toy" / "final.pth")["state_dict"],
    )


def test_loader_processes_change_nothing(reference, tmp_path):
    (tmp_path / "toy.py").write_text((reference / "toy.py").read_text() + "train_dataloader.update(num_workers=2)\n")
    train(folder=tmp_path)
    assert same(
        read_checkpoint(tmp_path / "work_dirs" / "toy" / "iter_40.pth")["state_dict"],
        read_checkpoint(reference / "work_dirs" / "toy" / "iter_40.pth")["state_dict"],
    )


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_killed_while_running(reference, tmp_path, number):
    (tmp_path / "toy.py").write_text((reference / "toy.py").read_text() + "train_cfg.update(max_iters=100000)\n")
    process = start(folder=tmp_path)
    work_dir = tmp_path / "work_dirs" / "toy"
    deadline = time.monotonic() + 60
    while not list_checkpoints(work_dir) and time.monotonic() < deadline:
        assert process.poll() is None, process.communicate()[0]
        os.sched_yield()
    process.send_signal(number)
    output = process.communicate(timeout=60)[0]
    if number == signal.SIGTERM:
        assert process.returncode == 143
        assert "continue from" in output and "Traceback" not in output
    reached = int(list_checkpoints(work_dir)[0].stem.split("_")[1])
    goal = reached + 7
    (tmp_path / "toy.py").write_text((reference / "toy.py").read_text() + f"train_cfg.update(max_iters={goal})\n")
    train("--resume", folder=tmp_path)
    straight = tmp_path / "straight"
    straight.mkdir()
    (straight / "toy.py").write_text((tmp_path / "toy.py").read_text())
    train(folder=straight)
    ours = read_checkpoint(work_dir / f"iter_{goal}.pth")["state_dict"]
    theirs = read_checkpoint(straight / "work_dirs" / "toy" / f"iter_{goal}.pth")["state_dict"]
    assert same(ours, theirs)


def test_a_full_disk_leaves_the_old_file(tmp_path):
    path = tmp_path / "iter_1.pth"
    write_checkpoint(path, {"state_dict": {"a": torch.ones(2)}})
    before = path.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        with pytest.raises(CheckpointError, match=r"cannot write .*iter_1\.pth.*earlier checkpoints are untouched"):
            write_checkpoint(path, {"state_dict": {"a": torch.ones(10_000)}})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
