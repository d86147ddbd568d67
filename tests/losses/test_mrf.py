"""The chunked MRF term against its literal form, and the networks' errors."""

import math

import pytest
import torch
import torch.nn.functional as F
from host_reads import HostReads
from safetensors.torch import save_file
from torchvision.models.vgg import cfgs, make_layers

from aucgan.frozen.vgg19 import VGG19Features, layer_indices, vgg19_layers
from aucgan.losses import IdentityLoss, IDMRFLoss, PerceptualLoss
from aucgan.losses.image.mrf import BANDWIDTH, EPSILON, mrf_loss
from aucgan.losses.image.naive_mrf import patch_convolution_mrf


def literal_mrf(gen, target):
    """The published formulas, one after the other, with the whole (positions × positions) matrix."""
    centre = target.mean(1, keepdim=True)
    gen, target = (F.normalize((f - centre).flatten(2), dim=1) for f in (gen, target))
    distance = (1 - torch.einsum("bct,bcg->btg", target, gen)) / 2
    relative = distance / (distance.min(1, keepdim=True)[0] + EPSILON)
    weight = torch.exp((1 - relative) / BANDWIDTH)
    weight = weight / weight.sum(1, keepdim=True)
    return -weight.max(2)[0].mean(1).log().mean()


def features(seed, dtype=torch.float64, shape=(2, 6, 4, 5)):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


@pytest.mark.parametrize("chunk", [1, 7, 20, 256])
def test_value_and_gradients_of_the_literal_form(chunk):
    results = []
    for function in (lambda g, t: mrf_loss(g, t, chunk=chunk), literal_mrf):
        gen, target = features(0).requires_grad_(True), features(1).requires_grad_(True)
        loss = function(gen, target)
        (3 * loss).backward()
        results.append((loss.detach(), gen.grad, target.grad))
    for ours, literal in zip(*results, strict=True):
        torch.testing.assert_close(ours, literal, rtol=1e-9, atol=1e-11)


def test_without_shapes_that_depend_on_values_it_is_the_same(monkeypatch):
    results = []
    for at_hand in (True, False):
        monkeypatch.setattr("aucgan.losses.image.mrf._is_at_hand", lambda x, answer=at_hand: answer)
        gen, target = features(0).requires_grad_(True), features(1).requires_grad_(True)
        with HostReads() as reads:
            loss = mrf_loss(gen, target, chunk=7)
            loss.backward()
        assert at_hand or not reads.found
        results.append((loss.detach(), gen.grad, target.grad))
    for one, other in zip(*results, strict=True):
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize("which", [0, 1])
def test_gradcheck(which):
    inputs = [features(0, shape=(1, 5, 3, 3)), features(1, shape=(1, 5, 3, 3))]
    inputs[which].requires_grad_(True)
    assert torch.autograd.gradcheck(mrf_loss, inputs)


def test_near_identical_features_keep_their_precision():
    target = features(1, torch.float32, (1, 64, 12, 12))
    gen = target + 1e-3 * features(2, torch.float32, (1, 64, 12, 12))
    torch.testing.assert_close(mrf_loss(gen, target), literal_mrf(gen, target), rtol=1e-5, atol=1e-6)
    assert mrf_loss(target, target) < 1e-5


def test_sum_is_the_batch_times_the_mean():
    gen, target = features(0), features(1)
    torch.testing.assert_close(mrf_loss(gen, target, "sum"), 2 * mrf_loss(gen, target))


@pytest.mark.parametrize(("gen", "target"), [(0.0, 0.0), (0.0, None), (None, 0.0), (2.0, 2.0)])
def test_constant_features_stay_finite(gen, target):
    shape = (1, 4, 3, 3)
    gen = features(0, shape=shape) if gen is None else torch.full(shape, gen, dtype=torch.float64)
    target = features(1, shape=shape) if target is None else torch.full(shape, target, dtype=torch.float64)
    gen.requires_grad_(True)
    loss = mrf_loss(gen, target)
    loss.backward()
    assert torch.isfinite(loss) and torch.isfinite(gen.grad).all()


