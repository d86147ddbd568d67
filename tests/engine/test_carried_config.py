"""The config that a checkpoint carries is read, and never run."""

import pytest
import torch
from mmengine.config import Config

import aucgan
from aucgan.engine.checkpoints.carried_config import carried_config
from aucgan.engine.config.config_place import config_names
from aucgan.engine.config.config_text import read_config_text
from aucgan.process.errors import CheckpointError, ConfigError


@pytest.mark.parametrize("name", sorted(config_names()))
def test_every_config_of_the_library_comes_back(name):
    cfg = aucgan.load_config(name)
    assert read_config_text(cfg.pretty_text, name).to_dict() == cfg.to_dict()


@pytest.mark.parametrize(
    "text",
    [
        "import os",
        "a = __import__('os').system('true')",
        "a = dict(b=open('c', 'w'))",
        "a = dict([('b', 1)])",
        "a = dict(**b)",
        "a = {**b}",
        "a = b",
        "a.b = 1",
        "a = [x for x in (1,)]",
        "a = f'{1}'",
        "a = (",
        "a = " + "(" * 300 + ")" * 300,
    ],
)
def test_code_is_refused(text):
    with pytest.raises(ConfigError, match="some.pth.*a config of plain data was expected"):
        read_config_text(text, "some.pth")


def write(path, **meta):
    torch.save({"meta": meta, "state_dict": {}}, path)
    return path


def test_what_a_checkpoint_carries(tmp_path):
    path = write(
        tmp_path / "a.pth", cfg="custom_imports = dict(imports=['antigravity'])\nmodel = dict(type='X', k=-1.5)\n"
    )
    assert carried_config(path).to_dict() == {"model": {"type": "X", "k": -1.5}}
    write(path, cfg="a = 1", format_version=1)
    assert carried_config(path).a == 1
    with pytest.raises(CheckpointError, match="has format 2, .* reads format 1: update"):
        carried_config(write(path, cfg="a = 1", format_version=2))
    with pytest.raises(CheckpointError, match=r"carries no config: name the one .* \(--config\)"):
        carried_config(write(path))


@pytest.mark.parametrize("kind", ["os.system", "antigravity", "builtins.print"])
def test_only_registered_components_are_built(tmp_path, kind):
    path = write(tmp_path / "a.pth", cfg=f"model = dict(type='{kind}')")
    with pytest.raises(ConfigError, match=f"there is no component '{kind}'"):
        aucgan.load_model(checkpoint=path, device="cpu")


def test_a_model_is_loaded_by_its_checkpoint_alone(tmp_path):
    from slim_models import slim

    cfg = aucgan.load_config("aucgan_coarse")
    cfg.model = slim(cfg.model)
    torch.manual_seed(0)
    weights = aucgan.MODELS.build(cfg.model).state_dict()
    meta = dict(cfg=Config(cfg.to_dict()).pretty_text, format_version=1)
    torch.save({"meta": meta, "state_dict": weights}, tmp_path / "a.pth")
    model = aucgan.load_model(checkpoint=tmp_path / "a.pth", device="cpu")
    assert all(torch.equal(value, weights[name]) for name, value in model.state_dict().items())
    with pytest.raises(ValueError, match="name a config, or a checkpoint that carries one"):
        aucgan.load_model()
