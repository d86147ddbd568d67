from pathlib import Path

import pytest
import torch
from mmengine.config import Config

from aucgan.engine.config.config_check import check_config, check_paths
from aucgan.engine.config.config_file import load_config
from aucgan.engine.plan.optional_metrics import add_optional_metrics, unmeasured
from aucgan.process.errors import ConfigError
from aucgan.registry import METRICS, MODELS


def config(weights):
    return Config(
        dict(
            test_evaluator=dict(type="LandmarkNME"),
            optional_evaluator=[dict(type="IdentitySimilarity", weights=str(weights))],
        )
    )


def test_a_metric_waits_for_its_file(tmp_path):
    weights = tmp_path / "weights.safetensors"
    cfg = config(weights)
    add_optional_metrics(cfg)
    check_paths(cfg)
    assert cfg.test_evaluator == dict(type="LandmarkNME")
    assert unmeasured(cfg) == [f"not measured: IdentitySimilarity, it needs {weights}"]


def test_a_metric_joins_once_its_file_exists(tmp_path):
    weights = tmp_path / "weights.safetensors"
    weights.touch()
    cfg = config(weights)
    for _ in range(2):  # a second call adds nothing
        add_optional_metrics(cfg)
        assert [metric["type"] for metric in cfg.test_evaluator] == ["LandmarkNME", "IdentitySimilarity"]
    assert unmeasured(cfg) == []


def test_without_a_test_nothing_joins():
    cfg = Config(dict(optional_evaluator=[dict(type="IdentitySimilarity", weights="random")]))
    add_optional_metrics(cfg)
    assert cfg.get("test_evaluator") is None


def test_slips_are_found_although_the_file_is_missing(tmp_path):
    cfg = config(tmp_path / "weights.safetensors")
    cfg.optional_evaluator[0]["type"] = "IdentitySimilarty"
    with pytest.raises(ConfigError, match="did you mean 'IdentitySimilarity'"):
        check_config(cfg)


def test_the_judge_of_the_chain_is_the_network_that_its_config_trains(tmp_path, monkeypatch):
    chain, trained = (
        load_config(Path("configs") / f"{name}.py") for name in ("aucgan_detail_v2", "aujudge_procedural")
    )
    consistency = chain.optional_evaluator[0]
    assert consistency.judge.init_cfg.checkpoint == "work_dirs/aujudge_procedural/final.pth"
    state = MODELS.build(trained.model).state_dict()
    (tmp_path / "work_dirs/aujudge_procedural").mkdir(parents=True)
    torch.save({"state_dict": state}, tmp_path / consistency.judge.init_cfg.checkpoint)
    monkeypatch.chdir(tmp_path)
    metric = METRICS.build(consistency)
    assert all(torch.equal(value, state[f"network.{key}"]) for key, value in metric.judge.state_dict().items())
    assert trained.model.network.type != chain.model.au_net.type
