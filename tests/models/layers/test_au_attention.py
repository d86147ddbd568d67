"""Attention over AU nodes."""

import pytest
import torch

from aucgan.models.layers.au_attention import IDENTITY_GAIN, AUAttention, AUNodeEmbedding, AUPooling


def test_attention_equals_the_formula():
    """softmax(q·(k + identity)/√d)·v, head by head."""
    torch.manual_seed(0)
    attention = AUAttention(6, 5, 8, heads=2, key_dim=3).double()
    queries, nodes = torch.randn(4, 6).double(), torch.randn(2, 27, 5).double()
    q = attention.query(queries).reshape(4, 2, 3)
    k = attention.key(nodes).reshape(2, 27, 2, 3)
    v = attention.value(nodes).reshape(2, 27, 2, 4)
    for head in range(2):
        keys = k[:, :, head] + IDENTITY_GAIN * attention.identity[:, head]
        weights = torch.softmax(q[:, head] @ keys.transpose(1, 2) / 3**0.5, dim=-1)
        answer = attention(queries, nodes)[..., 4 * head : 4 * head + 4]
        torch.testing.assert_close(answer, weights @ v[:, :, head])


def test_node_embedding_reads_direction_not_length():
    embedding = AUNodeEmbedding(16, 4)
    afn = torch.rand(2, 27, 16)
    torch.testing.assert_close(embedding(afn), embedding(3 * afn), rtol=1e-3, atol=1e-3)


def test_nodes_are_read_each_by_its_own_map():
    embedding = AUNodeEmbedding(16, 4)
    same = torch.rand(1, 1, 16).expand(1, 27, 16)
    assert embedding(same).std(dim=1).min() > 1e-3


def test_pooling_of_zeros_is_the_same_for_all():
    pooled = AUPooling(16, 3)(torch.zeros(2, 27, 16))
    assert pooled.shape == (2, 3)
    torch.testing.assert_close(pooled[0], pooled[1])


def test_heads_must_divide_the_answer():
    with pytest.raises(ValueError, match="out_dim=9 must be a multiple of heads=4"):
        AUAttention(6, 5, 9)
