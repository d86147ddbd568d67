"""What each encoder promises beyond the contract."""

import pytest
import torch
from torch import nn

from aucgan.models import DetailEncoder, EmocaExpressionEncoder, ResnetEncoder, TransformerDetailCoder

SLIM_RESNET = dict(depth=18, width=4, hidden=8)


def widths(encoder):
    return [m.out_channels for m in encoder.modules() if isinstance(m, nn.Conv2d)]


def test_detail_encoder_follows_the_table():
    encoder = DetailEncoder()
    assert widths(encoder) == [64, 128, 256, 512, 1024, 512, 256, 128]
    sizes = []
    for block in encoder.blocks:
        block.register_forward_hook(lambda _m, _i, out: sizes.append(out.shape[-1]))
    with torch.no_grad():
        assert encoder(torch.rand(1, 3, 224, 224)).shape == (1, 128)
    assert sizes == [128, 64, 32, 16, 8, 4, 2, 1]


def test_detail_encoder_loses_a_layer_per_halving():
    with torch.device("meta"):
        assert widths(DetailEncoder(input_size=128)) == [64, 128, 256, 512, 512, 256, 128]
        assert widths(DetailEncoder(input_size=64, base_channels=8, latent_dim=10)) == [8, 16, 32, 64, 32, 10]


@pytest.mark.parametrize("size", [8, 100])
def test_detail_encoder_refuses_other_sizes(size):
    with pytest.raises(ValueError, match=f"input_size={size} must be a power of two"):
        DetailEncoder(input_size=size)


def test_resnet_encoder_names_the_depths_it_has():
    with pytest.raises(ValueError, match=r"depth=20 .* choose one of \[18, 34, 50"):
        ResnetEncoder(depth=20)


@pytest.mark.parametrize(
    ("out_dim", "has_global", "has_jaw"), [(50, False, False), (53, False, True), (56, True, True)]
)
def test_expression_code_splits_by_length(out_dim, has_global, has_jaw):
    encoder = EmocaExpressionEncoder(out_dim=out_dim, **SLIM_RESNET)
    codes = encoder.split(torch.arange(float(out_dim)).expand(2, -1))
    assert codes.exp[0].tolist() == list(range(50))
    assert (codes.global_pose is not None, codes.jaw_pose is not None) == (has_global, has_jaw)
    if has_global:
        assert codes.global_pose[0].tolist() == [50, 51, 52]
    if has_jaw:
        assert codes.jaw_pose[0].tolist() == list(range(out_dim - 3, out_dim))


def test_expression_encoder_refuses_other_lengths():
    with pytest.raises(ValueError, match="out_dim=52 cannot be split with n_exp=50"):
        EmocaExpressionEncoder(out_dim=52, **SLIM_RESNET)


def test_transformer_without_afn_equals_afn_of_zeros():
    torch.manual_seed(0)
    coder = TransformerDetailCoder(afn_dim=8, input_size=32, base_channels=2, n_layers=1, heads=2).eval()
    image = torch.rand(2, 3, 32, 32)
    with torch.no_grad():
        torch.testing.assert_close(coder(image), coder(image, torch.zeros(2, 27, 8)))
        assert (coder(image) - coder(image, torch.rand(2, 27, 8))).abs().max() > 1e-4
