"""The divisor of a weighted mean, alone and beside other processes."""

import pytest
import torch
from torch import distributed

from aucgan.losses.batch_total import batch_total
from aucgan.losses.image.photometric import photometric_loss


@pytest.fixture
def beside(monkeypatch):
    """Pretends that other processes have parts of the batch with the given sums."""

    def pretend(*others):
        monkeypatch.setattr(distributed, "is_initialized", lambda: True)
        monkeypatch.setattr(distributed, "get_world_size", lambda: 1 + len(others))
        monkeypatch.setattr(distributed, "all_reduce", lambda total: total.add_(sum(others)))

    return pretend


def test_alone_it_is_the_sum_without_a_gradient():
    weight = torch.tensor([0.5, 1.0], requires_grad=True)
    total = batch_total(weight)
    assert total == 1.5 and not total.requires_grad


def test_beside_others_it_is_the_average_of_all_sums(beside):
    beside(4.0, 6.5)
    assert batch_total(torch.tensor([0.5, 1.0])) == 4.0  # (1.5 + 4 + 6.5) / 3


def test_one_process_of_one_asks_nobody(beside, monkeypatch):
    beside()
    monkeypatch.setattr(distributed, "all_reduce", lambda total: pytest.fail("nobody is there to ask"))
    assert batch_total(torch.tensor([2.0])) == 2.0


def test_a_build_without_processes_asks_nobody(monkeypatch):
    monkeypatch.setattr(distributed, "is_available", lambda: False)
    monkeypatch.setattr(distributed, "is_initialized", lambda: pytest.fail("does not exist in such a build"))
    assert batch_total(torch.tensor([2.0])) == 2.0


def test_averaged_over_processes_a_pixel_counts_the_same_everywhere(beside):
    """Parts of 1 and of 3 pixels: the average of the processes' losses is the mean over the four."""
    errors = torch.tensor([0.1, 0.2, 0.3, 0.8])
    losses = []
    for part, others in ((errors[:1], 3.0), (errors[1:], 1.0)):
        beside(others)
        pred = part.view(1, 1, 1, -1)
        losses.append(photometric_loss(pred, torch.zeros_like(pred), torch.ones_like(pred)))
    torch.testing.assert_close(sum(losses) / 2, errors.mean())
