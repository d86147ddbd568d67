import copy

import pytest
import torch

from aucgan.frozen.frozen_layers import (
    folded_weights,
    frozen_conv,
    frozen_linear,
    is_frozen,
    passes_gradient_only,
    running_statistics,
)
from aucgan.frozen.vgg19 import VGG19Features
from aucgan.models.au.backbones import build_backbone
from aucgan.models.au.mefarg import MEFARG


def image_gradient(net, image):
    image = image.clone().requires_grad_()
    outputs = net(image)
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    torch.manual_seed(1)
    sum((out * torch.randn_like(out)).sum() for out in outputs).backward()
    return outputs, image.grad


@pytest.mark.parametrize("name", ["resnet18", "resnet50"])
def test_frozen_backbone_has_the_same_values_and_gradient(name):
    torch.manual_seed(0)
    net = build_backbone(name).double().eval()
    for bn in (m for m in net.modules() if isinstance(m, torch.nn.BatchNorm2d)):
        bn.running_var.uniform_(0.8, 1.2)
        torch.nn.init.normal_(bn.bias, 0, 0.1)
    image = torch.randn(2, 3, 64, 64, dtype=torch.double)
    (want,), want_grad = image_gradient(net, image)
    (got,), grad = image_gradient(net.requires_grad_(False), image)
    torch.testing.assert_close(got, want)
    torch.testing.assert_close(grad, want_grad)


def test_frozen_network_has_the_same_values_and_gradient():
    torch.manual_seed(0)
    net = MEFARG(backbone="resnet18", dim=16).double().eval()
    image = torch.randn(1, 3, 64, 64, dtype=torch.double)
    frozen = copy.deepcopy(net).requires_grad_(False)
    wanted, want_grad = image_gradient(net, image)
    outputs, grad = image_gradient(frozen, image)
    for out, want in zip(outputs, wanted, strict=True):
        torch.testing.assert_close(out, want)
    torch.testing.assert_close(grad, want_grad)


def test_when_the_lean_path_is_taken():
    net = torch.nn.Linear(2, 2).eval()
    x = torch.zeros(1, 2, requires_grad=True)
    assert not passes_gradient_only(net, x)
    net.requires_grad_(False)
    assert passes_gradient_only(net, x) and is_frozen(net)
    assert not passes_gradient_only(net, x.detach()) and not passes_gradient_only(net.train(), x)
    with torch.no_grad():
        assert not passes_gradient_only(net.eval(), x)


def conv_and_norm():
    torch.manual_seed(0)
    conv, bn = torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4).eval()
    bn.running_var.uniform_(0.5, 2)
    return conv.requires_grad_(False), bn.requires_grad_(False)


def test_folded_weights_are_kept_until_a_weight_changes():
    conv, bn = conv_and_norm()
    first = folded_weights(conv, bn, torch.float32)
    assert folded_weights(conv, bn, torch.float32)[0] is first[0]
    bn.load_state_dict(bn.state_dict() | {"running_mean": torch.ones(4)})
    x = torch.randn(1, 3, 8, 8)
    torch.testing.assert_close(frozen_conv(x, conv, bn), bn(conv(x)))
    conv.weight.mul_(2)
    torch.testing.assert_close(frozen_conv(x, conv, bn), bn(conv(x)))


def test_weights_folded_in_inference_mode_pass_a_gradient_later():
    conv, bn = conv_and_norm()
    linear, linear_bn = torch.nn.Linear(3, 5), torch.nn.BatchNorm1d(5).eval()
    for layer in (linear, linear_bn):
        layer.requires_grad_(False)
    x = torch.randn(1, 3, 8, 8)
    tokens = x.flatten(2).mT
    with torch.inference_mode():
        seen = frozen_conv(x, conv, bn), frozen_linear(tokens, linear, linear_bn)
    x.requires_grad_()
    tokens = x.flatten(2).mT
    outputs = frozen_conv(x, conv, bn), frozen_linear(tokens, linear, linear_bn)
    assert all(torch.equal(*pair) for pair in zip(outputs, seen, strict=True))
    sum(out.square().sum() for out in outputs).backward()
    plain = bn(conv(x)), linear_bn(linear(tokens).mT)
    wanted = torch.autograd.grad(sum(out.square().sum() for out in plain), x)[0]
    torch.testing.assert_close(x.grad, wanted)


def test_weights_made_in_inference_mode_are_folded_anew():
    with torch.inference_mode():
        conv, bn = conv_and_norm()
        x = torch.randn(1, 3, 8, 8)
        frozen_conv(x, conv, bn)
        conv.weight.mul_(2)  # nothing counts such changes
        torch.testing.assert_close(frozen_conv(x, conv, bn), bn(conv(x)))


def test_under_autocast_weights_are_kept_in_its_type(device):
    conv, bn = conv_and_norm()
    x = torch.randn(1, 3, 8, 8, requires_grad=True)
    with torch.autocast(device, torch.bfloat16):
        out = frozen_conv(x, conv, bn)
    assert out.dtype == torch.bfloat16
    assert folded_weights(conv, bn, torch.bfloat16)[0].dtype == torch.bfloat16
    torch.testing.assert_close(out.float(), bn(conv(x)), atol=0.05, rtol=0.05)
    out.sum().backward()
    wanted = torch.autograd.grad(bn(conv(x)).sum(), x)[0]
    assert x.grad.dtype == torch.float32
    torch.testing.assert_close(x.grad, wanted, atol=0.05, rtol=0.05)


def test_frozen_vgg_has_the_same_values_and_gradient():
    torch.manual_seed(0)
    net = VGG19Features(("conv1_1", "relu1_2", "relu2_1"), "random").double()
    image = torch.rand(1, 3, 16, 16, dtype=torch.double)
    results = []
    for thawed in (True, False):
        net.requires_grad_(thawed)
        results.append(image_gradient(lambda x: tuple(net(x).values()), image))
    for got, wanted in zip(results[1][0], results[0][0], strict=True):
        torch.testing.assert_close(got, wanted)
    torch.testing.assert_close(results[1][1], results[0][1])


def test_a_normalisation_without_running_statistics_cannot_be_folded():
    bn = torch.nn.BatchNorm2d(3, track_running_stats=False).eval().requires_grad_(False)
    with pytest.raises(ValueError, match="track_running_stats=True"):
        running_statistics(bn)
    with pytest.raises(ValueError, match="track_running_stats=True"):
        frozen_conv(torch.rand(1, 3, 4, 4), torch.nn.Conv2d(3, 3, 1).requires_grad_(False), bn)
