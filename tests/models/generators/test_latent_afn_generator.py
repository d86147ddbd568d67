"""What the AU-conditioned generator promises beyond the contract."""

import pytest
import torch

from aucgan.models import LatentAFNGenerator

SIZES = dict(latent_dim=12, afn_dim=16, n_exp=5, uv_size=64, base_channels=4, max_channels=16)


@pytest.fixture
def generator():
    torch.manual_seed(0)
    return LatentAFNGenerator(**SIZES)


def inputs(batch):
    return torch.randn(batch, 12), torch.rand(batch, 27, 16), torch.randn(batch, 5), 0.1 * torch.randn(batch, 3)


def test_a_new_generator_starts_near_zero(generator):
    with torch.no_grad():
        assert generator(*inputs(4)).abs().max() < 2e-4  # metres, of 0.01 possible


def test_an_afn_of_zeros_holds_no_au_information(generator):
    embedded = generator.nodes(torch.zeros(3, 27, 16))
    torch.testing.assert_close(embedded, generator.nodes.bias.expand(3, -1, -1))


def test_each_position_attends_to_its_own_nodes(generator):
    latent, afn, exp, jaw_pose = inputs(1)
    other = afn.clone()
    other[:, 9] = other[:, 9].flip(-1)  # one node changes
    with torch.no_grad():
        change = (generator(latent, other, exp, jaw_pose) - generator(latent, afn, exp, jaw_pose)).abs()[0, 0]
    assert change.max() > 2 * change.median()


def test_every_resolution_is_modulated_by_the_aus(generator):
    codes = inputs(2)
    generator(*codes).square().sum().backward()
    for block in generator.blocks:
        assert block.modulation.attention.value.weight.grad.abs().sum() > 0
        assert block.modulation.from_style.weight.grad.abs().sum() > 0


def test_wrong_afn_is_an_error_with_shapes(generator):
    latent, _, exp, jaw_pose = inputs(2)
    with pytest.raises(ValueError, match=r"afn is \(2, 27, 8\), but \(B, 27, 16\) was expected"):
        generator(latent, torch.rand(2, 27, 8), exp, jaw_pose)


def test_learns_a_map_from_nodes_to_places():
    """AU-driven bumps at fixed places, from a few dozen steps: the whole point of attention on a UV plane."""
    torch.manual_seed(0)
    generator = LatentAFNGenerator(latent_dim=4, afn_dim=8, n_exp=2, uv_size=16, base_channels=8, max_channels=16)
    optimizer = torch.optim.Adam(generator.parameters(), 3e-3, betas=(0.5, 0.999))
    directions = torch.rand(27, 8)
    grid = torch.linspace(-1, 1, 16)
    centres = 0.7 * torch.randn(27, 2, 1).clamp(-1, 1)
    bumps = [torch.exp(-((grid - cx) ** 2) / 0.05)[None] * torch.exp(-((grid - cy) ** 2) / 0.05)[:, None]
             for cx, cy in centres]  # fmt: skip
    bumps = 5e-4 * torch.stack(bumps)

    def batch(n):
        active = (torch.rand(n, 27) < 0.3).float()
        afn = active[..., None] * directions + 0.1 * torch.rand(n, 27, 8)
        target = torch.einsum("bn,nhw->bhw", active, bumps)[:, None]
        return (torch.randn(n, 4), afn, torch.randn(n, 2), torch.zeros(n, 3)), target

    for _ in range(100):
        codes, target = batch(16)
        loss = 1e3 * (generator(*codes) - target).abs().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    codes, target = batch(64)
    with torch.no_grad():
        unexplained = (generator(*codes) - target).square().sum() / (target - target.mean(0)).square().sum()
    assert unexplained < 0.5
