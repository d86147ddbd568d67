"""The page of old configuration keys: complete, and every new name exists."""

import re
from pathlib import Path

import pytest

from aucgan.building.signatures import accepted_arguments
from aucgan.building.type_names import candidates
from aucgan.engine.config.config_file import load_config

ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in Path("docs/config_keys.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| `") or line.startswith("| (")
]
OLD_KEYS = """
    train.train_detail train.max_epochs train.log_steps train.vis_steps train.checkpoint_steps train.resume
    model.n_detail model.max_z model.n_shape model.n_tex model.n_exp model.use_tex model.jaw_type
    dataset.batch_size dataset.image_size dataset.scale_min dataset.scale_max dataset.K dataset.isSingle
    loss.photo_D loss.reg_z loss.reg_diff loss.reg_sym loss.mrf loss.AU_feature loss.lmk loss.eyed loss.lipd
    loss.photo loss.id loss.reg_shape loss.reg_exp loss.reg_tex loss.reg_light
""".split()
TOPS = ("model.", "train_cfg.", "train_dataloader.", "default_hooks.")
NEW_KEYS = sorted({name for row in ROWS for name in re.findall(r"`([\w.]+)`", row[-1]) if name.startswith(TOPS)})
# Losses that a config adds: the old script had them on, the default leaves them out.
OPTIONAL_LOSSES = ("model.losses.mrf", "model.losses.identity")


def test_every_old_key_is_in_the_table():
    found = {name for row in ROWS for name in re.findall(r"`([a-z]+\.\w+)`", row[0])}
    assert found == set(OLD_KEYS)


@pytest.fixture(scope="module")
def configs():
    return [load_config(f"configs/{name}.py") for name in ("aucgan_coarse", "aucgan_detail_v2")]


def exists(node, key):
    """Whether a config has the dotted key, or a component that takes its last part as an argument."""
    *parents, last = key.split(".")
    for part in parents:
        if part not in node:
            return False
        node = node[part]
    if last in node:
        return True
    accepted = [accepted_arguments(component) for _, component in candidates(node.get("type", ""))]
    return any(names is None or last in names for names in accepted)


@pytest.mark.parametrize("key", [key for key in NEW_KEYS if not key.startswith(OPTIONAL_LOSSES)])
def test_new_keys_exist(configs, key):
    assert any(exists(cfg, key) for cfg in configs)


@pytest.mark.parametrize("loss", OPTIONAL_LOSSES)
def test_optional_losses_are_known_to_the_models(configs, loss):
    names = {name for cfg in configs for _, model in candidates(cfg.model.type) for name in model.loss_names}
    assert loss.rsplit(".", 1)[-1] in names
