"""Metrics against sums written out sample by sample, on data with nothing symmetric about it."""

import math

import numpy as np
import pytest
import torch
from scipy import special
from scipy.spatial.transform import Rotation

from aucgan.evaluation.metrics.pasted_renders import pasted_renders
from aucgan.evaluation.metrics.sample_metric import SampleMetric, improvement_percent, mask_of, ratios
from aucgan.evaluation.scans.closest_point import Surface, _parts
from aucgan.evaluation.scans.now_protocol import SEVEN_OF_68, face_region, scan_to_mesh
from aucgan.evaluation.scans.registration import _measure, refine_alignment
from aucgan.evaluation.scans.similarity_transform import Similarity, align_points
from aucgan.evaluation.statistics.jackknife import pseudo_values
from aucgan.evaluation.statistics.paired_test import Difference, Spread, _inverse_trigamma, compare_means
from aucgan.registry import METRICS


def rand(*shape, seed=0):
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def evaluated(metric, samples):
    metric = METRICS.build(metric)
    metric.process({}, samples)
    return metric, metric.evaluate(size=len(samples))


def test_colours_of_several_samples_pixel_by_pixel():
    samples = [
        dict(
            pred_image=rand(3, 4, 5, seed=i), image=rand(3, 4, 5, seed=10 + i), coarse_image=rand(3, 4, 5, seed=20 + i),
            mask=(rand(1, 4, 5, seed=30 + i) > 0.3 * i).double(),
        )
        for i in range(3)
    ]  # fmt: skip
    errors = {"pred_image": [], "coarse_image": []}
    for sample in samples:
        inside = sample["mask"][0] > 0.5
        for key, found in errors.items():
            found.append([abs(float(v)) for v in (sample[key] - sample["image"])[:, inside].flatten()])
    l1, coarse = (sum(map(sum, found)) / sum(map(len, found)) for found in errors.values())
    metric, result = evaluated(dict(type="PhotometricError"), samples)
    assert result["photo/l1"] == pytest.approx(l1) and result["photo/coarse_l1"] == pytest.approx(coarse)
    assert result["photo/improvement_percent"] == pytest.approx(100 * (1 - l1 / coarse))
    for name, key in (("l1", "pred_image"), ("coarse_l1", "coarse_image")):
        assert metric.sample_values[f"photo/{name}"] == pytest.approx([np.mean(values) for values in errors[key]])
    with pytest.raises(ValueError, match="PhotometricError: the mask is empty in every sample"):
        evaluated(dict(type="PhotometricError"), [samples[0] | dict(mask=torch.zeros(1, 4, 5))])
    with pytest.raises(ValueError, match=r"coarse_image \(3, 4, 4\), image \(3, 4, 5\)"):
        evaluated(dict(type="PhotometricError"), [samples[0] | dict(coarse_image=rand(3, 4, 4))])


def test_angles_of_several_samples_texel_by_texel():
    samples = [
        dict(
            normals_uv=rand(3, 4, 5, seed=i) - 0.5, gt_normals_uv=rand(3, 4, 5, seed=9 + i) - 0.5,
            coarse_normals_uv=rand(3, 4, 5, seed=19 + i) - 0.5,
            face_mask_uv=(rand(1, 4, 5, seed=29 + i) > 0.4).double(),
        )
        for i in range(2)
    ]  # fmt: skip

    def angles(sample, key):
        inside = sample["face_mask_uv"][0] > 0.5
        pairs = zip(sample[key][:, inside].T, sample["gt_normals_uv"][:, inside].T, strict=True)
        return [math.degrees(math.acos(float(a @ b / (a.norm() * b.norm())))) for a, b in pairs]

    found = {key: [angles(sample, key) for sample in samples] for key in ("normals_uv", "coarse_normals_uv")}
    detail, coarse = (sum(map(sum, lists)) / sum(map(len, lists)) for lists in found.values())
    metric, result = evaluated(dict(type="NormalAngularError"), samples)
    assert result["normals/detail_deg"] == pytest.approx(detail) and result["normals/coarse_deg"] == pytest.approx(
        coarse
    )
    assert result["normals/improvement_percent"] == pytest.approx(100 * (coarse - detail) / coarse)
    assert metric.sample_values["normals/coarse_deg"] == pytest.approx(list(map(np.mean, found["coarse_normals_uv"])))
    with pytest.raises(ValueError, match="face_mask_uv is empty in every sample"):
        evaluated(dict(type="NormalAngularError"), [samples[0] | dict(face_mask_uv=torch.zeros(1, 4, 5))])


