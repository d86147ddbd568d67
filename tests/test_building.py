"""Components built by hand, as in a notebook: they have their weights, and slips are answered with the nearest name."""

import pytest
import torch
from mmengine import registry as mm
from slim_models import slim
from torch import nn

from aucgan.apis import inference
from aucgan.engine.config.config_file import load_config
from aucgan.models import component
from aucgan.models.component import Component, weights_later
from aucgan.process.errors import ConfigError
from aucgan.registry import DATASETS, HOOKS, LOSSES, MODELS, RENDERERS, TRANSFORMS

ENCODER = dict(type="ResnetEncoder", depth=18, width=8, out_dim=20, hidden=16)


@pytest.fixture
def reads(monkeypatch):
    """The files that weights were read from."""
    paths = []
    load = component.load_weights
    monkeypatch.setattr(component, "load_weights", lambda m, path, *a: paths.append(str(path)) or load(m, path, *a))
    return paths


@pytest.fixture
def trained(tmp_path):
    """The state of an encoder, and the ``init_cfg`` that names its file."""
    state = MODELS.build(ENCODER).state_dict()
    torch.save({"state_dict": {f"encoder.{key}": value for key, value in state.items()}}, tmp_path / "trained.pth")
    return state, dict(type="Pretrained", checkpoint=str(tmp_path / "trained.pth"), prefix="encoder")


def same(module, state):
    return all(torch.equal(value, state[key]) for key, value in module.state_dict().items())


def test_a_network_that_names_weights_has_them_once_it_is_built(trained, reads):
    state, init_cfg = trained
    encoder = MODELS.build(dict(ENCODER, init_cfg=init_cfg))
    assert same(encoder, state) and len(reads) == 1
    encoder.init_weights()
    assert len(reads) == 1, "they are read once"
    assert not same(MODELS.build(ENCODER), state)


def test_what_stands_in_for_them_is_an_error(tmp_path, trained):
    _, init_cfg = trained
    with pytest.raises(FileNotFoundError, match="none.pth"):
        MODELS.build(dict(ENCODER, init_cfg=dict(init_cfg, checkpoint=str(tmp_path / "none.pth"))))
    with pytest.raises(ValueError, match="does not fit ResnetEncoder"):
        MODELS.build(dict(ENCODER, out_dim=21, init_cfg=init_cfg))


def reconstructor(**encoder):
    model = slim(load_config("configs/aucgan_coarse.py").model)
    return dict(model, encoder=dict(model["encoder"], **encoder))


def test_parts_have_theirs_too_and_initialising_the_whole_reads_nothing_again(tmp_path, reads):
    torch.manual_seed(0)
    state = MODELS.build(reconstructor()).encoder.state_dict()
    torch.save(state, tmp_path / "a.pth")
    init_cfg = dict(type="Pretrained", checkpoint=str(tmp_path / "a.pth"))
    torch.manual_seed(1)
    model = MODELS.build(reconstructor(init_cfg=init_cfg))
    assert same(model.encoder, state) and len(reads) == 1
    model.init_weights()
    assert same(model.encoder, state) and len(reads) == 1


def test_weights_of_the_whole_are_read_as_strictly(tmp_path, reads):
    torch.manual_seed(0)
    state = MODELS.build(reconstructor()).state_dict()
    torch.save({"state_dict": state}, tmp_path / "a.pth")
    init_cfg = dict(type="Pretrained", checkpoint=str(tmp_path / "a.pth"))
    torch.manual_seed(1)
    assert same(MODELS.build(dict(reconstructor(), init_cfg=init_cfg)), state) and len(reads) == 1
    torch.save({"state_dict": dict(state, extra=torch.ones(1))}, tmp_path / "a.pth")
    with pytest.raises(ValueError, match="unexpected extra"):
        MODELS.build(dict(reconstructor(), init_cfg=init_cfg))


