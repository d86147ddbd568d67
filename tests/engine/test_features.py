"""Features computed once: the same training with and without them, and their refusal when they do not hold."""

import os
import re
import signal
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file
from tiny_faces import N_TRAIN, detail_config, give_weights, write_faces
from torch.utils.data import DataLoader

from aucgan.datasets.features import StoredFeatures
from aucgan.engine import FrozenFeaturesHook
from aucgan.engine.checkpoints.checkpoint_io import read_checkpoint
from aucgan.engine.features.feature_search import Refusal, find_features
from aucgan.engine.features.feature_writer import FeatureWriter
from aucgan.engine.features.frozen_networks import frozen_networks
from aucgan.models.reconstructors.detail import DetailReconstructor
from aucgan.process.errors import ConfigError, FeatureError
from aucgan.registry import DATASETS, MODELS
from tools.precompute import main as precompute
from tools.train import main as train

FLIP = [dict(type="RandomFlip"), dict(type="PackFace")]


@pytest.fixture
def faces(tmp_path, monkeypatch):
    """A current folder with tiny faces in ``data``."""
    monkeypatch.chdir(tmp_path)
    return write_faces(tmp_path / "data")


def write_config(faces, pipeline=({"type": "PackFace"},), **changes):
    cfg = detail_config(faces, list(pipeline), **changes)
    lines = [f"{key} = {value!r}" for key, value in cfg.to_dict().items()]
    (faces.parent / "detail.py").write_text("\n".join(lines), encoding="utf-8")
    return cfg


def run(mode, *options):
    return train(["detail.py", "--work-dir", mode, "--cfg-options", f"default_hooks.features.mode={mode}", *options])


def frozen_model(cfg):
    torch.manual_seed(0)
    model = MODELS.build(cfg.model)
    for network in (model.encoder, model.au_net):
        network.init_weights()
    return model


def search(cfg):
    """What training would find on disk."""
    return find_features(DATASETS.build(cfg.train_dataloader.dataset), frozen_networks(frozen_model(cfg), cfg.model))


def start(cfg, mode, max_iters=6):
    """What the hook says when a training starts, and the data set that would be built then."""
    dataset, said = DATASETS.build(cfg.train_dataloader.dataset), []
    logger = SimpleNamespace(info=said.append, warning=lambda text: said.append(f"WARNING {text}"))
    loader = DataLoader(dataset, batch_size=2)
    runner = SimpleNamespace(
        bare_model=frozen_model(cfg),
        cfg=cfg,
        logger=logger,
        max_iters=max_iters,
        train_dataloader=loader,
        val_loop=None,
        build_with_features=lambda split, found: built.update({split: found}),
    )
    built = {}
    FrozenFeaturesHook(mode).before_train(runner)
    assert "features" not in dataset[0], "a data set stays as it was built"
    return said[0], DATASETS.build(dict(cfg.train_dataloader.dataset, features=built.get("train")))


def shards(faces):
    return sorted((faces / "features").glob("*/*.safetensors"))


@pytest.mark.slow
def test_training_is_the_same_with_and_without(faces, capfd):
    write_config(faces, FLIP)
    assert precompute(["detail.py"]) == 0
    assert run("off") == 0 and run("required") == 0
    output = capfd.readouterr().out
    assert "train: the frozen networks run on every photo: default_hooks.features.mode is 'off'" in output
    assert "train: the frozen networks do not run on the photos: features from" in output
    first = read_checkpoint("off/iter_1.pth")["state_dict"]
    without, used = (read_checkpoint(f"{mode}/iter_6.pth") for mode in ("off", "required"))
    for name, value in without["state_dict"].items():
        torch.testing.assert_close(used["state_dict"][name], value, rtol=0, atol=1e-6, msg=name)
    learned = [name for name in first if name.startswith(("generator.blocks", "discriminator.blocks"))]
    moved = [(without["state_dict"][name] - first[name]).abs().max() for name in learned]
    assert max(moved) > 0.01, "the weights have to move much farther than the tolerance"
    losses = [c["message_hub"]["log_scalars"] for c in (without, used)]
    for name in (n for n in losses[0] if "loss" in n):
        np.testing.assert_allclose(losses[1][name]["history"], losses[0][name]["history"], rtol=1e-5, atol=1e-7)


