"""Every test leaves what each sample contributes to the metrics."""

import numpy as np
import pytest
from mmengine.evaluator import Evaluator

from aucgan.engine.hooks.sample_values_hook import SAMPLE_VALUES_NAME, SampleValuesHook
from aucgan.evaluation.metrics.sample_metric import SampleMetric
from aucgan.evaluation.statistics.jackknife import pseudo_values


class MeanError(SampleMetric):
    default_prefix = "toy"
    needs = ("error",)
    higher_is_better = frozenset({"variance"})

    def measure(self, sample):
        return float(sample["error"])

    def summarise(self, results):
        return {"mean": float(np.mean(results)), "variance": float(np.var(results)), "list": list(results)}

    def per_sample(self, results):
        return {"mean": results}


class Faces:
    names = ["a", "b", "c"]


class FakeRunner:
    def __init__(self, folder, dataset):
        self.work_dir = str(folder)
        self.test_dataloader = type("Loader", (), {"dataset": dataset})
        self.test_loop = type("Loop", (), {"evaluator": Evaluator([MeanError()])})


def run_test(runner, batches, errors):
    hook, start = SampleValuesHook(), 0
    hook.before_test_epoch(runner)
    for batch, size in batches:
        outputs = [dict(error=error) for error in errors[start : start + size]]
        start += size
        runner.test_loop.evaluator.process(outputs, batch)
        hook.after_test_iter(runner, 0, batch, outputs)
    metrics = runner.test_loop.evaluator.evaluate(start)
    hook.after_test_epoch(runner, metrics)
    with np.load(f"{runner.work_dir}/{SAMPLE_VALUES_NAME}", allow_pickle=False) as archive:
        return metrics, dict(archive)


def test_values_carry_names_and_persons(tmp_path):
    batches = [(dict(index=np.array([2, 0]), identity=np.array([7, 7])), 2), (dict(index=[1], identity=[9]), 1)]
    metrics, values = run_test(FakeRunner(tmp_path, Faces()), batches, [1.0, 2.0, 6.0])
    assert values["names"].tolist() == ["c", "a", "b"] and values["identities"].tolist() == [7, 7, 9]
    assert values["toy/mean"] == pytest.approx([1.0, 2.0, 6.0])  # a mean: the samples' own values
    assert values["more_is_better"].tolist() == ["toy/variance"]
    assert set(values) == {"names", "identities", "more_is_better", "toy/mean", "toy/variance"}
    assert metrics["toy/mean"] == 3.0


def test_data_without_names_or_persons(tmp_path):
    _, values = run_test(FakeRunner(tmp_path, object()), [(None, 1), (None, 2)], [1.0, 2.0, 6.0])
    assert values["names"].tolist() == ["0", "1", "2"] and values["identities"].tolist() == [0, 1, 2]


def test_pseudo_values_of_the_variance_average_to_the_unbiased_one():
    # the classic example: the jackknife takes exactly the bias of the plain variance away
    errors = [1.0, 2.0, 6.0, 3.0]
    values = pseudo_values(MeanError().summarise, errors)["variance"]
    assert values.mean() == pytest.approx(np.var(errors, ddof=1))


def test_a_metric_that_is_undefined_without_a_sample_is_nan_there():
    values = pseudo_values(lambda results: {"has_six": 1.0} if 6.0 in results else {}, [1.0, 6.0, 2.0])["has_six"]
    assert np.isnan(values).tolist() == [False, True, False]
