"""Where a batch of fits begins."""

from __future__ import annotations

from dataclasses import replace

import torch

from aucgan.detection.mesh_points import N_POINTS
from aucgan.fitting.block_solver import chain_levels
from aucgan.fitting.first_pose import first_pose, unit_at
from aucgan.fitting.fit_model import FitModel
from aucgan.fitting.fit_state import FitState
from aucgan.fitting.observed import Observed
from aucgan.fitting.start import Start
from aucgan.models.face_models.rotations import axis_angle_to_matrix


def first_state(model: FitModel, observed: Observed, start: Start | None, nearest: float) -> tuple[FitState, Observed]:
    """The state to start from, and the faces with their sizes on film and their focal lengths.

    Args:
        model: The head.
        observed: The faces.
        start: Codes to start from.
        nearest: Nobody is photographed from less than this, metres: where a face would be nearer with a focal length
            that is a guess, the photo is part of a larger one, and its focal length is made longer.
    """
    identity, expression = _codes(model, observed, start)
    points = model.points(identity, expression)[:, :N_POINTS]
    trust = (observed.given & ~observed.sliding).to(points)
    _, translation = first_pose(points, observed.points, trust, observed.focal, observed.centre)
    longer = torch.where(observed.guessed, (nearest / -translation[:, 2]).clamp(min=1), 1.0)
    for rows in chain_levels(observed.previous)[1:]:  # one camera a track
        longer[rows] = longer[observed.previous[rows]]
    observed = replace(observed, focal=observed.focal * longer)
    rotation, translation = first_pose(points, observed.points, trust, observed.focal, observed.centre)
    if start is not None and start.rotation is not None:
        rotation = axis_angle_to_matrix(start.rotation)
    state = FitState(rotation, translation, expression, identity)
    return state, replace(observed, unit=unit_at(translation[:, 2], observed.focal))


def _codes(model: FitModel, observed: Observed, start: Start | None) -> tuple[torch.Tensor, torch.Tensor]:
    batch, like = len(observed), observed.points
    identity = like.new_zeros(batch, model.columns.n_identity)
    expression = like.new_zeros(batch, len(model.columns.names))
    if start is not None and start.shape is not None:
        given = start.shape[:, : identity.shape[1]]
        identity[:, : given.shape[1]] = given
        sums = torch.zeros_like(identity).index_add_(0, observed.person, identity * observed.share[:, None])
        identity = sums[observed.person]
    if start is not None and (start.expression is not None or start.jaw_pose is not None):
        code = like.new_zeros(batch, 0) if start.expression is None else start.expression.to(like)
        jaw = like.new_zeros(batch, 3) if start.jaw_pose is None else start.jaw_pose.to(like)
        expression = model.columns.unknowns(code, jaw, model.head)
    return identity, expression
