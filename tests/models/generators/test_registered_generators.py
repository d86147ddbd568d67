"""The contract of the generators, for every registered one."""

import pytest
import torch
from models.registered import assert_gradient_reaches_every_row, registered_in

from aucgan.registry import MODELS

MAX_Z = 0.007
CONTRACT = dict(latent_dim=12, afn_dim=16, n_exp=5, uv_size=32, max_z=MAX_Z)
SLIM = {
    "LatentAFNGenerator": dict(base_channels=4, max_channels=8, style_dim=8, node_dim=8),
    "DetailDecoderGenerator": dict(base_channels=4),
    "Generator3": dict(base_channels=4, max_channels=8),
}
OTHER_CONTRACT = {"DetailDecoder", "UVUNetGenerator"}
"""The first takes the concatenated code, as published (DetailDecoderGenerator wraps it), the second reads the skin."""

LOOKS_AT_AFN = {"LatentAFNGenerator": True, "DetailDecoderGenerator": False, "Generator3": True}


def build(name, condition_dim=0):
    torch.manual_seed(0)
    return MODELS.build(dict(type=name, **CONTRACT, **SLIM[name], condition_dim=condition_dim))


def inputs(batch):
    return torch.randn(batch, 12), torch.rand(batch, 27, 16), torch.randn(batch, 5), 0.1 * torch.randn(batch, 3)


def test_every_registered_generator_is_tested():
    assert registered_in("generators") == set(SLIM) | OTHER_CONTRACT, "add a slim config for a new generator"
    assert LOOKS_AT_AFN.keys() == SLIM.keys()


@pytest.mark.parametrize("name", SLIM)
def test_shape_range_and_gradients(name):
    # In eval mode: in training a bias before a BatchNorm, which published weights have, feels nothing.
    net = build(name).eval()
    uv_z = net(*inputs(3))
    assert uv_z.shape == (3, 1, 32, 32)
    assert uv_z.isfinite().all()
    assert 0 < uv_z.abs().max() <= MAX_Z
    assert_gradient_reaches_every_row(net, uv_z)


@pytest.mark.parametrize("name", SLIM)
def test_a_single_sample_in_eval_mode_equals_its_row(name):
    net, codes = build(name).eval(), inputs(3)
    with torch.no_grad():
        torch.testing.assert_close(net(*codes)[1:2], net(*(c[1:2] for c in codes)), rtol=1e-4, atol=1e-8)


@pytest.mark.parametrize("name", SLIM)
def test_every_input_that_it_looks_at_matters(name):
    net = build(name).eval()
    codes = [c.requires_grad_() for c in inputs(2)]
    net(*codes).square().sum().backward()
    felt = [c.grad is not None and bool(c.grad.abs().sum() > 0) for c in codes]
    assert felt == [True, LOOKS_AT_AFN[name], True, True]


@pytest.mark.parametrize("name", SLIM)
def test_condition_is_used_and_checked(name):
    net, codes = build(name, condition_dim=4).eval(), inputs(2)
    condition = torch.randn(2, 4, requires_grad=True)
    uv_z = net(*codes, condition=condition)
    uv_z.square().sum().backward()
    assert condition.grad.abs().sum() > 0
    with pytest.raises(ValueError, match="condition_dim=4, but a condition of length 0"):
        net(*codes)
    with pytest.raises(ValueError, match="condition_dim=0, but a condition of length 4"):
        build(name)(*codes, condition=condition)


@pytest.mark.parametrize("name", SLIM)
def test_uv_size_must_double_from_the_start(name):
    with pytest.raises(ValueError, match="uv_size=48 cannot be reached by doubling"):
        MODELS.build(dict(type=name, uv_size=48))


@pytest.mark.parametrize("name", SLIM)
def test_all_take_the_same_sizes_so_that_a_config_swaps_the_type_alone(name):
    slim, wide = (MODELS.build(dict(type=name, **CONTRACT, base_channels=c)) for c in (4, 8))
    assert sum(p.numel() for p in slim.parameters()) < sum(p.numel() for p in wide.parameters())
