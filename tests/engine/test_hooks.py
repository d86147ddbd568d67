import json
import logging
import math
import re

import numpy as np
import pytest
import torch
from mmengine.config import Config
from PIL import Image
from rich.console import Console

from aucgan.engine.checkpoints.checkpoint_io import read_checkpoint
from aucgan.engine.config.config_file import load_config
from aucgan.engine.config.defaults import complete, use_amp
from aucgan.engine.hooks.picture_hook import titled_grid
from aucgan.engine.hooks.progress_hook import make_progress
from aucgan.engine.plan.training import build_runner
from aucgan.process.errors import CheckpointError, ConfigError
from tools.train import main


def run(folder, toy_text, extra="", *arguments):
    (folder / "toy.py").write_text(toy_text + extra, encoding="utf-8")
    return main(["toy.py", "--skip-test", *arguments])


def test_a_bad_loss_stops_at_once_with_its_name(workspace, toy_text, capfd):
    poison = 'train_dataloader["dataset"].update(poison=0)\n'
    assert run(workspace, toy_text, poison) == 3
    error = capfd.readouterr().err
    match = re.search(r"loss 'loss_fit' is nan at iteration (\d+) \(inputs: x \(4, 3\) in .*\); the batch is in", error)
    assert match and error.count("\n") == 1, error
    saved = read_checkpoint(workspace / "work_dirs" / "toy" / f"nonfinite_iter_{match[1]}.pth")
    assert saved["batch"]["x"].isnan().any() and math.isnan(saved["losses"]["loss_fit"])


SKIP = 'default_hooks["non_finite"] = dict(type="NonFiniteHook", action="skip")\n'


def test_a_bad_step_can_be_left_out_and_counted(workspace, toy_text, capfd):
    poison = 'train_dataloader["dataset"].update(poison=0)\n'
    assert run(workspace, toy_text, poison + SKIP) == 0
    output = capfd.readouterr().out
    skipped = output.count("loss 'loss_fit' is nan")
    assert skipped >= 2 and f"steps left out so far: {skipped}" in output
    state = read_checkpoint(workspace / "work_dirs" / "toy" / "iter_12.pth")
    assert state["optimizer"]["skipped"] == skipped
    assert all(value.isfinite().all() for value in state["state_dict"].values())
    assert {int(moment["step"]) for moment in state["optimizer"]["state"].values()} == {12 - skipped}


def test_nothing_but_bad_steps_stops(workspace, toy_text, capfd):
    poison = 'train_dataloader.update(batch_size=10)\ntrain_dataloader["dataset"].update(poison=0)\n'
    assert run(workspace, toy_text, poison + SKIP.replace(")\n", ", max_in_a_row=3)\n")) == 3
    assert "is nan at iteration 3 (inputs" in capfd.readouterr().err


def test_a_bad_gradient_behind_good_losses_stops(workspace, toy_text, capfd):
    assert run(workspace, toy_text, 'model = dict(type="ToyModel", steep=True)\n') == 3
    error = capfd.readouterr().err
    assert error.startswith("train.py: the gradient (grad_norm) is") and error.count("\n") == 1


def test_gradients_are_clipped_and_their_norm_is_logged(workspace, toy_text):
    sgd = 'optim_wrapper = dict(type="OptimWrapper", optimizer=dict(type="SGD", lr=1.0), clip_grad=dict(max_norm=0.1))'
    more = 'train_cfg.update(max_iters=2)\nparam_scheduler = []\ndefault_hooks["checkpoint"].update(interval=1)\n'
    assert run(workspace, toy_text, f"{sgd}\n{more}") == 0
    before, after = (read_checkpoint(workspace / "work_dirs" / "toy" / f"iter_{n}.pth") for n in (1, 2))
    names = [name for name in after["state_dict"] if name.endswith(("weight", "bias"))]
    step = torch.cat([(after["state_dict"][n] - before["state_dict"][n]).flatten() for n in names]).norm()
    norms = after["message_hub"]["log_scalars"]["train/grad_norm"]["history"]
    assert len(norms) == 2 and min(norms) > 0.1
    torch.testing.assert_close(step, torch.tensor(0.1), rtol=1e-4, atol=0)


def test_the_average_is_what_is_validated(workspace, toy_text):
    """With a decay of almost 1 the average never leaves the start, so every validation finds the same error."""
    hook = 'custom_hooks = [dict(type="PartEMAHook", parts=["head", "body"], decay=1 - 1e-9)]\n'
    assert run(workspace, toy_text, hook) == 0
    hub = read_checkpoint(workspace / "work_dirs" / "toy" / "iter_12.pth")["message_hub"]
    errors = hub["log_scalars"]["val/error"]["history"]
    assert len(errors) == 3 and errors == pytest.approx([errors[0]] * 3, abs=1e-5)
    assert run(workspace, toy_text) == 0
    hub = read_checkpoint(workspace / "work_dirs" / "toy" / "iter_12.pth")["message_hub"]
    assert max(abs(error - errors[0]) for error in hub["log_scalars"]["val/error"]["history"]) > 1e-2


