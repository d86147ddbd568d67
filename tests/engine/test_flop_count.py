import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from aucgan.engine.catalogue.flop_count import FlopCount


def test_numbers_are_those_of_pytorchs_counter():
    network = nn.Sequential(nn.Conv2d(3, 5, 3, stride=2), nn.Flatten(2), nn.Linear(49, 8))
    attention = nn.MultiheadAttention(8, 2, batch_first=True)

    def step():
        tokens = network(torch.randn(2, 3, 15, 15))
        attended, _ = attention(tokens, tokens, tokens, need_weights=False)
        (attended @ F.normalize(tokens).transpose(1, 2)).sum().backward()

    with FlopCount() as ours:
        step()
    with FlopCounterMode(display=False) as reference:
        step()
    assert ours.total == reference.get_total_flops() > 0


def test_gradient_penalties_and_learned_inputs_are_counted():
    inner, token = nn.Linear(4, 6, bias=False), nn.Parameter(torch.randn(1, 4))
    image = torch.randn(2, 4, requires_grad=True)
    with FlopCount() as count:
        scores = inner(image).square().sum() + inner(token).sum()
        (gradient,) = torch.autograd.grad(scores, image, create_graph=True)
        gradient.square().sum().backward()
    one = 2 * 4 * 6  # a row times the matrix
    assert count.total >= 2 * one + one + 2 * one, "both products forward, and the image's gradient"
