"""Slopes and curvatures of the energies against automatic differentiation, in double precision."""

from dataclasses import replace

import pytest
import torch
from torch.func import jacfwd
from toy_head import FOCAL, SIZE, seen, toy_head

from aucgan.fitting.energies.photometric import PhotometricSkin
from aucgan.fitting.energies.priors import ExpressionPrior
from aucgan.fitting.face_fitter import FaceFitter
from aucgan.fitting.fit_model import FitModel
from aucgan.fitting.fit_state import N_RIGID, FitState
from aucgan.fitting.levenberg_marquardt import parabola
from aucgan.fitting.observing import observe
from aucgan.fitting.outline import outermost
from aucgan.fitting.picture import Picture
from aucgan.fitting.quadratic import Quadratic
from aucgan.fitting.scene import Scene
from aucgan.fitting.view import View
from aucgan.models.face_models.rotations import axis_angle_to_matrix

DOUBLE = torch.float64


def problem(model, weak=False, previous=(-1, 0, -1)):
    """Three faces seen from a state, and another state to look at them from."""
    rng = torch.Generator().manual_seed(3)
    draw = lambda *shape: torch.rand(*shape, generator=rng)  # noqa: E731
    codes, shapes = 0.8 * draw(3, len(model.columns.names)) + 0.1, draw(3, 6) - 0.5
    if model.columns.jaw_angle:
        codes[:, -1] = 0.3
    turn = torch.tensor([[0.1, 0.5, 0], [0, -0.2, 0.1], [0.0, 0.0, 0.0]])
    shift = torch.tensor([[0.01, 0, -0.7], [0, 0.02, -0.8], [0, 0, -0.6]])
    faces, photos = seen(model, shapes, codes, turn, shift)
    observed = observe(faces, photos, [FOCAL] * 3, ["a", "a", "b"], None, model.columns, 1.0, weak)
    observed = replace(
        observed, previous=torch.tensor(previous), points=observed.points.double(), focal=observed.focal.double(),
        centre=observed.centre.double(), unit=torch.full((3,), 90.0, dtype=DOUBLE),
    )  # fmt: skip
    state = FitState(
        axis_angle_to_matrix(turn.double() + 0.05), shift.double() + 0.01, codes.double() * 0.7, shapes.double() * 0.5
    )
    points = model.points.to(DOUBLE)
    view = View(points, observed, state)
    gaps = torch.tensor([0.0, -6.0]) + draw(3, 14, 2)
    observed = replace(
        observed, chosen=outermost(view), facing=draw(3, 468) - 0.2, given=draw(3, 468) > 0.1,
        gaps=gaps.double(), gaps_given=draw(3, 14) > 0.2,
    )  # fmt: skip
    return points, observed, state


UNBOUNDED = torch.tensor([[-torch.inf], [torch.inf]])


