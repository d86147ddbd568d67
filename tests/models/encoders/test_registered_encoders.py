"""The contract of the encoders, for every registered one."""

import pytest
import torch
from models.registered import assert_gradient_reaches_every_row, awake, registered_in

from aucgan.registry import MODELS

AFN_DIM = 16
SLIM = {
    "ResnetEncoder": (dict(out_dim=236, depth=18, width=8, hidden=16), 236),
    "EmocaExpressionEncoder": (dict(out_dim=56, depth=18, width=8, hidden=16), 56),
    "DetailEncoder": (dict(latent_dim=24, input_size=32, base_channels=4), 24),
    "TransformerDetailCoder": (
        dict(latent_dim=24, afn_dim=AFN_DIM, input_size=64, base_channels=2, n_layers=1, heads=2),
        24,
    ),
}
OTHER_CONTRACT = {"AUEncoder", "UVSkinReader"}
"""Registered with the encoders, but their input is not an image; tested in files of their own."""

SILENT_BY_DESIGN = {
    "TransformerDetailCoder": {
        f"{attention}.in_proj_bias": "the keys' third: a softmax takes out what is added to all keys"
        for attention in ("layers.0.self_attn", "layers.0.multihead_attn", "read")
    }
}


def build(name):
    torch.manual_seed(0)
    config, out_dim = SLIM[name]
    return MODELS.build(dict(type=name, **config)), out_dim


def encode(net, image):
    afn = torch.rand(len(image), 27, AFN_DIM)
    return net(image, afn) if net.uses_afn else net(image)


def test_every_registered_encoder_is_tested():
    assert registered_in("encoders") == set(SLIM) | OTHER_CONTRACT, "add a slim config for a new encoder"


@pytest.mark.parametrize("name", SLIM)
def test_shape_finiteness_and_gradients(name):
    net, out_dim = build(name)
    code = encode(net, torch.rand(3, 3, 64, 64))
    assert code.shape == (3, out_dim)
    assert code.isfinite().all()
    assert_gradient_reaches_every_row(net, encode(awake(net), torch.rand(3, 3, 64, 64)), SILENT_BY_DESIGN.get(name, {}))


@pytest.mark.parametrize("name", SLIM)
@pytest.mark.parametrize("size", [(64, 64), (112, 112), (96, 80)])
def test_a_single_image_of_any_size_in_eval_mode(name, size):
    net, out_dim = build(name)
    with torch.no_grad():
        code = encode(net.eval(), torch.rand(1, 3, *size))
    assert code.shape == (1, out_dim)
    assert code.isfinite().all()


@pytest.mark.parametrize("name", SLIM)
def test_samples_do_not_mix_in_eval_mode(name):
    net, _ = build(name)
    images, afn = torch.rand(2, 3, 64, 64), torch.rand(2, 27, AFN_DIM)
    extra = [afn] if net.eval().uses_afn else []
    with torch.no_grad():
        both = net(images, *extra)
        second = net(images[1:], *(e[1:] for e in extra))
    torch.testing.assert_close(both[1:], second, rtol=1e-4, atol=1e-5)