def test_features_are_those_of_the_photo_that_is_shown(faces):
    cfg = write_config(faces, FLIP)
    assert precompute(["detail.py"]) == 0
    model = frozen_model(cfg).eval()
    pipeline = [dict(type="RandomFlip", prob=1), FLIP[1]]
    dataset = DATASETS.build(dict(cfg.train_dataloader.dataset, pipeline=pipeline, features=search(cfg)))
    sample = dataset[3]
    assert "mirrored" not in sample
    expected = model.photo_features(sample["image"][None])
    for name, value in expected.items():
        torch.testing.assert_close(sample["features"][name][None], value, rtol=1e-4, atol=1e-5)


def cudnn_flags():
    cudnn = torch.backends.cudnn
    return cudnn.enabled, cudnn.benchmark, cudnn.deterministic, cudnn.allow_tf32


def test_convolutions_are_whole_float32_while_the_networks_run_and_only_then(faces, monkeypatch):
    write_config(faces)
    monkeypatch.setattr(torch.backends.cudnn, "benchmark", True)
    seen = {"networks": [], "files": []}
    networks, files = DetailReconstructor.photo_features, FeatureWriter.add
    monkeypatch.setattr(
        DetailReconstructor, "photo_features", lambda *a: seen["networks"].append(cudnn_flags()) or networks(*a)
    )
    monkeypatch.setattr(FeatureWriter, "add", lambda *a: seen["files"].append(cudnn_flags()) or files(*a))
    before = cudnn_flags()
    assert precompute(["detail.py"]) == 0
    assert set(seen["networks"]) == {(*before[:3], False)}, "cuDNN is to be used as it was, without TF32"
    assert set(seen["files"]) == {before} and cudnn_flags() == before


def test_the_folder_says_what_is_in_it_and_nothing_is_computed_twice(faces, capfd):
    cfg = write_config(faces)
    assert precompute(["detail.py", "--half"]) == 0
    (folder,) = (faces / "features").iterdir()
    assert len(shards(faces)) == 2 and (folder / "settings.json").is_file()
    shapes = {name: value.shape for name, value in load_file(shards(faces)[0]).items()}
    codes = cfg.model.encoder.out_dim
    assert shapes["codes"][1:] == (1, codes) and shapes["au_probs"][1:] == (1, 41) and shapes["afn"][1:] == (1, 27, 64)
    assert isinstance(search(cfg), StoredFeatures) and search(cfg)(0, False)["afn"].dtype == torch.float32
    before = {path: path.stat().st_mtime_ns for path in shards(faces)}
    assert precompute(["detail.py"]) == 0
    assert f"train: 0 of {N_TRAIN} photos" in capfd.readouterr().out
    assert {path: path.stat().st_mtime_ns for path in shards(faces)} == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_keeps_what_it_has_and_continues(faces, capfd, monkeypatch, number):
    cfg = write_config(faces)
    original, calls = torch.nn.Module.__call__, []
    encoder = type(MODELS.build(cfg.model.encoder))

    def interrupted(self, image):
        calls.append(len(image))
        if len(calls) == 3:
            signal.raise_signal(number)
        return original(self, image)

    monkeypatch.setattr(encoder, "__call__", interrupted)
    assert precompute(["detail.py", "--batch-size", "2"]) == 128 + number
    error = capfd.readouterr().err
    assert "during the computation of features for detail.py; " in error and "the same call continues" in error
    assert error.count("\n") == 1
    assert len(shards(faces)) == 1 and not list((faces / "features").rglob("*.part*"))
    refusal = search(cfg)
    assert isinstance(refusal, Refusal) and "1 of 5 photos have no features" in refusal.reason
    assert precompute(["detail.py"]) == 0
    assert "train: 1 of 5" in capfd.readouterr().out
    assert isinstance(search(cfg), StoredFeatures)


def test_a_changed_photo_is_named(faces, capfd):
    cfg = write_config(faces)
    assert precompute(["detail.py"]) == 0
    path = faces / "images" / "f2.png"
    Image.fromarray(255 - np.asarray(Image.open(path))).save(path)
    reason = r"images/f2\.png has changed since its features were computed; run python tools/precompute\.py CONFIG"
    with pytest.raises(FeatureError, match=rf"train: .*{reason} \(default_hooks\.features\.mode is 'required'\)"):
        start(cfg, "required")
    said, dataset = start(cfg, "auto")
    assert re.match(rf"WARNING train: the frozen networks run on every photo: .*{reason}", said)
    assert "features" not in dataset[0]
    assert precompute(["detail.py"]) == 0
    assert "train: 1 of 5" in capfd.readouterr().out
    assert "features" in start(cfg, "auto")[1][0]