@pytest.mark.parametrize("weak", [False, True], ids=["pinhole", "weak"])
@pytest.mark.parametrize("skinned", [False, True], ids=["column", "skinned jaw"])
def test_pixels_follow_the_unknowns(weak, skinned):
    names = ("expression0", "expression1") if skinned else ("browInnerUp", "mouthSmileLeft", "jawOpen")
    model = FitModel.of(toy_head(names, skinned_jaw=skinned), 6, ())
    points, observed, state = problem(model, weak)
    ours = View(points, observed, state).pixel_slopes(torch.ones(3, 468, dtype=DOUBLE))

    def moved(step):
        return View(points, observed, state.moved(step, UNBOUNDED)).pixels

    theirs = jacfwd(moved)(torch.zeros(3, state.width, dtype=DOUBLE))  # (3, 468, 2, 3, P)
    for face in range(3):
        torch.testing.assert_close(ours[face], theirs[face, :, :, face], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", ["points", "lids", "identity", "expression", "symmetry", "smoothness"])
def test_gradients_of_the_energies(head, model, name):
    points, observed, state = problem(model)
    energy = FaceFitter(head, n_identity=6).energies[name]
    total = Quadratic.zero(3, state.width, state.n_private, state.identity)
    energy.add_to(total, View(points, observed, state))
    step = torch.zeros(3, state.width, dtype=DOUBLE, requires_grad=True)
    cost = energy.cost(View(points, observed, state.moved(step, UNBOUNDED))).sum()
    (slope,) = torch.autograd.grad(cost, step)
    scale = slope.abs().max()
    assert scale > 0
    torch.testing.assert_close(total.gradient / scale, slope / scale, rtol=1e-4, atol=2e-3)
    assert torch.linalg.eigvalsh(total.curvature).min() > -1e-6 * total.curvature.abs().max()


def test_shapes_cost_more_beside_others():
    names = ("mouthUpperUpLeft", "mouthSmileRight", "mouthSmileLeft", "jawOpen")
    points, observed, state = problem(FitModel.of(toy_head(names), 6, ()))
    plain, tied = ExpressionPrior(3.0), ExpressionPrior(3.0, beside={"mouthUpperUp": ("mouthSmile", 2.5)})
    lip, smile = state.expression[:, 0], state.expression[:, 2]
    more = tied.cost(View(points, observed, state)) - plain.cost(View(points, observed, state))
    torch.testing.assert_close(more, 3.0 * 2.5 * lip * smile)
    totals = [Quadratic.zero(3, state.width, state.n_private, state.identity) for _ in range(2)]
    for energy, total in zip((plain, tied), totals, strict=True):
        energy.add_to(total, View(points, observed, state))
    slope = (totals[1].gradient - totals[0].gradient)[:, N_RIGID : N_RIGID + 4]
    torch.testing.assert_close(slope, torch.stack([7.5 * smile, 0 * lip, 7.5 * lip, 0 * lip], 1))


def test_curvature_of_quadratic_energies_is_exact(head, model):
    points, observed, state = problem(model)
    fitter = FaceFitter(head, n_identity=6)
    energies = [fitter.energies[name] for name in ("identity", "expression", "symmetry")]
    total = parabola(View(points, observed, state), energies)

    def cost(step):
        view = View(points, observed, state.moved(step, UNBOUNDED))
        return torch.stack([energy.cost(view) for energy in energies]).sum()

    hessian = torch.autograd.functional.hessian(cost, torch.zeros(3, state.width, dtype=DOUBLE))
    for face in range(3):
        torch.testing.assert_close(total.curvature[face], hessian[face, :, face], rtol=1e-6, atol=1e-8)


def ramp(size=64):
    """Pictures whose colours are linear in the place, so that their slopes are exact everywhere but at the border."""
    row, column = torch.meshgrid(torch.arange(size) / size, torch.arange(size) / size, indexing="ij")
    colours = torch.stack([0.2 + 0.5 * column, 0.7 - 0.4 * row, 0.3 + 0.2 * row + 0.3 * column]).double()
    right = torch.tensor([0.5, 0, 0.3]).view(3, 1, 1).expand(-1, size, size) / size
    down = torch.tensor([0, -0.4, 0.2]).view(3, 1, 1).expand(-1, size, size) / size
    values = torch.cat([colours, right.double(), down.double()]).expand(3, -1, -1, -1)
    return Picture(values, torch.tensor([[0.0, 0.0]] * 3).double(), torch.full((3,), size / SIZE).double())


@pytest.mark.parametrize("weak", [False, True], ids=["pinhole", "weak"])
def test_gradient_of_colours(model, weak):
    points, observed, state = problem(model, weak)
    skin = model.skin
    skin = replace(skin, points=skin.points.to(DOUBLE), albedo=skin.albedo.double(), basis=skin.basis.double())
    rng = torch.Generator().manual_seed(1)
    light = 0.3 * torch.rand(3, 9, 3, generator=rng, dtype=DOUBLE)
    visible = torch.rand(3, len(skin.corners), generator=rng) > 0.3
    albedo = skin.at_places(skin.colours(torch.zeros(3, 3, dtype=DOUBLE)))
    observed = replace(observed, scene=Scene(ramp(), skin, visible, torch.zeros(3, 3), albedo, light))
    energy = PhotometricSkin(0.5)
    total = Quadratic.zero(3, state.width, state.n_private, state.identity)
    energy.add_to(total, View(points, observed, state))
    step = torch.zeros(3, state.width, dtype=DOUBLE, requires_grad=True)
    cost = energy.cost(View(points, observed, state.moved(step, UNBOUNDED)))
    (slope,) = torch.autograd.grad(cost.sum(), step)
    torch.testing.assert_close(total.gradient / slope.abs().max(), slope / slope.abs().max(), rtol=1e-5, atol=1e-5)
    assert torch.linalg.eigvalsh(total.curvature).min() > -1e-6 * total.curvature.abs().max()
