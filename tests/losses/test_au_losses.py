import pytest
import torch

from aucgan.losses import AUFeatureLoss, LegacyAUFeatureLoss
from aucgan.losses.au.au_feature import au_cosine_loss, au_l1_loss, au_probability_loss


@pytest.fixture
def photo():
    return torch.rand(2, 41, generator=torch.Generator().manual_seed(0)) * 0.8 + 0.1


def test_bce_is_least_at_the_photo(photo):
    pred = photo.clone().requires_grad_(True)
    loss = au_probability_loss(pred, photo)
    loss.backward()
    assert pred.grad.abs().max() < 1e-6
    entropy = -(photo * photo.log() + (1 - photo) * (1 - photo).log()).mean()
    torch.testing.assert_close(loss.detach(), entropy)
    assert au_probability_loss(1 - photo, photo) > entropy


def test_certain_mistakes_stay_finite():
    pred = torch.tensor([[0.0, 1.0]]).requires_grad_(True)
    loss = AUFeatureLoss()(pred, torch.tensor([[1.0, 0.0]]))
    loss.backward()
    assert torch.isfinite(loss) and torch.isfinite(pred.grad).all()


def test_the_photo_gets_no_gradient(photo):
    target, afn = photo.requires_grad_(True), torch.randn(2, 27, 8, requires_grad=True)
    for mode in ("bce", "cosine", "l1"):
        pred, pred_afn = photo.detach().clone().requires_grad_(True), torch.randn(2, 27, 8, requires_grad=True)
        AUFeatureLoss(mode)(pred, target, pred_afn, afn).backward()
    assert target.grad is None and afn.grad is None


def test_feature_modes_by_hand(photo):
    afn = torch.zeros(1, 27, 2)
    afn[..., 0] = 1
    turned = afn.flip(-1) * 3
    assert au_cosine_loss(3 * afn, afn).abs() < 1e-6
    torch.testing.assert_close(AUFeatureLoss("cosine")(photo, photo, turned, afn), torch.tensor(1.0))
    torch.testing.assert_close(au_l1_loss(turned, afn), torch.tensor(2.0))


def test_old_formula_pushes_up_whatever_the_prediction(photo):
    for pred in (photo, torch.zeros_like(photo), torch.ones_like(photo)):
        pred = pred.clone().requires_grad_(True)
        loss = LegacyAUFeatureLoss()(pred, photo)
        loss.backward()
        torch.testing.assert_close(pred.grad, -photo / photo.numel())
    literal = torch.nn.functional.binary_cross_entropy_with_logits(photo, pred.detach())
    torch.testing.assert_close(loss.detach(), literal)


def test_errors_say_what_to_give(photo):
    with pytest.raises(ValueError, match="give pred_afn and target_afn"):
        AUFeatureLoss("cosine")(photo, photo)
    with pytest.raises(ValueError, match="mode must be one of bce, cosine, l1, but got 'l2'"):
        AUFeatureLoss("l2")


def test_probabilities_a_rounding_beyond_their_range_count_as_certain():
    pred = torch.tensor([[0.25, 0.5]])
    beyond, certain = torch.tensor([[1.01, -0.01]]), torch.tensor([[1.0, 0.0]])
    torch.testing.assert_close(AUFeatureLoss()(pred, beyond), AUFeatureLoss()(pred, certain))
    torch.testing.assert_close(
        AUFeatureLoss()(pred, certain), -(torch.tensor(0.25).log() + torch.tensor(0.5).log()) / 2
    )
    wrong = torch.tensor([[0.0, 1.0]])  # kept 1e-4 away from both ends
    torch.testing.assert_close(AUFeatureLoss()(wrong, certain), -torch.tensor(1e-4).log(), rtol=1e-3, atol=0)


def test_both_features_are_needed(photo):
    afn = torch.ones(2, 27, 2)
    for features in ((None, afn), (afn, None)):
        with pytest.raises(ValueError, match="give pred_afn and target_afn"):
            AUFeatureLoss("l1")(photo, photo, *features)
