"""Batch statistics over several processes are those of one process with the whole batch."""

import torch
from mmengine.dist import get_rank
from several_processes import in_processes
from torch import distributed, nn

from aucgan.engine.hooks.batch_statistics_hook import average_statistics
from aucgan.models.au.edge_attention import EdgeExtractor

SHARES = ((0, 2), (2, 6))
"""First and last sample of each process: two of six, then four."""


def extractor():
    torch.manual_seed(0)
    made = EdgeExtractor(dim=6, num_nodes=3).double().train()
    nn.init.normal_(made.bn.weight)
    return made


def tokens():
    generator = torch.Generator().manual_seed(1)
    shift = torch.linspace(0, 3, 6, dtype=torch.double)  # the parts of the batch have other statistics
    nodes = torch.randn(6, 3, 5, 6, generator=generator, dtype=torch.double) + shift.view(6, 1, 1, 1)
    return nodes, torch.randn(6, 5, 6, generator=generator, dtype=torch.double)


def run(net, start, end):
    """Outputs for a part of the batch, after a backward pass of a sum over its samples."""
    nodes, image = (t[start:end].requires_grad_() for t in tokens())
    edges = net(nodes, image)
    edges.square().mul(torch.arange(start, end).view(-1, 1, 1)).sum().backward()
    return edges.detach(), nodes.grad


def share_statistics():
    whole, part = extractor(), nn.SyncBatchNorm.convert_sync_batchnorm(extractor())
    assert isinstance(part.bn, nn.SyncBatchNorm)
    start, end = SHARES[get_rank()]
    wanted, wanted_grad = run(whole, 0, 6)
    edges, grad = run(part, start, end)
    torch.testing.assert_close(edges, wanted[start:end])
    torch.testing.assert_close(grad, wanted_grad[start:end])
    for (name, ours), theirs in zip(part.named_buffers(), whole.buffers(), strict=True):
        torch.testing.assert_close(ours, theirs, msg=name)
        both = [torch.empty_like(ours) for _ in range(2)]
        distributed.all_gather(both, ours)
        assert torch.equal(*both), name
    for (name, ours), theirs in zip(part.named_parameters(), whole.parameters(), strict=True):
        distributed.all_reduce(ours.grad)
        torch.testing.assert_close(ours.grad, theirs.grad, msg=name)
    return 0


def test_edges_share_their_statistics_where_batch_norm_does(tmp_path):
    assert in_processes(tmp_path, share_statistics) == [0, 0]


def average_all_kinds():
    model = nn.Sequential(nn.BatchNorm1d(2), nn.SyncBatchNorm(2), nn.BatchNorm1d(2))
    model[2].eval()
    for layer in model:
        layer.running_mean.fill_(get_rank())
    average_statistics(model)
    assert [float(layer.running_mean[0]) for layer in model] == [0.5, 0.5, get_rank()]
    return 0


def test_statistics_that_differ_are_averaged_whatever_the_layer(tmp_path):
    assert in_processes(tmp_path, average_all_kinds) == [0, 0]
