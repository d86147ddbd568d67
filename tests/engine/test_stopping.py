"""Ctrl-C and SIGTERM outside the training loop: one line, the right exit code, no half file, no process left."""

import io
import multiprocessing
import os
import signal
import sys

import pytest
import torch
import toy_components
from toy_config import TOY, chdir

from aucgan.engine.checkpoints import checkpoint_io
from aucgan.engine.plan.side_by_side import Job, run_jobs
from aucgan.files.atomic import atomic_path
from aucgan.process.stopping import Stop, interruptible, stop_signals
from tools.test import main as measure
from tools.train import main as train

SIGNALS = (signal.SIGINT, signal.SIGTERM)
CAUSES = {signal.SIGINT: "Ctrl-C", signal.SIGTERM: "SIGTERM"}
DATA = 'prepare = [dict(type="ToyFaces", root="data/toy")]\n'
TWO_LOADERS = "".join(
    f"{split}_dataloader.update(num_workers=1, persistent_workers=True)\n" for split in ("val", "test")
)


def ask_the_group(number):
    os.killpg(0, number)


def write_half(number):
    """A data set that is interrupted within a file."""

    def run(self):
        with atomic_path("data/toy/rows.json") as path:
            path.write_text("half", encoding="utf-8")
            ask_the_group(number)

    toy_components.ToyFaces.run = run


def at_the_first_sample(number):
    toy_components.ToyError.process = lambda *_: ask_the_group(number)


def at_initialisation(number):
    toy_components.ToyModel.init_weights = lambda *_: ask_the_group(number)


def in_the_last_file(number):
    """Within the writing of ``final.pth``."""
    save = torch.save

    def save_or_stop(content, file):
        if "optimizer" in content or "final" not in file.name:
            return save(content, file)
        whole = io.BytesIO()
        save(content, whole)
        file.write(whole.getvalue()[: whole.tell() // 2])
        ask_the_group(number)

    checkpoint_io.torch.save = save_or_stop


def enter(folder, trap, number, tool, arguments):
    os.setpgid(0, 0)
    trap(number)
    with chdir(folder):
        sys.exit(tool(arguments))


def stopped(folder, trap, number, tool=train, arguments=("toy.py",)):
    """Run a tool in a process group of its own that asks itself to end; check what it leaves with."""
    settings = (folder, trap, number, tool, list(arguments))
    process = multiprocessing.get_context("fork").Process(target=enter, args=settings)
    process.start()
    process.join(60)
    code = process.exitcode
    if code is None:
        os.killpg(process.pid, signal.SIGKILL)
    with pytest.raises(ProcessLookupError):  # nobody is left in the group
        os.killpg(process.pid, signal.SIGKILL)
    assert code == 128 + number
    assert [str(path) for path in folder.rglob(".*")] == []


CASES = {
    write_half: "make data/toy; the same command makes what is missing",
    at_initialisation: "train toy.py; nothing is trained yet: call it again",
    in_the_last_file: "train toy.py; continue from work_dirs/toy/iter_12.pth with --resume",
}


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("trap", CASES)
def test_a_training_outside_its_loop(tmp_path, capfd, trap, number):
    (tmp_path / "toy.py").write_text(TOY + DATA, encoding="utf-8")
    stopped(tmp_path, trap, number)
    assert capfd.readouterr().err == f"train.py: asked to end by {CAUSES[number]} during {CASES[trap]}\n"
    assert not (tmp_path / "work_dirs" / "toy" / "final.pth").exists()
    assert train_in(tmp_path, "--resume") == 0


def train_in(folder, *arguments):
    with chdir(folder):
        return train(["toy.py", *arguments])


def test_a_validation_is_finished_and_followed_by_a_checkpoint(tmp_path, capfd):
    (tmp_path / "toy.py").write_text(TOY + TWO_LOADERS, encoding="utf-8")
    process = toy_components.ToyError.process

    def trap(number):
        def ask_and_go_on(self, *batch):
            ask_the_group(number)
            process(self, *batch)

        toy_components.ToyError.process = ask_and_go_on

    stopped(tmp_path, trap, signal.SIGTERM)
    latest = "work_dirs/toy/iter_5.pth"
    error = capfd.readouterr().err
    assert error.startswith("train.py: asked to end by SIGTERM at iteration 5; continue from ")
    assert error.endswith(f"{latest} with --resume\n") and error.count("\n") == 1


@pytest.mark.parametrize("number", SIGNALS)
def test_a_test_with_loader_processes(tmp_path, capfd, number):
    (tmp_path / "toy.py").write_text(TOY + TWO_LOADERS, encoding="utf-8")
    assert train_in(tmp_path, "--skip-test") == 0
    weights = "work_dirs/toy/final.pth"
    stopped(tmp_path, at_the_first_sample, number, measure, ["toy.py", weights])
    said = (
        f"test.py: asked to end by {CAUSES[number]} during the test of {weights}; nothing is written: call it again\n"
    )
    assert capfd.readouterr().err == said


def test_the_test_after_a_training(tmp_path, capfd):
    (tmp_path / "toy.py").write_text(
        TOY + TWO_LOADERS + "val_dataloader = val_cfg = val_evaluator = None\n", encoding="utf-8"
    )
    text = (tmp_path / "toy.py").read_text(encoding="utf-8").replace('save_best="error", rule="less"', "")
    (tmp_path / "toy.py").write_text(text, encoding="utf-8")
    stopped(tmp_path, at_the_first_sample, signal.SIGTERM)
    assert capfd.readouterr().err == (
        "train.py: asked to end by SIGTERM during the test of toy; the training is done: "
        "python tools/test.py toy.py work_dirs/toy/final.pth measures its weights\n"
    )
    assert (tmp_path / "work_dirs" / "toy" / "final.pth").is_file()


def test_the_innermost_name_counts_and_the_outer_block_says_how_to_continue():
    with pytest.raises(Stop) as caught, stop_signals(), interruptible("all", "go on"), interruptible("a part"):
        signal.raise_signal(signal.SIGTERM)
    assert str(caught.value) == "asked to end by SIGTERM during a part; go on" and caught.value.exit_code == 143


def test_cleaning_up_goes_on_at_a_second_sigterm_and_not_at_a_second_ctrl_c():
    done = []
    with pytest.raises(Stop) as caught, stop_signals():
        try:
            signal.raise_signal(signal.SIGINT)
        finally:
            signal.raise_signal(signal.SIGTERM)
            done.append("cleaned up")
            signal.raise_signal(signal.SIGINT)
            done.append("not reached")
    assert done == ["cleaned up"] and caught.value.number == signal.SIGINT


def test_the_handlers_before_are_given_back(tmp_path):
    before = [signal.getsignal(number) for number in SIGNALS]
    with stop_signals():
        ours = [signal.getsignal(number) for number in SIGNALS]
        run_jobs([Job("a", "a", (sys.executable, "-S", "-c", ""))], at_once=1, threads=1)
        assert [signal.getsignal(number) for number in SIGNALS] == ours
    assert [signal.getsignal(number) for number in SIGNALS] == before
