"""What each discriminator promises beyond the contract."""

import torch

from aucgan.models import ConditionalDiscriminator, ProjectionDiscriminator, SpatialAUDiscriminator


def test_conditional_discriminator_gives_28_by_28_patches_at_224():
    with torch.device("meta"):
        net = ConditionalDiscriminator()
        assert net(torch.rand(2, 3, 224, 224), torch.rand(2, 27, 512)).shape == (2, 1, 28, 28)


def test_projection_is_linear_in_the_condition():
    """logit = ψ(φ) + ⟨V·c, φ⟩: halfway between two conditions lies halfway between their logits."""
    torch.manual_seed(0)
    net = ProjectionDiscriminator(afn_dim=8, base_channels=4, max_channels=8).eval()
    image, condition = torch.rand(3, 3, 64, 64), torch.randn(2, 128)
    conditions = torch.cat([condition, condition.mean(0, keepdim=True)])
    net.condition.forward = lambda afn: conditions
    with torch.no_grad():
        logits = net(image[:1].expand(3, -1, -1, -1), torch.zeros(3, 27, 8))
    torch.testing.assert_close(logits[2], logits[:2].mean(0))


def test_spectral_norm_bounds_every_weight():
    net = ProjectionDiscriminator(afn_dim=8, base_channels=4, max_channels=8)
    for _ in range(30):  # power iterations
        net(torch.rand(2, 3, 64, 64), torch.rand(2, 27, 8))
    weights = [net.score.weight, net.projection.weight, *(b.conv1.weight.flatten(1) for b in net.blocks)]
    for weight in weights:
        assert torch.linalg.matrix_norm(weight, 2) < 1.1


def test_spatial_discriminator_judges_a_patch_by_the_units_that_act_there():
    torch.manual_seed(0)
    net = SpatialAUDiscriminator(afn_dim=8, base_channels=4).eval()
    image, afn = torch.rand(1, 3, 128, 128), torch.rand(1, 27, 8)
    other = afn.clone()
    other[:, 14] = other[:, 14].flip(-1)  # AU17: the chin
    with torch.no_grad():
        change = (net(image, other) - net(image, afn)).abs()[0, 0]
    assert change[9:].sum() > 10 * change[:7].sum()
