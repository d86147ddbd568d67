"""Verdicts on made-up runs whose truth is known."""

import numpy as np
import pytest

from aucgan.experiments.outcomes import Outcome, SampleValues, check_same_samples
from aucgan.experiments.verdicts import constants, default_metrics, judge
from aucgan.process.errors import UserError

PERSONS, PHOTOS, SEEDS = 40, 3, 3
IDENTITIES = np.repeat(np.arange(PERSONS), PHOTOS)
METRIC = "displacement/l1_mm"


def outcomes(effects, seed_noise=0.02, person_noise=0.3, metric=METRIC):
    """Runs of variants that differ from the first by ``effects``, with noise of seeds, persons and photos."""
    rng = np.random.default_rng(0)
    shared = 1.0 + person_noise * rng.normal(size=PERSONS)[IDENTITIES]  # how hard a person is for every variant
    found = {}
    for variant, effect in effects.items():
        own = 0.1 * person_noise * rng.normal(size=PERSONS)[IDENTITIES]
        found[variant] = [
            outcome(
                variant,
                s,
                shared + own + effect + seed_noise * rng.normal() + 0.1 * rng.normal(size=shared.shape),
                metric,
            )
            for s in range(SEEDS)
        ]
    return found


def outcome(variant, seed, values, metric=METRIC):
    upwards = frozenset({"au/macro_f1"})
    samples = SampleValues(np.arange(len(values)).astype(str), IDENTITIES[: len(values)], {metric: values}, upwards)
    return Outcome(variant, seed, "finished", "", {metric: float(values.mean())}, samples)


def verdicts(found, metric=METRIC):
    return {row.variant: row.verdict for row in judge(found, [metric])}


def test_known_differences_are_found_and_equals_are_not_told_apart():
    found = outcomes({"reference": 0.0, "same": 0.0, "better": -0.2, "worse": 0.2})
    assert verdicts(found) == {
        "reference": "reference",
        "same": "not distinguishable",
        "better": "better",
        "worse": "worse",
    }


def test_pairing_by_person_finds_what_would_drown_between_persons():
    found = outcomes({"reference": 0.0, "better": -0.2}, person_noise=1.5, seed_noise=0.005)
    assert verdicts(found)["better"] == "better"
    means = [np.mean([run.samples.values[METRIC] for run in runs], axis=0) for runs in found.values()]
    spread_of_persons = np.std([m.reshape(-1, PHOTOS).mean(1) for m in means], axis=1, ddof=1) / PERSONS**0.5
    assert abs(means[0].mean() - means[1].mean()) < 2 * spread_of_persons.max()


def test_seeds_that_scatter_more_than_the_difference_forbid_a_verdict():
    found = outcomes({"reference": 0.0, "lucky": -0.2, "other": 0.0}, seed_noise=0.5)
    assert verdicts(found)["lucky"] == "not distinguishable"


def test_the_metric_says_what_is_better_and_where_it_does_not_nothing_is():
    assert verdicts(outcomes({"reference": 0.0, "low": -0.3}, metric="au/macro_f1"), "au/macro_f1")["low"] == "worse"
    values = {"reference": [1.0, 1.01, 1.02], "low": [0.0, 0.01, 0.02]}
    found = {v: [Outcome(v, s, "finished", "", {"height": x}) for s, x in enumerate(xs)] for v, xs in values.items()}
    assert verdicts(found, "height")["low"] == "lower"


def test_numbers_of_a_row():
    values = {"reference": [1.0, 2.0, 3.0], "other": [2.0, 4.0, 6.0]}
    found = {v: [Outcome(v, s, "finished", "", {METRIC: x}) for s, x in enumerate(xs)] for v, xs in values.items()}
    reference, other = judge(found, [METRIC])
    assert (reference.mean, reference.std, reference.difference) == (2.0, 1.0, None)
    assert (other.mean, other.std, other.difference.value) == (4.0, 2.0, 2.0)
    assert other.agreeing == 2 and other.values == {0: 2.0, 1: 4.0, 2: 6.0}


def test_correction_is_over_all_rows_together():
    found = outcomes({"reference": 0.0, "a": -0.03, "b": 0.0, "c": 0.0}, seed_noise=0.001, person_noise=0.05)
    alone = judge({k: found[k] for k in ("reference", "a")}, [METRIC])[1]
    among = judge(found, [METRIC])[1]
    assert alone.p == alone.difference.p
    assert among.p == pytest.approx(min(1.0, 3 * among.difference.p))


def test_a_failed_variant_has_a_row_and_the_others_their_verdict():
    found = outcomes({"reference": 0.0, "better": -0.2})
    found["broken"] = [Outcome("broken", s, "failed", "boom") for s in range(SEEDS)]
    found["better"][2] = Outcome("better", 2, "diverged", "nan")
    rows = {row.variant: row for row in judge(found, [METRIC])}
    assert rows["broken"].verdict == "not measured" and rows["broken"].difference is None
    assert rows["better"].verdict == "better" and len(rows["better"].values) == 2


def test_a_single_seed_of_all_is_tested_over_persons_alone():
    found = {v: runs[:1] for v, runs in outcomes({"reference": 0.0, "better": -0.2}).items()}
    assert verdicts(found)["better"] == "better"


def test_a_single_seed_among_others_forbids_a_verdict():
    found = outcomes({"reference": 0.0, "better": -0.2})
    found["better"] = found["better"][:1]
    assert verdicts(found)["better"] == "not distinguishable"


def test_what_depends_on_the_data_alone_is_not_tested():
    metrics = dict(
        zip(("normals/coarse_deg", "normals/detail_deg", "au/f1_AU1", "au/macro_f1_all"), range(4), strict=True)
    )
    found = {
        v: [Outcome(v, s, "finished", "", metrics | {"normals/detail_deg": float(n + s)}) for s in range(2)]
        for n, v in enumerate("ab")
    }
    found["a"][0].metrics["au/f1_AU1"] = found["a"][0].metrics["au/macro_f1_all"] = 0.1
    assert constants(found) == {"normals/coarse_deg": 0}
    assert default_metrics(found) == ["normals/detail_deg"]


def test_other_samples_or_another_order_are_an_error():
    good, swapped = outcome("a", 0, np.arange(3.0)), outcome("b", 1, np.arange(3.0))
    check_same_samples([good, swapped])
    swapped.samples.names[:2] = swapped.samples.names[[1, 0]]
    with pytest.raises(UserError, match="b, seed 1, was measured on other samples than a, seed 0"):
        check_same_samples([good, swapped])