def test_pictures_are_drawn_with_titles(workspace, toy_text):
    pictures = 'default_hooks["pictures"] = dict(type="PictureGridHook", interval=5, n_samples=3)\n'
    assert run(workspace, toy_text, pictures) == 0
    files = {path.name for path in (workspace / "work_dirs" / "toy" / "pictures").iterdir()}
    assert files == {"5.png", "10.png", "12.png"}
    assert Image.open(workspace / "work_dirs" / "toy" / "pictures" / "5.png").size == (18, 3 * 10 - 2 + 14)


def test_titled_grid_leaves_room_for_titles():
    rows = [[torch.ones(3, 8, 8), torch.zeros(3, 8, 8)]]
    assert titled_grid(rows).size == (18, 8)
    grid = np.asarray(titled_grid(rows, ("a", "b")))
    assert grid.shape == (22, 18, 3)
    assert (grid[14:, :8] == 255).all() and (grid[14:, 10:] == 0).all()


def test_log_lines_name_all_losses_with_the_remaining_time(workspace, toy_text, capfd):
    assert run(workspace, toy_text, 'default_hooks["logger"] = dict(type="LoggerHook", interval=4)\n') == 0
    logs = list((workspace / "work_dirs" / "toy").glob("*/*.log"))
    lines = [line for line in logs[0].read_text(encoding="utf-8").splitlines() if "Iter(train)" in line]
    pattern = r"\[ ?8/12\].*eta: \d:.*data_time: [\d.]+ \([\d.]+%\)  .*loss: [\d.]+ .*loss_fit: .*loss_size: [\d.]+"
    assert any(re.search(pattern, line) for line in lines), lines
    terminal = capfd.readouterr().out
    assert "loss_fit" in terminal
    scalars = [json.loads(line) for line in (logs[0].parent / "vis_data" / "scalars.json").open(encoding="utf-8")]
    assert any(entry.get("data_share") == entry["data_time"] / entry["time"] for entry in scalars if "time" in entry)
    assert "System environment" in logs[0].read_text(encoding="utf-8") and "System environment" not in terminal


def test_losses_in_the_log_are_those_of_each_iteration(workspace, toy_text):
    assert run(workspace, toy_text) == 0
    history = read_checkpoint(workspace / "work_dirs" / "toy" / "iter_12.pth")["message_hub"]["log_scalars"]
    assert len(history["train/loss_fit"]["history"]) == 12


def test_the_average_is_what_is_kept(workspace, toy_text):
    hook = 'custom_hooks = [dict(type="PartEMAHook", parts=["head"], decay=0.5)]\ndefault_hooks["checkpoint"] = '
    hook += 'dict(type="AtomicCheckpointHook", interval=1, max_keep=100)\n'
    assert run(workspace, toy_text, hook) == 0
    work_dir = workspace / "work_dirs" / "toy"
    states = [read_checkpoint(work_dir / f"iter_{i}.pth") for i in range(1, 13)]
    average = states[0]["ema"]["head.weight"]
    for state in states[1:]:
        average = torch.lerp(average, state["state_dict"]["head.weight"], 0.5)
        assert torch.equal(average, state["ema"]["head.weight"])
    final = read_checkpoint(work_dir / "final.pth")["state_dict"]
    assert torch.equal(final["head.weight"], average)
    assert torch.equal(final["body.0.weight"], states[-1]["state_dict"]["body.0.weight"])


def test_average_of_an_unknown_part(workspace, toy_text, capfd):
    assert run(workspace, toy_text, 'custom_hooks = [dict(type="PartEMAHook", parts=["neck"])]\n') == 2
    assert "names 'neck', but the model has data_preprocessor, body, head" in capfd.readouterr().err


def test_only_the_latest_checkpoints_stay_and_the_best_becomes_final(workspace, toy_text, capfd):
    assert run(workspace, toy_text, 'optim_wrapper["optimizer"]["lr"] = 3.0\n') == 0
    work_dir = workspace / "work_dirs" / "toy"
    assert {p.name for p in work_dir.glob("iter_*.pth")} == {"iter_9.pth", "iter_12.pth"}
    hub = read_checkpoint(work_dir / "iter_12.pth")["message_hub"]["runtime_info"]
    best = read_checkpoint(work_dir / "best.pth")
    assert best["meta"]["iter"] == hub["best_iter"]
    final = read_checkpoint(work_dir / "final.pth")["state_dict"]
    assert all(torch.equal(final[name], value) for name, value in best["state_dict"].items())


def test_an_unknown_best_metric(workspace, toy_text, capfd):
    assert run(workspace, toy_text, 'default_hooks["checkpoint"]["save_best"] = "errr"\n') == 2
    assert "save_best is 'errr', but the validation gives error" in capfd.readouterr().err


