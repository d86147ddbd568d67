"""MEFARG's head taken literally: 729 x T tokens through every step, an image at a time too big to train with."""

import torch
from torch.nn import functional as F


def naive_cross_attention(attention, query, context):
    """Single-head attention of tokens (..., S, C) to tokens (..., T, C)."""
    q, k, v = attention.linear_q(query), attention.linear_k(context), attention.linear_v(context)
    return (q @ k.transpose(-1, -2) * attention.scale).softmax(dim=-1) @ v


def naive_edges(extractor, node_tokens, global_tokens):
    """Edge features (B, N * N, C), every pair materialised."""
    n = node_tokens.shape[1]
    x = torch.stack([naive_cross_attention(extractor.FAM, node_tokens[:, i], global_tokens) for i in range(n)], 1)
    key_side = x.repeat_interleave(n, dim=1)  # edge i * N + j: node i
    query_side = x.repeat(1, n, 1, 1)  # edge i * N + j: node j
    edges = extractor.edge_proj(naive_cross_attention(extractor.ARM, query_side, key_side))
    return extractor.bn(edges).mean(dim=2)


def naive_graph_layer(layer, nodes, edges):
    """One gated graph layer, pair by pair."""
    n = nodes.shape[1]
    ends = [layer.A(nodes[:, i]) + layer.B(nodes[:, j]) for i in range(n) for j in range(n)]
    edges = edges + F.relu(layer.bne(torch.stack(ends, 1) + layer.E(edges)))
    gates = torch.sigmoid(edges).view(-1, n, n, nodes.shape[2]).softmax(dim=2)
    values = layer.V(nodes)
    messages = [sum(gates[:, i, j] * values[:, j] for j in range(n)) / n for i in range(n)]
    return nodes + F.relu(layer.bnv(layer.U(nodes) + torch.stack(messages, 1))), edges


def naive_block(block, tokens):
    """Linear, BatchNorm, ReLU; never folded."""
    x = block.fc(tokens)
    return F.relu(block.bn(x.transpose(1, 2)).transpose(1, 2))


def naive_head(head, tokens):
    """Probabilities, nodes before and after the graph, from tokens (B, T, C)."""
    node_tokens = torch.stack([naive_block(block, tokens) for block in head.main_class_linears], 1)
    before = node_tokens.mean(dim=2)
    nodes, edges = before, naive_edges(head.edge_extractor, node_tokens, tokens)
    for layer in head.gnn.graph_layers:
        nodes, edges = naive_graph_layer(layer, nodes, edges)
    return head.classify(nodes), before, nodes


def naive_mefarg(net, image):
    """The whole network: probabilities (B, 41) and nodes (B, 27, C)."""
    tokens = naive_block(net.global_linear, net.backbone(image))
    probabilities, _, nodes = naive_head(net.head, tokens)
    return probabilities, nodes
