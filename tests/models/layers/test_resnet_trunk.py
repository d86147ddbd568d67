"""The ResNet trunk against torchvision's own."""

import pytest
import torch
import torchvision

from aucgan.models.layers.resnet_trunk import ResNetTrunk


@pytest.mark.parametrize("depth", [18, 50])
def test_equals_torchvision_with_the_same_weights(depth):
    torch.manual_seed(0)
    theirs, ours = getattr(torchvision.models, f"resnet{depth}")().eval(), ResNetTrunk(depth).eval()
    state = {key: value for key, value in theirs.state_dict().items() if not key.startswith("fc.")}
    assert list(ours.state_dict()) == list(state)
    ours.load_state_dict(state)
    theirs.fc = torch.nn.Identity()
    image = torch.rand(1, 3, 64, 64)
    with torch.no_grad():
        torch.testing.assert_close(ours(image).mean(dim=(2, 3)), theirs(image))


def test_width_scales_every_stage():
    trunk = ResNetTrunk(18, width=8)
    assert trunk.out_channels == 64
    assert trunk(torch.rand(2, 3, 64, 64)).shape == (2, 64, 2, 2)