def test_constant_features_cost_the_logarithm_of_their_number():
    constant = torch.zeros(1, 4, 3, 3)
    assert mrf_loss(constant, constant).item() == pytest.approx(math.log(9))


def test_nothing_of_positions_squared_is_kept():
    gen, target = features(0).requires_grad_(True), features(1)
    saved = []
    with torch.autograd.graph.saved_tensors_hooks(lambda t: saved.append(t.numel()) or t, lambda t: t):
        mrf_loss(gen, target)
    assert max(saved) <= gen[0].numel()


def test_unequal_features_are_named():
    with pytest.raises(ValueError, match=r"gen \(2, 6, 4, 5\), target \(1, 6, 4, 5\)"):
        mrf_loss(features(0), features(1)[:1])


def test_layer_names_are_torchvision_positions():
    indices = layer_indices()
    assert (indices["conv1_1"], indices["relu3_1"], indices["relu4_1"], indices["pool5"]) == (0, 11, 20, 36)


@pytest.mark.parametrize("loss", [IDMRFLoss, PerceptualLoss, IdentityLoss])
def test_use_without_weights_is_an_error(loss):
    with pytest.raises(RuntimeError, match="has no weights.*leave this loss out"):
        loss()(torch.rand(1, 3, 32, 32), torch.rand(1, 3, 32, 32))


def test_vgg_weights_from_a_file(tmp_path):
    full = {f"features.{k}": v for k, v in VGG19Features(("relu3_1",), "random").features.state_dict().items()}
    save_file(full, tmp_path / "vgg.safetensors")
    vgg = VGG19Features(("relu2_1",), tmp_path / "vgg.safetensors")
    assert torch.equal(vgg.features[0].weight, full["features.0.weight"])
    assert not any(p.requires_grad for p in vgg.parameters())
    with pytest.raises(ValueError, match="has no key 'features.12.weight': it is not a VGG19"):
        VGG19Features(("relu3_2",), tmp_path / "vgg.safetensors")


def test_unknown_layer_is_named():
    with pytest.raises(ValueError, match="VGG19 has no layer 'relu3_9'"):
        IDMRFLoss(style_layers=("relu3_9",))


def test_perceptual_by_hand():
    image = torch.rand(1, 3, 32, 32)
    loss = PerceptualLoss("random", layers=("conv1_1", "relu1_2"), layer_weights=(2.0, 0.5))
    assert loss(image, image) == 0
    other = torch.rand(1, 3, 32, 32)
    a, b = loss.vgg(image), loss.vgg(other)
    expected = (2 * (a["conv1_1"] - b["conv1_1"]).abs().mean() + 0.5 * (a["relu1_2"] - b["relu1_2"]).abs().mean()) / 2
    torch.testing.assert_close(loss(image, other), expected)
    with pytest.raises(ValueError, match="2 layers need as many layer_weights, but got 1"):
        PerceptualLoss("random", layers=("relu1_1", "relu1_2"), layer_weights=(1.0,))


def test_the_layers_are_those_of_torchvision():
    theirs = make_layers(cfgs["E"])
    ours = vgg19_layers()
    assert [type(layer) for layer in ours] == [type(layer) for layer in theirs]
    assert {k: v.shape for k, v in ours.state_dict().items()} == {k: v.shape for k, v in theirs.state_dict().items()}


def test_a_layer_of_both_terms_counts_with_both_weights():
    published = IDMRFLoss()
    assert published.layer_weights == {"relu3_1": 1.0, "relu4_1": 2.0}
    assert published.reduction == "mean" and published.chunk == 256
    loss = IDMRFLoss("random", ("relu1_1", "relu1_2"), ("relu1_2", "relu2_1"), style_weight=0.3, content_weight=5.0)
    assert loss.layer_weights == {"relu1_1": 0.3, "relu1_2": 5.3, "relu2_1": 5.0}
    pred, target = torch.rand(2, 2, 3, 16, 16)
    a, b = loss.vgg(pred), loss.vgg(target)
    literal = sum(weight * literal_mrf(a[layer], b[layer]) for layer, weight in loss.layer_weights.items())
    torch.testing.assert_close(loss(pred, target), literal, rtol=1e-4, atol=1e-5)
    loss.reduction = "sum"
    torch.testing.assert_close(loss(pred, target), 2 * literal, rtol=1e-4, atol=1e-5)


