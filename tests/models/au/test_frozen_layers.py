import copy

import pytest
import torch

from aucgan.models.au.backbones import build_backbone
from aucgan.models.au.frozen_layers import passes_gradient_only
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
    assert passes_gradient_only(net, x)
    assert not passes_gradient_only(net, x.detach()) and not passes_gradient_only(net.train(), x)
    with torch.no_grad():
        assert not passes_gradient_only(net.eval(), x)
    with torch.autocast("cpu", torch.bfloat16):
        assert not passes_gradient_only(net, x)
