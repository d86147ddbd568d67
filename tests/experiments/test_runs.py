"""Which runs are reused, continued, repeated or given up; with a trainer that only pretends."""

import json
import signal
from pathlib import Path

import pytest

from aucgan.engine.config import reading
from aucgan.engine.config.defaults import complete
from aucgan.engine.plan.train_request import TRAIN
from aucgan.experiments import training
from aucgan.experiments.runs import plan_runs
from aucgan.experiments.training import LOG_NAME
from aucgan.experiments.variants import Budget, load_variants
from aucgan.process.errors import ConfigError, NonFiniteError, Terminated


@pytest.fixture
def configs(workspace, toy_text):
    """``toy.py`` and ``wide.py``."""
    (workspace / "wide.py").write_text(toy_text + 'model = dict(type="ToyModel", width=8)\n', encoding="utf-8")
    return Path("toy.py"), Path("wide.py")


def runs_of(configs, seeds=(0, 1), **budget):
    budget = Budget(seeds, **budget)
    return plan_runs(load_variants(configs, budget), budget, Path("work"))


class Trainer:
    """A crew whose trainings leave results, or end with what ``codes`` says of a variant and its seed."""

    def __init__(self, codes=None, leaves_checkpoint=True, leaves_results=True):
        self.codes, self.trained = codes or {}, []
        self.leaves_checkpoint, self.leaves_results = leaves_checkpoint, leaves_results

    def __call__(self, jobs, at_once, threads, on_end):
        for job in jobs:
            assert job.command[: len(TRAIN)] == TRAIN and job.log.parent.is_dir()
            name = (job.label, int(job.command[job.command.index("--seed") + 1]))
            self.trained.append(name)
            on_end(job, self._train(job.log.parent, self.codes.get(name, 0)), 1.0)

    def _train(self, folder, code):
        if self.leaves_checkpoint:
            (folder / "iter_3.pth").touch()
        (folder / LOG_NAME).write_text(
            "some lines\ntrain.py: what went wrong\n" if code else "fine\n", encoding="utf-8"
        )
        if code == 0 and self.leaves_results:
            (folder / "results.json").write_text(json.dumps(dict(metrics=dict(error=1.0))), encoding="utf-8")
        return code


@pytest.fixture
def train(monkeypatch):
    """Train runs by a crew that only pretends; how far each run is then."""

    def call(runs, trainer):
        monkeypatch.setattr(training, "run_jobs", trainer)
        training.train_runs(runs, 1, 2, lambda line: None)
        return {(run.variant, run.seed): run.state() for run in runs}

    return call


def test_every_variant_gets_the_first_seed_first(configs):
    assert [(run.variant, run.seed) for run in runs_of(configs)] == [("toy", 0), ("wide", 0), ("toy", 1), ("wide", 1)]


def test_finished_runs_are_reused(configs, train):
    trainer = Trainer()
    assert set(train(runs_of(configs), trainer).values()) == {"finished"}
    train(runs_of(configs, seeds=(0, 1, 2)), trainer)
    assert sorted(trainer.trained[4:]) == [("toy", 2), ("wide", 2)]


@pytest.mark.parametrize(
    "change", ['optim_wrapper["optimizer"]["lr"] = 0.01\n', "randomness = dict(seed=0, diff_rank_seed=True)\n"]
)
def test_another_setting_is_another_run(configs, train, toy_text, change):
    trainer = Trainer()
    train(runs_of(configs), trainer)
    Path("toy.py").write_text(toy_text + change, encoding="utf-8")
    train(runs_of(configs), trainer)
    assert trainer.trained[4:] == [("toy", 0), ("toy", 1)]


def test_another_budget_and_other_prerequisites_are_other_runs(configs, toy_text):
    Path("first.pth").write_bytes(b"weights")
    needs = 'prerequisites = [dict(config="toy.py", checkpoint="first.pth")]\n'
    Path("wide.py").write_text(toy_text + needs, encoding="utf-8")
    before = {run.folder for run in runs_of(configs)}
    assert not before & {run.folder for run in runs_of(configs, max_iters=6)}
    Path("first.pth").write_bytes(b"other weights")
    changed = {run.folder for run in runs_of(configs)} - before
    assert {folder.parent.name for folder in changed} == {"wide"}


