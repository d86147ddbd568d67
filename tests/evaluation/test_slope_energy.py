"""Energy and place of slopes, against sums written out texel by texel."""

import math

import pytest
import torch

from aucgan.models.layers.au_regions import FACE_PARTS, face_part_at
from aucgan.registry import METRICS
from aucgan.renderers.face_chart import face_chart

SIZE = 32


def faces(count=3, amount=0.5, seed=0):
    generator = torch.Generator().manual_seed(seed)

    def maps():
        return 1e-4 * torch.randn(1, SIZE, SIZE, generator=generator, dtype=torch.double)

    mask = (face_chart(SIZE).mask > 0.3).float()[None]
    return [dict(uv_z=amount * k * maps() + maps(), gt_uv_z=maps(), face_mask_uv=mask) for k in range(count)]


def evaluated(samples, **settings):
    metric = METRICS.build(dict(type="SlopeEnergy", **settings))
    metric.process({}, samples)
    return metric, metric.evaluate(size=len(samples))


def slopes(sample):
    """Predicted slope, true slope and part of the face of every pair of neighbours within the mask."""
    z, truth, mask = (sample[key].tolist()[0] for key in ("uv_z", "gt_uv_z", "face_mask_uv"))
    chart = face_chart(SIZE)
    part = face_part_at(chart.x, chart.y).tolist()
    for i in range(SIZE):
        for j in range(SIZE):
            for k, m in ((i + 1, j), (i, j + 1)):
                if k < SIZE and m < SIZE and mask[i][j] > 0.5 and mask[k][m] > 0.5:
                    yield z[k][m] - z[i][j], truth[k][m] - truth[i][j], list(FACE_PARTS)[part[i][j]]


def test_against_a_loop_over_texels():
    samples = faces()
    metric, result = evaluated(samples)
    all_slopes = [pair for sample in samples for pair in slopes(sample)]
    for name in FACE_PARTS:
        energies = [sum(pair[k] ** 2 for pair in all_slopes if pair[2] == name) for k in (0, 1)]
        assert result[f"slope/{name}"] == pytest.approx(energies[0] / energies[1])
    made, true = (sum(pair[k] ** 2 for pair in all_slopes) for k in (0, 1))
    assert result["slope/energy"] == pytest.approx(made / true)
    both = sum(p * t for p, t, _ in all_slopes)
    assert result["slope/correlation"] == pytest.approx(both / math.sqrt(made * true))
    assert set(result) == {f"slope/{name}" for name in ("energy", "correlation", *FACE_PARTS)}
    for name, values in metric.sample_values.items():
        assert len(values) == 3 and values.mean() == pytest.approx(result[name])


def test_half_as_steep_at_the_right_place():
    samples = [face | dict(uv_z=0.5 * face["gt_uv_z"] + 1e-3) for face in faces()]
    _, result = evaluated(samples)
    assert result.pop("slope/correlation") == pytest.approx(1.0)
    assert all(value == pytest.approx(0.25) for value in result.values())


def test_as_steep_at_the_wrong_place():
    samples = [face | dict(uv_z=face["gt_uv_z"].flip(-1), face_mask_uv=torch.ones(1, SIZE, SIZE)) for face in faces()]
    _, result = evaluated(samples, head=None)
    assert result["slope/energy"] == pytest.approx(1.0)
    assert abs(result["slope/correlation"]) < 0.1
    assert set(result) == {"slope/energy", "slope/correlation"}


def test_a_flat_face_has_no_energy_and_no_correlation():
    metric, result = evaluated([face | dict(uv_z=torch.zeros(1, SIZE, SIZE).double()) for face in faces()])
    assert math.isnan(result.pop("slope/correlation")) and set(result.values()) == {0.0}
    assert metric.improves_upwards("slope/energy") and metric.improves_upwards("slope/brow")


def test_a_part_without_truth_is_nan():
    chart = face_chart(SIZE)
    brow = (face_part_at(chart.x, chart.y) == list(FACE_PARTS).index("brow"))[None]
    samples = [face | dict(face_mask_uv=face["face_mask_uv"] * ~brow) for face in faces()]
    _, result = evaluated(samples)
    assert math.isnan(result["slope/brow"]) and math.isfinite(result["slope/eyes"])
    with pytest.raises(ValueError, match="has no slopes"):
        evaluated([face | dict(gt_uv_z=torch.zeros(1, SIZE, SIZE)) for face in samples])


def test_another_heads_chart_is_refused():
    with pytest.raises(ValueError, match="face_mask_uv has texels off the face of head='anny'"):
        evaluated([face | dict(face_mask_uv=torch.ones(1, SIZE, SIZE)) for face in faces()])
    with pytest.raises(ValueError, match="2 x 3 are no charts"):
        evaluated([dict(uv_z=torch.rand(1, 2, 3), gt_uv_z=torch.rand(1, 2, 3))])