def test_the_layers_see_normalised_colours_and_are_plain_convolutions():
    names = ("conv1_1", "relu1_1", "conv1_2", "relu1_2", "pool1", "conv2_1", "relu2_1")
    vgg = VGG19Features(names, "random")
    image = torch.rand(2, 3, 10, 12)
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    x = (image - mean[:, None, None]) / std[:, None, None]
    found = vgg(image)
    assert tuple(found) == names
    for index, (name, layer) in enumerate(zip(names, vgg.features, strict=True)):
        if name.startswith("conv"):
            x = F.conv2d(x, layer.weight, layer.bias, padding=1)
        else:
            x = x.clamp_min(0) if name.startswith("relu") else F.max_pool2d(x, 2)
        torch.testing.assert_close(found[name], x, rtol=1e-4, atol=1e-5, msg=f"{index} {name}")


def test_no_gradient_reaches_the_target_and_layers_have_equal_weights_by_default():
    pred, target = torch.rand(2, 1, 3, 16, 16)
    loss = PerceptualLoss("random", layers=("relu1_1", "relu2_1", "relu1_2"))
    target.requires_grad_(True)
    value = loss(pred.requires_grad_(True), target)
    value.backward()
    assert target.grad is None and pred.grad.abs().sum() > 0
    a, b = loss.vgg(pred), loss.vgg(target)
    torch.testing.assert_close(value, sum((a[n] - b[n]).abs().mean() for n in a) / 3)
    assert list(PerceptualLoss().layer_weights.items()) == [(f"relu{block}_2", 1.0) for block in (1, 2, 3, 4)]


def test_random_networks_keep_the_size_of_features():
    torch.manual_seed(0)
    features = VGG19Features(("relu3_4",), "random").features
    for conv in (layer for layer in features if isinstance(layer, torch.nn.Conv2d)):
        assert conv.weight.std().item() == pytest.approx((2 / (9 * conv.out_channels)) ** 0.5, rel=0.1)
        assert not conv.bias.any()
    assert not any(p.any() for p in VGG19Features(("relu1_2",)).parameters())  # empty until weights are loaded
    assert len(features) == layer_indices()["relu3_4"] + 1


def test_weights_of_another_shape_are_named(tmp_path):
    state = VGG19Features(("relu1_2",), "random").features.state_dict()
    save_file(state | {"2.bias": torch.zeros(3)}, tmp_path / "vgg.safetensors")
    with pytest.raises(ValueError, match=r"features.2.bias has the shape \(3,\), expected \(64,\)"):
        VGG19Features(("relu1_2",), tmp_path / "vgg.safetensors")


def test_the_published_patch_convolution_is_the_literal_form():
    gen, target = features(0, shape=(3, 6, 4, 5)), features(1, shape=(3, 6, 4, 5))
    torch.testing.assert_close(patch_convolution_mrf(gen, target), literal_mrf(gen, target), rtol=1e-9, atol=1e-12)
    with pytest.raises(ValueError):
        patch_convolution_mrf(gen, target[:1])


def test_a_selected_convolution_is_not_overwritten_by_the_layer_behind_it():
    vgg = VGG19Features(("conv1_1", "relu1_2"), "random")
    image = torch.rand(1, 3, 8, 8)
    first = vgg.features[0]
    plain = F.conv2d((image - vgg.mean) / vgg.std, first.weight, first.bias, padding=1)
    assert (plain < 0).any()
    torch.testing.assert_close(vgg(image)["conv1_1"], plain, rtol=1e-4, atol=1e-5)
