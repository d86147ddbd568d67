"""One choice of the device, which trainings, their prerequisites, mmengine's parts and the tools follow."""

import dataclasses
import sys
from pathlib import Path

import mmengine.device.utils as mmengine_device
import pytest
import torch
from mmengine.config import Config
from mmengine.device import get_device
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten

from aucgan.commands import device_option
from aucgan.commands.main import command_parser
from aucgan.engine import device as device_module
from aucgan.engine.config.defaults import complete, use_amp
from aucgan.engine.config.reading import read_config
from aucgan.engine.device import choose_device, current_device, device_title, use_device
from aucgan.engine.loop.processes import join_processes
from aucgan.engine.plan.plan import TrainingStep
from aucgan.engine.plan.prerequisites import _job
from aucgan.engine.plan.results import versions
from aucgan.engine.plan.train_request import TrainRequest
from aucgan.experiments import Budget, CompareRequest, comparison
from aucgan.experiments.runs import _torch, plan_runs
from aucgan.experiments.variants import load_variants
from aucgan.process.errors import ConfigError, DeviceError
from aucgan.registry import MODELS
from tools import test, train

sys.path.insert(0, str(Path(__file__).parents[1]))

from test_configs import optim_wrapper_of, random_batch, without_files  # noqa: E402

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def choice(monkeypatch):
    """Whatever a test chooses, the next test does not know of it."""
    monkeypatch.setattr(device_module, "_current", None)
    monkeypatch.setattr(mmengine_device, "DEVICE", mmengine_device.DEVICE)


@pytest.fixture
def a_mac(monkeypatch):
    """A machine whose MPS is there, as mmengine and PyTorch see it; nothing can run on it here."""
    monkeypatch.setattr(mmengine_device, "DEVICE", "mps")
    monkeypatch.setattr("torch.backends.mps.is_available", lambda: True)


def test_auto_is_the_cpu_without_cuda_also_on_a_mac(a_mac):
    assert current_device() == choose_device() == torch.device("cpu")
    assert use_device() == current_device() == torch.device("cpu") and get_device() == "cpu"


