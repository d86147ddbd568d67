"""Files of the published formats, with small storages behind full-size tensors, converted and loaded."""

import sys
import types

import pytest
import torch
import torchvision
from safetensors import safe_open

from aucgan.apis.convert import convert_deca, convert_emoca, convert_opengraphau
from aucgan.models import AFG, MEFARG, ResnetEncoder
from aucgan.models.au.published_keys import publish_state_dict
from aucgan.registry import MODELS


def filled(shapes, start=0.5):
    """One number per tensor, without memory for the rest: checkpoints stay small."""
    return {
        key: torch.tensor(7) if key.endswith("batches_tracked") else torch.tensor(start + i / 1024).expand(shape)
        for i, (key, shape) in enumerate(shapes.items())
    }


def encoder_weights(rows, start=0.5):
    with torch.device("meta"):
        trunk = torchvision.models.resnet50().state_dict()
    shapes = {f"encoder.{key}": value.shape for key, value in trunk.items() if not key.startswith("fc.")}
    shapes |= {"layers.0.weight": (1024, 2048), "layers.0.bias": (1024,)}
    return filled(shapes | {"layers.2.weight": (rows, 1024), "layers.2.bias": (rows,)}, start)


def decoder_weights():
    shapes = {"l1.0.weight": (8192, 181), "l1.0.bias": (8192,)}
    for index, width in {0: 128, 3: 128, 7: 64, 11: 64, 15: 32, 19: 16}.items():
        norm = {name: (width,) for name in ("weight", "bias", "running_mean", "running_var")}
        shapes |= {f"conv_blocks.{index}.{name}": shape for name, shape in norm.items()}
        shapes[f"conv_blocks.{index}.num_batches_tracked"] = ()
    for index, (out, into) in {
        2: (128, 128),
        6: (64, 128),
        10: (64, 64),
        14: (32, 64),
        18: (16, 32),
        21: (1, 16),
    }.items():
        shapes |= {f"conv_blocks.{index}.weight": (out, into, 3, 3), f"conv_blocks.{index}.bias": (out,)}
    return filled(shapes)


def deca_checkpoint():
    return {
        "E_flame": encoder_weights(236),
        "E_detail": encoder_weights(128, 0.25),
        "D_detail": decoder_weights(),
        "opt": {"state": {}},
        "global_step": 3,
        "batch_size": 8,
    }


def assert_loads(config, weights, path, **init):
    network = MODELS.build({**config, "init_cfg": dict(type="Pretrained", checkpoint=str(path), **init)})
    network.init_weights()
    state = network.state_dict()
    assert state.keys() == weights.keys()
    assert all(torch.equal(state[key], weights[key]) for key in weights)


@pytest.mark.parametrize("zipped", [False, True])
def test_deca(tmp_path, zipped):
    checkpoint = deca_checkpoint()
    torch.save(checkpoint, tmp_path / "deca_model.tar", _use_new_zipfile_serialization=zipped)
    report = convert_deca(tmp_path / "deca_model.tar", tmp_path / "deca")
    assert sorted(path.name for path in report.written) == [
        "d_detail.safetensors",
        "e_detail.safetensors",
        "e_flame.safetensors",
    ]
    assert report.ignored == ["opt", "global_step", "batch_size"] and report.missing == []
    folder = tmp_path / "deca"
    if zipped:
        assert_loads(dict(type="ResnetEncoder", out_dim=236), checkpoint["E_flame"], folder / "e_flame.safetensors")
    else:
        assert_loads(dict(type="ResnetEncoder", out_dim=128), checkpoint["E_detail"], folder / "e_detail.safetensors")
    assert_loads(dict(type="DetailDecoder", latent_dim=181), checkpoint["D_detail"], folder / "d_detail.safetensors")


def test_deca_into_one_file(tmp_path):
    checkpoint = deca_checkpoint()
    torch.save(checkpoint, tmp_path / "deca_model.tar")
    report = convert_deca(tmp_path / "deca_model.tar", tmp_path / "deca.safetensors")
    assert list(report.written) == [tmp_path / "deca.safetensors"]
    config = dict(type="DetailDecoder", latent_dim=181)
    assert_loads(config, checkpoint["D_detail"], tmp_path / "deca.safetensors", prefix="d_detail")


