import numpy as np
import pytest

from aucgan.datasets.procedural.people.build import MEASURES, typical_shape
from aucgan.heads.library import load_head


def measure(shape, name):
    """A measure of the head of a code in standard deviations over all people, from the posed landmarks themselves."""
    head = load_head("anny")
    (first, second), axis, _, _ = MEASURES[name]

    def length(code):
        verts = head.v_template[:, axis] + head.shapedirs[:, axis, : len(code)] @ code
        marks = head.landmarks
        places = (verts[head.faces[marks.full_faces_idx]] * marks.full_bary_coords).sum(1)
        return abs(places[first] - places[second])

    people = np.random.default_rng(0).standard_normal((60, len(shape)))
    scatter = np.std([length(code) for code in people])
    return (length(shape) - length(np.zeros_like(shape))) / scatter


@pytest.mark.parametrize("name", ["jaw breadth", "chin height", "brow ridge"])
def test_men_have_what_men_have_and_women_the_opposite(name):
    man, woman = (typical_shape("anny", 100, woman, 50.0) for woman in (False, True))
    np.testing.assert_array_equal(man, -woman)
    assert 0.2 < measure(man, name) < 0.9
    assert np.linalg.norm(man) < 2.5, "as far from the mean as many people are"


def test_the_old_have_thinner_lips_and_fifty_is_in_the_middle():
    young, old = (typical_shape("anny", 100, True, age) for age in (20.0, 80.0))
    assert measure(old, "upper lip") < -0.3 + measure(young, "upper lip")
    np.testing.assert_allclose(0.5 * (young + old), typical_shape("anny", 100, True, 50.0), atol=1e-6)
    np.testing.assert_array_equal(old, typical_shape("anny", 100, True, 95.0))


def test_codes_may_be_longer_than_the_heads_columns():
    code = typical_shape("anny", 320, False, 40.0)
    assert code.shape == (320,) and not code[300:].any() and code.dtype == np.float32
