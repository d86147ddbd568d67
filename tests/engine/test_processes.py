"""Several processes train as one would with their batches put together."""

import json
import os

import pytest
import torch
from mmengine.config import Config
from several_processes import in_processes
from slim_models import slim
from torch import distributed
from toy_config import REPOSITORY

from aucgan.engine.checkpoints.checkpoint_io import list_checkpoints, read_checkpoint
from aucgan.engine.loop.processes import join_processes, part_processes
from tools.test import main as measure
from tools.train import main

KEEP = 'custom_hooks = [dict(type="KeepWeights")]\n'
PLAIN = (
    'model = dict(type="ToyModel", dropout=0.0, norm=False)\noptim_wrapper["optimizer"] = dict(type="SGD", lr=0.1)\n'
)


def train():
    return main(["toy.py", "--launcher", "pytorch", "--skip-test"])


def weights(folder, rank=0):
    return torch.load(folder / f"rank_{rank}.pth", weights_only=True)


def one_and_two(workspace, tmp_path_factory, text):
    """Train a config with batches of four in one process and of two in two; the folders."""
    one, two = (tmp_path_factory.mktemp(name) for name in ("one", "two"))
    for folder, batch_size in ((one, 4), (two, 2)):
        (folder / "toy.py").write_text(
            text + KEEP + f'train_dataloader["batch_size"] = {batch_size}\n', encoding="utf-8"
        )
    os.chdir(one)
    assert main(["toy.py", "--skip-test"]) == 0
    assert in_processes(two, train) == [0, 0]
    return one, two


def assert_equal_training(one, two):
    expected, ours, theirs = weights(one), weights(two), weights(two, rank=1)
    for name, value in expected.items():
        assert torch.equal(ours[name], theirs[name]), name
        torch.testing.assert_close(ours[name], value, rtol=1e-4, atol=1e-6, msg=name)


def losses(folder):
    state = read_checkpoint(list_checkpoints(folder / "work_dirs" / "toy")[0])
    scalars = state["message_hub"]["log_scalars"]
    return {name: entry["history"] for name, entry in scalars.items() if "loss" in name or "grad_norm" in name}


@pytest.mark.parametrize("frozen", ["", "body"])
def test_two_by_two_is_one_by_four(workspace, toy_text, tmp_path_factory, frozen):
    one, two = one_and_two(workspace, tmp_path_factory, f'{toy_text}{PLAIN}model["frozen"] = "{frozen}"\n')
    assert_equal_training(one, two)
    expected, found = losses(one), losses(two)
    assert set(expected) == {"train/loss", "train/loss_fit", "train/loss_size", "train/grad_norm"} == set(found)
    for name, values in expected.items():
        assert values == pytest.approx(found[name], rel=1e-4), name


def test_the_detail_stage_too(workspace, toy_text, tmp_path_factory):
    model = slim(Config.fromfile(REPOSITORY / "configs" / "aucgan_detail_v2.py").model)
    model["losses"]["r1"] = dict(type="R1Penalty", weight=1.0)
    model["losses"]["detail_consistency"] = dict(type="DetailConsistencyLoss", weight=0.1)
    group = dict(type="OptimWrapper", optimizer=dict(type="SGD", lr=0.01, momentum=0.9), clip_grad=dict(max_norm=1.0))
    text = f"""
custom_imports = dict(imports=["toy_components"])
model = {model}
train_dataloader = dict(
    batch_size=4,
    dataset=dict(type="RandomFaces"),
    sampler=dict(type="ResumableSampler", photos_per_person=2),
)
train_cfg = dict(max_iters=2)
optim_wrapper = dict(
    constructor="GroupedOptimWrapperConstructor",
    generator={dict(group, modules=["detail_encoder", "generator"])},
    discriminator={dict(group, modules=["discriminator"])},
)
"""
    one, two = one_and_two(workspace, tmp_path_factory, text)
    assert_equal_training(one, two)
    expected, found = losses(one), losses(two)
    assert {"train/grad_norm/generator", "train/loss_r1", "train/loss_adv"} < set(expected)
    for name, values in expected.items():
        assert values == pytest.approx(found[name], rel=1e-3, abs=1e-7), name


def test_validation_over_all_processes_is_that_of_one(workspace, toy_text):
    sizes = "".join(f'{split}_dataloader["dataset"]["size"] = 11\n' for split in ("val", "test"))
    (workspace / "toy.py").write_text(toy_text + KEEP + sizes, encoding="utf-8")
    assert in_processes(workspace, lambda: main(["toy.py", "--launcher", "pytorch"])) == [0, 0]
    metrics = json.loads((workspace / "work_dirs" / "toy" / "results.json").read_text(encoding="utf-8"))["metrics"]
    for name, value in weights(workspace, 0).items():
        assert torch.equal(value, weights(workspace, 1)[name]), name
    assert measure(["toy.py", "work_dirs/toy/final.pth", "--out", "alone.json"]) == 0
    assert json.loads((workspace / "alone.json").read_text(encoding="utf-8"))["metrics"] == metrics


def test_one_bad_process_stops_all_and_says_why(workspace, toy_text, capfd):
    (workspace / "toy.py").write_text(toy_text + 'train_dataloader["dataset"].update(poison=0)\n', encoding="utf-8")
    assert in_processes(workspace, train) == [3, 3]
    error = capfd.readouterr().err
    assert error.count("train.py: ") == 1 and "loss 'loss_fit' is nan" in error


def test_one_asked_to_end_ends_all_at_one_checkpoint(workspace, toy_text, capfd):
    hook = 'custom_hooks = [dict(type="KeepWeights", signal_at=4, signal_rank=1)]\ntrain_cfg["max_iters"] = 1000\n'
    (workspace / "toy.py").write_text(toy_text + hook, encoding="utf-8")
    assert in_processes(workspace, train) == [143, 143]
    error = capfd.readouterr().err
    assert error.count("train.py: ") == 1 and "asked to end by SIGTERM at iteration 10; continue from" in error
    assert list_checkpoints(workspace / "work_dirs" / "toy")[0].name == "iter_10.pth"


def test_a_launcher_that_did_not_launch_is_one_line(workspace, monkeypatch, capfd):
    monkeypatch.delenv("RANK", raising=False)
    assert main(["toy.py", "--launcher", "pytorch"]) == 2
    error = capfd.readouterr().err
    assert error.count("\n") == 1 and "'RANK' is not set; start the program by torchrun --nproc_per_node=N" in error


def test_what_slurm_says_is_read(monkeypatch, tmp_path):
    for name in ("RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT"):
        monkeypatch.setenv(name, "")  # so that they are taken back
        monkeypatch.delenv(name)
    said = dict(SLURM_PROCID="0", SLURM_NTASKS="1", SLURM_LOCALID="0", SLURM_JOB_NODELIST="n[7-8]")
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    scontrol = tmp_path / "scontrol"
    scontrol.write_text("#!/bin/sh\nprintf 'n7\\nn8\\n'\n", encoding="utf-8")
    scontrol.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    join_processes("slurm", dict(backend="gloo", init_method=f"file://{tmp_path}/meeting"))
    try:
        assert distributed.get_world_size() == 1
        assert os.environ["MASTER_ADDR"] == "n7" and os.environ["RANK"] == "0"
    finally:
        part_processes()
