import math

import pytest
import torch
import trimesh

from aucgan.action_units import AU_NAMES
from aucgan.evaluation.metrics.au_intensity import correlation, icc31
from aucgan.evaluation.metrics.chamfer_distance import chamfer_distance
from aucgan.frozen.face_recognition import VGGFace2Embedding
from aucgan.models.component import Component
from aucgan.registry import METRICS, MODELS


def evaluated(metric, samples):
    """The metric after what mmengine's evaluator does (process in batches, then evaluate), and its scores."""
    metric = METRICS.build(metric)
    for start in range(0, len(samples), 2):
        metric.process({}, samples[start : start + 2])
    return metric, metric.evaluate(size=len(samples))


def evaluate(metric, samples):
    return evaluated(metric, samples)[1]


def labels(**present):
    aus = torch.zeros(41)
    for name, value in present.items():
        aus[AU_NAMES.index(name)] = value
    return aus


def test_f1_of_known_counts():
    # AU1: detected rightly once, missed once, falsely once -> F1 = 2/(2+1+1); AU4: always right.
    said = [labels(AU1=0.9, AU4=0.5), labels(AU1=0.1), labels(AU1=0.6), labels(AU1=0.9)]
    true = [labels(AU1=1.0, AU4=0.2), labels(AU1=0.5), labels(), labels(AU1=-1.0)]
    result = evaluate(dict(type="AUF1"), [dict(au_probs=p, aus=a) for p, a in zip(said, true, strict=True)])
    assert result["au/f1_AU1"] == pytest.approx(0.5)
    assert result["au/f1_AU4"] == 1.0
    assert result["au/macro_f1"] == pytest.approx(0.75)
    assert result["au/accuracy"] == pytest.approx((1 / 3 + 1.0) / 2)
    assert "au/f1_AU2" not in result


def test_f1_headline_leaves_sides_out():
    said, true = labels(AU1=1.0), labels(AU1=1.0, AUL1=1.0)
    result = evaluate(dict(type="AUF1"), [dict(au_probs=said, aus=true)])
    assert result["au/macro_f1"] == 1.0
    assert result["au/macro_f1_all"] == 0.5


def test_f1_without_any_positive_label_is_nan():
    result = evaluate(dict(type="AUF1"), [dict(au_probs=labels(), aus=labels())])
    assert math.isnan(result["au/macro_f1"])


def test_icc_of_shrout_and_fleiss_form():
    # ICC(3,1) forgives an offset between the raters, and a scale only partly.
    x = torch.linspace(0, 1, 11).double().cpu().numpy()
    assert icc31(x, x + 0.3) == pytest.approx(1.0)
    assert icc31(x, 2 * x) == pytest.approx(0.8)
    assert icc31(x, -x) == pytest.approx(-1.0)
    assert correlation(x, 2 * x) == pytest.approx(1.0)


def test_icc_against_the_mean_squares():
    generator = torch.Generator().manual_seed(0)
    ratings = torch.rand(20, 2, generator=generator).double()
    grand, rows, columns = ratings.mean(), ratings.mean(1, keepdim=True), ratings.mean(0, keepdim=True)
    between = 2 * (rows - grand).square().sum() / 19
    error = (ratings - rows - columns + grand).square().sum() / 19
    expected = (between - error) / (between + error)
    assert icc31(*ratings.cpu().numpy().T) == pytest.approx(float(expected))


def test_intensities_skip_unknown_and_constant_units():
    samples = [
        dict(au_probs=labels(AU1=0.1, AU2=0.5), aus=labels(AU1=0.0)),
        dict(au_probs=labels(AU1=0.6, AU2=0.7), aus=labels(AU1=0.5)),
        dict(au_probs=labels(AU1=0.9, AU2=0.9), aus=labels(AU1=-1.0)),
    ]
    result = evaluate(dict(type="AUIntensity"), samples)
    assert result["au_intensity/icc"] == pytest.approx(1.0)
    assert result["au_intensity/mae"] == pytest.approx(0.1)


