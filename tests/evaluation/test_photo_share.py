import numpy as np
import pytest
import torch

from aucgan.models.reconstructors.photo_exchange import NOBODY, partners
from aucgan.registry import METRICS


def faces(own, same, other, count=4):
    """Faces with noise of these sizes in the displacement by the three photos."""
    rng = np.random.default_rng(0)

    def maps(size=1.0):
        return torch.from_numpy(1e-3 * size * rng.standard_normal((1, 16, 16)))

    truths = [maps() for _ in range(count)]
    keys = ("uv_z", "uv_z_same_person", "uv_z_other_person")
    return [dict(gt_uv_z=t) | {k: t + maps(s) for k, s in zip(keys, (own, same, other), strict=True)} for t in truths]


def evaluated(samples):
    metric = METRICS.build(dict(type="PhotoShare"))
    metric.process({}, samples)
    return metric, metric.evaluate(size=len(samples))


def test_a_photo_that_is_read_is_worth_more_than_others():
    metric, result = evaluated(faces(0.5, 0.7, 1.0, count=12))
    assert result["photo_share/own_r2"] == pytest.approx(1 - 0.25, abs=0.03)
    assert result["photo_share/same_person_r2"] == pytest.approx(1 - 0.49, abs=0.04)
    assert result["photo_share/other_person_r2"] == pytest.approx(0.0, abs=0.06)
    assert result["photo_share/read"] == pytest.approx(0.75, abs=0.06)
    for name, values in metric.sample_values.items():
        assert values.mean() == pytest.approx(result[name])


def test_a_photo_that_is_not_read_has_no_share():
    samples = [
        face | dict.fromkeys(("uv_z_same_person", "uv_z_other_person"), face["uv_z"]) for face in faces(0.4, 0, 0)
    ]
    _, result = evaluated(samples)
    assert result["photo_share/read"] == 0.0 < result["photo_share/own_r2"]


def test_faces_without_partners_do_not_count():
    samples = faces(0.5, 0.5, 0.5)
    alone = samples[0] | dict(uv_z_same_person=torch.full((1, 16, 16), float("nan")), uv_z=torch.ones(1, 16, 16))
    metric, result = evaluated([*samples, alone])
    assert result == evaluated(samples)[1]
    assert np.isnan(metric.sample_values["photo_share/own_r2"]).tolist() == [False] * 4 + [True]
    with pytest.raises(ValueError, match="batches of several photos a person"):
        evaluated([alone])


def test_partners_are_the_next_of_the_person_and_of_others():
    same, other = partners(torch.tensor([0, 0, 1, 2, 2, 2]))
    assert same.tolist() == [1, 0, NOBODY, 4, 5, 3]
    assert other.tolist() == [2, 2, 3, 0, 0, 0]
    same, other = partners(torch.tensor([3, 3]))
    assert same.tolist() == [1, 0] and other.tolist() == [NOBODY] * 2
