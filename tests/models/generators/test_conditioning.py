"""Sizes of the pyramid and the optional condition."""

import pytest
import torch

from aucgan.models.generators.conditioning import condition_list, resolutions


def test_sizes_double_from_the_start_to_the_map():
    assert resolutions(8, 64) == [8, 16, 32, 64]
    assert resolutions(8, 8) == [8] and resolutions(1, 2) == [1, 2]


@pytest.mark.parametrize(("start", "size", "next_one"), [(8, 48, 64), (8, 65, 128), (8, 4, 8), (5, 45, 80)])
def test_a_size_between_is_refused_with_the_next_one(start, size, next_one):
    with pytest.raises(ValueError, match=f"uv_size={size} cannot be reached by doubling {start}: choose {next_one}$"):
        resolutions(start, size)


def test_a_condition_comes_where_it_was_announced():
    condition = torch.ones(2, 3)
    assert condition_list(None, 0) == []
    (given,) = condition_list(condition, 3)
    assert given is condition
    for wrong, dim, length in ((None, 3, 0), (condition, 0, 3), (condition, 2, 3)):
        with pytest.raises(ValueError, match=f"condition_dim={dim}, but a condition of length {length} came"):
            condition_list(wrong, dim)
