"""Every leaf config passes the check, builds, and takes one step on random tensors."""

import re
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.optim import build_optim_wrapper
from mmengine.registry import init_default_scope

from aucgan.engine.config.asset_check import check_required_assets
from aucgan.engine.config.config_check import check_config
from aucgan.engine.config.config_file import load_config
from aucgan.engine.config.config_place import trainings
from aucgan.engine.config.defaults import complete
from aucgan.files.licensed_files import REAL_ASSETS, MissingAssetsError
from aucgan.process.errors import ConfigError
from aucgan.registry import MODELS, OPTIM_WRAPPER_CONSTRUCTORS

CONFIGS = trainings(Path("configs"))
ON_FLAME = [path for path in CONFIGS if path.stem.endswith("_flame")]
WITH_ASSETS = [*ON_FLAME, Path("configs/variants/aucgan_detail_v2_idmrf.py")]
OTHER_DATA = ("_flame", "_224", "_photos")
LEAVES_OF_V2 = [p for p in CONFIGS if p.stem.startswith("aucgan_detail_v2_") and not p.stem.endswith(OTHER_DATA)]


def without_files(model: dict) -> dict:
    """The config without licensed files and pretrained weights: a random VGG19, the default head for FLAME."""
    model = Config(dict(model=model)).to_dict()["model"]
    for part in [*model.values(), *model.get("losses", {}).values()]:
        if isinstance(part, dict):
            part.pop("init_cfg", None)
            part.update({key: "random" for key in part if key == "vgg_weights"})
    if str(model.get("flame", {}).get("model", "")).endswith(".npz"):
        model["flame"].update(model="anny", landmarks="anny")
        model["flametex"].update(model="anny")
        model["renderer"].update(topology="anny")
    return model


