"""Samples whose truth nobody knows teach nothing, and disturb nobody."""

import pytest
import torch

from aucgan.losses.codes.code_distance import code_distance_loss
from aucgan.losses.codes.vertex_distance import vertex_distance_loss

LOSSES = {"codes": (code_distance_loss, (3, 5)), "vertices": (vertex_distance_loss, (3, 5, 3))}


@pytest.mark.parametrize("name", LOSSES)
def test_unknown_rows_are_zeros_in_the_mean(name):
    loss, shape = LOSSES[name]
    generator = torch.Generator().manual_seed(0)
    found = torch.randn(shape, generator=generator, dtype=torch.float64).requires_grad_()
    truth = torch.randn(shape, generator=generator, dtype=torch.float64)
    unknown = truth.clone()
    unknown[1] = torch.nan
    (slope,) = torch.autograd.grad(loss(found, unknown), found)
    expected = sum(loss(found[row : row + 1], truth[row : row + 1]) for row in (0, 2)) / 3
    (naive,) = torch.autograd.grad(expected, found)
    torch.testing.assert_close(loss(found, unknown), expected)
    torch.testing.assert_close(slope, naive)
    assert (slope[1] == 0).all() and loss(found, torch.full_like(truth, torch.nan)) == 0
