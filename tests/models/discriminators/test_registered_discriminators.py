"""The contract of the discriminators, for every registered one."""

import pytest
import torch
from devices import here
from models.registered import assert_gradient_reaches_every_row, registered_in

from aucgan.registry import MODELS

AFN_DIM = 16
SLIM = {
    "ProjectionDiscriminator": dict(base_channels=4, max_channels=8, condition_dim=8),
    "ConditionalDiscriminator": dict(base_channels=4, max_channels=16),
    "SpatialAUDiscriminator": dict(base_channels=4, max_channels=16, unit_dim=2),
    "UVDetailDiscriminator": dict(base_channels=4, max_channels=8, node_dim=6),
}
RELIEF = {"UVDetailDiscriminator"}
"""Judge displacement in UV under intensities; the others a photo under AU features."""


def build(name, size=64):
    torch.manual_seed(0)
    own = dict(uv_size=size) if name in RELIEF else dict(afn_dim=AFN_DIM)
    return here(MODELS.build(dict(type=name, **own, **SLIM[name])))


def inputs(name, count, size=64):
    """What is judged, and the condition; relief is high beside the steps by which double precision is tested."""
    if name in RELIEF:
        return 0.01 * torch.randn(count, 1, size, size), torch.rand(count, 41)
    return torch.rand(count, 3, size, size), torch.rand(count, 27, AFN_DIM)


def test_every_registered_discriminator_is_tested():
    assert registered_in("discriminators") == set(SLIM), "add a slim config for a new discriminator"


@pytest.mark.parametrize("name", SLIM)
def test_shape_finiteness_and_gradients(name):
    net = build(name)
    logits = net(*inputs(name, 3))
    assert logits.shape == (3, net.place.shape[1]) if name in RELIEF else logits.shape in {(3, 1), (3, 1, 8, 8)}
    assert logits.isfinite().all()
    assert_gradient_reaches_every_row(net, logits)


@pytest.mark.parametrize("name", sorted(SLIM.keys() - RELIEF))
@pytest.mark.parametrize("size", [64, 112, 128])
def test_a_single_image_in_eval_mode(name, size):
    with torch.no_grad():
        logits = build(name).eval()(torch.rand(1, 3, size, size), torch.rand(1, 27, AFN_DIM))
    assert logits.shape in {(1, 1), (1, 1, size // 8, size // 8)}
    assert logits.isfinite().all()


@pytest.mark.parametrize("name", SLIM)
def test_logits_feel_the_image_and_the_aus(name):
    judged, condition = (t.requires_grad_() for t in inputs(name, 2))
    build(name)(judged, condition).square().sum().backward()
    assert (judged.grad.flatten(1).abs().sum(1) > 0).all()
    assert (condition.grad.flatten(1).abs().sum(1) > 0).all()


@pytest.mark.parametrize("name", SLIM)
def test_a_gradient_penalty_on_the_image_trains_the_image_layers(name):
    net = build(name)
    judged, condition = inputs(name, 2)
    logits = net(judged.requires_grad_(), condition)
    (slope,) = torch.autograd.grad(logits.sum(), judged, create_graph=True)
    slope.square().sum().backward()
    grads = [p.grad for p in net.parameters() if p.grad is not None]
    assert grads and all(g.isfinite().all() for g in grads)
    assert sum(g.abs().sum() for g in grads) > 0


@pytest.mark.parametrize("name", sorted(SLIM.keys() - RELIEF))
def test_all_judges_of_photos_take_the_same_sizes_so_that_a_config_swaps_the_type_alone(name):
    net = MODELS.build(dict(type=name, afn_dim=AFN_DIM, base_channels=4, max_channels=8))
    widths = {module.out_channels for module in net.modules() if isinstance(module, torch.nn.Conv2d)}
    assert max(widths) == 8
