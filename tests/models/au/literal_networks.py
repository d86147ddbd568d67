"""Both action-unit networks taken literally from their formulas, on published key names alone: slow and independent."""

import torch
from literal_swin import linear, literal_swin
from torch.nn import functional as F

N = 27
SUB_NODES = (0, 0, 1, 1, 2, 2, 4, 4, 7, 7, 8, 8, 11, 11)
SWIN = {"swin_t": dict(depths=(2, 2, 6, 2), heads=(3, 6, 12, 24))}


def batch_norm(state, name, x, train):
    """BatchNorm over dimension 1, with the batch's own statistics in training."""
    names = ("running_mean", "running_var", "weight", "bias")
    mean, var, weight, bias = (state[f"{name}.{key}"].clone() for key in names)
    return F.batch_norm(x, mean, var, weight, bias, training=train)


def literal_resnet(state, image, train):
    """Last feature map of a ResNet as tokens (B, T, C_in)."""

    def conv_bn(conv, bn, x, stride, padding):
        return batch_norm(state, bn, F.conv2d(x, state[f"{conv}.weight"], stride=stride, padding=padding), train)

    x = F.max_pool2d(F.relu(conv_bn("conv1", "bn1", image, 2, 3)), 3, 2, 1)
    for layer in range(1, 5):
        block = 0
        while f"layer{layer}.{block}.conv1.weight" in state:
            name, stride = f"layer{layer}.{block}", 2 if layer > 1 and block == 0 else 1
            deep = f"{name}.conv3.weight" in state
            strides, paddings = ((1, stride, 1), (0, 1, 0)) if deep else ((stride, 1), (1, 1))
            y = x
            for k, (step, padding) in enumerate(zip(strides, paddings, strict=True), start=1):
                y = conv_bn(f"{name}.conv{k}", f"{name}.bn{k}", y if k == 1 else F.relu(y), step, padding)
            if f"{name}.downsample.0.weight" in state:
                x = conv_bn(f"{name}.downsample.0", f"{name}.downsample.1", x, stride, 0)
            x, block = F.relu(x + y), block + 1
    return x.flatten(2).transpose(1, 2)


def linear_block(state, name, tokens, train):
    x = linear(state, f"{name}.fc", tokens)
    return F.relu(batch_norm(state, f"{name}.bn", x.transpose(1, 2), train).transpose(1, 2))


def neighbour_graph(state, nodes, train):
    """Stage 1: the four nearest of each node, itself among them."""
    similarity = nodes @ nodes.transpose(1, 2)
    fourth = similarity.sort(dim=-1, descending=True).values[..., 3:4]
    adjacency = (similarity >= fourth).float()
    root = torch.diag_embed(adjacency.sum(-1) ** -0.5)
    message = root @ adjacency @ root @ linear(state, "head.gnn.V", nodes) + linear(state, "head.gnn.U", nodes)
    return F.relu(nodes + batch_norm(state, "head.gnn.bnv", message, train))


def attention(state, name, query, context):
    """Cross-attention of tokens (B, S, C) to tokens (B, T, C)."""
    q, k, v = (linear(state, f"{name}.linear_{p}", x) for p, x in (("q", query), ("k", context), ("v", context)))
    return (q @ k.transpose(1, 2) * q.shape[-1] ** -0.5).softmax(dim=-1) @ v


def edge_features(state, node_tokens, tokens, train):
    """Stage 2: features of the 729 ordered pairs, each attended, projected and normalised at all its tokens."""
    extractor = "head.edge_extractor"
    attended = [attention(state, f"{extractor}.FAM", x, tokens) for x in node_tokens]
    pairs = [attention(state, f"{extractor}.ARM", attended[j], attended[i]) for i in range(N) for j in range(N)]
    edges = torch.stack([linear(state, f"{extractor}.edge_proj", pair) for pair in pairs], dim=1)
    return batch_norm(state, f"{extractor}.bn", edges, train).mean(dim=2)


def gated_layer(state, name, nodes, edges, train):
    a, b, u, v = (linear(state, f"{name}.{p}", nodes) for p in "ABUV")
    ends = torch.stack([a[:, i] + b[:, j] for i in range(N) for j in range(N)], dim=1)
    edges = edges + F.relu(batch_norm(state, f"{name}.bne", ends + linear(state, f"{name}.E", edges), train))
    gates = edges.sigmoid().unflatten(1, (N, N)).softmax(dim=2)
    message = torch.stack([(gates[:, i] * v).sum(dim=1) / N for i in range(N)], dim=1)
    return nodes + F.relu(batch_norm(state, f"{name}.bnv", u + message, train)), edges


def cosines(state, nodes):
    unit = F.normalize(nodes, dim=-1)
    main = [unit[:, k] @ F.normalize(F.relu(state["head.main_sc"][k]), dim=0) for k in range(N)]
    sub = [unit[:, node] @ F.normalize(F.relu(state["head.sub_sc"][k]), dim=0) for k, node in enumerate(SUB_NODES)]
    return torch.stack(main + sub, dim=1)


def literal_network(state, backbone, image, train=False):
    """Probabilities (B, 41), nodes after and before the graph (B, 27, C), of either stage."""
    own = {key.removeprefix("backbone."): value for key, value in state.items() if key.startswith("backbone.")}
    found = literal_swin(own, image, **SWIN[backbone]) if backbone in SWIN else literal_resnet(own, image, train)
    tokens = linear_block(state, "global_linear", found, train)
    node_tokens = [linear_block(state, f"head.main_class_linears.{k}", tokens, train) for k in range(N)]
    before = nodes = torch.stack([x.mean(dim=1) for x in node_tokens], dim=1)
    if "head.gnn.U.weight" in state:
        nodes = neighbour_graph(state, nodes, train)
    else:
        edges = edge_features(state, node_tokens, tokens, train)
        for layer in range(2):
            nodes, edges = gated_layer(state, f"head.gnn.graph_layers.{layer}", nodes, edges, train)
    return cosines(state, nodes), nodes, before
