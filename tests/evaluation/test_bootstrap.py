import numpy as np
import pytest

from aucgan.evaluation.metrics.au_f1 import accuracies, f1_scores
from aucgan.evaluation.metrics.au_intensity import correlation, icc31
from aucgan.evaluation.statistics.bootstrap import (
    SCORES,
    bootstrap_scores,
    draw_weights,
    interval,
    macro,
    weighted_scores,
)


@pytest.fixture
def split():
    """Probabilities and labels of 60 samples and 5 units; some labels unknown, one unit never present."""
    rng = np.random.default_rng(0)
    labels = np.where(rng.random((60, 5)) < 0.4, rng.random((60, 5)), 0.0)
    labels[rng.random((60, 5)) < 0.2] = -1
    labels[:, 4] = np.minimum(labels[:, 4], 0)
    return np.clip(np.abs(labels) + rng.normal(0, 0.3, (60, 5)), 0, 1), labels


def literal_scores(probabilities, labels):
    f1, accuracy = f1_scores(probabilities, labels), accuracies(probabilities, labels)
    agreement = []
    for x, y in zip(probabilities.T, labels.T, strict=True):
        known = y >= 0
        varied = np.ptp(y[known]) > 0
        agreement.append((correlation(x[known], y[known]), icc31(x[known], y[known])) if varied else (np.nan, np.nan))
    return dict(
        f1=f1,
        accuracy=np.where(np.isnan(f1), np.nan, accuracy),
        **dict(zip(SCORES[2:], np.transpose(agreement), strict=True)),
    )


def test_weights_of_one_give_the_scores_themselves(split):
    found, expected = weighted_scores(*split, np.ones((1, 60))), literal_scores(*split)
    assert tuple(found) == SCORES
    for name in SCORES:
        assert found[name][0] == pytest.approx(expected[name], nan_ok=True), name
    assert np.isnan(found["f1"][0, 4]) and np.isnan(found["icc"][0, 4])


def test_weights_are_copies_of_samples(split):
    weights = draw_weights(range(60), draws=3, seed=1)
    found = weighted_scores(*split, weights)
    for row, counts in enumerate(weights.astype(int)):
        copies = [np.repeat(array, counts, axis=0) for array in split]
        for name, expected in literal_scores(*copies).items():
            assert found[name][row] == pytest.approx(expected, nan_ok=True), name


def test_whole_persons_are_drawn():
    weights = draw_weights(["a", "b", "a", "c", "c"], draws=50)
    assert (weights[:, 0] == weights[:, 2]).all() and (weights[:, 3] == weights[:, 4]).all()
    assert (weights[:, [0, 1, 3]].sum(1) == 3).all()
    assert (weights == draw_weights(["a", "b", "a", "c", "c"], draws=50)).all()
    assert (weights != draw_weights(["a", "b", "a", "c", "c"], draws=50, seed=1)).any()
    with pytest.raises(ValueError, match="no sample"):
        draw_weights([])


def test_the_interval_of_a_share_is_that_of_the_binomial():
    labels = np.ones((400, 1))
    probabilities = np.repeat([[1.0], [0.0]], [280, 120], axis=0)  # 70 % right
    low, high = interval(bootstrap_scores(probabilities, labels, range(400))["accuracy"])[:, 0]
    half = 1.96 * np.sqrt(0.7 * 0.3 / 400)
    assert (low, high) == (pytest.approx(0.7 - half, abs=0.006), pytest.approx(0.7 + half, abs=0.006))


def test_photos_of_one_person_are_no_independent_evidence():
    labels = np.ones((400, 1))
    probabilities = np.repeat([[1.0], [0.0]], [280, 120], axis=0)
    persons = np.arange(400) // 4  # four alike of each
    low, high = interval(bootstrap_scores(probabilities, labels, persons)["accuracy"])[:, 0]
    assert high - low == pytest.approx(2 * 1.96 * np.sqrt(0.7 * 0.3 / 100), rel=0.08)


def test_intervals_and_macros_leave_out_what_is_undefined():
    draws = np.array([[0.1, np.nan, np.nan], [0.3, 0.5, np.nan], [0.2, 0.7, np.nan]])
    assert interval(draws, level=0.5)[:, 0] == pytest.approx([0.15, 0.25])
    assert interval(draws)[0, 1] == pytest.approx(0.505) and np.isnan(interval(draws)[:, 2]).all()
    assert macro(draws, [0, 1]) == pytest.approx([0.1, 0.4, 0.45])
    assert np.isnan(macro(draws, [2])).all()


def test_a_constant_prediction_has_no_correlation(split):
    found = weighted_scores(np.full((60, 5), 0.3), split[1], np.ones((1, 60)))
    assert np.isnan(found["correlation"]).all() and not np.isnan(found["f1"][0, 0])


def test_small_variations_about_a_large_mean_keep_their_precision():
    rng = np.random.default_rng(3)
    x, y = rng.random((2, 60, 1))
    expected = correlation(x[:, 0], y[:, 0]), icc31(x[:, 0], y[:, 0])
    for scale in (1.0, 1e-6):
        found = weighted_scores(0.5 + scale * (x - 0.5), 0.5 + scale * (y - 0.5), np.ones((1, 60)))
        assert found["correlation"].item() == pytest.approx(expected[0], rel=1e-6)
        assert found["icc"].item() == pytest.approx(expected[1], rel=1e-6)


def test_draws_have_the_published_number_and_seed():
    labels = np.ones((30, 1))
    probabilities = np.repeat([[1.0], [0.0]], [20, 10], axis=0)
    draws = bootstrap_scores(probabilities, labels, range(30))["accuracy"]
    assert draws.shape == (2000, 1)
    weights = np.random.default_rng(0).multinomial(30, np.full(30, 1 / 30), size=2000)
    assert draws[:, 0] == pytest.approx(weights[:, :20].sum(1) / 30)
    assert interval(draws)[:, 0] == pytest.approx(np.percentile(draws[:, 0], [2.5, 97.5]))


def test_variances_whose_product_vanishes_have_no_correlation():
    x, y = 1e-100 * np.random.default_rng(4).random((2, 20, 1))
    assert np.isnan(weighted_scores(x, y, np.ones((1, 20)))["correlation"]).all()
