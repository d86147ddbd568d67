"""From the end of a minimisation to fitted faces."""

from __future__ import annotations

import torch
from torch import Tensor

from aucgan.detection.mesh_points import IBUG68, LEFT_EYE_CORNER, RIGHT_EYE_CORNER
from aucgan.fitting.fit_model import FitModel
from aucgan.fitting.fit_state import FitState
from aucgan.fitting.fitted_faces import FittedFaces
from aucgan.fitting.gaze import eye_turns
from aucgan.fitting.levenberg_marquardt import Descent
from aucgan.fitting.observed import Observed
from aucgan.fitting.trust import judge
from aucgan.fitting.view import View, on_film, rows_of


def fit_result(
    model: FitModel, observed: Observed, state: FitState, steps: Tensor, descent: Descent | None
) -> FittedFaces:
    """Codes, mesh, points and what may be said about them."""
    view = View(model.points, observed, state)
    shape, expression, jaw = model.codes(state)
    scene = observed.scene
    seen = view.pixels
    eyes = torch.zeros(len(state), 6)
    if model.eyeballs is not None:
        eyes = eye_turns(model.eyeballs, shape, state, observed, seen)
    verts, still = model.vertices(shape, expression, jaw, eyes), model.vertices(shape, expression, jaw)
    seen = _with_lids(view, model.dense_points(verts - still))
    residuals = relative_residuals(seen, observed)
    finished = torch.ones_like(steps, dtype=torch.bool) if descent is None else descent.finished
    confidence, warnings = judge(residuals, state, observed, finished)
    return FittedFaces(
        head=model.head,
        shape=shape,
        expression=expression,
        pose=torch.cat([axis_angle(state.rotation), jaw], 1),
        neck_pose=torch.zeros_like(jaw),
        eye_pose=eyes,
        translation=state.translation,
        focal=observed.focal,
        principal_point=observed.centre,
        verts=verts,
        landmarks468=seen,
        landmarks68=seen[:, list(IBUG68)],
        residuals=residuals,
        visible=observed.facing > 0,
        confidence=confidence,
        warnings=warnings,
        weak=observed.weak,
        iterations=steps,
        albedo=None if scene is None else scene.skin.colours(scene.codes),
        light=None if scene is None else scene.light,
    )


def _with_lids(view: View, moved: Tensor) -> Tensor:
    """The 468 points on film where lids follow the eyeballs by ``moved (B, 468, 3)`` metres in the head's frame."""
    placed = rows_of(view.placed, view.observed.chosen) + moved @ view.state.rotation.transpose(1, 2)
    return on_film(placed, view.observed, view.state.translation[:, 2])


def relative_residuals(seen: Tensor, observed: Observed) -> Tensor:
    """Distances of points on film to the detected ones, less their sliding, in detected eye distances, ``(B, 468)``."""
    eyes = (observed.points[:, LEFT_EYE_CORNER] - observed.points[:, RIGHT_EYE_CORNER]).norm(dim=1, keepdim=True)
    away = (seen + observed.slides - observed.points).norm(dim=2) / eyes
    return torch.where(observed.given, away, torch.full_like(away, torch.nan))


def axis_angle(rotation: Tensor) -> Tensor:
    """Axis times angle of rotation matrices ``(B, 3, 3)``, the angle in [0, π]."""
    values = []
    for matrix in rotation.double():
        skew = torch.stack([matrix[2, 1] - matrix[1, 2], matrix[0, 2] - matrix[2, 0], matrix[1, 0] - matrix[0, 1]])
        sine, cosine = skew.norm() / 2, (matrix.trace() - 1) / 2
        angle = torch.atan2(sine, cosine)
        if sine > 1e-6:
            values.append(skew / (2 * sine) * angle)
            continue
        axis = ((matrix.diagonal() + 1) / 2).clamp(min=0).sqrt()  # a half turn, or none
        column = matrix[:, axis.argmax()]
        values.append(axis * torch.where(column < 0, -1.0, 1.0) * (angle if cosine < 0 else 0.0))
    return torch.stack(values).to(rotation)
