"""When the hook writes, what it keeps and how it ends, with a runner that only counts."""

import signal
from types import SimpleNamespace

import pytest
import torch

from aucgan.engine.checkpoints import checkpoint_hook
from aucgan.engine.checkpoints.checkpoint_hook import AtomicCheckpointHook
from aucgan.engine.checkpoints.checkpoint_io import checkpoint_name, list_checkpoints, write_checkpoint
from aucgan.engine.errors import ConfigError, Interrupted, Terminated


class Runner:
    """Counts iterations, and writes its weights (their number) where it is told."""

    def __init__(self, folder, max_iters=12):
        self.work_dir, self.iter, self.max_iters = str(folder), 0, max_iters
        self.at_border, self.written, self.said, self.info = True, [], [], {}
        self.train_loop = SimpleNamespace(stop_training=False)
        self.logger = SimpleNamespace(info=self.said.append)
        self.message_hub = SimpleNamespace(get_info=self.info.get, update_info=self.info.__setitem__)
        self.bare_model = torch.nn.Linear(1, 1, bias=False)

    def step(self, hook, times=1):
        for _ in range(times):
            self.iter += 1
            self.bare_model.weight.data.fill_(self.iter)
            hook.after_iteration(self)

    def write_resume_point(self):
        self.written.append(self.iter)
        path = f"{self.work_dir}/{checkpoint_name(self.iter)}"
        write_checkpoint(path, {})
        return path

    def write_weights(self, path):
        write_checkpoint(path, {"state_dict": self.bare_model.state_dict()})

    def weight_in(self, name):
        return torch.load(f"{self.work_dir}/{name}", weights_only=True)["state_dict"]["weight"].item()


