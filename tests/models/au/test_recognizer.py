import numpy as np
import pytest
import torch
from mmengine.optim import OptimWrapper

from aucgan.engine.sam import SAMOptimWrapper
from aucgan.models.au.batch_statistics import frozen_running_statistics
from aucgan.models.au.recognizer import AURecognizer
from aucgan.registry import MODELS, OPTIM_WRAPPERS

NETWORK = dict(type="MEFARG", backbone="resnet_slim", dim=8, normalize=True, backbone_args=dict(widths=(4, 4, 8, 8)))


def batch(size=4):
    torch.manual_seed(0)
    aus = (torch.rand(size, 41) > 0.5).float() * torch.rand(size, 41)
    aus[:, 3] = -1
    return dict(image=torch.rand(size, 3, 48, 48), aus=aus, index=torch.arange(size))


def recognizer(network=NETWORK, **kwargs):
    torch.manual_seed(0)
    return MODELS.build(dict(type="AURecognizer", network=network, **kwargs))


def test_modes():
    model = recognizer()
    assert model.data_preprocessor._non_blocking, "batches are copied while the program goes on"
    probabilities, afn = model(mode="tensor", **batch())
    assert probabilities.shape == (4, 41) and afn.shape == (4, 27, 8)
    losses = model(mode="loss", **batch())
    assert list(losses) == ["loss_au"] and losses["loss_au"].ndim == 0
    samples = model.eval()(mode="predict", **batch())
    assert len(samples) == 4 and samples[0]["au_probs"].shape == samples[0]["aus"].shape == (41,)
    assert "aus" not in model(mode="predict", image=batch()["image"])[0]
    with pytest.raises(ValueError, match="mode must be"):
        model(mode="train", **batch())


def test_positive_rates_are_counted_in_training_only():
    model = recognizer()
    data = batch()
    model.train().loss(data)
    known = model.known - 32
    assert known[3] == 0 and known[0] == 4
    assert (model.positives - 8)[0] == (data["aus"][:, 0] > 0).sum()
    counted = model.known.clone()
    model.eval().loss(data)
    assert torch.equal(model.known, counted)
    assert recognizer(balance=False)._weights(data["aus"]) is None


@pytest.mark.parametrize("wrapper", ["OptimWrapper", "SAMOptimWrapper"])
def test_training_lowers_the_loss(wrapper):
    model = recognizer().train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    optim = OPTIM_WRAPPERS.build(dict(type=wrapper, optimizer=optimizer))
    logs = [model.train_step(batch(8), optim)["loss_au"].item() for _ in range(15)]
    assert np.mean(logs[-3:]) < 0.9 * logs[0]


def test_second_pass_leaves_running_statistics_alone():
    model = AURecognizer(NETWORK).train()
    before = {k: v.clone() for k, v in model.state_dict().items() if "running" in k}
    with frozen_running_statistics(model):
        model.loss(batch())
    after = model.state_dict()
    assert all(torch.equal(after[k], v) for k, v in before.items())
    model.loss(batch())
    assert any(not torch.equal(model.state_dict()[k], v) for k, v in before.items())


def test_plain_wrappers_need_no_closure():
    assert not getattr(OptimWrapper, "needs_closure", False) and SAMOptimWrapper.needs_closure


def test_the_graph_waits_at_first_and_unknown_labels_do_not_count():
    model = recognizer(guide=dict(num_tokens=16, alone=2)).train()
    data = batch()
    first = [sorted(model.loss(data)) for _ in range(3)]
    assert first == [["loss_guide", "loss_nodes"]] * 2 + [["loss_au", "loss_guide"]]
    assert sorted(model.eval().loss(data)) == ["loss_au", "loss_guide"] and model.guide.iterations == 3
    tokens = model.network.backbone(model.network.preprocess(data["image"]))
    labels = (data["aus"] > 0).float()
    other = labels.clone()
    other[:, 3] = 1
    hidden, shown = labels.clone(), model.guide(tokens, labels)
    hidden[:, 3] = -1
    assert model.guide(tokens, other) != shown
    other[:, 3] = -1
    assert model.guide(tokens, hidden) == model.guide(tokens, other)
    assert recognizer().guide is None


def test_nodes_before_the_graph_are_those_that_the_network_starts_from():
    network = recognizer(network=NETWORK | dict(afn="pre_graph")).eval().network
    tokens = network.backbone(network.preprocess(batch()["image"]))
    _, nodes = network.read_tokens(tokens)
    assert torch.equal(network.read_nodes(tokens), network.head.classify(nodes))


def test_the_waiting_of_the_graph_is_read_from_loaded_weights():
    model = recognizer(guide=dict(num_tokens=4, alone=2)).train()
    assert model.guide.is_alone()
    model.load_state_dict(model.state_dict() | {"guide.iterations": torch.tensor(3)})
    assert not model.guide.is_alone()