def test_parts_that_no_registry_built_have_theirs(tmp_path, reads):
    arguments = dict(type="DetailDecoderGenerator", latent_dim=8, n_exp=4, uv_size=32, base_channels=2)
    state = MODELS.build(arguments).decoder.state_dict()
    torch.save(state, tmp_path / "a.pth")
    init_cfg = dict(type="Pretrained", checkpoint=str(tmp_path / "a.pth"))
    assert same(MODELS.build(dict(arguments, decoder_cfg=init_cfg)).decoder, state) and len(reads) == 1


def test_where_a_checkpoint_follows_no_weights_are_read(tmp_path, trained, reads):
    state, init_cfg = trained
    with weights_later():
        encoder = MODELS.build(dict(ENCODER, init_cfg=init_cfg))
    assert not same(encoder, state) and not reads
    encoder.init_weights()
    assert same(encoder, state) and len(reads) == 1


def test_a_whole_model_needs_its_checkpoint_alone(tmp_path, monkeypatch):
    absent = dict(type="Pretrained", checkpoint=str(tmp_path / "absent.pth"))
    cfg = load_config("configs/aucgan_coarse.py")
    cfg.model = reconstructor(init_cfg=absent)
    with weights_later():
        torch.save(MODELS.build(cfg.model).state_dict(), tmp_path / "final.pth")
    monkeypatch.setattr(inference, "load_config", lambda path: cfg)
    assert isinstance(inference.load_model("any.py", tmp_path / "final.pth"), nn.Module)


def test_components_of_others_that_only_derive_from_ours_have_theirs(trained, tmp_path):
    @MODELS.register_module(force=True)
    class Stranger(Component):
        def __init__(self, init_cfg: dict | None = None):
            super().__init__(init_cfg)
            self.net = nn.Linear(2, 2)

    torch.save({"net.weight": torch.eye(2), "net.bias": torch.ones(2)}, tmp_path / "a.pth")
    built = MODELS.build(dict(type="Stranger", init_cfg=dict(type="Pretrained", checkpoint=str(tmp_path / "a.pth"))))
    assert torch.equal(built.net.weight, torch.eye(2))


SLIPS = [
    (
        MODELS,
        dict(type="LatentAFNGenerater"),
        "there is no model 'LatentAFNGenerater'; did you mean 'LatentAFNGenerator'",
    ),
    (
        MODELS,
        dict(type="LatentAFNGenerator", uvsize=64),
        "LatentAFNGenerator has no argument 'uvsize'; did you mean 'uv_size'",
    ),
    (MODELS, dict(type="HingeLoss"), "there is no model 'HingeLoss', but a loss"),
    (LOSSES, dict(type="HingLoss"), "there is no loss 'HingLoss'; did you mean 'HingeLoss'"),
    (RENDERERS, dict(type="TorchRasteriser"), "did you mean 'TorchRasterizer'"),
    (DATASETS, dict(type="FaceFolder", root="x", spilt="train"), "no argument 'spilt'; did you mean 'split'"),
    (TRANSFORMS, dict(type="PackFaces"), "did you mean 'PackFace'"),
    (HOOKS, dict(type="AtomicCheckpointHook", intervall=3), "did you mean 'interval'"),
]


@pytest.mark.parametrize(("registry", "cfg", "message"), SLIPS, ids=lambda value: str(value)[:30])
def test_a_slip_is_answered_with_the_nearest_name(registry, cfg, message):
    with pytest.raises(ConfigError) as caught:
        registry.build(cfg)
    assert message in str(caught.value) and "\n" not in str(caught.value)


def test_a_slip_within_a_part_names_the_part():
    with pytest.raises(ConfigError, match="ResnetEncoder has no argument 'widht'; did you mean 'width'"):
        MODELS.build(reconstructor(widht=3))


def test_errors_of_another_kind_stay_as_they_are():
    with pytest.raises(TypeError, match="cfg should be a dict"):
        MODELS.build("ResnetEncoder")
    with pytest.raises(KeyError, match="type"):
        MODELS.build({})
    with pytest.raises(TypeError, match="missing .* required .* 'root'"):
        DATASETS.build(dict(type="FaceFolder", split="train"))


def test_components_of_mmengine_are_found_as_before():
    assert isinstance(HOOKS.build(dict(type="EMAHook")), mm.HOOKS.get("EMAHook"))
