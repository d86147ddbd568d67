"""Configs are found by path and by name, from every folder, in a clone and installed."""

from pathlib import Path

import pytest

from aucgan.engine.config.config_file import load_config
from aucgan.engine.config.config_place import config_folder, config_names, locate, told
from aucgan.process.errors import ConfigError

NAME = "aucgan_detail_v2"
OURS = Path(__file__).resolve().parents[2] / "configs" / f"{NAME}.py"


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("config", [NAME, f"configs/{NAME}.py", str(OURS)])
def test_the_librarys_configs_are_found_from_everywhere(elsewhere, config):
    assert locate(config) == OURS
    assert load_config(config).model.type == "DetailReconstructor"


def test_the_users_own_come_first(elsewhere):
    mine = Path("configs", f"{NAME}.py")
    mine.parent.mkdir()
    mine.write_text("a = 1\n", encoding="utf-8")
    assert locate(NAME) == locate(mine) == mine
    (elsewhere / NAME).mkdir()  # such as a folder of results
    assert locate(NAME) == mine


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("aucgan_detail_v22", "no config at aucgan_detail_v22; did you mean 'aucgan_detail_v2'?"),
        ("configs/aucgan_detail_v22.py", "no config at configs/aucgan_detail_v22.py; did you mean 'aucgan_detail_v2'?"),
        ("nothing.py", "no config at nothing.py"),
    ],
)
def test_one_that_is_not_there(elsewhere, config, message):
    with pytest.raises(ConfigError) as caught:
        load_config(config)
    assert str(caught.value) == message


def test_installed_configs_lie_within_the_package(tmp_path):
    package = tmp_path / "aucgan"
    assert config_folder(package) == tmp_path / "configs"
    (package / "configs").mkdir(parents=True)
    assert config_folder(package) == package / "configs"
    assert NAME in config_names() and "default_runtime" not in config_names()


def test_a_config_of_the_library_is_told_by_its_name(elsewhere):
    assert told(OURS) == NAME
    assert told(Path("configs", f"{NAME}.py")) == f"configs/{NAME}.py"
