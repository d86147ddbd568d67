import pytest
from mmengine.config import Config

from aucgan.engine.config.budget import set_max_iters
from aucgan.engine.config.config_file import load_config
from aucgan.engine.config.defaults import complete
from aucgan.process.errors import ConfigError
from tools.train import main

GAN = """
max_iters = 450
train_cfg = dict(max_iters=max_iters, val_interval=max_iters)
train_dataloader = dict(batch_size=4, dataset=dict(type="ToyRows"))
param_scheduler = dict(
    generator=[
        dict(type="LinearLR", by_epoch=False, begin=0, end=50),
        dict(type="CosineAnnealingLR", by_epoch=False, begin=50, end=max_iters),
        dict(type="MultiStepLR", by_epoch=False, milestones=[100, 300]),
    ]
)
default_hooks = dict(
    logger=dict(type="LoggerHook", interval=50),
    runtime_info=dict(type="DeferredScalarsHook", interval=50),
    checkpoint=dict(type="AtomicCheckpointHook", interval=500),
)
log_processor = dict(by_epoch=False, window_size=50)
"""


def config(text: str) -> Config:
    return complete(Config.fromstring(text, ".py"))


@pytest.mark.parametrize(("length", "warm_up", "steps"), [(90, 10, [20, 60]), (900, 100, [200, 600])])
def test_the_whole_schedule_keeps_its_shares(length, warm_up, steps):
    cfg = set_max_iters(config(GAN), length)
    linear, cosine, multi = cfg.param_scheduler.generator
    assert (linear.begin, linear.end, cosine.begin, cosine.end) == (0, warm_up, warm_up, length)
    assert multi.milestones == steps
    assert cfg.train_cfg.max_iters == cfg.train_cfg.val_interval == cfg.max_iters == length


def test_short_runs_log_and_checkpoint_more_often_and_long_ones_do_not_less():
    hooks = set_max_iters(config(GAN), 60).default_hooks
    assert (hooks.logger.interval, hooks.runtime_info.interval, hooks.checkpoint.interval) == (3, 3, 20)
    cfg = set_max_iters(config(GAN), 9000)
    assert (cfg.default_hooks.logger.interval, cfg.default_hooks.checkpoint.interval) == (50, 500)
    assert cfg.log_processor.window_size == 50


def test_a_single_iteration_leaves_no_empty_schedule():
    linear, cosine, _ = set_max_iters(config(GAN), 1).param_scheduler.generator
    assert linear.end - linear.begin == cosine.end - cosine.begin == 1


@pytest.mark.parametrize(
    ("change", "length", "message"),
    [
        ("", 0, "at least 1, got 0"),
        ("train_cfg = None\n", 5, "no train_cfg"),
        ('param_scheduler = [dict(type="StepLR", step_size=3)]\n', 5, "StepLR counts epochs"),
    ],
)
def test_errors(change, length, message):
    with pytest.raises(ConfigError, match=message):
        set_max_iters(config(GAN + change), length)


def test_the_command_line_sets_length_and_seed(workspace, capfd):
    assert main(["toy.py", "--max-iters", "6", "--seed", "3", "--skip-test"]) == 0
    (log,) = (workspace / "work_dirs" / "toy").glob("*.py")
    written = load_config(log)
    assert written.train_cfg.max_iters == 6 and written.param_scheduler[0].T_max == 6
    assert written.randomness.seed == 3
    assert (workspace / "work_dirs" / "toy" / "iter_6.pth").is_file()
