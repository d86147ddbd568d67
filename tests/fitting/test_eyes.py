"""Lids and irises: what a look at the eyes alone adds to a fit."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from toy_head import FOCAL, N_IDENTITY, SIZE, seen

from aucgan.detection import DetectedFace
from aucgan.detection.mesh_points import LEFT_EYE, LOWER_RIMS, N_POINTS, RIGHT_EYE, UPPER_RIMS
from aucgan.fitting import FaceFitter, gaze
from aucgan.fitting.first_state import first_state
from aucgan.fitting.gaze import Eyeballs, eye_turns
from aucgan.fitting.observed import EYE_DISTANCE
from aucgan.fitting.observing import observe
from aucgan.fitting.view import View, on_film
from aucgan.models.face_models.rotations import axis_angle_to_matrix
from aucgan.renderers.camera import pinhole

LOOKS = [(0.0, 0.0), (0.1, 0.0), (-0.15, 0.2), (0.05, -0.3)]
"""How far both eyes turn about x and y, radians."""


def lids_of(points):
    """What a look at the eyes finds where the rims are at ``points (468, 2)``."""
    return np.stack([points[list(RIGHT_EYE)], points[list(LEFT_EYE)]])


def test_gaps_are_between_points_that_meet():
    pairs = list(zip(UPPER_RIMS, LOWER_RIMS, strict=True))
    assert len(pairs) == 14 and (159, 145) in pairs and (386, 374) in pairs
    assert pairs[0] == (RIGHT_EYE[1], RIGHT_EYE[15]) and pairs[13] == (LEFT_EYE[7], LEFT_EYE[9])


def test_lids_of_another_shape_are_refused(head):
    face = DetectedFace(np.zeros(4), 1.0, landmarks468=np.zeros((N_POINTS, 2), np.float32), lids=np.zeros((2, 9, 2)))
    with pytest.raises(ValueError, match=r"face 0: lids must be \(2, 16, 2\), got \(2, 9, 2\)"):
        FaceFitter(head, n_identity=N_IDENTITY)([face], [np.zeros((SIZE, SIZE, 3), np.uint8)])


@pytest.fixture(scope="module")
def fitter():
    return FaceFitter("anny", n_identity=20)


def test_blinks_that_the_468_points_do_not_show_are_read(fitter):
    names = fitter.model.columns.names
    blinks = [names.index("eyeBlinkLeft"), names.index("eyeBlinkRight")]
    blink = torch.zeros(2, len(names))
    blink[0, blinks] = 0.6
    rest, pose = torch.zeros(2, 20), (torch.zeros(2, 3), torch.tensor([[0.0, 0.0, -0.8]] * 2))
    closed, photos = seen(fitter.model, rest, blink, *pose)
    open_, _ = seen(fitter.model, rest, 0 * blink, *pose)
    faces = [replace(a, lids=lids_of(b.landmarks468)) for a, b in zip(open_, closed, strict=True)]
    told = fitter(faces, photos, focal=[FOCAL] * 2).expression[:, [fitter.model.columns.numbers[b] for b in blinks]]
    untold = fitter(open_, photos, focal=[FOCAL] * 2).expression
    assert float(untold.max()) < 0.05
    assert float(told[0].min()) > 0.3 and float(told[1].max()) < 0.05


@pytest.fixture(scope="module")
def looking(fitter):
    """Faces of the default head that look in some directions, and the turns of their eyes."""
    turns = torch.tensor([[x, y, 0.0] * 2 for x, y in LOOKS])
    count = len(turns)
    rng = torch.Generator().manual_seed(0)
    shape = torch.zeros(count, fitter.model.head.n_identity)
    shape[:, :20] = 0.5 * torch.randn(count, 20, generator=rng)
    turn, shift = torch.tensor([[0.05, 0.2, 0.0]] * count), torch.tensor([[0.0, 0.0, -0.8]] * count)
    faces, photos = seen(fitter.model, shape[:, :20], torch.zeros(count, len(fitter.model.columns.names)), turn, shift)
    verts = fitter.model.vertices(shape, torch.zeros(count, len(fitter.model.head.expression_names)), 0 * turn, turns)
    pupils = verts[:, [_pupil(fitter.model.head, eye) for eye in (4, 3)]]  # the right one first
    placed = pupils @ axis_angle_to_matrix(turn).transpose(1, 2) + shift[:, None]
    pixels = pinhole(placed, torch.full((count,), FOCAL), torch.full((count, 2), SIZE / 2)).numpy()
    pixels[..., 1] += gaze.LOWER * FOCAL * EYE_DISTANCE / 0.8  # as networks see them
    irises = np.repeat(pixels[:, :, None], 5, 2).astype(np.float32)
    return [replace(face, irises=iris) for face, iris in zip(faces, irises, strict=True)], photos, turns


def _pupil(head, joint):
    """The vertex of an eyeball that lies farthest in front."""
    ball = np.flatnonzero(head.weights[:, joint] > 0.5)
    return ball[head.v_template[ball, 2].argmax()]


def test_irises_say_where_eyes_look(fitter, looking):
    faces, photos, turns = looking
    fitted = fitter(faces, photos, focal=[FOCAL] * len(faces))
    torch.testing.assert_close(fitted.eye_pose, turns, atol=0.06, rtol=0)
    shown = fitted.arkit(2)
    assert shown["eyeLookUpLeft"] > 0.4 and shown["eyeLookOutLeft"] > 0.4 and shown["eyeLookInRight"] > 0.4
    assert shown["eyeLookDownLeft"] == shown["eyeLookInLeft"] == 0


def test_the_mesh_looks_there_too(fitter, looking):
    faces, photos, _ = looking
    fitted = fitter(faces, photos, focal=[FOCAL] * len(faces))
    still = fitter([replace(face, irises=None) for face in faces], photos, focal=[FOCAL] * len(faces))
    assert (still.eye_pose == 0).all()
    moved = (fitted.verts - still.verts)[2].norm(dim=1).numpy()
    parts = fitter.model.head.vertex_parts  # lids follow the eyes, lips do not
    assert moved[parts == "eyeball"].min() > 1e-4 and moved[parts == "eyeball"].max() > 2e-3
    assert moved[(parts == "lip_upper") | (parts == "lip_lower")].max() < 1e-6


def test_closed_eyes_say_little(fitter, looking):
    faces, photos, turns = looking
    shut = np.zeros((2, 16, 2), np.float32)
    shut[:, 0] = 5.0  # the lids touch; the corners do not
    fitted = fitter([replace(faces[3], lids=shut)], photos[:1], focal=[FOCAL])
    assert float(fitted.eye_pose.norm()) < 0.1 * float(turns[3].norm())


def test_a_head_without_eyeballs_looks_nowhere(head):
    assert Eyeballs.of(head) is None


def test_turns_are_those_of_the_least_cost(fitter, looking, monkeypatch):
    """The slope of the same sum by automatic differentiation is 0 where Gauss–Newton ends."""
    monkeypatch.setattr(gaze, "LOWER", 0.0)
    faces, photos, _ = looking
    lists = ([FOCAL] * len(faces), None, None)
    observed = observe(faces, photos, *lists, fitter.model.columns, 1.3, False)
    state, observed = first_state(fitter.model, observed, None, 0.1)
    balls = fitter.model.eyeballs
    identity = torch.zeros(len(faces), fitter.model.head.n_identity)
    found = eye_turns(balls, identity, state, observed, observed.points)

    def cost(turns):
        forward = axis_angle_to_matrix(turns.reshape(-1, 3))[:, :, 2].reshape(-1, 2, 3)
        placed = (balls.centres + balls.radius * forward) @ state.rotation.transpose(1, 2) + state.translation[:, None]
        seen_at = on_film(placed, observed, state.translation[:, 2])
        away = (seen_at - observed.irises.flip(1)) / (gaze.SIGMA * observed.unit[:, None, None])
        left, right = turns[:, :3], turns[:, 3:]
        both, apart = (left + right) / 2 / gaze.GAZE_SIGMA, (left - right) / gaze.SQUINT_SIGMA
        return 0.5 * (away.square().sum() + both.square().sum() + apart.square().sum())

    turns = found.clone().requires_grad_()
    (slope,) = torch.autograd.grad(cost(turns), turns)
    away = found + 0.02
    away.requires_grad_()
    (before,) = torch.autograd.grad(cost(away), away)
    assert slope[:, [0, 1, 3, 4]].abs().max() < 1e-2 * before.abs().max()


def test_errors_of_the_pose_do_not_turn_the_eyes(fitter, looking):
    """Eyeballs lie behind the lids: seen by themselves, irises would move by more than the head is turned too far."""
    faces, photos, turns = looking
    fitted = fitter(faces[:1], photos[:1], focal=[FOCAL])
    lists = ([FOCAL], None, None)
    observed = observe(faces[:1], photos[:1], *lists, fitter.model.columns, 1.3, False)
    state, observed = first_state(fitter.model, observed, None, 0.1)
    nodding = replace(state, rotation=axis_angle_to_matrix(torch.tensor([[0.06, 0.0, 0.0]])) @ state.rotation)
    found = [
        eye_turns(fitter.model.eyeballs, fitted.shape, one, observed, View(fitter.model.points, observed, one).pixels)
        for one in (state, nodding)
    ]
    assert float((found[1] - found[0])[0, [0, 3]].abs().max()) < 0.08
