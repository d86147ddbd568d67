"""Fits of heads whose codes are known."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from toy_head import FOCAL, N_IDENTITY, NAMES, SIZE, seen, toy_head

from aucgan.detection.mesh_points import N_POINTS, OUTLINE
from aucgan.fitting import FaceFitter, Start
from aucgan.fitting.fit_model import FitModel
from aucgan.registry import FITTERS

LOOSE = {
    "points": dict(type="DensePoints", weight=1.0, outline=1.0, turned=0.0, grazing=0.01),
    "identity": dict(type="IdentityPrior", weight=1e-3),
    "expression": dict(type="ExpressionPrior", weight=1e-3),
    "smoothness": dict(type="TemporalSmoothness"),
}
ALL = {
    "pose": dict(energies=("points",), unknowns=("pose",), iterations=5),
    "landmarks": dict(energies=tuple(LOOSE), iterations=25),
}


def fitter(head, energies=None, **settings):
    return FaceFitter(
        head, energies={**LOOSE, **(energies or {})}, stages=ALL, n_identity=N_IDENTITY, sliding=False, **settings
    )


def draw(count, seed=0, names=NAMES):
    rng = torch.Generator().manual_seed(seed)
    codes = torch.rand(count, len(names), generator=rng) * (torch.rand(count, len(names), generator=rng) > 0.5)
    shapes = 0.7 * torch.randn(count, N_IDENTITY, generator=rng)
    turn = 0.3 * (torch.rand(count, 3, generator=rng) - 0.5)
    shift = torch.tensor([0.0, 0.0, -0.6]) + 0.05 * (torch.rand(count, 3, generator=rng) - 0.5)
    return shapes, codes, turn, shift


def test_known_codes_come_back(head, model):
    shapes, codes, turn, shift = draw(4)
    faces, photos = seen(model, shapes, codes, turn, shift)
    fitted = fitter(head)(faces, photos, focal=[FOCAL] * 4)
    assert float(fitted.error.max()) < 2e-3
    jaw = NAMES.index("jawOpen")
    torch.testing.assert_close(fitted.expression[:, :jaw], codes[:, :jaw], atol=0.05, rtol=0)
    torch.testing.assert_close(fitted.jaw_pose[:, 0] / head.jaw_turns["jawOpen"][0], codes[:, jaw], atol=0.05, rtol=0)
    assert float((fitted.shape - shapes).abs().mean()) < 0.1
    torch.testing.assert_close(fitted.pose[:, :3], turn, atol=0.02, rtol=0)
    torch.testing.assert_close(fitted.translation, shift, atol=0.02, rtol=0)
    assert ((fitted.expression >= 0) & (fitted.expression <= 1)).all()


def test_mesh_and_points_belong_together(head, model):
    faces, photos = seen(model, *draw(2))
    fitted = fitter(head)(faces, photos, focal=[FOCAL] * 2)
    corners = torch.as_tensor(head.faces[head.dense_landmarks.faces])
    weights = torch.as_tensor(head.dense_landmarks.weights)
    points = (fitted.verts[:, corners] * weights[..., None]).sum(2)
    inner = np.setdiff1d(np.arange(N_POINTS), OUTLINE)
    pixels = fitted.to_pixels(points)
    torch.testing.assert_close(pixels[:, inner], fitted.landmarks468[:, inner], atol=0.05, rtol=0)


def test_a_jaw_without_a_shape_turns():
    head = toy_head(("expression0", "expression1"), skinned_jaw=True)
    model = FitModel.of(head, N_IDENTITY, ())
    shapes, _, turn, shift = draw(2)
    codes = torch.tensor([[0.5, -0.5, 0.3], [-1.0, 0.2, 0.05]])
    faces, photos = seen(model, 0 * shapes, codes, turn, shift)
    fitted = fitter(head)(faces, photos, focal=[FOCAL] * 2)
    torch.testing.assert_close(fitted.jaw_pose[:, 0], codes[:, -1], atol=0.02, rtol=0)
    torch.testing.assert_close(fitted.expression, codes[:, :2], atol=0.1, rtol=0)


def test_one_identity_for_all_photos_of_a_person(head, model):
    shapes, codes, turn, shift = draw(4)
    shapes[1], shapes[3] = shapes[0], shapes[2]
    faces, photos = seen(model, shapes, codes, turn, shift)
    rng = np.random.default_rng(0)
    faces = [replace(f, landmarks468=f.landmarks468 + rng.normal(0, 1, (468, 2)).astype(np.float32)) for f in faces]
    tied = fitter(head)(faces, photos, focal=[FOCAL] * 4, person=["a", "a", "b", "b"])
    alone = fitter(head)(faces, photos, focal=[FOCAL] * 4)
    assert torch.equal(tied.shape[0], tied.shape[1]) and torch.equal(tied.shape[2], tied.shape[3])
    assert not torch.equal(alone.shape[0], alone.shape[1])
    assert (tied.shape - shapes).norm() < (alone.shape - shapes).norm()


def test_frames_of_a_track_move_smoothly(head, model):
    shapes, codes, turn, shift = (value[:1].repeat(6, 1) for value in draw(1))
    faces, photos = seen(model, shapes, codes, turn, shift)
    rng = np.random.default_rng(0)
    faces = [replace(f, landmarks468=f.landmarks468 + rng.normal(0, 2, (468, 2)).astype(np.float32)) for f in faces]
    smooth = {"smoothness": dict(type="TemporalSmoothness", turn=1e-3, shift=1e-3, expression=1e-2)}
    tied = fitter(head, smooth)(faces, photos, focal=[FOCAL] * 6, track=["film"] * 6)
    alone = fitter(head, smooth)(faces, photos, focal=[FOCAL] * 6, person=["one"] * 6)
    shake = lambda fitted: float(fitted.expression.diff(dim=0).norm())  # noqa: E731
    assert shake(tied) < 0.3 * shake(alone)


def test_batches_and_order_do_not_matter(head, model):
    faces, photos = seen(model, *draw(5))
    whole = fitter(head)(faces, photos, focal=[FOCAL] * 5, person=["a", "b", "a", "c", "b"])
    parts = fitter(head, batch_size=2)(faces, photos, focal=[FOCAL] * 5, person=["a", "b", "a", "c", "b"])
    torch.testing.assert_close(whole.verts, parts.verts, atol=2e-4, rtol=0)
    one = whole[3]
    assert len(one) == 1 and torch.equal(one.verts[0], whole.verts[3]) and one.warnings == [whole.warnings[3]]


def test_a_start_is_taken(head, model):
    shapes, codes, turn, shift = draw(2)
    faces, photos = seen(model, shapes, codes, turn, shift)
    still = FaceFitter(head, LOOSE, {"pose": ALL["pose"]}, N_IDENTITY, sliding=False)
    fitted = still(faces, photos, focal=[FOCAL] * 2, start=Start(shapes, codes[:, :5], rotation=turn))
    torch.testing.assert_close(fitted.shape, shapes)
    torch.testing.assert_close(fitted.expression[:, :5], codes[:, :5])
    again = still(faces, photos, focal=[FOCAL] * 2, start=fitted)
    torch.testing.assert_close(again.verts, fitted.verts, atol=1e-4, rtol=0)


def test_faces_of_crops_are_not_nearer_than_people_stand(head, model):
    faces, photos = seen(model, *draw(1))
    guessed = fitter(head, nearest=1.5)(faces, photos)
    known = fitter(head, nearest=1.5)(faces, photos, focal=[FOCAL])
    assert float(guessed.translation[0, 2]) == pytest.approx(-1.5, abs=0.25)
    assert float(guessed.focal[0]) > FOCAL == float(known.focal[0])


def test_warnings_name_what_is_wrong(head, model):
    faces, photos = seen(model, *draw(2))
    rng = np.random.default_rng(0)
    scattered = replace(faces[1], landmarks468=rng.uniform(0, SIZE, (468, 2)).astype(np.float32))
    fitted = fitter(head)([faces[0], scattered], photos, focal=[FOCAL] * 2)
    assert float(fitted.confidence[0]) > 0.9 and not fitted.warnings[0]
    assert float(fitted.confidence[1]) < 0.1
    assert [warning.split(":")[0] for warning in fitted.warnings[1]][:2] == ["no human face", "poor fit"]


@pytest.mark.parametrize("degrees", [-40, 40])
def test_hidden_points_count_nothing(head, model, degrees):
    """Points behind the silhouette are moved far away, and the fit does not notice."""
    shapes, codes, _, shift = draw(1)
    turn = torch.tensor([[0.0, np.radians(degrees), 0.0]], dtype=torch.float32)
    faces, photos = seen(model, shapes, codes, turn, shift)
    plain = fitter(head)(faces, photos, focal=[FOCAL])
    hidden = ~plain.visible[0].numpy()
    side = model.points.base[:N_POINTS, 0].numpy() * degrees
    assert hidden.sum() > 10 and (side[hidden] > 0).all()  # of the side that is turned away
    moved = faces[0].landmarks468 + 8.0 * hidden[:, None].astype(np.float32)
    fitted = fitter(head)([replace(faces[0], landmarks468=moved)], photos, focal=[FOCAL])
    torch.testing.assert_close(fitted.verts, plain.verts, atol=1e-3, rtol=0)


def test_points_that_are_not_given(head, model):
    faces, photos = seen(model, *draw(1))
    points = faces[0].landmarks468.copy()
    points[::3] = np.nan
    fitted = fitter(head)([replace(faces[0], landmarks468=points)], photos, focal=[FOCAL])
    assert fitted.residuals[0, ::3].isnan().all() and float(fitted.error[0]) < 2e-3


def test_mistakes_are_named(head, model):
    faces, photos = seen(model, *draw(1))
    with pytest.raises(ValueError, match="2 entries of person"):
        fitter(head)(faces, photos, person=["a", "b"])
    with pytest.raises(ValueError, match="no 468 points"):
        fitter(head)([replace(faces[0], landmarks468=None)], photos)
    with pytest.raises(ValueError, match="names 'jaw'; there are pose"):
        FaceFitter(head, LOOSE, {"pose": dict(energies=("points",), unknowns=("jaw",))})
    with pytest.raises(ValueError, match="dense landmarks"):
        FaceFitter(replace(head, dense_landmarks=None))


def test_the_registry_builds_it(head):
    assert isinstance(FITTERS.build(dict(type="FaceFitter", head=head, n_identity=3)), FaceFitter)