def test_landmark_error_is_relative_to_the_eyes():
    target = torch.zeros(68, 2)
    target[45, 0] = 0.5
    shifted = target + torch.tensor([0.03, 0.04])
    samples = [dict(landmarks=shifted, gt_landmarks=target), dict(landmarks=target, gt_landmarks=target)]
    result = evaluate(dict(type="LandmarkNME"), samples)
    assert result["landmarks/nme"] == pytest.approx(5.0, rel=1e-5)


def displacement(values):
    return torch.tensor(values).reshape(1, 1, -1) / 1000


def test_displacement_r2_spans_the_split():
    truth = [displacement([1.0, 2.0, 9.0]), displacement([3.0, 4.0, 9.0])]
    pred = [displacement([1.0, 2.0, 0.0]), displacement([3.0, 3.0, 0.0])]
    mask = torch.tensor([1.0, 1.0, 0.0]).reshape(1, 1, 3)
    samples = [dict(uv_z=p, gt_uv_z=t, face_mask_uv=mask) for p, t in zip(pred, truth, strict=True)]
    result = evaluate(dict(type="DisplacementError"), samples)
    assert result["displacement/r2"] == pytest.approx(1 - 1.0 / 5.0, abs=1e-5)
    assert result["displacement/l1_mm"] == pytest.approx(0.25, abs=1e-5)
    assert result["displacement/zero_l1_mm"] == pytest.approx(2.5, abs=1e-5)


def test_displacement_r2_of_the_mean_is_zero():
    truth = [displacement([0.0, 2.0]), displacement([4.0, 6.0])]
    result = evaluate(dict(type="DisplacementError"), [dict(uv_z=displacement([3.0, 3.0]), gt_uv_z=t) for t in truth])
    assert result["displacement/r2"] == pytest.approx(0.0, abs=1e-5)


def normals(degrees, size=4):
    angle = torch.deg2rad(torch.tensor(degrees))
    return torch.stack([angle.sin(), torch.tensor(0.0), angle.cos()])[:, None, None].expand(3, size, size)


def test_normal_angles_and_improvement():
    sample = dict(normals_uv=normals(6.0), coarse_normals_uv=normals(10.0), gt_normals_uv=normals(0.0))
    result = evaluate(dict(type="NormalAngularError"), [sample, sample])
    assert result["normals/detail_deg"] == pytest.approx(6.0, abs=1e-4)
    assert result["normals/coarse_deg"] == pytest.approx(10.0, abs=1e-4)
    assert result["normals/improvement_percent"] == pytest.approx(40.0, abs=1e-3)


def test_small_angles_are_not_lost():
    sample = dict(normals_uv=normals(0.01), gt_normals_uv=normals(0.0))
    assert evaluate(dict(type="NormalAngularError"), [sample]) == {"normals/detail_deg": pytest.approx(0.01, rel=1e-3)}


def test_photometric_error_counts_the_mask_alone():
    image = torch.zeros(3, 2, 2)
    pred, coarse = image + 0.1, image + 0.4
    pred[:, 0, 0] = 1.0
    mask = torch.ones(1, 2, 2)
    mask[:, 0, 0] = 0.0
    sample = dict(pred_image=pred, coarse_image=coarse, image=image, mask=mask)
    result = evaluate(dict(type="PhotometricError"), [sample])
    assert result["photo/l1"] == pytest.approx(0.1)
    assert result["photo/improvement_percent"] == pytest.approx(75.0)
    del sample["coarse_image"]
    assert set(evaluate(dict(type="PhotometricError"), [sample])) == {"photo/l1"}


def test_protocols_choose_units_and_what_counts_as_present():
    said = [labels(AU1=0.9, AU4=0.9, AU12=0.9), labels(AU1=0.9, AU4=0.1, AU12=0.9)]
    true = [labels(AU1=0.4, AU4=1.0, AU12=1.0), labels(AU1=0.2, AU4=1.0, AU12=1.0)]
    samples = [dict(au_probs=p, aus=a) for p, a in zip(said, true, strict=True)]
    disfa = evaluate(dict(type="AUF1", units=[1, 4], present_above=0.3), samples)
    assert disfa["au/f1_AU1"] == disfa["au/f1_AU4"] == disfa["au/macro_f1"] == pytest.approx(2 / 3)
    assert disfa["au/f1_AU12"] == 1.0
    with pytest.raises(ValueError, match=r"FACS numbers among 1, 2, .* got \[3\]"):
        METRICS.build(dict(type="AUF1", units=[3]))


