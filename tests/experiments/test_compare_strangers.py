"""The numbers of strangers beside those at home, in comparisons."""

import json

import numpy as np

from aucgan.experiments.outcomes import SampleValues, read_outcome, with_strangers
from aucgan.experiments.runs import FINISHED, Run
from aucgan.files.array_file import save_arrays

R2 = "displacement/r2"


def values(names, numbers, first):
    people = np.arange(first, first + len(names))
    return SampleValues(np.array(names), people, {R2: np.array(numbers)}, frozenset({R2}))


def test_samples_of_both_splits_stand_side_by_side():
    both = with_strangers(values(["a", "b"], [0.1, 0.3], 0), values(["c"], [0.5], 7))
    assert both.names.tolist() == ["a", "b", "c"] and both.identities.tolist() == [0, 1, 7]
    np.testing.assert_array_equal(both.values[R2], [0.1, 0.3, np.nan])
    np.testing.assert_array_equal(both.values[f"strangers/{R2}"], [np.nan, np.nan, 0.5])
    assert both.more_is_better == {R2, f"strangers/{R2}"}


def test_a_runs_numbers_hold_the_strangers(tmp_path):
    run = Run("v2", 0, tmp_path, (), "measured", "code")
    run.note(FINISHED)
    results = dict(metrics={R2: 0.6, "name": "x"}, strangers={R2: 0.2, "normals/detail_deg": None})
    run.results.write_text(json.dumps(results), encoding="utf-8")
    for folder, count in ((tmp_path, 3), (tmp_path / "strangers", 2)):
        folder.mkdir(exist_ok=True)
        arrays = {R2: np.ones(count), "names": np.array(list("abc")[:count]), "identities": np.arange(count)}
        save_arrays(folder / "sample_values.npz", arrays | {"more_is_better": np.array([R2])})
    outcome = read_outcome(run)
    assert outcome.metrics == {R2: 0.6, f"strangers/{R2}": 0.2}
    assert outcome.samples is not None and len(outcome.samples.names) == 5
    run.results.write_text(json.dumps(dict(metrics={R2: 0.6})), encoding="utf-8")
    (tmp_path / "strangers" / "sample_values.npz").unlink()
    assert read_outcome(run).metrics == {R2: 0.6} and len(read_outcome(run).samples.names) == 3