def test_mixed_precision_trains_on_the_cpu(workspace, toy_text):
    assert run(workspace, toy_text, "", "--amp") == 0
    cfg = complete(load_config("toy.py"))
    use_amp(cfg)
    assert cfg.optim_wrapper.type in ("Bf16OptimWrapper", "AmpOptimWrapper")


@pytest.mark.parametrize(("has_bf16", "expected"), [(True, "Bf16OptimWrapper"), (False, "AmpOptimWrapper")])
def test_mixed_precision_of_every_group_is_what_the_gpu_has(workspace, toy_text, monkeypatch, has_bf16, expected):
    monkeypatch.setattr("aucgan.engine.config.defaults.computes_in_bf16", lambda device: has_bf16)
    cfg = load_config("toy.py")
    cfg.device = "cuda"
    cfg.optim_wrapper = dict(
        constructor="GroupedOptimWrapperConstructor",
        one=dict(type="Bf16OptimWrapper", only_if_native=True, optimizer=dict(type="Adam")),
        other=dict(optimizer=dict(type="Adam")),
    )
    use_amp(cfg)
    assert cfg.optim_wrapper.one.type == cfg.optim_wrapper.other.type == expected
    assert "only_if_native" not in cfg.optim_wrapper.one


def test_another_sampler_is_refused(workspace, toy_text, capfd):
    other = 'train_dataloader["sampler"] = dict(type="InfiniteSampler")\n'
    assert run(workspace, toy_text, other) == 2
    assert "needs dict(type='ResumableSampler')" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "truncated or not a PyTorch checkpoint"),
        (b"not a checkpoint at all", "truncated or not a PyTorch checkpoint"),
        (None, "no checkpoint at"),
    ],
)
def test_unreadable_checkpoints(tmp_path, content, message):
    path = tmp_path / "final.pth"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CheckpointError, match=message):
        read_checkpoint(path)


def test_a_checkpoint_that_could_run_code_is_refused(tmp_path):
    torch.save({"state_dict": {}, "extra": logging.Formatter()}, tmp_path / "final.pth")
    with pytest.raises(CheckpointError, match="loading that could run code"):
        read_checkpoint(tmp_path / "final.pth")


def test_foreign_weights_do_not_fit(workspace, toy_text):
    assert run(workspace, toy_text) == 0
    cfg = complete(load_config("toy.py", ["model.width=5"]))
    cfg.load_from = "work_dirs/toy/final.pth"
    runner = build_runner(cfg, workspace / "other")
    with pytest.raises(CheckpointError, match=r"final\.pth does not fit ToyModel: size mismatch for body\.0\.weight"):
        runner.train()


def test_a_resumed_run_needs_a_resumable_checkpoint(workspace, toy_text, capfd):
    assert run(workspace, toy_text) == 0
    work_dir = workspace / "work_dirs" / "toy"
    for path in work_dir.glob("iter_*.pth"):
        path.write_bytes((work_dir / "final.pth").read_bytes())
    assert run(workspace, toy_text, "", "--resume") == 1
    output = capfd.readouterr()
    assert "no checkpoint of a run to resume: it has no message_hub, optimizer" in output.out
    assert "none of the checkpoints" in output.err


def test_nothing_to_resume_is_said(workspace, toy_text, capfd):
    assert run(workspace, toy_text, "", "--resume") == 0
    assert "nothing to resume" in capfd.readouterr().out


def test_the_bar_shows_count_and_remaining_time():
    console = Console(force_terminal=True, width=120, record=True)
    with make_progress(console) as progress:
        progress.add_task("train", total=10, completed=5, note="loss 0.5000")
    text = console.export_text()
    assert "5/10" in text and "left" in text and "loss 0.5000" in text


def test_wrong_checkpoint_settings():
    from aucgan.engine import AtomicCheckpointHook

    with pytest.raises(ConfigError, match="not 'greater' or 'less'"):
        AtomicCheckpointHook(rule="more")
    with pytest.raises(ConfigError, match="interval ≥ 1"):
        AtomicCheckpointHook(interval=0)


def test_the_config_is_formatted_as_often_for_many_checkpoints_as_for_one(workspace, toy_text, monkeypatch):
    formatted, pretty_text = [], Config.pretty_text
    monkeypatch.setattr(Config, "pretty_text", property(lambda cfg: formatted.append(1) or pretty_text.fget(cfg)))
    counts = []
    for interval in (12, 1):
        formatted.clear()
        assert run(workspace, toy_text, f'default_hooks["checkpoint"].update(interval={interval})\n') == 0
        counts.append(len(formatted))
    assert counts[0] == counts[1] and len(list((workspace / "work_dirs" / "toy").glob("iter_*.pth"))) == 2
    text = (workspace / "work_dirs" / "toy" / "toy.py").read_text(encoding="utf-8")
    for name in ("iter_11.pth", "iter_12.pth", "best.pth", "final.pth"):
        assert read_checkpoint(workspace / "work_dirs" / "toy" / name)["meta"]["cfg"] == text, name