def test_an_empty_face_has_no_displacement_error():
    sample = dict(uv_z=rand(1, 4, 4), gt_uv_z=rand(1, 4, 4, seed=1))
    with pytest.raises(ValueError, match="face_mask_uv is empty"):
        evaluated(dict(type="DisplacementError"), [sample | dict(face_mask_uv=torch.zeros(1, 4, 4))])
    flat = dict(uv_z=rand(1, 4, 4), gt_uv_z=torch.full((1, 4, 4), 0.25, dtype=torch.float64))
    metric, result = evaluated(dict(type="DisplacementError"), [flat])
    assert math.isnan(result["displacement/r2"]) and np.isnan(metric.sample_values["displacement/r2"]).all()
    assert result["displacement/zero_l1_mm"] == pytest.approx(250)
    mixed = [sample, sample | dict(face_mask_uv=torch.zeros(1, 4, 4))]
    metric, _ = evaluated(dict(type="DisplacementError"), mixed)
    assert np.isnan(metric.sample_values["displacement/l1_mm"][1])


def test_landmarks_that_cannot_be_scaled_are_left_out():
    target = rand(68, 2)
    samples = [dict(landmarks=target + shift, gt_landmarks=target) for shift in (0.1, 0.2, 0.6)]
    size = float((target[36] - target[45]).norm())
    same = target.clone()
    same[45] = same[36]
    metric, result = evaluated(dict(type="LandmarkNME"), [*samples, dict(landmarks=target, gt_landmarks=same)])
    percent = [100 * shift * 2**0.5 / size for shift in (0.1, 0.2, 0.6)]
    assert result["landmarks/nme"] == pytest.approx(np.mean(percent))
    assert result["landmarks/nme_median"] == pytest.approx(percent[1])
    assert metric.sample_values["landmarks/nme"] == pytest.approx([*percent, math.nan], nan_ok=True)


def test_pasted_renders_are_mixed_by_the_mask_and_stay_in_range():
    samples = [
        dict(image=rand(3, 2, 2, seed=i), pred_image=3 * rand(3, 2, 2, seed=5 + i) - 1, mask=rand(1, 2, 2, seed=9 + i))
        for i in range(2)
    ]
    pictures = pasted_renders(samples)
    assert set(pictures) == {"photo", "render"}
    for i, sample in enumerate(samples):
        mixed = sample["mask"] * sample["pred_image"] + (1 - sample["mask"]) * sample["image"]
        torch.testing.assert_close(pictures["render"][i], mixed.clamp(0, 1))
        torch.testing.assert_close(pictures["photo"][i], sample["image"])
    with_coarse = [sample | dict(coarse_image=sample["image"]) for sample in samples]
    torch.testing.assert_close(pasted_renders(with_coarse)["coarse"], pictures["photo"])
    assert "coarse" not in pasted_renders([with_coarse[0], samples[1]])


def test_masks_and_means_of_nothing():
    like = torch.zeros(3, 2, 3)
    assert mask_of({}, "mask", like).shape == (2, 3) and mask_of({}, "mask", like).all()
    values = torch.tensor([[[0.0, 0.5, 0.51], [1.0, 0.2, 2.0]]])
    assert mask_of({"mask": values}, "mask", like).tolist() == [[False, False, True], [True, False, True]]
    with pytest.raises(ValueError, match=r"mask is \(1, 3, 2\), but what it masks is \(3, 2, 3\)"):
        mask_of({"mask": torch.zeros(1, 3, 2)}, "mask", like)
    assert ratios([3.0, 1.0], [2, 0]) == pytest.approx([1.5, math.nan], nan_ok=True)
    assert improvement_percent(4.0, 3.0) == 25 and math.isnan(improvement_percent(0.0, 1.0))


def test_pseudo_values_by_hand():
    def summarise(results):
        scores = dict(mean=np.mean(results), squares=np.mean(results) ** 2, table=np.ones(2))
        return scores if len(results) > 2 else {k: v for k, v in scores.items() if k != "squares"}

    found = pseudo_values(summarise, [1.0, 2.0, 6.0])
    assert set(found) == {"mean", "squares"} and found["mean"] == pytest.approx([1, 2, 6])
    assert np.isnan(found["squares"]).all() and len(found["squares"]) == 3
    squares = pseudo_values(summarise, [1.0, 2.0, 6.0, 3.0])["squares"]
    assert squares == pytest.approx([4 * 9 - 3 * m**2 for m in (11 / 3, 10 / 3, 2, 3)])
    assert pseudo_values(lambda results: dict(mean=np.mean(results)), [1.0, 4.0])["mean"] == pytest.approx([1, 4])
    alone = pseudo_values(summarise, [5.0])
    assert alone["mean"].tolist() == [5.0]