def random_batch(cfg, size=2):
    sizes = cfg.model.get("renderer") or cfg.prepare[0]
    side, uv_size = sizes["image_size"], sizes["uv_size"]
    generator = torch.Generator().manual_seed(0)
    widths = dict(shape=100, exp=cfg.model.get("flame", {}).get("n_exp", 50), pose=6, eye_pose=6)
    data = cfg.train_dataloader.dataset
    truth = [name for name in (*data.get("truth", ()), *data.get("fitted", ())) if name in widths]
    return dict(
        **{f"gt_{name}": 0.1 * torch.rand(size, widths[name], generator=generator) for name in truth},
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
    init_default_scope("aucgan")
    return build_optim_wrapper(model, settings)


@pytest.mark.parametrize("path", [p for p in CONFIGS if p not in ON_FLAME], ids=lambda p: p.stem)
def test_config_builds_and_steps(path):
    cfg = complete(load_config(path))
    check_config(cfg)
    model = MODELS.build(without_files(cfg.model)).train()
    wrapper = optim_wrapper_of(model, cfg)
    learned = {n: p for n, p in model.named_parameters() if p.requires_grad}
    before = {name: parameter.detach().clone() for name, parameter in learned.items()}
    log = model.train_step(random_batch(cfg), wrapper)
    assert log and all(torch.isfinite(torch.as_tensor(v)).all() for v in log.values()), log
    assert any(not torch.equal(parameter, before[name]) for name, parameter in learned.items())


@pytest.mark.parametrize("path", ON_FLAME, ids=lambda p: p.stem)
def test_full_size_configs_build_once_their_files_are_there(path):
    cfg = complete(load_config(path))
    check_config(cfg)
    model = MODELS.build(without_files(cfg.model))
    assert model.renderer.image_size == (224, 224) and model.flametex.uv_size == 256
    assert len(optim_wrapper_of(model, cfg).state_dict()) > 0
    assert not cfg.model.get("code_stats"), "published encoders regress the codes themselves"


@pytest.mark.parametrize("path", WITH_ASSETS, ids=lambda p: p.stem)
def test_missing_assets_come_in_one_error(path, tmp_path, monkeypatch):
    cfg = load_config(path)
    monkeypatch.chdir(tmp_path)  # nobody has the files here
    with pytest.raises(MissingAssetsError) as caught:
        check_required_assets([cfg])
    message = str(caught.value)
    for name, file in cfg.required_assets.items():
        assert f"- {file}: {REAL_ASSETS[name].what}" in message and REAL_ASSETS[name].licence in message


def test_a_file_that_an_option_replaced_is_not_asked_for(tmp_path, monkeypatch):
    cfg = load_config(WITH_ASSETS[-1], ["model.losses.mrf.vgg_weights=random"])
    monkeypatch.chdir(tmp_path)
    check_required_assets([cfg])


def test_other_configs_need_no_files_of_others(tmp_path, monkeypatch):
    configs = [load_config(path) for path in CONFIGS if path not in WITH_ASSETS]
    monkeypatch.chdir(tmp_path)
    check_required_assets(configs)


@pytest.mark.parametrize("path", CONFIGS, ids=lambda p: p.stem)
def test_leaves_are_one_hop_deep_and_carry_no_paths(path):
    text = path.read_text(encoding="utf-8")
    assert "_base_" in text and "/home" not in text and "import" not in text and "_delete_" not in text
    assert all("_base_/" in base for base in Config.fromfile(path).get("_base_", []))
    assert len(text.splitlines()) <= 45


@pytest.mark.parametrize("path", CONFIGS, ids=lambda p: p.stem)
def test_parts_are_in_the_model_and_nowhere_else(path):
    """A copy that nothing reads would take options, and would be searched for files."""
    assert not [name for name in load_config(path) if name.startswith("_")]
    text = path.read_text(encoding="utf-8")
    assert not re.findall(r"^_(?!base_ =)", text, re.MULTILINE), "a leaf changes the model, not the parts it is made of"


def test_options_reach_the_model_and_never_a_part():
    with pytest.raises(ConfigError, match="no '_face'"):
        load_config("configs/aucgan_detail_v2.py", ["_face.flame.n_shape=3"])
    cfg = load_config("configs/aucgan_detail_v2.py", ["model.flame.n_shape=3"])
    assert cfg.model.flame.n_shape == 3


def test_slips_in_parts_are_found(tmp_path):
    """Where the part is used, in the words of the model."""
    (tmp_path / "part.py").write_text('_flame = dict(type="FLAME", n_shap=3)\n', encoding="utf-8")
    top = tmp_path / "top.py"
    top.write_text(
        '_base_ = "part.py"\nmodel = dict(type="CoarseReconstructor", flame=_base_._flame)\n', encoding="utf-8"
    )
    with pytest.raises(ConfigError, match="model.flame: FLAME has no argument 'n_shap'; did you mean 'n_shape'"):
        check_config(load_config(top))
    top.write_text(
        '_base_ = "part.py"\nmodel = dict(type="CoarseReconstructor", flame=_base_._flane)\n', encoding="utf-8"
    )
    with pytest.raises(ConfigError, match="_flane"):
        load_config(top)


def test_no_folder_is_too_long_to_look_through():
    folders = {path.parent for path in Path("configs").rglob("*.py")}
    assert max(len(list(folder.glob("*.py"))) for folder in folders) <= 20


def test_a_config_is_found_in_the_folder_of_variants():
    with pytest.raises(ConfigError, match="it is at configs/variants/aucgan_detail_v2_hinge.py"):
        load_config("configs/aucgan_detail_v2_hinge.py")
    with pytest.raises(ConfigError, match="did you mean 'aucgan_detail_v1.py'"):
        load_config("configs/aucgan_detail_v11.py")


@pytest.mark.parametrize("path", LEAVES_OF_V2, ids=lambda p: p.stem)
def test_leaves_of_v2_change_one_thing(path):
    leaf, v2 = (load_config(p).model.to_dict() for p in (path, Path("configs/aucgan_detail_v2.py")))
    changed = {key for key in leaf | v2 if leaf.get(key) != v2.get(key)}
    assert 1 <= len(changed) <= 2, f"{path.name} changes {sorted(changed)}"


@pytest.mark.parametrize("path", CONFIGS, ids=lambda p: p.stem)
def test_prerequisites_exist_and_leave_the_checkpoint_that_is_named(path):
    for entry in load_config(path).get("prerequisites", []):
        assert Path(entry["config"]).is_file()
        assert Path(entry["checkpoint"]) == Path("work_dirs") / Path(entry["config"]).stem / "final.pth"
