"""A model is loaded by its config's name, file or content, with the weights of its training or others."""

from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from slim_models import slim

import aucgan
from aucgan.engine.errors import ConfigError

NAME = "aucgan_coarse"


@pytest.fixture
def config(tmp_path, monkeypatch):
    """A small variant of a config, trained in an empty folder."""
    cfg = aucgan.load_config(NAME)
    cfg.model = slim(cfg.model)
    monkeypatch.chdir(tmp_path)
    cfg.dump("small.py")
    torch.manual_seed(0)
    weights = aucgan.MODELS.build(cfg.model).state_dict()
    Path("work_dirs/small").mkdir(parents=True)
    torch.save({"state_dict": weights}, "work_dirs/small/final.pth")
    return Config.fromfile("small.py")


@pytest.mark.parametrize("way", ["file", "content", "checkpoint"])
def test_its_own_weights_are_found(config, way):
    arguments = {"file": ("small.py",), "content": (config,), "checkpoint": (config, "work_dirs/small/final.pth")}[way]
    before = config.to_dict()
    model = aucgan.load_model(*arguments, device="cpu")
    weights = torch.load("work_dirs/small/final.pth", weights_only=True)["state_dict"]
    assert not model.training and config.to_dict() == before
    assert all(torch.equal(value, weights[name]) for name, value in model.state_dict().items())


def test_what_is_missing_is_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError, match=f"{NAME}/final.pth: .* aucgan train {NAME}"):
        aucgan.load_model(NAME)
    with pytest.raises(ConfigError, match="did you mean 'aucgan_coarse'"):
        aucgan.load_model("aucgan_coarze")
    with pytest.raises(ValueError, match="name a checkpoint"):
        aucgan.load_model(Config(aucgan.load_config(NAME).to_dict()))
