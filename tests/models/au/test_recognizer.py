import numpy as np
import pytest
import torch
from devices import here
from mmengine.optim import OptimWrapper

from aucgan.engine.optim.sam import SAMOptimWrapper
from aucgan.registry import MODELS, OPTIM_WRAPPERS

NETWORK = dict(type="MEFARG", backbone="resnet_slim", dim=8, normalize=True, backbone_args=dict(widths=(4, 4, 8, 8)))


def batch(size=4):
    torch.manual_seed(0)
    aus = (torch.rand(size, 41) > 0.5).float() * torch.rand(size, 41)
    aus[:, 3] = -1
    return dict(image=torch.rand(size, 3, 48, 48), aus=aus, index=torch.arange(size))


def recognizer(network=NETWORK, **kwargs):
    torch.manual_seed(0)
    return here(MODELS.build(dict(type="AURecognizer", network=network, **kwargs)))


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


def test_the_second_pass_of_sam_counts_nothing_and_sees_the_same_loss():
    """Alone for one iteration: the second pass of the first step has to be alone still."""
    models = [recognizer(guide=dict(num_tokens=16, alone=1)).train() for _ in range(2)]
    wrappers = [OptimWrapper, SAMOptimWrapper]
    seen, loss = [], models[1].loss
    models[1].loss = lambda data: seen.append(loss(data)) or seen[-1]
    for model, wrapper in zip(models, wrappers, strict=True):
        model.train_step(batch(), wrapper(optimizer=torch.optim.SGD(model.parameters(), lr=0.0)))
    first, second = seen
    assert sorted(first) == sorted(second) == ["loss_guide", "loss_nodes"]
    assert models[1].guide.iterations == 1 and (models[1].known - 32)[0] == 4
    for (name, once), (_, twice) in zip(models[0].named_buffers(), models[1].named_buffers(), strict=True):
        assert torch.equal(once, twice), name
    models[1].train_step(batch(), wrappers[1](optimizer=torch.optim.SGD(models[1].parameters(), lr=0.0)))
    assert sorted(seen[2]) == sorted(seen[3]) == ["loss_au", "loss_guide"]


def test_the_second_pass_of_sam_weighs_classes_like_the_first():
    model, seen = recognizer().train(), []
    weights = model._weights
    model._weights = lambda labels: seen.append(weights(labels)) or seen[-1]
    model.train_step(batch(), SAMOptimWrapper(optimizer=torch.optim.SGD(model.parameters(), lr=0.1)))
    assert len(seen) == 2 and torch.equal(*seen)


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
