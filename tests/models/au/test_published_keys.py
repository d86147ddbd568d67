import pytest
import torch
from golden.detfill import det_input, fill_one
from literal_networks import literal_network
from literal_swin import literal_swin

from aucgan.models.au.afg import AFG
from aucgan.models.au.mefarg import MEFARG
from aucgan.models.au.published_keys import convert_state_dict, publish_state_dict
from aucgan.models.au.swin_keys import published_key, torchvision_key

SWIN_T = dict(depths=(2, 2, 6, 2), heads=(3, 6, 12, 24))


def filled(net, seed=5, gain=1.0):
    """A published state dict: recipe values under published names."""
    state = publish_state_dict(net.state_dict())
    values = {k: fill_one(k, v.shape, str(v.dtype).removeprefix("torch."), seed, gain) for k, v in state.items()}
    return {k: state[k] if v is None else torch.as_tensor(v).reshape(state[k].shape) for k, v in values.items()}


@pytest.fixture(scope="module")
def swin_state():
    return filled(AFG(backbone="swin_t"))


def test_published_swin_names(swin_state):
    backbone = {k.removeprefix("backbone."): tuple(v.shape) for k, v in swin_state.items() if "backbone" in k}
    assert backbone["patch_embed.proj.weight"] == (96, 3, 4, 4) and backbone["patch_embed.norm.bias"] == (96,)
    assert backbone["layers.2.blocks.5.attn.relative_position_bias_table"] == (169, 12)
    assert backbone["layers.2.blocks.5.attn.relative_position_index"] == (49, 49)
    assert backbone["layers.0.blocks.1.mlp.fc1.weight"] == (384, 96)
    assert backbone["layers.0.blocks.1.mlp.fc2.bias"] == (96,)
    assert backbone["layers.1.downsample.reduction.weight"] == (384, 768)
    assert backbone["layers.1.downsample.norm.weight"] == (768,)
    assert backbone["norm.weight"] == (768,)
    assert "layers.1.downsample.reduction.bias" not in backbone and "layers.3.downsample.norm.weight" not in backbone
    assert all(published_key(torchvision_key(key)) == key for key in backbone)


def test_swin_equals_its_formulas(swin_state):
    ours, report = convert_state_dict(swin_state)
    assert (report.stage, report.backbone, report.dim, report.network) == (1, "swin_t", 384, "AFG")
    net = report.build().eval()
    net.load_state_dict(ours)
    torch.manual_seed(0)
    image = torch.randn(1, 3, 224, 224)
    backbone = {k.removeprefix("backbone."): v for k, v in swin_state.items() if k.startswith("backbone.")}
    with torch.no_grad():
        want = literal_swin(backbone, image, **SWIN_T)
        torch.testing.assert_close(net.backbone(image), want, rtol=1e-4, atol=1e-4)


def test_swin_with_another_order_of_the_bias_table(swin_state):
    shuffled = dict(swin_state)
    order = torch.randperm(169, generator=torch.Generator().manual_seed(0))
    for key in swin_state:
        if key.endswith("relative_position_bias_table"):
            shuffled[key] = swin_state[key][order]
        elif key.endswith("relative_position_index"):
            shuffled[key] = order.argsort()[swin_state[key]]
    ours, shuffled_ours = convert_state_dict(swin_state)[0], convert_state_dict(shuffled)[0]
    assert all(torch.equal(ours[key], shuffled_ours[key]) for key in ours)
    broken = dict(swin_state)
    key = "backbone.layers.0.blocks.0.attn.relative_position_index"
    broken[key] = swin_state[key].clone()
    broken[key][0, 0] = 5
    with pytest.raises(ValueError, match=r"layers\.0\.blocks\.0\.attn\.relative_position_bias_table"):
        convert_state_dict(broken)


@pytest.mark.parametrize(("cls", "backbone"), [(MEFARG, "resnet18"), (AFG, "resnet18"), (AFG, "resnet50")])
def test_round_trip_with_prefix_and_extras(cls, backbone):
    net = cls(backbone=backbone)
    published = {f"module.{key}": value for key, value in filled(net).items() if "num_batches" not in key}
    published["module.backbone.fc.weight"] = torch.zeros(1000, 512)
    ours, report = convert_state_dict(dict(epoch=3, state_dict=published, optimizer={}))
    assert report.network == cls.__name__ and report.backbone == backbone
    assert report.ignored == ("backbone.fc.weight",) and all("num_batches" in key for key in report.filled)
    net.load_state_dict(ours)
    back = publish_state_dict(ours)
    assert all(
        torch.equal(back[key.removeprefix("module.")], value) for key, value in published.items() if "fc.w" not in key
    )