def test_intensities_of_every_unit_are_reported():
    x = [0.0, 0.5, 1.0]
    samples = [dict(au_probs=labels(AU6=v / 2, AU12=v), aus=labels(AU6=v, AU12=v)) for v in x]
    result = evaluate(dict(type="AUIntensity", units=[6]), samples)
    assert result["au_intensity/icc_AU6"] == result["au_intensity/icc"] == pytest.approx(0.8)
    assert result["au_intensity/correlation_AU6"] == pytest.approx(1.0)
    assert "au_intensity/icc_AU12" not in result


def test_every_sample_keeps_its_own_values():
    truth = [displacement([1.0, 2.0]), displacement([3.0, 4.0]), displacement([5.0, 6.0])]
    pred = [displacement([1.0, 2.0]), displacement([3.0, 3.0]), displacement([5.0, 3.0])]
    samples = [dict(uv_z=p, gt_uv_z=t) for p, t in zip(pred, truth, strict=True)]
    metric, result = evaluated(dict(type="DisplacementError"), samples)
    values = metric.sample_values
    assert values["displacement/l1_mm"] == pytest.approx([0.0, 0.5, 1.5], abs=1e-5)
    assert values["displacement/r2"].mean() == pytest.approx(result["displacement/r2"])
    assert values["displacement/r2"] == pytest.approx([1.0, 1 - 3 / 17.5, 1 - 27 / 17.5], abs=1e-5)
    assert metric.improves_upwards("displacement/r2") and not metric.improves_upwards("displacement/l1_mm")


def test_values_of_samples_average_to_the_score_when_masks_are_alike():
    samples = [
        dict(normals_uv=normals(d), coarse_normals_uv=normals(9.0), gt_normals_uv=normals(0.0)) for d in (2.0, 4)
    ]
    metric, result = evaluated(dict(type="NormalAngularError"), samples)
    assert metric.sample_values["normals/detail_deg"] == pytest.approx([2.0, 4.0], abs=1e-4)
    assert metric.sample_values["normals/coarse_deg"].mean() == pytest.approx(result["normals/coarse_deg"])


def test_a_sample_without_anything_known_has_no_value():
    samples = [dict(au_probs=labels(AU1=0.9), aus=labels(AU1=1.0)), dict(au_probs=labels(), aus=labels() - 1)]
    metric, _ = evaluated(dict(type="AUF1"), samples)
    assert metric.sample_values["au/accuracy"][0] == metric.sample_values["au/sample_f1"][0] == 1.0
    assert all(math.isnan(column[1]) for column in metric.sample_values.values())
    metric, _ = evaluated(dict(type="AUIntensity"), samples)
    assert metric.sample_values["au_intensity/mae"][0] == pytest.approx(0.1 / 27)
    empty = torch.zeros(1, 2, 2)
    sample = dict(pred_image=torch.ones(3, 2, 2), image=torch.zeros(3, 2, 2), mask=torch.ones(1, 2, 2))
    metric, _ = evaluated(dict(type="PhotometricError"), [sample, sample | dict(mask=empty)])
    assert metric.sample_values["photo/l1"] == pytest.approx([1.0, float("nan")], nan_ok=True)


@MODELS.register_module()
class BrightnessJudge(Component):
    """Says of every action unit how bright the picture is."""

    def forward(self, image):
        return image.mean((1, 2, 3))[:, None].expand(-1, 41), image.new_zeros(len(image), 27, 1)


def pictures(render, photo, coarse=None, mask=1.0):
    shades = dict(pred_image=render, image=photo, coarse_image=coarse)
    sample = {key: torch.full((3, 8, 8), shade) for key, shade in shades.items() if shade is not None}
    return sample | dict(mask=torch.full((1, 8, 8), mask))