@pytest.fixture
def started(tmp_path):
    """Starts a hook on a runner; gives the signals back at the end."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job would ignore it

    def start(max_iters=12, **arguments):
        hook, runner = AtomicCheckpointHook(**arguments), Runner(tmp_path, max_iters)
        hook.before_train(runner)
        return hook, runner

    yield start
    for number, handler in before.items():
        signal.signal(number, handler)


def test_checkpoints_at_every_interval_and_at_the_end(started):
    hook, runner = started(interval=5, max_keep=2)
    runner.step(hook, 12)
    assert runner.written == [5, 10, 12]
    assert [path.name for path in list_checkpoints(runner.work_dir)] == ["iter_12.pth", "iter_10.pth"]


def test_settings_without_arguments(started):
    hook, runner = started(max_iters=1001)
    assert (hook.interval, hook.max_keep, hook.save_best, hook.rule) == (500, 2, None, "greater")
    runner.step(hook, 1001)
    assert runner.written == [500, 1000, 1001]


@pytest.mark.parametrize("wrong", [dict(interval=0), dict(max_keep=0), dict(interval=-1)])
def test_settings_below_one_are_refused(wrong):
    with pytest.raises(ConfigError, match="interval ≥ 1 and max_keep ≥ 1"):
        AtomicCheckpointHook(**wrong)
    AtomicCheckpointHook(interval=1, max_keep=1)


def test_a_training_that_stops_early_is_written(started):
    hook, runner = started(interval=100)
    runner.step(hook, 3)
    runner.train_loop.stop_training = True
    runner.step(hook)
    assert runner.written == [4]


def test_within_an_accumulation_a_due_checkpoint_waits_for_its_end(started):
    hook, runner = started(interval=2)
    runner.at_border = False
    runner.step(hook, 2)
    assert runner.written == []
    runner.at_border = True
    runner.step(hook)
    assert runner.written == [3]
    runner.step(hook)
    assert runner.written == [3, 4]  # due again at 4, and once


def test_unfinished_files_of_a_killed_run_are_removed(started, tmp_path):
    (tmp_path / ".iter_3.pth.part.pth").touch()
    started()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("rule", "best"), [("greater", 4), ("less", 2)])
def test_the_best_weights_become_the_final_ones(started, rule, best):
    hook, runner = started(save_best="score", rule=rule)
    hook.after_val_epoch(runner, dict(score=99.0))  # before the first iteration: of nobody's weights
    assert not runner.info
    for value in (0.5, 0.25, 0.25, 0.75, 0.75, 0.5):
        runner.step(hook)
        hook.after_val_epoch(runner, dict(score=torch.tensor(value), other=3.0))
    assert runner.info == dict(best_value={4: 0.75, 2: 0.25}[best], best_iter=best)
    hook.after_train(runner)
    assert runner.weight_in("best.pth") == runner.weight_in("final.pth") == best
    assert runner.bare_model.weight.item() == best
    assert f"iteration {best} were the best (score 0.{'7500' if best == 4 else '2500'})" in runner.said[0]


@pytest.mark.parametrize("info", [{}, dict(best_iter=3, best_value=1.0)])
def test_the_last_weights_are_final_where_none_are_better(started, info):
    hook, runner = started(save_best="score")
    runner.step(hook, 3)
    runner.info.update(info)
    hook.after_train(runner)
    assert runner.weight_in("final.pth") == 3 and not runner.said


@pytest.mark.parametrize(("metrics", "given"), [(None, "no metrics"), ({}, "no metrics"), (dict(a=1.0, b=2.0), "a, b")])
def test_a_metric_that_does_not_come_is_an_error(started, metrics, given):
    hook, runner = started(save_best="score")
    runner.step(hook)
    with pytest.raises(ConfigError, match=f"save_best is 'score', but the validation gives {given}$"):
        hook.after_val_epoch(runner, metrics)
    AtomicCheckpointHook().after_val_epoch(runner, None)


@pytest.mark.parametrize(
    ("number", "error", "cause"), [(signal.SIGTERM, Terminated, "SIGTERM"), (signal.SIGINT, Interrupted, "Ctrl-C")]
)
def test_a_signal_ends_after_the_iteration_with_a_checkpoint(started, number, error, cause):
    outer = {n: signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGINT)}
    hook, runner = started()
    runner.step(hook)
    signal.raise_signal(number)
    with pytest.raises(
        error, match=rf"asked to end by {cause} at iteration 2; continue from .*iter_2\.pth with --resume"
    ):
        runner.step(hook)
    assert runner.written == [2]
    assert {n: signal.getsignal(n) for n in outer} == outer


def test_the_first_signal_counts_and_a_second_ctrl_c_does_not_wait(started):
    hook, runner = started()
    signal.raise_signal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    signal.raise_signal(signal.SIGTERM)
    assert hook.asked_to_end == signal.SIGINT
    hook.before_train(runner)  # another training starts unasked
    assert hook.asked_to_end is None
    runner.step(hook)
    assert runner.written == []


class Others:
    """Pretends that another process has voted, and counts the questions."""

    def __init__(self, monkeypatch, size=2):
        self.vote, self.asked = 0, []
        monkeypatch.setattr(checkpoint_hook, "get_world_size", lambda: size)
        monkeypatch.setattr(checkpoint_hook, "all_reduce", self.all_reduce)

    def all_reduce(self, votes, op):
        assert op == "max"
        self.asked.append(int(votes))
        votes.clamp_(min=self.vote)


def test_processes_ask_each_other_every_tenth_iteration_and_at_the_end(started, monkeypatch):
    hook, runner = started(max_iters=23)
    others = Others(monkeypatch)
    runner.step(hook, 9)
    assert others.asked == []
    runner.step(hook, 14)
    assert others.asked == [0, 0, 0]  # at 10, 20 and 23


def test_another_process_s_signal_ends_this_one_too(started, monkeypatch):
    hook, runner = started(max_iters=100)
    others = Others(monkeypatch)
    runner.step(hook, 3)
    others.vote = int(signal.SIGTERM)
    runner.step(hook, 6)
    with pytest.raises(Terminated, match="at iteration 10"):
        runner.step(hook)
    assert runner.written == [10]


def test_this_process_s_signal_waits_for_the_question(started, monkeypatch):
    hook, runner = started(max_iters=100)
    others = Others(monkeypatch)
    signal.raise_signal(signal.SIGINT)
    runner.step(hook, 9)
    with pytest.raises(Interrupted, match="at iteration 10"):
        runner.step(hook)
    assert others.asked == [int(signal.SIGINT)]


def test_only_the_first_process_tidies_up(started, monkeypatch, tmp_path):
    monkeypatch.setattr(checkpoint_hook, "is_main_process", lambda: False)
    (tmp_path / ".iter_3.pth.part.pth").touch()
    hook, runner = started(interval=1, max_keep=1)
    runner.step(hook, 2)
    assert len(list_checkpoints(tmp_path)) == 2 and (tmp_path / ".iter_3.pth.part.pth").exists()


def test_a_process_alone_asks_nobody(started, monkeypatch):
    hook, runner = started()
    others = Others(monkeypatch, size=1)
    runner.step(hook, 12)
    assert others.asked == []