@pytest.mark.parametrize(
    ("name", "dim", "shifted"),
    [("resnet101", 512, False), ("swin_s", 384, True), ("swin_b", 512, True)],
)
def test_other_backbones_are_detected(name, dim, shifted):
    with torch.device("meta"):
        state = publish_state_dict(MEFARG(backbone=name).state_dict())
    index = publish_state_dict(AFG(backbone="swin_t").state_dict())[
        "backbone.layers.0.blocks.0.attn.relative_position_index"
    ]
    state = {key: index if key.endswith("_index") else value for key, value in state.items()}
    if shifted:
        state["backbone.layers.0.blocks.1.attn_mask"] = torch.zeros(64, 49, 49)
    _, report = convert_state_dict(state)
    assert (report.stage, report.backbone, report.dim) == (2, name, dim)
    assert shifted == ("backbone.layers.0.blocks.1.attn_mask" in report.ignored)


def test_errors_name_the_keys(swin_state):
    state = dict(swin_state)
    del state["backbone.layers.1.blocks.0.mlp.fc2.weight"]
    state["backbone.extra.weight"] = torch.zeros(2)
    state["head.gnn.V.bias"] = torch.zeros(7)
    with pytest.raises(ValueError) as error:
        convert_state_dict(state)
    text = str(error.value)
    assert "missing backbone.layers.1.blocks.0.mlp.fc2.weight (384, 768)" not in text
    assert "missing backbone.layers.1.blocks.0.mlp.fc2.weight (192, 768)" in text
    assert "unexpected backbone.extra.weight (2,)" in text and "head.gnn.V.bias is (7,), not (384,)" in text
    with pytest.raises(ValueError, match=r"no action-unit weights.*encoder\.conv1"):
        convert_state_dict({"encoder.conv1.weight": torch.zeros(1)})
    with pytest.raises(ValueError, match="backbone is unknown"):
        convert_state_dict({"head.gnn.U.weight": torch.zeros(1)})


@pytest.mark.parametrize(
    ("cls", "backbone", "train"),
    [
        (AFG, "resnet18", False),
        (AFG, "resnet18", True),
        (MEFARG, "resnet18", False),
        (MEFARG, "resnet18", True),
        (MEFARG, "swin_t", False),
    ],
)
def test_published_weights_give_the_numbers_of_the_formulas(cls, backbone, train):
    """From key names alone, sharing no code with the networks, loaded directly and through the converter."""
    state = filled(cls(backbone=backbone), seed=23, gain=1.1)
    image = torch.as_tensor(det_input("face", (2 if train else 1, 3, 224, 224), 23))
    with torch.no_grad():
        wanted = literal_network(state, backbone, image, train)
    direct = cls(backbone=backbone)
    direct.load_state_dict({f"module.{key}": value for key, value in state.items()})
    converted, report = convert_state_dict(state)
    built = report.build(afn="pre_graph")
    built.load_state_dict(converted)
    with torch.no_grad():
        probabilities, nodes = direct.train(train)(image)
        _, before = built.train(train)(image)
    for ours, literal in zip((probabilities, nodes, before), wanted, strict=True):
        assert (ours - literal).abs().max() <= 1e-4 * literal.abs().max()


@pytest.mark.parametrize("backbone", ["resnet18", "swin_t"])
def test_published_files_load_without_conversion_too(tmp_path, backbone):
    state = filled(AFG(backbone=backbone))
    torch.save({"epoch": 1, "state_dict": {f"module.{key}": value for key, value in state.items()}}, tmp_path / "a.pth")
    net = AFG(backbone=backbone, init_cfg=dict(type="Pretrained", checkpoint=str(tmp_path / "a.pth")))
    net.init_weights()
    converted, _ = convert_state_dict(state)
    loaded = net.state_dict()
    assert loaded.keys() == converted.keys() and all(torch.equal(loaded[key], converted[key]) for key in loaded)
    net.load_state_dict(loaded)  # our own names stay