def test_deca_mismatches_are_named_and_nothing_is_written(tmp_path):
    checkpoint = deca_checkpoint()
    del checkpoint["E_flame"]["encoder.layer3.2.conv1.weight"]
    checkpoint["E_flame"]["encoder.extra"] = torch.ones(3)
    checkpoint["E_flame"]["layers.2.bias"] = torch.ones(235)
    torch.save(checkpoint, tmp_path / "bad.tar")
    with pytest.raises(ValueError, match=r"(?s)bad.tar: e_flame.*missing encoder.layer3.2.conv1.weight") as caught:
        convert_deca(tmp_path / "bad.tar", tmp_path / "out")
    assert "unexpected encoder.extra (3,)" in str(caught.value)
    assert "layers.2.bias is (235,), (236,) was expected" in str(caught.value)
    assert not (tmp_path / "out").exists()
    torch.save({"E_flame": {}, "other": 1}, tmp_path / "part.tar")
    with pytest.raises(ValueError, match="has no E_detail; it has E_flame, other"):
        convert_deca(tmp_path / "part.tar", tmp_path / "out")


def test_all_networks_are_written_or_none(tmp_path):
    torch.save(deca_checkpoint(), tmp_path / "deca_model.tar")
    (tmp_path / "deca" / "e_detail.safetensors").mkdir(parents=True)
    with pytest.raises(IsADirectoryError, match=r"e_detail.safetensors is a folder: name a file to write"):
        convert_deca(tmp_path / "deca_model.tar", tmp_path / "deca")
    assert [path.name for path in (tmp_path / "deca").iterdir()] == ["e_detail.safetensors"]
    with pytest.raises(ValueError, match=r"deca.npz looks like a file: DST must be a folder, or end with .safetensors"):
        convert_deca(tmp_path / "deca_model.tar", tmp_path / "deca.npz")
    assert not (tmp_path / "deca.npz").exists()


def emoca_checkpoint(rows):
    """What Lightning writes: weights under ``deca.``, and objects of classes that are not installed."""
    callback = types.new_class("ModelCheckpoint")
    callback.__module__ = "pytorch_lightning_like.callbacks"
    parts = {"E_flame": 236, "E_detail": 128, "E_expression": rows}
    state = {
        f"deca.{part}.{key}": value for part, size in parts.items() for key, value in encoder_weights(size).items()
    }
    state |= {f"deca.D_detail.{key}": value for key, value in decoder_weights().items()}
    state |= {"deca.uv_face_mask": torch.ones(1, 1, 4, 4), "deca.flame.v_template": torch.ones(5, 3)}
    return {"state_dict": state, "callbacks": {callback: {"best": 1.0}}, "epoch": 4}, callback


@pytest.mark.parametrize("rows", [50, 53, 56])
def test_emoca(tmp_path, rows, monkeypatch):
    checkpoint, callback = emoca_checkpoint(rows)
    module = types.ModuleType("pytorch_lightning_like.callbacks")
    module.ModelCheckpoint = callback
    monkeypatch.setitem(sys.modules, "pytorch_lightning_like", types.ModuleType("pytorch_lightning_like"))
    monkeypatch.setitem(sys.modules, module.__name__, module)
    torch.save(checkpoint, tmp_path / "emoca.ckpt")
    del sys.modules[module.__name__]
    report = convert_emoca(tmp_path / "emoca.ckpt", tmp_path / "emoca")
    assert f"out_dim={rows}" in report.written[tmp_path / "emoca" / "e_expression.safetensors"]
    assert len(report.written) == 4
    assert report.ignored == ["callbacks", "epoch", "deca.uv_face_mask", "deca.flame.v_template"]
    weights = {
        key.removeprefix("deca.E_expression."): value
        for key, value in checkpoint["state_dict"].items()
        if "E_expression" in key
    }
    path = tmp_path / "emoca" / "e_expression.safetensors"
    assert_loads(dict(type="EmocaExpressionEncoder", out_dim=rows), weights, path)