def test_the_judge_compares_render_and_photo():
    samples = [pictures(0.5, 0.7, 0.3), pictures(0.3, 0.2, 0.6)]
    metric, result = evaluated(dict(type="AUConsistency", judge=dict(type="BrightnessJudge")), samples)
    assert metric.sample_values["au_judge/mae"] == pytest.approx([0.2, 0.1])
    assert metric.sample_values["au_judge/coarse_mae"] == pytest.approx([0.4, 0.4])
    assert result["au_judge/mae"] == pytest.approx(0.15)
    assert result["au_judge/improvement_percent"] == pytest.approx(62.5)
    assert result["au_judge/correlation"] == pytest.approx(1.0)
    assert result["au_judge/f1"] == 1.0
    assert "au_judge/macro_f1" not in result


def test_the_judge_sees_the_render_inside_the_mask_alone():
    result = evaluate(dict(type="AUConsistency", judge=dict(type="BrightnessJudge")), [pictures(1.0, 0.5, mask=0.25)])
    assert result["au_judge/mae"] == pytest.approx(0.125)
    assert "au_judge/coarse_mae" not in result


def test_the_judge_is_compared_with_labels_where_there_are_any():
    samples = [pictures(0.1, 0.9, 0.1) | dict(aus=labels(AU1=1.0)), pictures(0.9, 0.9, 0.1) | dict(aus=labels(AU1=1.0))]
    result = evaluate(dict(type="AUConsistency", judge=dict(type="BrightnessJudge")), samples)
    assert result["au_judge/macro_f1"] == pytest.approx(2 / 3)
    assert result["au_judge/photo_macro_f1"] == 1.0
    assert result["au_judge/coarse_macro_f1"] == 0.0


def test_a_face_is_recognised_as_itself(monkeypatch):
    # the embedding itself has tests of its own; here it is the mean colour
    monkeypatch.setattr(VGGFace2Embedding, "forward", lambda self, image: image.mean((2, 3)))
    photo = torch.tensor([1.0, 0.0, 0.0])[:, None, None].expand(3, 4, 4)
    other = torch.tensor([1.0, 1.0, 0.0])[:, None, None].expand(3, 4, 4)
    samples = [dict(pred_image=p, coarse_image=other, image=photo, mask=torch.ones(1, 4, 4)) for p in (photo, other)]
    metric, result = evaluated(dict(type="IdentitySimilarity", weights="random"), samples)
    assert metric.sample_values["identity/similarity"] == pytest.approx([1.0, 0.5**0.5])
    assert result["identity/coarse_similarity"] == pytest.approx(0.5**0.5)


def head(points, faces, scale=1.0, shift=0.0):
    """A sample's predicted and true mesh: the true one scaled and shifted is the prediction."""
    points = torch.as_tensor(points, dtype=torch.float64) / 10  # a head of 20 cm
    landmarks = torch.zeros(68, 3, dtype=torch.float64)
    landmarks[[36, 39, 42, 45, 33, 48, 54]] = (
        0.1
        * torch.tensor(
            [
                [-0.8, 0.4, 0.4],
                [-0.3, 0.4, 0.8],
                [0.3, 0.4, 0.8],
                [0.8, 0.4, 0.4],
                [0, -0.1, 1],
                [-0.4, -0.5, 0.7],
                [0.4, -0.5, 0.7],
            ]
        ).double()
    )
    return dict(
        verts=points * scale + shift,
        landmarks3d=landmarks * scale + shift,
        gt_verts=points,
        gt_landmarks3d=landmarks,
        faces=torch.as_tensor(faces),
    )


def test_distances_of_meshes_forgive_scale_and_place():
    sphere = trimesh.creation.icosphere(subdivisions=2)
    samples = [head(sphere.vertices, sphere.faces, scale, shift) for scale, shift in ((1.0, 0.0), (3.0, 0.7))]
    distances = evaluate(dict(type="ScanToMeshDistance"), samples)
    assert all(value == pytest.approx(0.0, abs=1e-6) for value in distances.values()) and len(distances) == 3
    assert evaluate(dict(type="ChamferDistance"), samples)["chamfer/mm"] == pytest.approx(0.0, abs=1e-6)


