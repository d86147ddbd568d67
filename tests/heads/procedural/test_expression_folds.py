"""No expression may fold the skin of the lower face: a triangle that turns its back is a dark fleck in the photos."""

import numpy as np
import pytest
import torch

from aucgan.action_units import MAIN_AUS, N_AUS, SIDED_AUS, main_index, side_index
from aucgan.datasets.procedural.expressions import PROTOTYPES, sample_action_units
from aucgan.heads.procedural import head
from aucgan.heads.procedural.expression import au_to_codes
from aucgan.models.face_models.flame import FLAME

N_SAMPLED = 100
MOST_SAMPLED = 0.03
"""Share of drawn expressions, of up to ten units, in which a few triangles may still fold."""


def labels(*units):
    row = np.zeros(N_AUS)
    row[[main_index(unit) for unit in units]] = 1.0
    return row


def one_sided():
    for unit in SIDED_AUS:
        for side in "LR":
            row = labels(unit)
            row[side_index(unit, side)] = 1.0
            yield row


@pytest.fixture(scope="module")
def lower_face():
    """Function from labels to the cosine between each triangle's normal and its neutral one, and the area ratio."""
    flame, model = FLAME(n_shape=1, n_exp=100), head.procedural_head()
    middle = model.v_template[model.faces].mean(1) * 1000.0
    soft = np.isin(head.procedural_head().vertex_parts, ["skin", "lip_upper", "lip_lower"])[model.faces].all(1)
    near = soft & (middle[:, 1] < 20) & (middle[:, 1] > -85) & (middle[:, 2] > 20)
    faces = torch.from_numpy(model.faces[near])

    def normals(rows):
        exp, jaw = (torch.from_numpy(code).float() for code in au_to_codes(np.stack(rows)))
        verts = flame(torch.zeros(len(exp), 1), exp, torch.cat([torch.zeros_like(jaw), jaw], dim=1))[0]
        a, b, c = verts[:, faces].unbind(2)
        return torch.linalg.cross(b - a, c - a)

    rest = normals([labels()])
    rest_area = rest.norm(dim=-1)

    def measure(rows):
        turned = normals(rows)
        area = turned.norm(dim=-1)
        return ((turned * rest).sum(-1) / (area * rest_area)).numpy(), (area / rest_area).numpy()

    return measure


def test_no_unit_folds_or_crushes_the_lower_face(lower_face):
    cosine, ratio = lower_face([*map(labels, MAIN_AUS), *one_sided()])
    assert cosine.min() > 0.0 and ratio.min() > 0.12


def test_units_that_are_shown_together_do_not_fold(lower_face):
    opened = [labels(corner, jaw) for corner in (12, 13, 14, 15, 20) for jaw in (25, 26, 27)]
    cosine, ratio = lower_face([labels(*units) for units in PROTOTYPES] + opened)
    assert cosine.min() > 0.0 and ratio.min() > 0.12


def test_drawn_expressions_hardly_ever_fold(lower_face):
    cosine, _ = lower_face([sample_action_units(np.random.default_rng([0, k])) for k in range(N_SAMPLED)])
    assert (cosine < 0.0).any(1).mean() <= MOST_SAMPLED
    assert (cosine < 0.0).sum(1).max() <= 10
