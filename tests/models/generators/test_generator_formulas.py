"""The generators against their formulas, written with functional layers and loops; and their published sizes."""

import math
from dataclasses import FrozenInstanceError

import pytest
import torch
import torch.nn.functional as F

from aucgan.models import DetailDecoderGenerator, Generator3, LatentAFNGenerator
from aucgan.models.generators.detail_decoder import DetailDecoder
from aucgan.models.generators.modulated_block import Modulation, ModulationSizes, smooth_noise

SIZES = dict(latent_dim=6, afn_dim=8, n_exp=4, uv_size=16, max_z=0.5, condition_dim=2, base_channels=3, max_channels=5)


def randomised(net):
    """Weights, and statistics of normalisations, of about unit size, in float64 and evaluation mode."""
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for name, value in net.state_dict().items():
            if value.is_floating_point():
                noise = torch.randn(value.shape, generator=generator)
                value.copy_(0.3 * noise.abs() + 0.5 if name.endswith("running_var") else 0.4 * noise)
    return net.double().eval()


def codes(batch=2):
    generator = torch.Generator().manual_seed(2)
    sizes = dict(latent=(6,), afn=(27, 8), exp=(4,), jaw_pose=(3,), condition=(2,))
    return {k: torch.randn(batch, *s, generator=generator, dtype=torch.double) for k, s in sizes.items()}


def doubled(x):
    return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)


def test_generator3_is_its_formula():
    net, given = randomised(Generator3(**SIZES)), codes()
    units = given["afn"].flatten(1) @ net.reduce_afn.weight.flatten(1).T + net.reduce_afn.bias
    x = torch.cat([units, given["jaw_pose"], given["exp"], given["latent"], given["condition"]], 1)[..., None, None]
    *blocks, _, last = net.blocks
    assert [block[1].out_channels for block in blocks] == [5, 5, 3]  # 3·4 and 3·2 limited to 5, then 3
    for _, conv, norm, _ in blocks:
        x = F.conv2d(doubled(x), conv.weight, padding=1)
        mean, var = norm.running_mean[:, None, None], norm.running_var[:, None, None]
        x = (x - mean) / (var + 1e-5).sqrt() * norm.weight[:, None, None] + norm.bias[:, None, None]
        x = torch.where(x > 0, x, 0.2 * x)
    x = F.conv2d(doubled(x), last.weight, last.bias, padding=1)
    torch.testing.assert_close(net(**given), 0.5 * x.tanh())


def literal_modulation(module, x, style, nodes):
    """γ and β of every position of the grid, one by one."""
    grid, channels = module.grid, x.shape[1]
    answers = module.attention(5.0 * module.position, nodes)
    from_style = style @ module.from_style.weight.T + module.from_style.bias
    maps = x.new_zeros(len(x), 2 * channels, grid, grid)
    for row in range(grid):
        for column in range(grid):
            maps[:, :, row, column] = from_style + answers[:, row * grid + column] @ module.from_nodes.weight.T
    while maps.shape[-1] < x.shape[-1]:
        maps = doubled(maps)
    return x * (1 + maps[:, :channels]) + maps[:, channels:]


def test_modulation_is_scale_and_shift_at_every_position():
    module = randomised(Modulation(ModulationSizes(style_dim=5, node_dim=8, attention_size=4), channels=3))
    x, style, nodes = (torch.randn(s, dtype=torch.double) for s in ((2, 3, 8, 8), (2, 5), (2, 27, 8)))
    torch.testing.assert_close(module(x, style, nodes), literal_modulation(module, x, style, nodes))


def test_the_latent_generator_is_its_formula():
    sizes = SIZES | dict(start_size=4, style_dim=5, node_dim=8, attention_size=8)
    net, given = randomised(LatentAFNGenerator(**sizes)), codes()
    assert [block.conv_out.out_channels for block in net.blocks] == [5, 5, 3]
    assert [block.modulation.grid for block in net.blocks] == [4, 8, 8]
    first, _, second, _ = net.style
    style = torch.cat([given["latent"], given["exp"], 5 * given["jaw_pose"], given["condition"]], 1)
    for layer in (first, second):
        style = style @ layer.weight.T + layer.bias
        style = style / (1 + (-style).exp())
    nodes, x, z = net.nodes(given["afn"]), net.start(given["latent"]), 0.0
    for number, block in enumerate(net.blocks):
        x = F.conv2d(x, block.conv_in.weight, block.conv_in.bias, padding=1)
        x = (doubled(x) if number else x) + 5.0 * block.uv_map
        x = F.leaky_relu(literal_modulation(block.modulation, x, style, nodes), 0.2)
        x = F.leaky_relu(F.conv2d(x, block.conv_out.weight, block.conv_out.bias, padding=1), 0.2)
        z = (doubled(z) if number else z) + 0.01 * F.conv2d(x, block.to_height.weight, block.to_height.bias, padding=1)
    torch.testing.assert_close(net(**given), 0.5 * z.tanh())


