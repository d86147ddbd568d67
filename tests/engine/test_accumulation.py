"""Several iterations that make one step: as one with all their samples, and never half of it in a checkpoint."""

import pytest
import torch

from aucgan.engine.checkpoints.checkpoint_io import list_checkpoints, read_checkpoint
from aucgan.engine.config.config_file import load_config
from aucgan.engine.config.defaults import complete
from aucgan.engine.plan.training import build_runner
from aucgan.process.errors import ConfigError
from tools.train import main

PLAIN = """
model = dict(type="ToyModel", dropout=0.0, norm=False)
optim_wrapper = dict(type="OptimWrapper", optimizer=dict(type="SGD", lr=0.1))
param_scheduler = []
"""
IN_TWO = 'optim_wrapper["accumulative_counts"] = 2\ntrain_dataloader["batch_size"] = 2\n'
AVERAGE = 'custom_hooks = [dict(type="PartEMAHook", parts=["head"], decay=0.5)]\n'


def train(folder, text, *arguments):
    folder.mkdir(exist_ok=True)
    (folder / "toy.py").write_text(text, encoding="utf-8")
    assert main([str(folder / "toy.py"), "--work-dir", str(folder / "out"), "--skip-test", *arguments]) == 0
    return read_checkpoint(list_checkpoints(folder / "out")[0])


def assert_close(first, second):
    for name, value in first.items():
        torch.testing.assert_close(value, second[name], rtol=1e-5, atol=1e-6, msg=name)


def test_two_halves_make_one_step(workspace, toy_text):
    whole = train(workspace / "whole", toy_text + PLAIN + AVERAGE + 'train_cfg["max_iters"] = 6\n')
    halves = train(workspace / "halves", toy_text + PLAIN + AVERAGE + IN_TWO + 'train_cfg["max_iters"] = 12\n')
    assert_close(whole["state_dict"], halves["state_dict"])
    assert_close(whole["ema"], halves["ema"])
    norms = [c["message_hub"]["log_scalars"]["train/grad_norm"]["history"] for c in (whole, halves)]
    assert norms[0] == pytest.approx(norms[1], rel=1e-4)


def test_checkpoints_wait_for_the_end_of_an_accumulation(workspace, toy_text):
    text = toy_text + PLAIN + IN_TWO + 'train_cfg["max_iters"] = 11\n'  # the last step has one half only
    straight = train(workspace / "straight", text)
    names = sorted(path.name for path in (workspace / "straight" / "out").glob("iter_*"))
    assert names == ["iter_10.pth", "iter_11.pth"], "asked for after 9, written after 10"
    (workspace / "straight" / "out" / "iter_11.pth").unlink()
    resumed = train(workspace / "straight", text, "--resume")
    assert all(torch.equal(value, resumed["state_dict"][name]) for name, value in straight["state_dict"].items())


@pytest.mark.parametrize(("rule", "factor"), [("linear", 4.0), ("sqrt", 2.0)])
def test_the_learning_rate_follows_the_samples_of_a_step(workspace, toy_text, rule, factor):
    auto = f'auto_scale_lr = dict(base_batch_size=1, rule="{rule}")\ntrain_cfg["max_iters"] = 2\n'
    state = train(workspace / "scaled", toy_text + PLAIN + IN_TWO + auto)
    assert state["optimizer"]["param_groups"][0]["lr"] == pytest.approx(0.1 * factor)


def test_an_unknown_rule_is_one_line(workspace, toy_text):
    (workspace / "toy.py").write_text(
        toy_text + 'auto_scale_lr = dict(base_batch_size=1, rule="cubic")\n', encoding="utf-8"
    )
    with pytest.raises(ConfigError, match="rule \\('linear' or 'sqrt'\\)"):
        build_runner(complete(load_config("toy.py")), workspace / "out").train()


def test_wrappers_and_batch_norm_that_cannot_work_are_refused(workspace, toy_text):
    (workspace / "toy.py").write_text(
        toy_text + "model_wrapper_cfg = dict(type='MMDistributedDataParallel')\n", encoding="utf-8"
    )
    with pytest.raises(ConfigError, match="model_wrapper_cfg has no use"):
        build_runner(complete(load_config("toy.py")), workspace / "out")
