import pytest
import torch
from models.registered import assert_gradient_reaches_every_row

from aucgan.models import UVUNetGenerator

MAX_Z = 0.007


def build(**changes):
    torch.manual_seed(0)
    sizes = dict(in_channels=6, n_exp=5, uv_size=32, widths=(4, 8, 12), style_dim=8, node_dim=8, attention_size=8)
    return UVUNetGenerator(**sizes | dict(max_z=MAX_Z) | changes)


def inputs(batch):
    def expression():
        return torch.rand(batch, 41), torch.randn(batch, 5), 0.1 * torch.randn(batch, 3)

    return torch.randn(batch, 6, 32, 32), expression(), expression()


def test_shape_range_and_gradients():
    net = build()
    uv_z = net(*inputs(3))
    assert uv_z.shape == (3, 1, 32, 32) and uv_z.isfinite().all()
    assert 0 < uv_z.abs().max() <= MAX_Z
    assert_gradient_reaches_every_row(net, uv_z)


def test_samples_do_not_mix():
    net, (skin, shown, wanted) = build(), inputs(3)
    one = net(skin[1:2], tuple(t[1:2] for t in shown), tuple(t[1:2] for t in wanted))
    torch.testing.assert_close(net(skin, shown, wanted)[1:2], one, rtol=1e-4, atol=1e-8)


def test_both_expressions_matter_and_are_told_apart():
    net, (skin, shown, wanted) = build(), inputs(2)
    leaves = [t.requires_grad_() for t in (skin, *shown, *wanted)]
    net(skin, shown, wanted).square().sum().backward()
    assert all(t.grad.abs().sum() > 0 for t in leaves)
    with torch.no_grad():
        assert not torch.allclose(net(skin, shown, wanted), net(skin, wanted, shown), rtol=1e-3, atol=1e-8)


def test_what_the_skin_shows_acts_where_it_lies():
    net, (skin, shown, wanted) = build(widths=(8, 8)), inputs(1)
    changed = skin.clone()
    changed[:, :, 4:8, 4:8] += 1.0
    with torch.no_grad():
        moved = (net(changed, shown, wanted) - net(skin, shown, wanted)).abs()[0, 0]
    assert moved[2:10, 2:10].mean() > 3 * moved[20:, 20:].mean()


def test_left_and_right_halves_of_a_unit_matter():
    from aucgan.action_units import side_index

    net, (skin, shown, wanted) = build(), inputs(1)
    asked = wanted[0].clone()
    asked[:, side_index(12, "L")] += 0.5
    with torch.no_grad():
        assert (net(skin, shown, wanted) - net(skin, shown, (asked, *wanted[1:]))).abs().max() > 0


def test_wrong_sizes_are_explained():
    with pytest.raises(ValueError, match="uv_size=34 must be a multiple of 4: 3 widths halve it"):
        build(uv_size=34)
    net, (skin, shown, wanted) = build(), inputs(1)
    with pytest.raises(ValueError, match=r"\(B, 6, 32, 32\) was expected"):
        net(skin[:, :5], shown, wanted)
    with pytest.raises(ValueError, match=r"\(B, 41\) was expected"):
        net(skin, (shown[0][:, :40], *shown[1:]), wanted)