def test_emoca_without_a_known_expression_encoder(tmp_path):
    checkpoint, _ = emoca_checkpoint(64)
    torch.save({"state_dict": checkpoint["state_dict"]}, tmp_path / "odd.ckpt")
    with pytest.raises(ValueError, match="E_expression.layers.2.weight has 64 rows; 50, 53, 56 were expected"):
        convert_emoca(tmp_path / "odd.ckpt", tmp_path / "out")
    torch.save({"state_dict": {"model.weight": torch.ones(1)}}, tmp_path / "other.ckpt")
    with pytest.raises(ValueError, match=r"no weights under deca.E_flame. but under model.weight"):
        convert_emoca(tmp_path / "other.ckpt", tmp_path / "out")


@pytest.mark.parametrize(
    ("network", "backbone", "module"),
    [(AFG, "resnet18", True), (MEFARG, "resnet18", False), (AFG, "swin_t", True)],
)
def test_opengraphau(tmp_path, network, backbone, module):
    torch.manual_seed(0)
    source = network(backbone=backbone).eval()
    prefix = "module." if module else ""
    state = {prefix + key: value for key, value in publish_state_dict(source.state_dict()).items()}
    torch.save({"epoch": 2, "state_dict": state, "optimizer": {"lr": 0.1}}, tmp_path / "au.pth")
    report = convert_opengraphau(tmp_path / "au.pth", tmp_path / "au.safetensors")
    assert f"{network.__name__}(backbone='{backbone}'" in report.written[tmp_path / "au.safetensors"]
    assert "epoch" in report.ignored and "optimizer" in report.ignored
    with safe_open(tmp_path / "au.safetensors", "pt") as file:
        assert file.metadata()["backbone"] == backbone
    init = dict(type="Pretrained", checkpoint=str(tmp_path / "au.safetensors"))
    loaded = network(backbone=backbone, init_cfg=init).eval()
    loaded.init_weights()
    image = torch.rand(1, 3, 224, 224)
    with torch.no_grad():
        for ours, theirs in zip(loaded(image), source(image), strict=True):
            torch.testing.assert_close(ours, theirs)


def test_opengraphau_as_a_bare_state_dict(tmp_path):
    state = publish_state_dict(AFG(backbone="resnet18").state_dict())
    torch.save({f"module.{key}": value for key, value in state.items()}, tmp_path / "au.pth")
    report = convert_opengraphau(tmp_path / "au.pth", tmp_path / "au.safetensors")
    assert "AFG(backbone='resnet18', dim=128)" in report.written[tmp_path / "au.safetensors"]
    assert report.ignored == [] and report.missing == []


def test_opengraphau_mismatches_are_named(tmp_path):
    state = publish_state_dict(AFG(backbone="resnet18").state_dict())
    del state["head.main_class_linears.3.fc.weight"]
    torch.save({"state_dict": state}, tmp_path / "au.pth")
    with pytest.raises(ValueError, match=r"(?s)au.pth.*missing head.main_class_linears.3.fc.weight"):
        convert_opengraphau(tmp_path / "au.pth", tmp_path / "au.safetensors")
    torch.save({"weights": 1}, tmp_path / "no.pth")
    with pytest.raises(ValueError, match="has no state_dict; it has weights"):
        convert_opengraphau(tmp_path / "no.pth", tmp_path / "au.safetensors")


def test_missing_counters_are_reported(tmp_path):
    checkpoint = deca_checkpoint()
    del checkpoint["D_detail"]["conv_blocks.0.num_batches_tracked"]
    torch.save(checkpoint, tmp_path / "deca_model.tar")
    report = convert_deca(tmp_path / "deca_model.tar", tmp_path / "deca.safetensors")
    assert report.missing == ["d_detail.conv_blocks.0.num_batches_tracked"]
    assert "missing: d_detail.conv_blocks.0.num_batches_tracked" in str(report)


def test_wrong_weights_are_refused_when_loading(tmp_path):
    torch.save(deca_checkpoint(), tmp_path / "deca_model.tar")
    convert_deca(tmp_path / "deca_model.tar", tmp_path)
    init = dict(type="Pretrained", checkpoint=str(tmp_path / "e_detail.safetensors"))
    with pytest.raises(ValueError, match=r"layers.2.weight is \(128, 1024\), not \(236, 1024\)"):
        ResnetEncoder(out_dim=236, init_cfg=init).init_weights()