def test_a_photo_that_was_only_copied_holds(faces):
    cfg = write_config(faces)
    assert precompute(["detail.py"]) == 0
    path = faces / "images" / "f0.png"
    os.utime(path, ns=(0, 0))
    path.rename(faces / "images" / "renamed.png")
    table = faces / "samples.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("f0,", "renamed,"), encoding="utf-8")
    (faces / "landmarks" / "f0.npy").rename(faces / "landmarks" / "renamed.npy")
    assert isinstance(search(cfg), StoredFeatures)


def test_changed_weights_are_named_and_replaced(faces, capfd):
    cfg = write_config(faces)
    assert precompute(["detail.py"]) == 0
    old = shards(faces)
    give_weights(cfg.model.au_net, faces.parent / "au_net.safetensors", seed=1)
    refusal = search(cfg)
    assert refusal.stale and re.match(
        r"the weights of au_net \(\S*au_net\.safetensors\) have changed since .*", refusal.reason
    )
    assert precompute(["detail.py"]) == 0
    assert "features of other weights are removed (2 files)" in capfd.readouterr().out
    assert len(shards(faces)) == 2 and not set(shards(faces)) & set(old)
    assert isinstance(search(cfg), StoredFeatures)


def test_other_settings_have_a_folder_of_their_own(faces):
    cfg = write_config(faces)
    assert precompute(["detail.py"]) == 0
    cfg.model.code_stats.exp.std = 0.5
    assert search(cfg).reason.startswith("no features of these networks")
    cfg = write_config(faces, [dict(type="ResizeFace", size=64), dict(type="PackFace")])
    assert not search(cfg).stale
    assert precompute(["detail.py"]) == 0
    assert isinstance(search(cfg), StoredFeatures) and len(list((faces / "features").iterdir())) == 2


def test_landmarks_count_where_the_crop_depends_on_them(faces):
    cfg = write_config(faces, [dict(type="CropFace", size=64, scale=1.6), dict(type="PackFace")])
    assert precompute(["detail.py"]) == 0
    assert isinstance(search(cfg), StoredFeatures)
    np.save(faces / "landmarks" / "f1.npy", np.load(faces / "landmarks" / "f1.npy") + 1)
    assert re.match(r".*landmarks/f1\.npy has changed", search(cfg).reason)


def test_passed_over_splits_are_said(faces, capfd):
    cfg = write_config(faces, [dict(type="ColorJitter"), dict(type="PackFace")])
    assert precompute(["detail.py"]) == 0
    assert "train: passed over: ColorJitter changes the photo anew" in capfd.readouterr().out
    said = "train: the frozen networks run on every photo: ColorJitter changes the photo anew at every draw"
    assert start(cfg, "auto")[0] == said
    with pytest.raises(FeatureError, match="ColorJitter"):
        start(cfg, "required")


def test_a_damaged_file_is_named(faces, capfd):
    cfg = write_config(faces)
    assert precompute(["detail.py"]) == 0
    path = shards(faces)[0]
    path.write_bytes(path.read_bytes()[:-100])
    refusal = search(cfg)
    assert refusal.stale and f"{path} is truncated" in refusal.reason
    assert precompute(["detail.py"]) == 1
    error = capfd.readouterr().err
    assert f"{path} is truncated" in error and "delete it, then run this again" in error and error.count("\n") == 1
    path.unlink()
    assert precompute(["detail.py"]) == 0
    assert isinstance(search(cfg), StoredFeatures)


def test_advice_depends_on_how_often_a_photo_is_seen(faces):
    cfg = write_config(faces)
    assert "(each is seen 0.8 times: computing them once would not pay)" in start(cfg, "auto", max_iters=2)[0]
    advice = "(each is seen 40 times; python tools/precompute.py CONFIG computes them once)"
    assert advice in start(cfg, "auto", max_iters=100)[0]
    with pytest.raises(ConfigError, match="'always', not one of auto, off, required"):
        FrozenFeaturesHook("always")


def test_what_cannot_be_precomputed_is_said(faces, workspace, capfd):
    write_config(faces)
    assert precompute(["toy.py"]) == 2
    assert "trains a ToyModel, which has no frozen networks" in capfd.readouterr().err
    (faces.parent / "au_net.safetensors").unlink()
    assert precompute(["detail.py"]) == 2
    assert "au_net.safetensors does not exist" in capfd.readouterr().err
