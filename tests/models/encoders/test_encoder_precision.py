"""Codes under autocast: the trunk computes in half precision, the regression of the codes in float32."""

import pytest
import torch
from torch import nn

from aucgan.models.encoders.emoca_expression_encoder import EmocaExpressionEncoder
from aucgan.models.encoders.resnet_encoder import ResnetEncoder


@pytest.fixture(params=[(ResnetEncoder, 60), (EmocaExpressionEncoder, 56)], ids=lambda param: param[0].__name__)
def encoder(request):
    """Its last code is about 9, as the scale of the published cameras: bfloat16 knows 9 and 9.0625, half a pixel."""
    torch.manual_seed(0)
    cls, out_dim = request.param
    made = cls(out_dim=out_dim, depth=18, width=16, hidden=64)
    nn.init.constant_(made.layers[2].bias[-1:], 9.03)
    return made


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
@pytest.mark.parametrize("frozen", [False, True])
def test_the_head_computes_in_float32_under_autocast(encoder, dtype, frozen, device):
    encoder.eval().requires_grad_(not frozen)
    image = torch.rand(2, 3, 64, 64)
    exact = encoder(image)
    with torch.autocast(device, dtype):
        code, feature_map = encoder(image), encoder.encoder(image)
        rough = nn.Sequential(*encoder.layers)(feature_map.mean(dim=(2, 3)))
    assert feature_map.dtype == rough.dtype == dtype and code.dtype == torch.float32
    # What the trunk lost is all that is lost.
    torch.testing.assert_close(code, encoder.layers(feature_map.float().mean(dim=(2, 3))), rtol=1e-6, atol=1e-7)
    assert (code - exact).norm() < (rough.float() - exact).norm()
    if dtype == torch.bfloat16:
        assert (code - exact)[:, -1].abs().max() < 0.01 < (rough.float() - exact)[:, -1].abs().max()


def test_gradients_pass_from_float32_to_half_precision(encoder, device):
    image = torch.rand(2, 3, 64, 64)
    with torch.autocast(device, torch.bfloat16):
        encoder(image).square().sum().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in encoder.parameters())


def test_double_precision_stays(encoder):
    assert encoder.double()(torch.rand(2, 3, 64, 64).double()).dtype == torch.float64
