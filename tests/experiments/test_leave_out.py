"""Variants that are a config without one of its losses."""

from pathlib import Path

import pytest

from aucgan.engine.config.config_file import load_config
from aucgan.engine.plan.train_request import TRAIN
from aucgan.experiments.measure_request import MeasureRequest
from aucgan.experiments.runs import plan_runs, training_settings
from aucgan.experiments.source import Source, without_losses
from aucgan.experiments.variants import Budget, load_variants
from aucgan.process.errors import ConfigError

CONFIGS = Path(__file__).parents[2] / "configs"
V2, NO_ADV = CONFIGS / "aucgan_detail_v2.py", CONFIGS / "variants" / "aucgan_detail_v2_no_adv.py"
LOSSES = ("photo", "contrast", "au", "z_reg", "z_diff", "z_sym", "adv", "displacement")
BUDGET = Budget((0,), 6, Path("tiny"))


def test_all_is_every_loss_once():
    sources = without_losses(Source(V2), ["all", "photo"])
    assert [source.name for source in sources] == [f"aucgan_detail_v2-without-{loss}" for loss in LOSSES]
    assert [s.suffix for s in without_losses(Source(V2), ["au", "photo", "au"])] == ["without-au", "without-photo"]


def test_losses_that_the_config_leaves_out_itself_are_none():
    (v2, *_) = without_losses(Source(CONFIGS / "aucgan_detail_v2_self_supervised.py"), ["all"])
    assert v2.changes == ("model.losses.photo=None",)
    with pytest.raises(ConfigError, match="no loss 'displacement'; those of .*self_supervised are photo, contrast, au"):
        without_losses(Source(CONFIGS / "aucgan_detail_v2_self_supervised.py"), ["displacement"])


def test_unknown_losses_and_configs_without_losses(workspace):
    with pytest.raises(ConfigError, match=f"no loss 'foto'; those of aucgan_detail_v2 are {', '.join(LOSSES)}"):
        load_variants([V2], BUDGET, ["foto"])
    with pytest.raises(ConfigError, match="no loss 'photo'; toy lists no losses"):
        load_variants([Path("toy.py")], BUDGET, ["photo"])


def test_a_variant_is_the_reference_but_for_its_loss():
    reference, variant = load_variants([V2], BUDGET, ["photo"])
    assert variant.cfg.model.losses.photo is None
    ours, theirs = training_settings(variant), training_settings(reference)
    assert theirs["model"]["losses"].pop("photo") and ours["model"]["losses"].pop("photo") is None
    assert ours == theirs


def test_without_adv_is_the_config_without_adversarial_term():
    _, no_adv, without = load_variants([V2, NO_ADV], BUDGET, ["adv"])
    assert training_settings(without) == training_settings(no_adv)
    (source,) = without_losses(Source(CONFIGS / "variants" / "aucgan_detail_v2_non_saturating.py"), ["adv"])
    assert source.read().model.losses.r1 is None, "a penalty on the discriminator goes with it"


def test_the_training_gets_the_changes(tmp_path):
    variants = load_variants([V2], BUDGET, ["adv"])
    reference, run = plan_runs(variants, BUDGET, tmp_path)
    assert run.folder.parent.name == "aucgan_detail_v2-without-adv" and run.folder.name != reference.folder.name
    options = run.command[run.command.index("--cfg-options") + 1 :]
    assert run.command.count("--cfg-options") == 1 and set(variants[1].source.changes) <= set(options)
    read = load_config(run.command[len(TRAIN)], options)
    assert read.model.discriminator is None and read.val_dataloader is None
    assert read.model.losses == variants[1].written.model.losses


def test_what_a_measuring_process_is_asked_survives_the_file(tmp_path):
    (source,) = without_losses(Source(V2), ["adv"])
    request = MeasureRequest(source, Source(V2), str(tmp_path), max_iters=5, key="k")
    request.write(tmp_path / "request.json")
    assert MeasureRequest.read(tmp_path / "request.json") == request