def test_auto_is_cuda_where_it_is(monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    assert current_device() == choose_device() == torch.device("cuda")


def test_a_choice_holds_for_mmengine_too():
    use_device("meta")
    assert current_device() == torch.device("meta") and get_device() == "meta"


@pytest.mark.parametrize("name", ["toaster", "mps", "cuda:7"])
def test_devices_are_checked(name):
    with pytest.raises(DeviceError, match=f"the device '{name}' cannot be used here .*'cpu' always can") as caught:
        use_device(name)
    assert isinstance(caught.value, (ConfigError, ValueError)) and current_device().type == "cpu"


def test_a_training_on_a_mac_stays_on_the_cpu_unless_told_otherwise(workspace, a_mac):
    assert train.main(["toy.py", "--skip-test"]) == 0
    assert versions()["device"].startswith("CPU")


@pytest.mark.parametrize("tool", [train, test])
def test_a_device_that_is_not_there_is_one_line(workspace, capfd, tool):
    more = ["toy.pth"] if tool is test else []
    assert tool.main(["toy.py", *more, "--device", "toaster"]) == 2
    error = capfd.readouterr().err
    assert error.count("\n") == 1 and "the device 'toaster' cannot be used here" in error


def test_the_command_line_overrides_the_config(workspace, toy_text):
    (workspace / "toy.py").write_text(toy_text + "device = 'meta'\n", encoding="utf-8")
    assert read_config(Path("toy.py")).device == "meta"
    assert read_config(Path("toy.py"), device="cpu").device == "cpu"


def test_prerequisites_train_on_the_same_device():
    request = TrainRequest(Path("toy.py"), device="cpu")
    step = TrainingStep(Path("a.py"), Path("work_dirs/a/final.pth"))
    command = _job(request, step).command
    assert command[command.index("--device") + 1] == "cpu"
    assert "--device" not in _job(dataclasses.replace(request, device=None), step).command


def test_comparisons_prepare_train_and_measure_on_the_same_device(tmp_path, monkeypatch):
    configs = [REPOSITORY / "configs" / f"{name}.py" for name in ("aucgan_detail_v2", "deca_detail")]
    runs, prepared = {}, []
    monkeypatch.setattr(comparison, "make_missing", lambda request, plan: prepared.append(request.device))
    for name in (None, "cpu", "meta"):
        budget = Budget((0,), 3, None, name)
        variants = load_variants(configs, budget)
        runs[name] = plan_runs(variants, budget, tmp_path)[0]
        assert variants[0].cfg.device == (name or "cpu")
        comparison._prepare(variants[0], CompareRequest((), budget, tmp_path))
        assert prepared.pop() == name
    assert "--device" not in runs[None].command and "meta" in runs["meta"].command
    assert runs[None].folder == runs["cpu"].folder != runs["meta"].folder
    assert _torch(Config(dict(device="cuda:1"))) == f"{torch.__version__} cuda"


def test_under_a_launcher_each_process_takes_its_own(monkeypatch):
    monkeypatch.setenv("RANK", "0"), monkeypatch.setenv("WORLD_SIZE", "1")
    with pytest.raises(ConfigError, match="--device cuda:1 with --launcher: say cuda"):
        join_processes("pytorch", {}, torch.device("cuda:1"))


@pytest.mark.parametrize(
    ("name", "nccl", "backend"), [("cuda", True, "nccl"), ("cuda", False, "gloo"), ("cpu", True, "gloo")]
)
def test_what_depends_on_the_device_follows_the_choice(monkeypatch, name, nccl, backend):
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setattr("torch.distributed.is_nccl_available", lambda: nccl)
    monkeypatch.setattr("aucgan.engine.config.defaults.choose_device", torch.device)
    cfg = complete(Config(dict(device=name, test_dataloader=dict(batch_size=1))))
    assert cfg.env_cfg.dist_cfg.backend == backend and cfg.test_dataloader.pin_memory == (name == "cuda")


@pytest.mark.parametrize(("name", "kind"), [("cuda", "AmpOptimWrapper"), ("cpu", "Bf16"), ("mps", "Bf16")])
def test_mixed_precision_follows_the_choice(monkeypatch, name, kind):
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setattr("aucgan.engine.config.defaults.computes_in_bf16", lambda device: False)
    cfg = Config(dict(device=name, optim_wrapper=dict(optimizer=dict(type="Adam"))))
    use_amp(cfg)
    assert cfg.optim_wrapper.type.startswith(kind)


def test_devices_have_titles():
    assert device_title(torch.device("cpu")) == "CPU" and "MPS" in device_title(torch.device("mps"))


CONFIGURED = ["train toy.py", "test toy.py toy.pth", "compare toy.py"]
OTHERS = ["reconstruct photo.png", "precompute toy.py", "evaluate aus faces labels.csv"]


@pytest.mark.parametrize("call", [*CONFIGURED, *OTHERS])
def test_every_command_that_runs_networks_takes_a_device(call):
    parser = command_parser()
    assert parser.parse_args([*call.split(), "--device", "cpu"]).device == "cpu"
    assert parser.parse_args(call.split()).device == (None if call in CONFIGURED else "auto")
    assert device_option.DEVICES == device_module.DEVICES


class NoDoubles(TorchDispatchMode):
    """Objects to operations that give a float64 or complex128 tensor, which Apple's GPUs cannot hold."""

    def __torch_dispatch__(self, operation, types, arguments=(), more=None):
        result = operation(*arguments, **(more or {}))
        for value in tree_flatten(result)[0]:
            assert not isinstance(value, torch.Tensor) or value.dtype not in (torch.float64, torch.complex128), (
                operation
            )
        return result


def test_doubles_are_found():
    with pytest.raises(AssertionError, match="_to_copy"), NoDoubles():
        torch.ones(2).double()


@pytest.mark.parametrize("name", ["aunet_procedural", "aucgan_coarse", "aucgan_detail_v2", "aucgan_detail_v1"])
def test_no_step_and_no_weight_needs_float64(name):
    cfg = complete(Config.fromfile(REPOSITORY / "configs" / f"{name}.py"))
    model = MODELS.build(without_files(cfg.model))
    doubles = [
        key for key, value in (*model.named_parameters(), *model.named_buffers()) if value.dtype == torch.float64
    ]
    assert not doubles
    wrapper, batch = optim_wrapper_of(model, cfg), random_batch(cfg)
    with NoDoubles():
        model.train_step(batch, wrapper)
        model.eval()
        model(**model.data_preprocessor(batch, False), mode="tensor")
