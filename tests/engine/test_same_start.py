"""All processes of a training start from one and the same model and checkpoint."""

import os
import shutil

import pytest
import torch
from mmengine.dist import get_rank
from several_processes import in_processes
from torch import distributed, nn
from toy_components import ToyModel
from toy_config import chdir

from aucgan.engine.checkpoints.checkpoint_io import write_checkpoint
from aucgan.engine.errors import ConfigError
from aucgan.engine.loop.same_start import require_same, take_weights_of_first
from tools.train import main

KEEP = 'custom_hooks = [dict(type="KeepWeights")]\n'


def train(*options):
    return main(["toy.py", "--launcher", "pytorch", "--skip-test", *options])


def train_from_own_file():
    file = f"own_{get_rank()}.pth"
    torch.manual_seed(get_rank())
    write_checkpoint(file, {"state_dict": ToyModel().state_dict()})
    return train("--cfg-options", f"load_from={file}")


@pytest.mark.parametrize(
    ("settings", "action"),
    [("randomness = dict(seed=0, diff_rank_seed=True)\n", train), ("load_from = None\n", train_from_own_file)],
    ids=["seeds", "files"],
)
def test_processes_that_start_differently_train_one_model(workspace, toy_text, capfd, settings, action):
    (workspace / "toy.py").write_text(toy_text + KEEP + settings, encoding="utf-8")
    assert in_processes(workspace, action) == [0, 0]
    ours, theirs = (torch.load(workspace / f"rank_{rank}.pth", weights_only=True) for rank in (0, 1))
    for name in ours:
        if "running" not in name:  # the statistics of batch norm are each process's own
            assert torch.equal(ours[name], theirs[name]), name
    output = capfd.readouterr().out
    assert output.count("tensors of the model differ between the processes (body.0.weight, ") == 1


class Mixture(nn.Module):
    """Parameters and buffers of many kinds; everything is another value in every process."""

    def __init__(self, width=3):
        super().__init__()
        rank = get_rank()
        torch.manual_seed(rank)
        self.conv = nn.Conv2d(3, width, 3).to(memory_format=torch.channels_last)
        self.norm = nn.BatchNorm1d(2)
        self.norm.num_batches_tracked += rank
        self.frozen = nn.Parameter(torch.rand(2, 2, dtype=torch.bfloat16), requires_grad=False)
        self.register_buffer("mask", torch.rand(5) > 0.5, persistent=False)
        self.register_buffer("scalar", torch.rand(()).double())
        self.register_buffer("nothing", torch.empty(0))
        self.register_buffer("broken", torch.tensor([float("nan"), rank]))
        self.register_buffer("same", torch.ones(2).expand(3, 2))


def take_over():
    model = Mixture()
    own = model.conv.weight.detach().clone()
    differing = {"conv.weight", "conv.bias", "frozen", "norm.num_batches_tracked", "mask", "scalar", "broken"}
    assert set(take_weights_of_first(model)) == differing
    for name, value in [*model.named_parameters(), *model.named_buffers()]:
        both = [None, None]
        distributed.all_gather_object(both, value.detach().contiguous())
        torch.testing.assert_close(*both, rtol=0, atol=0, equal_nan=True, msg=name)
    assert torch.equal(model.conv.weight, own) == (get_rank() == 0)
    assert model.conv.weight.is_contiguous(memory_format=torch.channels_last)
    assert take_weights_of_first(model) == []
    return 0


def test_parameters_and_buffers_of_all_kinds_become_those_of_the_first(workspace):
    assert in_processes(workspace, take_over) == [0, 0]


def refuse_another_shape():
    with pytest.raises(ConfigError, match=r"'conv\.weight' is \(4, 3, 3, 3\) .* in process 1 and \(3, 3, 3, 3\)"):
        take_weights_of_first(Mixture(width=3 + get_rank()))
    with pytest.raises(ConfigError, match=r"process 1 has no 'frozen'"):
        take_weights_of_first(Mixture() if get_rank() == 0 else nn.Linear(1, 1))
    with pytest.raises(ConfigError, match="the number differs: 0 in the first process, 1 in process 1; all of them"):
        require_same("the number", get_rank())
    require_same("the number", 3)
    return 0


def test_models_of_other_shapes_are_refused(workspace):
    assert in_processes(workspace, refuse_another_shape) == [0, 0]


def resume_with(file):
    def action():
        if get_rank():
            os.makedirs("other/work_dirs/toy")
            shutil.copy("toy.py", "other")
            if file:
                shutil.copy(file, "other/work_dirs/toy/iter_12.pth")
            os.chdir("other")
        return train("--resume", "--cfg-options", "train_cfg.max_iters=14")

    return action


@pytest.mark.parametrize(
    ("file", "found"), [(None, "the beginning"), ("changed.pth", r"iter_12.pth")], ids=["no file", "another file"]
)
def test_processes_that_would_resume_differently_are_refused(workspace, toy_text, capfd, file, found):
    with chdir(workspace):
        assert main(["toy.py", "--skip-test"]) == 0
    checkpoint = torch.load("work_dirs/toy/iter_12.pth", weights_only=True)
    checkpoint["meta"]["seed"] += 1
    torch.save(checkpoint, "changed.pth")
    assert in_processes(workspace, resume_with(file)) == [2, 2]
    error = capfd.readouterr().err
    assert error.count("train.py: ") == 1 and "the start of the run differs: iter_12.pth (" in error
    assert f"in the first process, {found}" in error


def test_processes_resume_from_equal_files(workspace, toy_text):
    assert in_processes(workspace, train) == [0, 0]
    (workspace / "meeting").unlink(missing_ok=True)
    assert in_processes(workspace, lambda: train("--resume", "--max-iters", "14")) == [0, 0]
    assert (workspace / "work_dirs" / "toy" / "iter_14.pth").is_file()
