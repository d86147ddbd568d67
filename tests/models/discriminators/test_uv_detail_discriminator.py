"""The judge of relief: against its formula, and what it promises beyond the contract of all discriminators."""

import pytest
import torch
import torch.nn.functional as F
from devices import here

from aucgan.action_units import AU_NAMES
from aucgan.losses import BCELoss, HingeLoss, NonSaturatingLoss, R1Penalty
from aucgan.models import UVDetailDiscriminator
from aucgan.models.discriminators.uv_detail_discriminator import relief_channels


@pytest.fixture
def net():
    torch.manual_seed(0)
    return here(UVDetailDiscriminator(uv_size=64, base_channels=4, max_channels=8, node_dim=6).double().eval())


def relief(count=2, size=64, seed=1):
    generator = torch.Generator().manual_seed(seed)
    return 1e-4 * torch.randn(count, 1, size, size, generator=generator, dtype=torch.double)


def intensities(count=2, seed=2):
    return torch.rand(count, 41, generator=torch.Generator().manual_seed(seed), dtype=torch.double)


def of(**units):
    aus = torch.zeros(1, 41, dtype=torch.double)
    for name, value in units.items():
        aus[0, AU_NAMES.index(name)] = value
    return aus


def rows_of(net):
    """Row of every judged patch in the grid of 8 x 8."""
    return net.judged // net.patches


def test_height_and_slopes_by_hand():
    z = torch.tensor([[1.0, 3.0], [4.0, 9.0]]).view(1, 1, 2, 2) * 2e-4
    mask = torch.tensor([[1.0, 1.0], [0.5, 0.0]]).view(1, 1, 2, 2)  # seen: 1 3 / 2 0, in 0.2 mm
    height, across, down = relief_channels(z, mask)[0]
    torch.testing.assert_close(height, torch.tensor([[1.0, 3.0], [2.0, 0.0]]))
    per_texel = 2e-4 / (64 * 1e-4)  # two texels are 128/64 of the unit of length each
    torch.testing.assert_close(across, per_texel * torch.tensor([[2.0, 0.0], [-2.0, 0.0]]))
    torch.testing.assert_close(down, per_texel * torch.tensor([[1.0, -3.0], [0.0, 0.0]]))


def test_slopes_do_not_depend_on_the_maps_size():
    ramp = [torch.arange(n).expand(1, 1, n, n) / n * 1e-3 for n in (64, 128)]
    coarse, fine = (relief_channels(z, torch.ones_like(z))[0, 1] for z in ramp)
    torch.testing.assert_close(coarse[:, :-1], fine[::2, :-2:2])


