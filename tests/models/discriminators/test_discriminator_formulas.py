"""The discriminators against their formulas, written with functional layers; and their sizes without arguments."""

import pytest
import torch
import torch.nn.functional as F

from aucgan.models import ConditionalDiscriminator, ProjectionDiscriminator, SpatialAUDiscriminator
from aucgan.models.layers.au_regions import region_maps

SMALL = dict(afn_dim=9, base_channels=3, max_channels=10)


def built(cls, **arguments):
    """In evaluation mode, in which spectral norm keeps its weights."""
    torch.manual_seed(0)
    return cls(**SMALL, **arguments).double().eval()


def inputs(size=64):
    generator = torch.Generator().manual_seed(1)
    image = torch.rand(2, 3, size, size, generator=generator, dtype=torch.double)
    return image, torch.randn(2, 27, 9, generator=generator, dtype=torch.double)


def leaky(x):
    return torch.where(x > 0, x, 0.2 * x)


def test_the_patch_discriminator_of_v1():
    net, (image, afn) = built(ConditionalDiscriminator), inputs(32)
    planes = torch.stack([afn[:, 9 * plane : 9 * plane + 9] for plane in range(3)], dim=1)  # 9 rows of 9 features
    x = torch.cat([image, F.interpolate(planes, (32, 32), mode="bilinear", align_corners=False)], dim=1)
    convolutions = [layer for layer in net.layers if isinstance(layer, torch.nn.Conv2d)]
    assert [c.out_channels for c in convolutions] == [3, 6, 10, 10, 1]
    for number, (conv, stride) in enumerate(zip(convolutions, (2, 2, 2, 1, 1), strict=True)):
        x = F.conv2d(x, conv.weight, conv.bias, stride=stride, padding=1)
        if number in (1, 2, 3):
            x = (x - x.mean((2, 3), keepdim=True)) / (x.var((2, 3), unbiased=False, keepdim=True) + 1e-5).sqrt()
        x = leaky(x) if number < 4 else x
    torch.testing.assert_close(net(image, afn), x)


def test_the_projection_discriminator():
    net, (image, afn) = built(ProjectionDiscriminator, n_blocks=3, condition_dim=4), inputs(32)
    x = 2 * image - 1
    for number, block in enumerate(net.blocks):
        inner = F.conv2d(leaky(x) if number else x, block.conv1.weight, block.conv1.bias, padding=1)
        inner = F.avg_pool2d(F.conv2d(leaky(inner), block.conv2.weight, block.conv2.bias, padding=1), 2)
        x = inner + F.conv2d(F.avg_pool2d(x, 2), block.shortcut.weight, block.shortcut.bias)
    assert [block.conv2.out_channels for block in net.blocks] == [3, 6, 10]
    features = leaky(x).sum((2, 3))
    condition = net.condition(afn)
    logits = [f @ net.score.weight[0] + net.score.bias[0] + f @ (net.projection.weight @ c)
              for f, c in zip(features, condition, strict=True)]  # fmt: skip
    torch.testing.assert_close(net(image, afn)[:, 0], torch.stack(logits))


def test_the_spatial_discriminator():
    net, (image, afn) = built(SpatialAUDiscriminator, unit_dim=2, crop_scale=1.4), inputs(64)
    x = 2 * image - 1
    for conv in (net.image_layers[0], net.image_layers[2]):
        x = leaky(F.conv2d(x, conv.weight, conv.bias, stride=2, padding=1))
    regions, units = region_maps(16, 16, 1.4, image.device), leaky(net.units(afn))
    maps = [units[:, n, d, None, None] * regions[n] for n in range(27) for d in range(2)]
    x = torch.cat([x, torch.stack(maps, dim=1)], dim=1)
    halving, third, last = net.joint_layers[0], net.joint_layers[2], net.joint_layers[4]
    assert halving.kernel_size == net.image_layers[0].kernel_size == (4, 4) and third.kernel_size == (3, 3)
    x = leaky(F.conv2d(x, halving.weight, halving.bias, stride=2, padding=1))
    x = leaky(F.conv2d(x, third.weight, third.bias, padding=1))
    torch.testing.assert_close(net(image, afn), F.conv2d(x, last.weight, last.bias, padding=1))


@pytest.mark.parametrize("cls", [ProjectionDiscriminator, SpatialAUDiscriminator], ids=lambda c: c.__name__)
def test_every_weight_has_a_bounded_norm(cls):
    net = built(cls).train()
    parametrised = [m for m in net.modules() if torch.nn.utils.parametrize.is_parametrized(m, "weight")]
    plain = [m for m in net.modules() if isinstance(m, torch.nn.Conv2d) and m not in parametrised]
    assert parametrised and not plain
    for module in parametrised:
        for _ in range(60):  # a power iteration each
            weight = module.weight
        assert torch.linalg.matrix_norm(weight.flatten(1), 2).item() == pytest.approx(1, rel=0.02)


def test_sizes_without_arguments():
    v1, projection, spatial = ConditionalDiscriminator(), ProjectionDiscriminator(), SpatialAUDiscriminator()

    def widths(net):
        return [m.out_channels for m in net.modules() if isinstance(m, torch.nn.Conv2d)]

    assert widths(v1) == [64, 128, 256, 512, 1] and v1.afn_dim == 512
    assert widths(projection) == [w for width in (64, 128, 256, 512, 512) for w in 3 * [width]]
    assert projection.condition.out.out_features == 128 and projection.condition.nodes.afn_dim == 512
    assert widths(spatial) == [64, 128, 256, 512, 1]
    assert spatial.units.weight.shape == (27, 512, 4) and spatial.crop_scale == 1.6


def test_no_width_exceeds_the_limit():
    for cls in (ConditionalDiscriminator, SpatialAUDiscriminator):
        net = cls(afn_dim=9, base_channels=128)
        widths = [m.out_channels for m in net.modules() if isinstance(m, torch.nn.Conv2d)]
        assert widths == [128, 256, 512, 512, 1]
