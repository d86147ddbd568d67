"""The action-unit networks against the published numbers: weights by recipe, ResNet-50, 224 px."""

from pathlib import Path

import numpy as np
import pytest
import torch
from golden.detfill import det_input, fill_one

from aucgan.models.au.afg import AFG
from aucgan.models.au.au_network import IMAGENET_MEAN, IMAGENET_STD
from aucgan.models.au.mefarg import MEFARG

GOLDEN = Path(__file__).parents[2] / "golden"
TOLERANCE = 1e-4


class Golden:
    """Stored numbers of one stage; ``name@stride`` holds every stride-th value of the flattened tensor."""

    def __init__(self, stage):
        self.numbers = np.load(GOLDEN / f"au_stage{stage}_resnet50.npz")
        self.names = {key.split("@")[0]: key for key in self.numbers}

    def check(self, name, tensor):
        key = self.names[name]
        want = self.numbers[key]
        got = tensor.detach().numpy().reshape(-1)[:: int(key.split("@")[1])]
        assert np.abs(got - want).max() <= TOLERANCE * np.abs(want).max(), name

    def fill(self, net):
        seed, gain = int(self.numbers["seed"]), float(self.numbers["gain"])
        state, total = {}, 0.0
        for key, value in net.state_dict().items():
            its_gain = float(self.numbers["backbone_gain"]) if key.startswith("backbone.") else gain
            dtype = str(value.dtype).removeprefix("torch.")
            filled = fill_one(key, value.shape, dtype, seed, its_gain)
            total += np.abs(filled.astype(np.float64)).sum()
            state[key] = torch.from_numpy(np.asarray(filled))
        assert total == pytest.approx(float(self.numbers["fill_abssum"]), rel=1e-9), "a key or shape differs"
        net.load_state_dict(state)
        return net


@pytest.fixture(scope="module")
def image():
    mean, std = (np.array(v, np.float32).reshape(3, 1, 1) for v in (IMAGENET_MEAN, IMAGENET_STD))
    return torch.from_numpy((det_input("au.img", (2, 3, 224, 224), 19, "smooth") - mean) / std)


@torch.no_grad()
def test_stage_1(image):
    golden = Golden(1)
    net = golden.fill(AFG(backbone="resnet50").eval())
    tokens = net.global_linear(net.backbone(image))
    node_tokens = net.head.node_tokens(tokens)
    golden.check("global_out", tokens)
    golden.check("main_linear0", node_tokens[:, 0])
    golden.check("main_linear26", node_tokens[:, 26])
    probabilities, before, after = net.head(tokens)
    golden.check("out", probabilities)
    golden.check("afn_pre_gnn", before)
    golden.check("node_out", after)
    for metric in ("cosine", "l1", "l2"):
        net.head.gnn.metric = metric
        golden.check(f"out.metric_{metric}", net.head(tokens)[0])
    net.head.gnn.metric = "dots"
    golden.check("out.train_mode", net.train()(image)[0])


@torch.no_grad()
def test_stage_2(image):
    golden = Golden(2)
    net = golden.fill(MEFARG(backbone="resnet50").eval())
    head = net.head
    tokens = net.global_linear(net.backbone(image))
    node_tokens = head.node_tokens(tokens)
    golden.check("global_out", tokens)
    golden.check("main_linear0", node_tokens[:, 0])
    golden.check("main_linear26", node_tokens[:, 26])
    golden.check("fam_out", head.edge_extractor.FAM(node_tokens.flatten(1, 2), tokens))
    before, edges = node_tokens.mean(dim=2), head.edge_extractor(node_tokens, tokens)
    golden.check("afn_pre_gnn", before)
    golden.check("gnn_in.1", edges)
    nodes, edges = head.gnn.graph_layers[0](before, edges)
    golden.check("gnn_layer0_out.0", nodes)
    golden.check("gnn_layer0_out.1", edges)
    golden.check("gnn_out.1", head.gnn.graph_layers[1](nodes, edges)[1])
    probabilities, nodes = net(image)
    golden.check("out", probabilities)
    golden.check("node_out", nodes)
    golden.check("out.train_mode", net.train()(image)[0])
