"""Pairs of relief and action units that do not belong together."""

import pytest
import torch

from aucgan.models.discriminators.wrong_aus import wrong_aus


def units(*rows):
    """Samples of a few units each: ``{place: intensity}``."""
    aus = torch.zeros(len(rows), 41)
    for row, given in zip(aus, rows, strict=True):
        for place, value in given.items():
            row[place] = value
    return aus


def test_partners_are_a_permutation_of_others_that_differ():
    generator = torch.Generator().manual_seed(0)
    aus = torch.rand(12, 41, generator=generator) * (torch.rand(12, 41, generator=generator) < 0.3)
    partners, differ = wrong_aus(aus)
    assert sorted(partners.tolist()) == list(range(12)) and (partners != torch.arange(12)).all()
    difference = (aus - aus[partners])[:, :27].abs().sum(1)
    assert torch.equal(differ, difference >= 1.0) and differ.all()


def test_the_shift_with_the_most_pairs_that_differ_is_taken():
    smile, frown = {9: 1.0}, {2: 1.0}
    # the next one is alike for half of them, the next but one is another for all
    partners, differ = wrong_aus(units(smile, smile, frown, frown))
    assert partners.tolist() == [2, 3, 0, 1] and differ.all()


def test_of_equally_many_those_which_differ_most():
    a, b, c = {0: 0.5, 1: 0.6}, {2: 0.5, 3: 0.6}, {4: 1.0, 5: 1.0, 6: 1.0}
    aus = units(a, b, c, a | {7: 1.0})
    partners, differ = wrong_aus(aus)
    assert differ.all()
    totals = [(aus - aus.roll(-s, 0)).abs().sum() for s in (1, 2, 3)]
    differing = [((aus - aus.roll(-s, 0)).abs().sum(1) >= 1).all() for s in (1, 2, 3)]
    best = max(total for total, all_differ in zip(totals, differing, strict=True) if all_differ)
    assert (aus - aus[partners]).abs().sum() == best


def test_pairs_that_are_alike_are_named():
    partners, differ = wrong_aus(units({0: 1.0}, {0: 1.0}, {0: 1.0}))
    assert partners.tolist() != [0, 1, 2] or not differ.any()
    assert not differ.any()
    _, differ = wrong_aus(units({0: 1.0}, {0: 0.4}), least=0.5)
    assert differ.all()
    partners, differ = wrong_aus(units({0: 1.0}))
    assert partners.tolist() == [0] and differ.tolist() == [False]


def test_unknown_units_and_the_sides_do_not_make_a_difference():
    _, differ = wrong_aus(units({0: -1.0, 1: -1.0, 30: 1.0, 31: 1.0}, {0: 1.0, 1: 1.0}))
    assert not differ.any()


def test_shape():
    with pytest.raises(ValueError, match=r"aus is \(3, 27\)"):
        wrong_aus(torch.zeros(3, 27))
