"""The One-Euro filter against its formulas."""

import numpy as np
import pytest

from aucgan.numerics.one_euro import one_euro

RATE = 30.0


def low_pass(values, cutoff):
    share = 1 / (1 + RATE / (2 * np.pi * cutoff))
    smooth = [values[0]]
    for value in values[1:]:
        smooth.append(share * value + (1 - share) * smooth[-1])
    return np.array(smooth)


def test_without_beta_it_is_a_low_pass_filter():
    values = np.random.default_rng(0).normal(size=50)
    assert np.allclose(one_euro(values, RATE, min_cutoff=1.7), low_pass(values, 1.7))


def test_a_loop_of_scalars_gives_the_same():
    values = np.random.default_rng(1).normal(size=(20, 3)).cumsum(0)
    expected = np.empty_like(values)
    for column in range(3):
        smooth, speed = values[0, column], 0.0
        expected[0, column] = smooth
        for k in range(1, 20):
            share = 1 / (1 + RATE / (2 * np.pi * 0.8))
            speed = share * (values[k, column] - smooth) * RATE + (1 - share) * speed
            share = 1 / (1 + RATE / (2 * np.pi * (1.2 + 0.3 * abs(speed))))
            smooth = share * values[k, column] + (1 - share) * smooth
            expected[k, column] = smooth
    assert np.allclose(one_euro(values, RATE, 1.2, 0.3, 0.8), expected)


def test_what_rests_stays_and_noise_shrinks():
    assert (one_euro(np.full((9, 2), 4.0), RATE) == 4.0).all()
    noise = np.random.default_rng(2).normal(size=400)
    assert one_euro(noise, RATE, 1.0)[50:].std() < 0.5 * noise.std()


def test_speed_lets_it_follow():
    ramp = np.arange(60.0)
    lag = [float((ramp - one_euro(ramp, RATE, 1.0, beta))[-1]) for beta in (0.0, 0.5)]
    assert lag[1] < 0.3 * lag[0]


def test_edges():
    assert one_euro(np.zeros((0, 4)), RATE).shape == (0, 4)
    values = np.array([[3.0, 4.0]])
    assert (one_euro(values, RATE) == values).all()
    for wrong in (dict(rate=0.0), dict(rate=1.0, min_cutoff=-1.0), dict(rate=1.0, beta=-0.1)):
        with pytest.raises(ValueError, match="must be positive"):
            one_euro(values, **wrong)
