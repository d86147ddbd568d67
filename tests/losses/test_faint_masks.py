"""Losses under a mask against sums written out pixel by pixel, for soft, faint and empty masks.

The weights of a faint mask add up to far less than 1, so that a floor under the divisor would show.
"""

import itertools

import pytest
import torch

from aucgan.losses import AlbedoConstancyLoss
from aucgan.losses.appearance.albedo_symmetry import albedo_symmetry_loss
from aucgan.losses.appearance.shading_smoothness import shading_smoothness_loss
from aucgan.losses.au.au_asymmetric_loss import weighted_asymmetric_loss
from aucgan.losses.displacement.displacement_supervision import displacement_supervision_loss
from aucgan.losses.displacement.symmetry import symmetry_loss
from aucgan.losses.image.local_contrast import local_contrast, local_contrast_loss
from aucgan.losses.image.photometric import photometric_loss
from aucgan.losses.landmarks.landmark import landmark_loss
from aucgan.losses.landmarks.landmark_pairs import pair_distance_loss

SIZE = (2, 3, 5, 6)


def rand(*shape, seed=0):
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def faint(*shape):
    """Weights that add up to about 0.003; a third of them is 0."""
    weights = rand(*shape, seed=3)
    return weights * (weights > 0.33) * 1e-4


def cells(shape):
    return itertools.product(*map(range, shape))


def weighted_mean(value_and_weight):
    pairs = list(value_and_weight)
    return sum(v * w for v, w in pairs) / sum(w for _, w in pairs)


def photometric(mask):
    pred, target = rand(*SIZE), rand(*SIZE, seed=1)
    literal = weighted_mean(
        (abs(pred[b, c, y, x] - target[b, c, y, x]), mask[b, 0, y, x]) for b, c, y, x in cells(SIZE)
    )
    return photometric_loss(pred, target, mask), literal


def albedo_symmetry(mask):
    albedo = rand(*SIZE)
    literal = weighted_mean(
        (abs(albedo[b, c, y, x] - albedo[b, c, y, 5 - x]), mask[b, 0, y, x]) for b, c, y, x in cells(SIZE)
    )
    return albedo_symmetry_loss(albedo, mask), literal


def local_contrasts(mask):
    pred, target = rand(*SIZE) + 0.1, rand(*SIZE, seed=1) + 0.1
    a, b = local_contrast(pred, mask, 1.0), local_contrast(target, mask, 1.0)
    literal = weighted_mean((abs(a[i] - b[i]), mask[i[0], 0, i[2], i[3]]) for i in cells(SIZE))
    return local_contrast_loss(pred, target, mask, sigma=1.0), literal


def displacement(mask):
    pred, truth = rand(2, 1, 5, 6), rand(2, 1, 5, 6, seed=1)
    literal = weighted_mean((abs(pred[i] - truth[i]), mask[i]) for i in cells(mask.shape))
    return displacement_supervision_loss(pred, truth, mask), literal


def symmetry(mask):
    z = rand(2, 1, 5, 6)
    literal = weighted_mean(
        (abs(z[b, 0, y, x] - z[b, 0, y, 5 - x]), mask[b, 0, y, x]) for b, _, y, x in cells(mask.shape)
    )
    return symmetry_loss(z, 1 - mask, erosion=0), literal


MASKED = [photometric, albedo_symmetry, local_contrasts, displacement, symmetry]


@pytest.mark.parametrize("loss", MASKED, ids=lambda f: f.__name__)
def test_a_faint_mask_gives_the_weighted_mean(loss):
    value, literal = loss(faint(2, 1, 5, 6))
    # The blur's own floor makes faint contrasts smaller, in the literal mean as in the loss.
    torch.testing.assert_close(value, literal)
    assert literal > 1e-5


@pytest.mark.parametrize("loss", MASKED, ids=lambda f: f.__name__)
def test_an_empty_mask_costs_nothing(loss, monkeypatch):
    monkeypatch.setattr(f"{__name__}.weighted_mean", lambda pairs: None)
    assert loss(torch.zeros(2, 1, 5, 6, dtype=torch.float64))[0] == 0


