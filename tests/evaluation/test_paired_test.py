import numpy as np
import pytest
from scipy import stats

from aucgan.evaluation.statistics.paired_test import (
    Spread,
    _prior,
    compare_means,
    holm,
    moderated_variances,
    person_spread,
)


def test_independent_samples_have_the_variance_of_a_mean():
    d = np.array([1.0, 2.0, 4.0, 9.0])
    spread = person_spread(d, np.arange(4))
    assert spread == Spread(pytest.approx(d.var(ddof=1) / 4), 3.0)


def test_photos_of_one_person_count_once():
    people = np.array([1.0, 2.0, 4.0, 9.0])
    copies = person_spread(np.repeat(people, 5), np.repeat(["a", "b", "c", "d"], 5))
    assert copies.variance == pytest.approx(person_spread(people, np.arange(4)).variance) and copies.freedom == 3.0
    assert np.isinf(person_spread(people, np.zeros(4)).variance)


def test_one_source_of_chance_is_students_test():
    d = np.random.default_rng(0).normal(0.3, 1.0, 20)
    found = compare_means(d.mean(), [person_spread(d, np.arange(20))])
    expected = stats.ttest_1samp(d, 0.0)
    interval = expected.confidence_interval(0.95)
    assert found.p == pytest.approx(expected.pvalue)
    assert (found.low, found.high) == (pytest.approx(interval.low), pytest.approx(interval.high))


def test_two_sources_are_welchs_test():
    a, b = np.array([1.0, 2.0, 4.0]), np.array([3.0, 3.5, 6.0, 9.0])
    parts = [Spread(x.var(ddof=1) / len(x), len(x) - 1.0) for x in (a, b)]
    expected = stats.ttest_ind(a, b, equal_var=False)
    assert compare_means(a.mean() - b.mean(), parts).p == pytest.approx(expected.pvalue)


def test_without_chance_any_difference_is_real_and_none_is_none():
    assert compare_means(0.1, []).p == 0.0 and compare_means(0.0, [Spread(0.0, 3.0)]).p == 1.0
    assert compare_means(5.0, [Spread(np.inf, 1.0), Spread(0.1, 3.0)]).p == 1.0


def test_methods_that_vary_alike_share_the_pooled_variance():
    values = [[0.0, 1.0, 2.0], [10.0, 11.2, 12.0], [5.0, 5.9, 7.0]]
    spreads = moderated_variances(values)
    pooled = np.mean([np.var(v, ddof=1) for v in values])
    assert all(s == Spread(pytest.approx(pooled), 6.0) for s in spreads)


def test_a_wild_method_keeps_its_own_variance_and_does_not_blur_the_others():
    quiet = [[0.0, s, 2 * s] for s in (0.8, 0.9, 1.0, 1.1, 1.2)]
    wild = [0.0, 1e4, 2e4]
    spreads = moderated_variances([*quiet, wild])
    assert spreads[-1].variance > 0.1 * np.var(wild, ddof=1)
    assert all(s.variance < 5.0 for s in spreads[:-1])  # pooled, they would have 1.7e7
    assert all(2.0 < s.freedom < 12.0 for s in spreads)


def test_one_seed_says_nothing_of_seeds():
    alone, other = moderated_variances([[1.0], [1.0, 2.0, 3.0]])
    assert np.isinf(alone.variance) and other == Spread(1.0, 2.0)
    assert moderated_variances([[1.0, 1.0], [2.0, 2.0]]) == [Spread(0.0, 1.0)] * 2


def test_the_moderated_test_holds_its_level():
    # equal methods, four persons' worth of nothing but seed noise: about one in twenty is called different
    rng = np.random.default_rng(1)
    wrong = 0
    for _ in range(300):
        values = rng.normal(size=(6, 3))
        spreads = moderated_variances(values)
        parts = [Spread(s.variance / 3, s.freedom) for s in spreads[:2]]
        wrong += compare_means(values[0].mean() - values[1].mean(), parts).p < 0.05
    assert 5 <= wrong <= 26  # expected 15; three binomial standard deviations are 11


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03, 0.5]) == pytest.approx([0.04, 0.09, 0.09, 0.5])
    assert holm([]).shape == (0,)
    assert holm([0.6, 0.7]) == pytest.approx([1.0, 1.0])


def test_the_prior_of_variances_is_recovered():
    """σ² = d₀ s₀² / χ²(d₀) and s² = σ² χ²(d) / d, for methods with different numbers of seeds."""
    rng = np.random.default_rng(2)
    freedom = rng.choice([2.0, 4.0, 9.0], 40_000)
    own = 6.0 * 2.5 / rng.chisquare(6.0, 40_000) * rng.chisquare(freedom) / freedom
    prior, worth = _prior(own, freedom)
    assert prior == pytest.approx(2.5, rel=0.03) and worth == pytest.approx(6.0, rel=0.06)
    pooled, certain = _prior(2.5 * np.array([0.9, 1.1, 1.0]), np.array([4.0, 2.0, 2.0]))
    assert pooled == pytest.approx(2.5 * (3.6 + 2.2 + 2.0) / 8) and np.isinf(certain)


def test_variances_of_zero_count_as_a_small_share_of_the_others_median():
    freedom = np.full(5, 2.0)
    zeros, floored = np.array([0.0, 0.0, 0.0, 1.0, 4.0]), np.array([2.5e-5, 2.5e-5, 2.5e-5, 1.0, 4.0])
    assert _prior(zeros, freedom) == pytest.approx(_prior(floored, freedom))