def test_the_formula(net):
    z, aus = relief(), intensities()

    def halved(x, conv):
        x = F.conv2d(x, conv.weight, conv.bias, stride=2, padding=1)
        return torch.where(x > 0, x, 0.2 * x)

    def judged(judge, features, aus):
        hidden = F.silu(F.linear(aus @ judge.condition.nodes, *judge.condition.together[0].parameters()))
        condition = F.linear(hidden, *judge.condition.together[2].parameters())
        return judge.score.weight[0] @ features + judge.score.bias[0] + features @ judge.projection.weight @ condition

    x = relief_channels(z, net.mask)
    for conv in net.trunk[::2]:
        x = halved(x, conv)
    assert x.shape == (2, 8, 8, 8)
    whole = halved(x, net.whole[0]).sum((2, 3))
    logits = torch.stack([
        torch.stack([
            judged(net.whole_judge, whole[b], aus[b])
            + judged(net.patch_judge, x[b, :, p // 8, p % 8] + net.place[:, k], aus[b] * net.regions[k])
            for k, p in enumerate(net.judged)
        ])
        for b in range(2)
    ])  # fmt: skip
    torch.testing.assert_close(net(z, aus), logits)


def test_patches_on_the_face_are_judged_and_no_others(net):
    covered = F.avg_pool2d(net.mask, 8).flatten()
    assert net(relief(), intensities()).shape == (2, len(net.judged)) == (2, int((covered >= 0.1).sum()))
    assert 30 < len(net.judged) < 64
    assert (covered[net.judged] >= 0.1).all()


def test_what_is_masked_has_no_say(net):
    z, aus, masked = relief(), intensities(), net.mask == 0
    assert masked.any()
    torch.testing.assert_close(net(torch.where(masked, torch.full_like(z, 0.01), z), aus), net(z, aus), rtol=0, atol=0)
    z.requires_grad_(True)
    net(z, aus).sum().backward()
    assert (z.grad[masked.expand_as(z)] == 0).all() and (z.grad[(net.mask > 0.5).expand_as(z)] != 0).all()


def test_a_patch_is_judged_by_the_units_that_act_there(net):
    z = relief(1)

    def change(unit):
        evidence = [net.evidence(z, aus) for aus in (of(), of(**{unit: 1.0}))]
        assert not torch.equal(evidence[0][0], evidence[1][0])  # the whole face hears of every unit
        return (evidence[1][1] - evidence[0][1]).abs()[0]

    upper, lower = rows_of(net) < 3, rows_of(net) >= 5
    assert change("AU4")[upper].sum() > 10 * change("AU4")[lower].sum()
    assert change("AU17")[lower].sum() > 10 * change("AU17")[upper].sum()
    left_of_picture = net.judged % net.patches < 4
    person_left = change("AUL12")
    assert person_left[~left_of_picture].sum() > 3 * person_left[left_of_picture].sum()


def test_unknown_units_count_as_absent(net):
    torch.testing.assert_close(net(relief(1), of(AU1=0.4, AU4=-1.0)), net(relief(1), of(AU1=0.4)), rtol=0, atol=0)


def test_every_convolution_and_projection_has_a_bounded_norm(net):
    net.train()
    layers = [m for m in net.modules() if torch.nn.utils.parametrize.is_parametrized(m, "weight")]
    assert not [m for m in net.modules() if isinstance(m, torch.nn.Conv2d) and m not in layers]
    assert {net.patch_judge.projection, net.whole_judge.projection, net.patch_judge.score} <= set(layers)
    for layer in layers:
        for _ in range(60):  # a power iteration each
            weight = layer.weight
        assert torch.linalg.matrix_norm(weight.flatten(1), 2).item() == pytest.approx(1, rel=0.02)


@pytest.mark.parametrize("loss", [BCELoss(), HingeLoss(), NonSaturatingLoss()], ids=lambda loss: type(loss).__name__)
def test_both_players_learn_from_every_adversarial_loss(net, loss):
    fake = relief(seed=5).requires_grad_(True)
    loss.discriminator(net(relief(), intensities()), net(fake.detach(), intensities(seed=9))).backward()
    assert all(p.grad.isfinite().all() and p.grad.abs().sum() > 0 for p in net.parameters() if p.ndim > 1)
    loss.generator(net(fake, intensities())).backward()
    assert fake.grad.isfinite().all() and fake.grad.abs().sum() > 0


def test_r1_in_millimetres_trains_what_the_gradient_depends_on(net):
    z = relief().requires_grad_(True)
    penalty = R1Penalty(unit=1e-3)(net(z, intensities()), z)
    assert 1e-4 < penalty.item() < 1e4
    penalty.backward()
    assert all(p.grad.abs().sum() > 0 for name, p in net.named_parameters() if p.ndim == 4)
    assert net.patch_judge.condition.nodes.grad.abs().sum() > 0


def test_sizes():
    net = UVDetailDiscriminator(uv_size=128, base_channels=16, max_channels=40)
    convolutions = [m for m in net.modules() if isinstance(m, torch.nn.Conv2d)]
    assert [c.out_channels for c in convolutions] == [16, 32, 40, 40, 40]
    assert UVDetailDiscriminator(uv_size=64, patches=4).judged.max() < 16
    default = UVDetailDiscriminator()
    assert default.uv_size == 256 and [m.out_channels for m in default.trunk[::2]] == [16, 32, 64, 96, 96]


def test_errors_say_what_is_wrong(net):
    for size in (112, 8, 96):
        with pytest.raises(ValueError, match=f"uv_size={size} must be patches=8 times"):
            UVDetailDiscriminator(uv_size=size)
    with pytest.raises(ValueError, match=r"uv_z is \(2, 1, 32, 32\).* set uv_size"):
        net(relief(size=32), intensities())
    with pytest.raises(ValueError, match=r"aus \(2, 27\)"):
        net(relief(), intensities()[:, :27])
