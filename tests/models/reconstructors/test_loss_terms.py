"""The named losses: what they keep of a step, and what a model has of them that does not train."""

import weakref
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from aucgan.apis import inference
from aucgan.engine.config.config_file import load_config
from aucgan.engine.hooks.nonfinite_hook import NonFiniteHook
from aucgan.models.component import for_inference
from aucgan.models.reconstructors.loss_terms import LossTerms
from aucgan.registry import MODELS, OPTIM_WRAPPERS


@pytest.fixture
def terms():
    return LossTerms(dict(shape=dict(type="CodePriorLoss", weight=0.5)))


def computed(terms, value=1.0):
    """A weak reference to the storage that a loss was computed from, whose owner is gone."""
    code = torch.full((2, 3), value)
    terms.add({}, "shape", code)
    return weakref.ref(code.untyped_storage())


def test_nothing_is_kept_of_a_step_that_nobody_watches(terms):
    assert computed(terms)() is None and terms.take_inputs() == {}


def test_whoever_watches_owns_the_inputs(terms):
    terms.watch()
    kept = computed(terms, 7.0)
    inputs = terms.take_inputs()
    assert (inputs["shape"]["code"] == 7).all() and not inputs["shape"]["code"].requires_grad
    del inputs
    assert kept() is None and computed(terms)() is None, "and the watch is over"


class Model(nn.Module):
    def __init__(self, terms):
        super().__init__()
        self.losses, self.weight = terms, nn.Parameter(torch.ones(3))


@pytest.fixture
def runner(terms, tmp_path):
    model = Model(terms)
    wrapper = OPTIM_WRAPPERS.build(dict(type="OptimWrapper", optimizer=torch.optim.SGD(model.parameters(), 0.1)))
    return SimpleNamespace(model=model, optim_wrapper=wrapper, work_dir=str(tmp_path), iter=0)


def test_a_bad_loss_is_explained_by_the_inputs_of_its_own_step(runner, terms):
    """A GPU is asked one iteration later, when the losses were computed from something else."""
    hook = NonFiniteHook()
    for number, value in enumerate((float("inf"), 2.0)):
        runner.iter = number
        hook.before_train_iter(runner, number)
        computed(terms, value)
        outputs = {"loss_shape": torch.tensor(value)}
        if number == 0:
            hook._look = lambda _: None
            hook.after_train_iter(runner, number, {}, outputs)
            del hook._look
    with pytest.raises(Exception, match=r"loss 'loss_shape' is inf at iteration 0 .*code \(2, 3\) without a finite"):
        hook.after_train_iter(runner, number, {}, outputs)


def test_a_step_that_was_cut_off_leaves_nothing(runner, terms):
    hook = NonFiniteHook()
    hook.before_train_iter(runner, 0)
    kept = computed(terms)
    assert kept() is not None
    hook.give_back(runner)
    assert kept() is None


def test_only_the_iterations_that_are_checked_are_watched(runner, terms):
    hook = NonFiniteHook(interval=2)
    hook.before_train_iter(runner, 0)
    assert computed(terms)() is None


def test_a_model_for_inference_has_no_losses_and_no_discriminator(detail_config, coarse_config, build):
    for config in (detail_config, coarse_config):
        assert build(config).losses.terms
        assert not build(for_inference(config)).losses.terms
    assert build(detail_config).discriminator is not None
    model = build(for_inference(detail_config))
    assert model.discriminator is None and not [key for key in model.state_dict() if key.startswith("discriminator")]


def test_other_models_are_built_as_they_are():
    encoder = dict(type="ResnetEncoder", depth=18, width=8, out_dim=20, hidden=16)
    assert for_inference(encoder) == encoder
    recognizer = load_config("configs/aunet_procedural.py").model
    assert MODELS.build(recognizer).guide is not None and MODELS.build(for_inference(recognizer)).guide is None


def test_weights_are_as_strict_as_ever_for_what_is_built(detail_config, build, tmp_path, monkeypatch):
    trained = build(detail_config).state_dict()
    cfg = load_config("configs/aucgan_detail_v2.py")
    cfg.model = detail_config

    def load(state):
        torch.save(state, tmp_path / "final.pth")
        monkeypatch.setattr(inference, "load_config", lambda path: cfg.copy())
        return inference.load_model("any.py", tmp_path / "final.pth")

    model = load(trained)
    assert model.discriminator is None and not model.losses.terms
    assert all(torch.equal(value, trained[key]) for key, value in model.state_dict().items())
    with pytest.raises(ValueError, match="unexpected generator.extra"):
        load(trained | {"generator.extra": torch.ones(1)})
    with pytest.raises(ValueError, match="unexpected discriminators.extra"):
        load(trained | {"discriminators.extra": torch.ones(1)})
    lost = next(key for key in trained if key.startswith("generator."))
    with pytest.raises(ValueError, match=f"missing {lost}"):
        load({key: value for key, value in trained.items() if key != lost})