def test_a_rotation_needs_a_plane_of_points_and_no_more():
    flat = np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]])
    turn = Rotation.from_rotvec([0.3, -0.2, 0.5]).as_matrix()
    truth = Similarity(2.5, turn, np.array([1.0, 2, 3]))
    found = align_points(flat, truth.apply(flat))
    assert found.scale == pytest.approx(2.5) and found.rotation == pytest.approx(turn)
    rigid = align_points(flat, truth.apply(flat), with_scale=False)
    assert rigid.rotation == pytest.approx(turn) and rigid.scale == 1
    assert rigid.apply(flat).mean(0) == pytest.approx(truth.apply(flat).mean(0))
    for broken in (np.nan, np.inf):
        for which in range(2):
            pair = [flat.copy(), flat.copy()]
            pair[which][1, 1] = broken
            with pytest.raises(ValueError, match="must be finite"):
                align_points(*pair)
    for shape in ((2, 3), (4, 2)):
        with pytest.raises(ValueError, match="at least 3 points"):
            align_points(np.ones(shape), np.ones(shape))
    nearly = flat + 0
    nearly[2] = [0.5, 1e-3, 0]  # hardly off the line, and enough
    assert align_points(nearly, nearly).rotation == pytest.approx(np.eye(3))


def test_the_scan_s_distances_are_in_the_scan_s_unit():
    verts = np.array([[-5.0, -5, 0], [5, -5, 0], [5, 5, 0], [-5, 5, 0]])
    faces = np.array([[0, 1, 2], [0, 2, 3]])
    landmarks = np.array(
        [[-0.9, 0.4, 0], [-0.3, 0.4, 0], [0.3, 0.4, 0], [0.9, 0.4, 0], [0, -0.2, 0], [-0.5, -0.7, 0], [0.5, -0.7, 0]]
    )
    scan = np.array([[0.1, 0.0, 0.2], [-0.2, 0.1, -0.05], [40.0, 0, 0]])
    small = Surface(0.1 * verts, faces)
    result = scan_to_mesh(scan, landmarks, small, 0.1 * landmarks, refine=False)
    assert result.distances == pytest.approx([0.2, 0.05]) and result.alignment.scale == pytest.approx(10)
    picked = landmarks + np.array([[0, 0, s] for s in (0.1, -0.1, 0, 0, 0, 0, 0)])
    error = scan_to_mesh(scan, picked, small, 0.1 * landmarks, refine=False)
    residual = error.alignment.apply(0.1 * landmarks) - picked
    assert error.landmark_error == pytest.approx(np.sqrt((residual**2).sum() / 7)) and error.landmark_error > 0.01
    assert face_region(scan, landmarks, radius=50).all()


def test_normals_of_a_surface_point_by_the_right_hand():
    verts = np.array([[0.0, 0, 0], [2, 0, 0], [0, 3, 0], [0, 0, 1]])
    surface = Surface(verts, np.array([[0, 1, 2], [0, 3, 1], [0, 0, 1], [1, 2, 3]]))
    slanted = np.array([3.0, 2.0, 6.0]) / 7
    assert surface.normals() == pytest.approx(np.array([[0, 0, 1], [0, 1, 0], [0, 0, 0], slanted]))
    hit = surface.closest(np.array([[0.5, 0.5, -2.0], [0.5, -3.0, 0.2]]))
    assert hit.faces.tolist() == [0, 1] and hit.distances == pytest.approx([2.0, 3.0])
    assert hit.points == pytest.approx(np.array([[0.5, 0.5, 0], [0.5, 0, 0.2]]))
    assert surface.closest(np.zeros((0, 3))).distances.shape == (0,)


@pytest.mark.parametrize(
    ("verts", "faces"), [((3,), (1, 3)), ((3, 2), (1, 3)), ((3, 3), (3,)), ((3, 3), (1, 4)), ((3, 3), (0, 3))]
)
def test_a_surface_s_shapes_are_checked(verts, faces):
    with pytest.raises(ValueError, match=r"verts \(V, 3\) and at least one face \(F, 3\)"):
        Surface(np.ones(verts), np.zeros(faces, int))