def test_distances_of_meshes_in_millimetres():
    sphere = trimesh.creation.icosphere(subdivisions=3)
    sample = head(sphere.vertices, sphere.faces)
    sample["gt_verts"] = sample["verts"] * 1.02  # a head of 10 cm radius, 2 mm larger, with landmarks in their places
    metric, result = evaluated(dict(type="ScanToMeshDistance", refine=False), [sample])
    assert result["scan_to_mesh/mean_mm"] == pytest.approx(2.0, abs=0.01)
    assert metric.sample_values["scan_to_mesh/median_mm"] == pytest.approx([2.0], abs=0.01)
    assert evaluate(dict(type="ChamferDistance"), [sample])["chamfer/mm"] == pytest.approx(2.0, abs=0.01)
    far = sample | dict(verts=sample["verts"] + 1.0)
    assert evaluate(dict(type="ChamferDistance", align=False), [far])["chamfer/mm"] > 1000


def test_mesh_error_tells_the_head_from_its_motion():
    still, moved = torch.zeros(4, 3), torch.zeros(4, 3)
    moved[1], moved[3] = torch.tensor([0.003, 0.004, 0.0]), torch.tensor([0.0, 0.0, 0.005])
    head = torch.rand(4, 3, generator=torch.Generator().manual_seed(0))
    right = dict(neutral=head, gt_neutral=head, motion=moved, gt_motion=moved)
    half = dict(neutral=head + torch.tensor([0.0, 0.002, 0.0]), gt_neutral=head, motion=moved / 2, gt_motion=moved)
    metric, result = evaluated(dict(type="MeshError"), [right, half])
    assert result["mesh/still_mm"] == pytest.approx(2.5)  # two of four vertices move by 5 mm
    assert result["mesh/neutral_mm"] == pytest.approx((0 + 2) / 2, rel=1e-4)
    assert result["mesh/motion_mm"] == pytest.approx((0 + 1.25) / 2)
    assert result["mesh/motion_explained"] == pytest.approx(1 - 0.25 / 2)
    assert metric.sample_values["mesh/motion_explained"] == pytest.approx([1.0, 0.75])
    _, lazy = evaluated(dict(type="MeshError"), [right | dict(motion=still)])
    assert lazy["mesh/motion_explained"] == pytest.approx(0.0)


def test_chamfer_distance_against_the_naive_twin():
    a, b = (torch.rand(n, 3, generator=torch.Generator().manual_seed(n)).double().cpu().numpy() for n in (40, 30))
    pairs = ((a[:, None] - b[None]) ** 2).sum(-1) ** 0.5
    assert chamfer_distance(a, b) == pytest.approx((pairs.min(1).mean() + pairs.min(0).mean()) / 2)
    with pytest.raises(ValueError, match="both sides, got 40 and 0"):
        chamfer_distance(a, b[:0])


def test_every_metric_is_exported():
    import aucgan.evaluation as package

    METRICS.import_from_location()
    ours = [name for name, metric in METRICS.module_dict.items() if metric.__module__.startswith("aucgan.")]
    assert sorted(ours) == sorted(package.__all__)


NEEDED = dict(
    AUF1={}, AUIntensity={}, DisplacementError={}, LandmarkNME={}, NormalAngularError={}, PhotometricError={},
    ScanToMeshDistance={}, ChamferDistance={}, MeshError={}, AUConsistency=dict(judge=dict(type="BrightnessJudge")),
    IdentitySimilarity=dict(weights="random"), PhotoShare={}, SlopeEnergy={},
)  # fmt: skip


@pytest.mark.parametrize("name", NEEDED)
def test_missing_keys_are_named(name):
    with pytest.raises(ValueError, match=f"{name} needs .* but the model gives other"):
        METRICS.build(dict(type=name, **NEEDED[name])).process({}, [dict(other=torch.zeros(1))])


def test_unequal_shapes_are_named():
    sample = dict(uv_z=torch.zeros(1, 4, 4), gt_uv_z=torch.zeros(1, 8, 8))
    with pytest.raises(ValueError, match=r"uv_z \(1, 4, 4\), gt_uv_z \(1, 8, 8\)"):
        METRICS.build(dict(type="DisplacementError")).process({}, [sample])
