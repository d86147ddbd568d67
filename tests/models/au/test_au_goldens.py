"""The action-unit networks against the published numbers: weights by recipe, ResNet-50, 224 px."""

from pathlib import Path

import numpy as np
import pytest
import torch
from golden.detfill import det_input, fill_one
from torch.nn.functional import normalize

from aucgan.frozen.frozen_layers import bn_scale_shift
from aucgan.models.au.afg import AFG
from aucgan.models.au.au_network import IMAGENET_MEAN, IMAGENET_STD
from aucgan.models.au.graph import neighbour_adjacency, node_similarity
from aucgan.models.au.mefarg import MEFARG

GOLDEN = Path(__file__).parents[2] / "golden"
TOLERANCE = 1e-4


class Golden:
    """Stored numbers of one stage; ``name@stride`` holds every stride-th value of the flattened tensor."""

    def __init__(self, stage):
        self.numbers = np.load(GOLDEN / f"au_stage{stage}_resnet50.npz")
        self.names = {key.split("@")[0]: key for key in self.numbers}

    def check(self, name, tensor):
        self.check_values(name, tensor.detach().reshape(-1)[:: self.stride(name)])

    def check_values(self, name, values):
        want = self.numbers[self.names[name]].ravel()
        assert np.abs(values.cpu().numpy() - want).max() <= TOLERANCE * np.abs(want).max(), name

    def stride(self, name):
        return int(self.names[name].split("@")[1])

    def places(self, name, shape):
        """Indices of the stored values along each axis of the whole tensor."""
        count = len(self.numbers[self.names[name]])
        return [torch.as_tensor(i) for i in np.unravel_index(np.arange(count) * self.stride(name), shape)]

    def check_nodes(self, before, after):
        self.check("afn_pre_gnn", before)
        self.check("afn_pre_gnn_l2", normalize(before, dim=-1))
        self.check("node_out", after)
        self.check("adj_dots", (neighbour_adjacency(node_similarity(before), 4) > 0).float())

    def fill(self, net):
        seed, gain = int(self.numbers["seed"]), float(self.numbers["gain"])
        state, total = {}, 0.0
        for key, value in net.state_dict().items():
            its_gain = float(self.numbers["backbone_gain"]) if key.startswith("backbone.") else gain
            dtype = str(value.dtype).removeprefix("torch.")
            filled = fill_one(key, value.shape, dtype, seed, its_gain)
            total += np.abs(filled.astype(np.float64)).sum()
            state[key] = torch.as_tensor(np.asarray(filled))
        assert total == pytest.approx(float(self.numbers["fill_abssum"]), rel=1e-9), "a key or shape differs"
        net.load_state_dict(state)
        return net


@pytest.fixture(scope="module")
def image():
    mean, std = (np.array(v, np.float32).reshape(3, 1, 1) for v in (IMAGENET_MEAN, IMAGENET_STD))
    return torch.as_tensor((det_input("au.img", (2, 3, 224, 224), 19, "smooth") - mean) / std)


@torch.no_grad()
def test_stage_1(image):
    golden = Golden(1)
    net = golden.fill(AFG(backbone="resnet50").eval())
    found = net.backbone(image)
    tokens = net.global_linear(found)
    node_tokens = net.head.node_tokens(tokens)
    golden.check("backbone_out", found)
    golden.check("global_out", tokens)
    golden.check("main_linear0", node_tokens[:, 0])
    golden.check("main_linear26", node_tokens[:, 26])
    probabilities, before, after = net.head(tokens)
    golden.check("out", probabilities)
    golden.check_nodes(before, after)
    golden.check("gnn_in", before)
    golden.check("gnn_out", after)
    for metric in ("cosine", "l1", "l2"):
        net.head.gnn.metric = metric
        golden.check(f"out.metric_{metric}", net.head(tokens)[0])
    net.head.gnn.metric = "dots"
    golden.check("out.train_mode", net.train()(image)[0])


def check_pairs(golden, extractor, attended):
    """ARM's maps of all 729 pairs, taken literally but only where numbers are stored."""
    arm, shape = extractor.ARM, (2, 27 * 27, 49, 512)
    for name in ("arm_in.0", "arm_in.1", "arm_out", "edge_out"):
        sample, pair, token, channel = golden.places(name, shape)
        i, j = pair // 27, pair % 27
        if name.startswith("arm_in"):
            golden.check_values(name, attended[sample, j if name.endswith("0") else i, token, channel])
            continue
        query, context = arm.linear_q(attended[sample, j, token]), attended[sample, i]
        row = torch.einsum("nc,nsc->ns", query * arm.scale, arm.linear_k(context)).softmax(-1)
        mixed = torch.einsum("ns,nsc->nc", row, arm.linear_v(context))
        if name == "edge_out":
            scale, shift = bn_scale_shift(extractor.bn)
            mixed = extractor.edge_proj(mixed) * scale[pair, None] + shift[pair, None]
        golden.check_values(name, mixed.gather(1, channel[:, None]).squeeze(1))


@torch.no_grad()
def test_stage_2(image):
    golden = Golden(2)
    net = golden.fill(MEFARG(backbone="resnet50").eval())
    head = net.head
    found = net.backbone(image)
    tokens = net.global_linear(found)
    node_tokens = head.node_tokens(tokens)
    golden.check("backbone_out", found)
    golden.check("global_out", tokens)
    golden.check("main_linear0", node_tokens[:, 0])
    golden.check("main_linear26", node_tokens[:, 26])
    attended = head.edge_extractor.FAM(node_tokens.flatten(1, 2), tokens)
    golden.check("fam_out", attended)
    check_pairs(golden, head.edge_extractor, attended.unflatten(1, (27, 49)))
    before, edges = node_tokens.mean(dim=2), head.edge_extractor(node_tokens, tokens)
    golden.check("gnn_in.0", before)
    golden.check("gnn_in.1", edges)
    nodes, edges = head.gnn.graph_layers[0](before, edges)
    golden.check("gnn_layer0_out.0", nodes)
    golden.check("gnn_layer0_out.1", edges)
    nodes, edges = head.gnn.graph_layers[1](nodes, edges)
    golden.check("gnn_out.0", nodes)
    golden.check("gnn_out.1", edges)
    probabilities, after = net(image)
    golden.check("out", probabilities)
    golden.check_nodes(before, after)
    golden.check("out.train_mode", net.train()(image)[0])