def test_parts_hold_so_many_pairs_and_everything_once():
    indices = np.arange(1000)
    for k, step in ((1 << 10, 256), (1 << 12, 64), (1 << 20, 1)):
        parts = list(_parts(indices, k))
        assert np.array_equal(np.concatenate(parts), indices) and len(parts[0]) == step


def test_an_interval_without_chance_or_with_nothing_but_chance():
    assert compare_means(0.5, []) == Difference(0.5, 0.5, 0.5, 0.0)
    assert compare_means(0.0, []) == Difference(0.0, 0.0, 0.0, 1.0)
    assert compare_means(0.5, [Spread(math.inf, 1.0)]) == Difference(0.5, -math.inf, math.inf, 1.0)
    mixed = compare_means(2.0, [Spread(1.0, 4.0), Spread(0.0, 0.0)])
    assert mixed.high == pytest.approx(2 + 2.776445) and mixed.low == pytest.approx(2 - 2.776445)


@pytest.mark.parametrize("name", ["IdentitySimilarity", "AUConsistency"])
def test_judges_build_no_graph(name, monkeypatch):
    class Judge(torch.nn.Module):
        def forward(self, image):
            numbers = image.mean((2, 3)).repeat(1, 14)[:, :41]
            return numbers if name == "IdentitySimilarity" else (numbers, None)

    metric = METRICS.get(name).__new__(METRICS.get(name))
    monkeypatch.setattr(metric, "judge", Judge(), raising=False)
    monkeypatch.setattr(metric, "embed", Judge(), raising=False)
    picture = rand(3, 4, 4).requires_grad_(True)
    (sample,) = metric.prepare(
        [dict(image=rand(3, 4, 4, seed=1), pred_image=picture, mask=torch.ones(1, 4, 4).double())]
    )
    added = set(sample) - {"image", "pred_image", "mask"}
    assert added and not any(sample[key].requires_grad for key in added)


def test_the_cost_of_an_alignment_is_the_mean_square_in_the_scan_s_unit():
    plate = Surface(np.array([[-9.0, -9, 0], [9, -9, 0], [0, 9, 0]]), np.array([[0, 1, 2]]))
    transform = Similarity(3.0, np.eye(3), np.array([0.0, 0.0, 1.0]))
    points = np.array([[0.0, 0.0, 1.5], [0.3, 0.2, -1.0], [0.1, 0.1, 1.0]])
    hit, cost = _measure(plate, points, transform)
    assert cost == pytest.approx((0.5**2 + 2.0**2 + 0) / 3)
    assert hit.distances == pytest.approx([0.5 / 3, 2 / 3, 0])


def test_hardly_damped_two_steps_undo_a_small_motion():
    """Three perpendicular plates fix rotation and translation; the fourth, slanted, the scale."""
    corners = np.array([[0.0, 0, 0], [4, 0, 0], [0, 4, 0], [0, 0, 4]])
    surface = Surface(corners, np.array([[0, 1, 2], [0, 1, 3], [0, 2, 3], [1, 2, 3]]))
    weights = np.random.default_rng(0).dirichlet([3, 3, 3], (4, 30))
    points = (weights[..., None] * surface.triangles[:, None]).sum(2).reshape(-1, 3)
    start = Similarity(1.01, Rotation.from_rotvec([0.01, -0.02, 0.015]).as_matrix(), np.array([0.03, -0.02, 0.01]))
    costs = [_measure(surface, points, refine_alignment(surface, points, start, n))[1] for n in (0, 1, 2)]
    assert costs[1] < 1e-2 * costs[0] and costs[2] < 1e-5 * costs[0]


@pytest.mark.parametrize("missing", ["measure", "summarise", "per_sample"])
def test_a_metric_says_what_it_measures_and_how_it_sums_up(missing):
    methods = {name: lambda self, x: x for name in ("measure", "summarise", "per_sample") if name != missing}
    with pytest.raises(TypeError, match=missing):
        type("Half", (SampleMetric,), methods)()


def test_the_trigamma_function_is_inverted_over_its_whole_range():
    for x in (3e-11, 1e-3, 0.7, 5.0, 1e6, 5e10):
        assert _inverse_trigamma(special.polygamma(1, x)) == pytest.approx(x, rel=1e-6)


def test_the_seven_landmarks_among_the_68():
    """Eyes run 36-41 and 42-47 from their left corners in the picture, the nose's base 31-35, the mouth from 48."""
    assert SEVEN_OF_68 == (36, 36 + 3, 42, 42 + 3, 31 + 2, 48, 48 + 6)
