"""A run that is killed and resumed gives the very weights of an uninterrupted one."""

import multiprocessing
import os
import signal
import sys
import time

import pytest
import torch
from toy_config import TOY, chdir

from aucgan.engine.checkpoints.checkpoint_io import list_checkpoints, read_checkpoint, write_checkpoint
from tools.train import main


def train(folder, *arguments):
    """Train ``toy.py`` in ``folder``, in this process."""
    with chdir(folder):
        return main(["toy.py", *arguments])


def leave_with_code(folder, own_group=False):
    if own_group:
        os.setpgid(0, 0)
    sys.exit(train(folder))


def same(first, second):
    return all(torch.equal(first[key], second[key]) for key in first | second)


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    """The uninterrupted run, with averaged weights and two loader processes."""
    folder = tmp_path_factory.mktemp("reference")
    text = TOY + 'custom_hooks = [dict(type="PartEMAHook", parts=["head"], decay=0.5)]\n'
    text += "train_cfg.update(max_iters=40)\n"
    text += 'default_hooks["checkpoint"].update(max_keep=100)\n'
    (folder / "toy.py").write_text(text, encoding="utf-8")
    assert train(folder) == 0
    return folder


def resumed(reference, tmp_path, keep):
    """A copy of the reference run as it was when ``keep`` was its latest checkpoint."""
    (tmp_path / "toy.py").write_text((reference / "toy.py").read_text(encoding="utf-8"), encoding="utf-8")
    work_dir = tmp_path / "work_dirs" / "toy"
    work_dir.mkdir(parents=True)
    for path in list_checkpoints(reference / "work_dirs" / "toy"):
        if int(path.stem.split("_")[1]) <= keep:
            (work_dir / path.name).write_bytes(path.read_bytes())
    best = reference / "work_dirs" / "toy" / "best.pth"
    (work_dir / "best.pth").write_bytes(best.read_bytes())
    return work_dir


def test_resuming_in_the_middle_is_exact(reference, tmp_path, capfd):
    work_dir = resumed(reference, tmp_path, keep=21)
    assert train(tmp_path, "--resume") == 0
    assert "resumed epoch: 0, iter: 21" in capfd.readouterr().out
    for name in ("iter_40.pth", "final.pth", "best.pth"):
        ours = read_checkpoint(work_dir / name)
        theirs = read_checkpoint(reference / "work_dirs" / "toy" / name)
        assert same(ours["state_dict"], theirs["state_dict"]), name
    ours, theirs = (read_checkpoint(p / "iter_40.pth") for p in (work_dir, reference / "work_dirs" / "toy"))
    assert ours["param_schedulers"] == theirs["param_schedulers"]
    assert same(ours["ema"], theirs["ema"])
    losses = [c["message_hub"]["log_scalars"]["train/loss"] for c in (ours, theirs)]
    assert losses[0] == losses[1]


def test_resuming_keeps_the_number_of_threads(reference, tmp_path, capfd, monkeypatch):
    work_dir = resumed(reference, tmp_path, keep=39)
    path = list_checkpoints(work_dir)[0]
    written = read_checkpoint(path)
    written["meta"]["threads"] = 2
    write_checkpoint(path, written)
    assert train(tmp_path, "--resume") == 0
    assert "written with 2 threads, and OMP_NUM_THREADS asks for 1" in capfd.readouterr().out
    monkeypatch.delenv("OMP_NUM_THREADS")
    assert train(tmp_path, "--resume") == 0
    assert "continuing with 2 threads, as before" not in capfd.readouterr().out, "iter_40 was written with one"
    (work_dir / "iter_40.pth").unlink()
    try:
        assert train(tmp_path, "--resume") == 0
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(1)


def test_a_truncated_checkpoint_is_passed_over(reference, tmp_path, capfd):
    work_dir = resumed(reference, tmp_path, keep=24)
    latest = list_checkpoints(work_dir)[0]
    latest.write_bytes(latest.read_bytes()[:2000])
    assert train(tmp_path, "--resume") == 0
    output = capfd.readouterr().out
    assert "iter_24.pth is truncated" in output and "resumed epoch: 0, iter: 21" in output
    assert same(
        read_checkpoint(work_dir / "final.pth")["state_dict"],
        read_checkpoint(reference / "work_dirs" / "toy" / "final.pth")["state_dict"],
    )


def test_loader_processes_change_nothing(reference, tmp_path):
    (tmp_path / "toy.py").write_text(
        (reference / "toy.py").read_text(encoding="utf-8") + "train_dataloader.update(num_workers=2)\n",
        encoding="utf-8",
    )
    assert train(tmp_path) == 0
    assert same(
        read_checkpoint(tmp_path / "work_dirs" / "toy" / "iter_40.pth")["state_dict"],
        read_checkpoint(reference / "work_dirs" / "toy" / "iter_40.pth")["state_dict"],
    )


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_to_the_whole_group_is_one_line(reference, tmp_path, capfd, number, code):
    text = (reference / "toy.py").read_text(encoding="utf-8") + "train_cfg.update(max_iters=100000)\n"
    (tmp_path / "toy.py").write_text(text + "train_dataloader.update(num_workers=2)\n", encoding="utf-8")
    process = multiprocessing.get_context("fork").Process(target=leave_with_code, args=(tmp_path, True))
    process.start()
    work_dir = tmp_path / "work_dirs" / "toy"
    deadline = time.monotonic() + 60
    while not list_checkpoints(work_dir) and process.is_alive() and time.monotonic() < deadline:
        os.sched_yield()
    os.killpg(process.pid, number)
    process.join(60)
    error = capfd.readouterr().err
    assert process.exitcode == code
    assert error.startswith("train.py: asked to end by") and error.count("\n") == 1, error
    goal = int(list_checkpoints(work_dir)[0].stem.split("_")[1]) + 7
    text = text.replace("max_iters=100000", f"max_iters={goal}")
    straight = tmp_path / "straight"
    straight.mkdir()
    for folder, arguments in ((tmp_path, ["--resume"]), (straight, [])):
        (folder / "toy.py").write_text(text, encoding="utf-8")
        assert train(folder, *arguments) == 0
    ours, theirs = (read_checkpoint(f / "work_dirs" / "toy" / f"iter_{goal}.pth") for f in (tmp_path, straight))
    assert same(ours["state_dict"], theirs["state_dict"])


def test_persistent_loader_processes_do_not_keep_the_program_alive(reference, tmp_path):
    more = "train_dataloader.update(num_workers=1, persistent_workers=True)\n"
    (tmp_path / "toy.py").write_text((reference / "toy.py").read_text(encoding="utf-8") + more, encoding="utf-8")
    process = multiprocessing.get_context("fork").Process(target=leave_with_code, args=(tmp_path,))
    process.start()
    process.join(120)
    alive = process.is_alive()
    process.kill()
    assert not alive and process.exitcode == 0
