"""Every slip in a config gives one line with the nearest valid name, and exit code 2."""

import re
from pathlib import Path

import pytest

from aucgan.engine.config.config_check import check_config, check_paths
from aucgan.engine.config.config_file import load_config
from aucgan.engine.config.defaults import complete
from aucgan.process.errors import ConfigError
from tools.train import main

SLIPS = [
    ('model = dict(type="ToyModle")', r"model\.type: there is no component 'ToyModle'; did you mean 'ToyModel'\?"),
    ('model = dict(type="ToyModel", widht=4)', r"model: ToyModel has no argument 'widht'; did you mean 'width'\?"),
    ('model = dict(type="ToyModel", width="four")', r"model\.width: 'four' is str, but ToyModel takes int"),
    ('model = dict(type="ToyModel", dropout=True)', r"model\.dropout: True is bool, but ToyModel takes float"),
    ("train_dataloder = dict(batch_size=4)", r"unknown setting 'train_dataloder'; did you mean 'train_dataloader'\?"),
    ('train_dataloader["batchsize"] = 4', r"no setting 'batchsize'; did you mean 'batch_size'\?"),
    ('train_dataloader["dataset"]["rooot"] = "x"', r"train_dataloader\.dataset: ToyRows has no argument 'rooot'"),
    ('optim_wrapper["optimizer"]["lrr"] = 1', r"optim_wrapper\.optimizer: Adam has no argument 'lrr'"),
    ('default_hooks["checkpoint"]["intervall"] = 1', r"default_hooks\.checkpoint: .*did you mean 'interval'\?"),
    ('custom_hooks = [dict(type="PartEMAHok", parts=[])]', r"custom_hooks\.0\.type: .*did you mean 'PartEMAHook'\?"),
    ("train_cfg = dict(type='ExactTrainLoop', max_iter=3)", r"train_cfg: .*did you mean 'max_iters'\?"),
    ("model = dict(type=", r"toy\.py, line \d+: "),
    ("model = undefined_name", r"NameError: name 'undefined_name' is not defined"),
    ('train_dataloader["dataset"]["root"] = "dat"', r"train_dataloader\.dataset\.root: dat does not exist"),
    ('load_from = "work/final.pth"', r"load_from: work/final\.pth does not exist"),
]


@pytest.mark.parametrize(("slip", "message"), SLIPS)
def test_a_slip_is_one_line(workspace, capfd, toy_text, slip, message):
    (workspace / "toy.py").write_text(toy_text + slip + "\n", encoding="utf-8")
    assert main(["toy.py"]) == 2
    error = capfd.readouterr().err
    assert error.count("\n") == 1 and error.startswith("train.py: ")
    assert re.search(message, error), error


OPTIONS = [
    ("train_cfg.max_iter=3", r"train_cfg"),
    ("trian_cfg.max_iters=3", r"has no 'trian_cfg'; did you mean 'train_cfg'\?"),
    ("train_cfg.max_iters=many", r"'many' is str, but the config has 12, int"),
    ("train_dataloader=4", r"4 is int, but the config has"),
    ("param_scheduler.3.T_max=4", r"a list of 1, '3' is no index in it"),
    ("model.width.deep=1", r"model has no 'width'"),
    ("max_iters", r"has no '=': write key=value"),
]


@pytest.mark.parametrize(("option", "message"), OPTIONS)
def test_a_wrong_option_is_one_line(workspace, capfd, option, message):
    assert main(["toy.py", "--cfg-options", option]) == 2
    error = capfd.readouterr().err
    assert error.count("\n") == 1 and re.search(message, error), error


def test_options_are_applied(workspace):
    options = ["train_cfg.max_iters=3", "param_scheduler.0.T_max=4", "model.width=8", "optim_wrapper.optimizer.lr=1"]
    cfg = complete(load_config("toy.py", options))
    check_config(cfg)
    assert (cfg.train_cfg.max_iters, cfg.param_scheduler[0].T_max, cfg.model.width) == (3, 4, 8)
    assert cfg.optim_wrapper.optimizer.lr == 1


def test_missing_config_names_the_nearest(workspace):
    with pytest.raises(ConfigError, match=r"no config at tooy\.py; did you mean 'toy\.py'\?"):
        load_config("tooy.py")


def test_own_names_are_allowed_at_the_top(workspace, toy_text):
    (workspace / "toy.py").write_text(toy_text + "image_size = 112\npack = dict(a=1)\n", encoding="utf-8")
    check_config(complete(load_config("toy.py")))


def test_promised_paths_need_not_exist(workspace, toy_text):
    (workspace / "toy.py").write_text(
        toy_text + 'train_dataloader["dataset"]["root"] = "data/toy/sub"\n', encoding="utf-8"
    )
    cfg = complete(load_config("toy.py"))
    check_paths(cfg, promised={Path("data/toy")})
    with pytest.raises(ConfigError, match="does not exist"):
        check_paths(cfg, promised={Path("data/to")})
