"""Licensed files that are missing are listed, all at once, before anything is built."""

import pytest
from mmengine.config import Config

from aucgan.engine.config.asset_check import check_required_assets
from aucgan.files.licensed_files import MissingAssetsError
from aucgan.process.errors import ConfigError
from tools.train import main

NEEDS = """
required_assets = dict(flame_model="assets/flame.npz", e_flame="weights/e_flame.safetensors")
files = dict(a="assets/flame.npz", b="weights/e_flame.safetensors", root="nowhere.npz")
"""
NEEDS_FIRST = """
prerequisites = [dict(config="toy_first.py", checkpoint="work_dirs/toy_first/final.pth")]
required_assets = dict(au_network="weights/au.safetensors")
files = dict(a="weights/au.safetensors")
"""


def test_the_tool_prints_the_list_before_it_builds_anything(workspace, toy_text, capfd):
    (workspace / "toy.py").write_text(toy_text + NEEDS, encoding="utf-8")
    assert main(["toy.py"]) == 2
    error = capfd.readouterr().err
    assert error.startswith("train.py: 2 files are missing") and error.count("    get it: ") == 2
    assert "\n- assets/flame.npz: " in error and "\n- weights/e_flame.safetensors: " in error
    assert error.count("    licence: ") == 2 and "nowhere.npz" not in error
    assert not (workspace / "work_dirs").exists()


def test_what_a_prerequisite_needs_is_in_the_same_list(workspace, toy_text, capfd):
    (workspace / "toy_first.py").write_text(toy_text + NEEDS.replace("nowhere.npz", "toy.py"), encoding="utf-8")
    (workspace / "toy.py").write_text(toy_text + NEEDS_FIRST, encoding="utf-8")
    assert main(["toy.py"]) == 2
    error = capfd.readouterr().err
    assert error.startswith("train.py: 3 files are missing") and "- weights/au.safetensors: " in error
    trained = workspace / "work_dirs" / "toy_first" / "final.pth"
    trained.parent.mkdir(parents=True)
    trained.touch()
    assert main(["toy.py"]) == 2
    assert capfd.readouterr().err.startswith("train.py: 1 file is missing")


def config(**changes) -> Config:
    init_cfg = dict(type="Pretrained", checkpoint="e_flame.safetensors")
    model = dict(type="Some", model="flame.npz", encoder=dict(type="Other", init_cfg=init_cfg))
    assets = dict(flame_model="flame.npz", e_flame="e_flame.safetensors")
    return Config(dict(model=model | changes, required_assets=assets))


def missing_from(*configs: Config, **options) -> str:
    with pytest.raises(MissingAssetsError) as caught:
        check_required_assets(configs, **options)
    return str(caught.value)


def test_only_files_that_a_component_names_are_required(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert missing_from(config()).startswith("2 files")
    assert "flame.npz" not in missing_from(config(model="anny"))
    assert "e_flame" not in missing_from(config(), weights=False)
    check_required_assets([config(model="anny")], weights=False)
    (tmp_path / "flame.npz").touch()
    assert missing_from(config()).startswith("1 file is")


def test_an_unknown_name_is_one_line():
    with pytest.raises(ConfigError, match="required_assets: there is no asset called flame: did you mean e_flame"):
        check_required_assets([Config(dict(required_assets=dict(flame="x")))])
