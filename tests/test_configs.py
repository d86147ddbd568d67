"""Every leaf config passes the check, builds, and takes one step on random tensors."""

from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.optim import build_optim_wrapper

from aucgan.engine.config_check import check_config
from aucgan.engine.config_file import load_config
from aucgan.engine.defaults import complete
from aucgan.registry import MODELS, OPTIM_WRAPPER_CONSTRUCTORS, OPTIM_WRAPPERS

CONFIGS = sorted(Path("configs").glob("*.py"))
FULL_SIZE = 224


def narrowed(model: dict) -> dict:
    """The config without weights from disk, and with narrow networks where it asks for published sizes."""
    model = Config(dict(model=model)).to_dict()["model"]
    for part in model.values():
        if isinstance(part, dict):
            part.pop("init_cfg", None)
    return model


def random_batch(cfg, size=2):
    side, uv_size = cfg.prepare[0]["image_size"], cfg.prepare[0]["uv_size"]
    generator = torch.Generator().manual_seed(0)
    return dict(
        image=torch.rand(size, 3, side, side, generator=generator),
        mask=torch.ones(size, 1, side, side),
        landmarks=torch.rand(size, 68, 2, generator=generator) - 0.5,
        aus=(torch.rand(size, 41, generator=generator) > 0.5).float(),
        identity=torch.zeros(size, dtype=torch.long),
        gt_uv_z=torch.zeros(size, 1, uv_size, uv_size),
    )


def optim_wrapper_of(model, cfg):
    settings = dict(cfg.optim_wrapper)
    if "constructor" in settings:
        constructor = settings.pop("constructor")
        return OPTIM_WRAPPER_CONSTRUCTORS.build(dict(type=constructor, optim_wrapper_cfg=settings))(model)
    assert OPTIM_WRAPPERS.get(settings["type"]) is not None
    return build_optim_wrapper(model, settings)


@pytest.mark.parametrize("path", CONFIGS, ids=lambda p: p.stem)
def test_config_builds_and_steps(path):
    cfg = complete(load_config(path))
    check_config(cfg)
    model = MODELS.build(narrowed(cfg.model)).train()
    wrapper = optim_wrapper_of(model, cfg)
    learned = {n: p for n, p in model.named_parameters() if p.requires_grad}
    before = {name: parameter.detach().clone() for name, parameter in learned.items()}
    log = model.train_step(random_batch(cfg), wrapper)
    assert log and all(torch.isfinite(torch.as_tensor(v)).all() for v in log.values()), log
    assert any(not torch.equal(parameter, before[name]) for name, parameter in learned.items())


@pytest.mark.parametrize("path", CONFIGS, ids=lambda p: p.stem)
def test_leaves_are_one_hop_deep_and_carry_no_paths(path):
    text = path.read_text()
    assert "_base_" in text and "/home" not in text and "import" not in text
    assert all("_base_/" in base for base in Config.fromfile(path).get("_base_", []))
    assert len(text.splitlines()) <= 45