def test_smoothness_under_a_faint_mask():
    shading, mask = rand(*SIZE), 100 * faint(2, 1, 5, 6)  # products of two weights count
    inner_y, inner_x = range(1, 4), range(1, 5)
    rows = [(b, c, y, x) for b, c, y, x in cells((2, 3, 5, 5)) if y in inner_y]
    columns = [(b, c, y, x) for b, c, y, x in cells((2, 3, 4, 6)) if x in inner_x]
    dx = weighted_mean(
        ((shading[b, c, y, x + 1] - shading[b, c, y, x]) ** 2, mask[b, 0, y, x + 1] * mask[b, 0, y, x])
        for b, c, y, x in rows
    )
    dy = weighted_mean(
        ((shading[b, c, y + 1, x] - shading[b, c, y, x]) ** 2, mask[b, 0, y + 1, x] * mask[b, 0, y, x])
        for b, c, y, x in columns
    )
    torch.testing.assert_close(shading_smoothness_loss(shading, mask), dx + dy)
    assert shading_smoothness_loss(shading, 0 * mask) == 0
    plain = sum((shading[b, c, y, x + 1] - shading[b, c, y, x]) ** 2 for b, c, y, x in rows) / len(rows)
    plain += sum((shading[b, c, y + 1, x] - shading[b, c, y, x]) ** 2 for b, c, y, x in columns) / len(columns)
    torch.testing.assert_close(shading_smoothness_loss(shading), plain)


def test_slopes_under_a_faint_mask():
    pred, truth, mask = rand(2, 1, 5, 6), rand(2, 1, 5, 6, seed=1), 100 * faint(2, 1, 5, 6)
    error = (pred - truth) / 0.5
    down = weighted_mean(
        (abs(error[b, 0, y + 1, x] - error[b, 0, y, x]), mask[b, 0, y + 1, x] * mask[b, 0, y, x])
        for b, y, x in cells((2, 4, 6))
    )
    across = weighted_mean(
        (abs(error[b, 0, y, x + 1] - error[b, 0, y, x]), mask[b, 0, y, x + 1] * mask[b, 0, y, x])
        for b, y, x in cells((2, 5, 5))
    )
    level = weighted_mean((abs(error[i]), mask[i]) for i in cells(mask.shape))
    value = displacement_supervision_loss(pred, truth, mask, unit=0.5, slope=3.0)
    torch.testing.assert_close(value, level + 3.0 * (down + across))


def test_landmarks_that_are_hardly_visible():
    pred, target = rand(2, 68, 2), rand(2, 68, 2, seed=1)
    visibility, weights = 100 * faint(2, 68), rand(68, seed=4)
    literal = weighted_mean(
        (abs(pred[b, n, d] - target[b, n, d]), visibility[b, n] * weights[n]) for b, n, d in cells((2, 68, 2))
    )
    torch.testing.assert_close(landmark_loss(pred, target, visibility, weights), literal)
    pairs = ((3, 5), (60, 2), (7, 11))
    openness = [
        [torch.dist(points[b, i], points[b, j]) for b, (i, j) in itertools.product(range(2), pairs)]
        for points in (pred, target)
    ]
    weight = [visibility[b, i] * visibility[b, j] for b, (i, j) in itertools.product(range(2), pairs)]
    literal = weighted_mean((abs(a - b), w) for a, b, w in zip(*openness, weight, strict=True))
    torch.testing.assert_close(pair_distance_loss(pred, target, pairs, visibility), literal)
    assert pair_distance_loss(pred, target, pairs, 0 * visibility) == 0
    assert landmark_loss(pred, target, 0 * visibility, weights) == 0


def test_one_known_label_is_a_mean_of_one():
    probabilities = torch.tensor([[0.25, 0.5], [0.5, 0.5]], dtype=torch.float64)
    labels = torch.tensor([[1.0, -1.0], [-1.0, -1.0]], dtype=torch.float64)
    torch.testing.assert_close(weighted_asymmetric_loss(probabilities, labels), -probabilities[0, 0].log())


def test_albedo_constancy_pixel_by_pixel():
    albedo = rand(2, 3, 4, 5)
    albedo[:, :, 1, 1:3] *= 1e-6  # nearly black: their chromaticity fades to 0
    albedo[0, :, 2, 2] = 0
    chromaticity = albedo / (albedo.sum(1, keepdim=True) + 1e-6)

    def term(first, second):
        weight = torch.exp(-15 * (chromaticity[first] - chromaticity[second]) ** 2)
        return (albedo[first] - albedo[second]) ** 2 * weight

    down = [term((b, c, y, x), (b, c, y + 1, x)) for b, c, y, x in cells((2, 3, 3, 5))]
    across = [term((b, c, y, x), (b, c, y, x + 1)) for b, c, y, x in cells((2, 3, 4, 4))]
    literal = sum(down) / len(down) + sum(across) / len(across)
    torch.testing.assert_close(AlbedoConstancyLoss()(albedo), literal, rtol=1e-10, atol=0)
