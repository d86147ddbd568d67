"""The compact AU condition."""

import torch
from models.registered import assert_gradient_reaches_every_row

from aucgan.registry import MODELS


def test_condition_has_its_shape_and_gradients():
    torch.manual_seed(0)
    encoder = MODELS.build(dict(type="AUEncoder", condition_dim=7, afn_dim=16, hidden=8))
    condition = encoder(torch.rand(3, 41), torch.rand(3, 27, 16))
    assert condition.shape == (3, 7)
    assert_gradient_reaches_every_row(encoder, condition)


def test_condition_depends_on_activations_and_on_features():
    torch.manual_seed(0)
    encoder = MODELS.build(dict(type="AUEncoder", afn_dim=16, hidden=8)).eval()
    au, afn = torch.rand(1, 41), torch.rand(1, 27, 16)
    with torch.no_grad():
        condition = encoder(au, afn)
        assert (encoder(1 - au, afn) - condition).abs().max() > 1e-4
        assert (encoder(au, afn.flip(2)) - condition).abs().max() > 1e-4
