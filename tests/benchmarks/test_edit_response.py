"""The measurements of how edits answer, on faces whose answer is known."""

import numpy as np
import pytest
import torch
from posed_face import posed_face

from aucgan.action_units import AU_NAMES
from aucgan.apis.edit import FaceEditor
from benchmarks.edit_response import EXPECTED, in_picture, lengths, rank, redetected, response, verdict

LEVELS = np.linspace(0, 1, 4)


@pytest.fixture(scope="module")
def editor():
    return FaceEditor(posed_face({"mouthSmileLeft": 0.1, "mouthSmileRight": 0.1}))


@pytest.mark.parametrize("names, what, sign", [row[1:] for row in EXPECTED], ids=[row[0] for row in EXPECTED])
def test_the_mesh_answers_in_the_right_direction_and_in_order(editor, names, what, sign):
    seen = response(editor, names, LEVELS, what, lambda face: in_picture(face, 96))
    assert (np.diff(sign * seen) > 0).all()


def test_lengths_do_not_depend_on_size_place_and_roll(editor):
    points = in_picture(editor(), 96)
    turn = np.deg2rad(20)
    matrix = 1.7 * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    assert lengths(points @ matrix.T + [30, -20]) == pytest.approx(lengths(points))


def test_ranks():
    assert rank(LEVELS, LEVELS**2) == 1 and rank(LEVELS, -LEVELS) == -1
    assert rank(LEVELS, np.ones(4)) == 0 == rank(LEVELS, np.array([0, 1, np.nan, 2]))


class Judge(torch.nn.Module):
    """Sees AU12 rise from picture to picture, and AU4 a fifth as much."""

    def forward(self, images):
        probs = torch.zeros(len(images), len(AU_NAMES))
        probs[:, AU_NAMES.index("AU12")] = torch.linspace(0, 1, len(images))
        probs[:, AU_NAMES.index("AU4")] = torch.linspace(0, 0.2, len(images))
        return probs, None


def test_what_a_network_sees_is_compared_with_what_is_set(editor):
    results = redetected([editor], Judge(), ["AU12", "AUL12"], LEVELS, (64, 32))
    assert results["AU12"] == pytest.approx({"rank": 1.0, "change": 1.0, "leakage": 0.2 / 26})
    assert results["AUL12"]["change"] == 0 and results["AUL12"]["rank"] == 0
    assert "1 of 1 main units, 0 of 1 sides" in verdict(results)