def test_comments_and_logging_do_not_make_another_run(configs, toy_text):
    before = [run.folder for run in runs_of(configs)]
    Path("toy.py").write_text("# a comment\n" + toy_text + 'log_level = "WARNING"\n', encoding="utf-8")
    assert [run.folder for run in runs_of(configs)] == before


def test_what_the_engine_fills_in_does_not_make_another_run(configs, monkeypatch):
    before = [run.folder for run in runs_of(configs)]

    def complete_differently(cfg):
        complete(cfg).default_hooks["new"] = dict(type="PartEMAHook", parts=["body"])
        return cfg

    monkeypatch.setattr(reading, "complete", complete_differently)
    assert [run.folder for run in runs_of(configs)] == before


def test_other_metrics_test_again_without_training_again(configs, train, toy_text):
    trainer = Trainer()
    (first, *_) = runs_of(configs)
    train(runs_of(configs), trainer)
    for path in configs:
        path.write_text(toy_text + 'test_evaluator = [dict(type="ToyError", prefix="new")]\n', encoding="utf-8")
    (again, *_) = runs_of(configs, seeds=(0,))
    assert again.state() == "interrupted" and "--resume" in again.command
    assert again.folder == first.folder  # the weights stay


def test_damaged_numbers_are_measured_anew(configs, train):
    (run,) = [run for run in runs_of(configs, seeds=(0,)) if run.variant == "toy"]
    for name in ("results.json", "sample_values.npz"):
        train(runs_of(configs, seeds=(0,)), Trainer())
        assert run.state() == "finished"
        (run.folder / name).write_text('{"metrics": {"err', encoding="utf-8")
        assert run.state() == "interrupted", name
        (run.folder / name).unlink()
    train(runs_of(configs, seeds=(0,)), Trainer())
    (run.folder / "run.json").write_text("{", encoding="utf-8")
    assert run.state() == "missing" and "--resume" in run.command, "the weights stay"
    assert train(runs_of(configs, seeds=(0,)), Trainer())["toy", 0] == "finished"


def test_an_interrupted_run_is_continued_and_one_without_checkpoint_starts_anew(configs, train):
    stop = Trainer({("toy", 0): Terminated.exit_code, ("wide", 1): -signal.SIGTERM})
    states = train(runs_of(configs), stop)
    assert states == {
        ("toy", 0): "interrupted",
        ("wide", 0): "finished",
        ("toy", 1): "finished",
        ("wide", 1): "interrupted",
    }
    trainer = Trainer()
    assert set(train(runs_of(configs), trainer).values()) == {"finished"}
    assert sorted(trainer.trained) == [("toy", 0), ("wide", 1)]
    early = Trainer({("toy", 5): Terminated.exit_code}, leaves_checkpoint=False)
    assert train(runs_of(configs, seeds=(5,)), early)["toy", 5] == "missing"


def test_a_failed_run_is_reported_and_tried_again_a_diverged_one_is_not(configs, train):
    trainer = Trainer({("toy", 0): 1, ("wide", 1): NonFiniteError.exit_code})
    states = train(runs_of(configs), trainer)
    assert states[("toy", 0)] == "failed" and states[("wide", 1)] == "diverged"
    assert states[("toy", 1)] == states[("wide", 0)] == "finished"
    assert runs_of(configs)[0].record()["message"] == "exit code 1: train.py: what went wrong"
    again = Trainer()
    train(runs_of(configs), again)
    assert again.trained == [("toy", 0)]


def test_a_training_that_leaves_no_results_failed(configs, train):
    assert set(train(runs_of(configs), Trainer(leaves_results=False)).values()) == {"failed"}
    assert runs_of(configs)[0].record()["message"] == "exit code 0: left no results.json"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            'test_evaluator = [dict(type="ToyError", prefix="x")]\n',
            "test_evaluator of wide is .* needs the same metrics",
        ),
        (
            'test_dataloader["dataset"].update(size=3)\n',
            "test_dataloader.dataset of wide is .* compare on the same faces",
        ),
        ("test_evaluator = None\n", "wide has no test_dataloader with a test_evaluator"),
    ],
)
def test_what_cannot_be_compared(configs, toy_text, change, message):
    Path("wide.py").write_text(toy_text + change, encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        runs_of(configs)


def test_two_different_configs_are_needed(configs):
    with pytest.raises(ConfigError, match="at least two .* --leave-out"):
        runs_of(configs[:1])
    with pytest.raises(ConfigError, match="named twice: toy"):
        runs_of((*configs, configs[0]))