def test_heights_stay_in_full_precision_under_autocast(device):
    torch.manual_seed(0)
    net = LatentAFNGenerator(**SIZES, start_size=4, style_dim=5, node_dim=8)
    given = {k: v.float() for k, v in codes().items()}
    with torch.autocast(device, dtype=torch.bfloat16):
        assert net(**given).dtype == torch.float32


def test_learned_maps_start_at_unit_size_where_they_act():
    torch.manual_seed(0)
    noise = smooth_noise(64, 32)
    assert noise.shape == (1, 64, 32, 32)
    assert noise.std().item() == pytest.approx(1.5 * 0.625, rel=0.05)  # bilinear doubling keeps (3² + 1)/4² an axis
    inner = noise[..., 1:-1, 1:-1]
    alike = (inner[..., 1:] * inner[..., :-1]).mean() / inner.square().mean()
    assert alike.item() == pytest.approx((0.9 + 0.6) / 2, abs=0.02)  # within a coarse texel's half, and across
    assert smooth_noise(2, 1).shape == (1, 2, 1, 1)
    module = Modulation(ModulationSizes(style_dim=5, node_dim=64, attention_size=16), channels=3)
    assert module.position.std().item() == pytest.approx(1 / 5, rel=0.05)
    net = LatentAFNGenerator(uv_size=64)
    acts = 5.0 * net.blocks[-1].uv_map
    assert acts.std().item() == pytest.approx(1.5 * 0.625, rel=0.1)


def published(cls):
    with torch.device("meta"):
        return cls()


def test_sizes_without_arguments():
    net = published(LatentAFNGenerator)
    assert [(b.size, b.conv_in.in_channels, b.conv_in.out_channels, b.modulation.grid) for b in net.blocks] == [
        (8, 256, 256, 8),
        (16, 256, 256, 16),
        (32, 256, 256, 32),
        (64, 256, 128, 32),
        (128, 128, 64, 32),
        (256, 64, 32, 32),
    ]
    assert net.style[0].weight.shape == (128, 128 + 50 + 3) and net.style[2].weight.shape == (128, 128)
    assert net.nodes.weight.shape == (27, 512, 32) and net.start[0].weight.shape == (256 * 64, 128)
    v1 = published(Generator3)
    assert v1.reduce_afn.weight.shape == (41, 13824, 1, 1)
    assert [block[1].weight.shape[:2] for block in list(v1.blocks)[:-2]] == [
        (256, 222), (256, 256), (256, 256), (128, 256), (64, 128), (32, 64), (16, 32),
    ]  # fmt: skip
    deca = published(DetailDecoderGenerator)
    assert deca.decoder.l1[0].weight.shape == published(DetailDecoder).l1[0].weight.shape == (128 * 64, 181)
    assert net.max_z == v1.max_z == deca.decoder.max_z == 0.01
    assert net.condition_dim == v1.condition_dim == deca.condition_dim == 0


def test_the_detail_decoder_at_its_limits():
    with torch.device("meta"):
        half = DetailDecoderGenerator(uv_size=128, base_channels=8).decoder
        widths = [m.out_channels for m in half.conv_blocks if isinstance(m, torch.nn.Conv2d)]
    assert widths == [64, 32, 32, 16, 1]
    with pytest.raises(ValueError, match="uv_size=512 is more than DetailDecoder can do: at most 256"):
        DetailDecoderGenerator(uv_size=512)


def test_the_range_is_reached_and_never_left():
    for cls in (Generator3, LatentAFNGenerator):
        net = randomised(cls(**SIZES | (dict(start_size=4) if cls is LatentAFNGenerator else {})))
        z = net(**{k: 1e4 * v if k == "latent" else v for k, v in codes(8).items()}).detach()
        assert z.abs().max().item() == pytest.approx(0.5) and math.isfinite(z.sum())


def test_sizes_of_a_modulation_are_constants():
    sizes = ModulationSizes(style_dim=5, node_dim=8, attention_size=4)
    with pytest.raises(FrozenInstanceError):
        sizes.node_dim = 9
    assert len({sizes, ModulationSizes(5, 8, 4)}) == 1
