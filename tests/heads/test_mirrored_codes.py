"""Codes of mirror images."""

from dataclasses import replace

import numpy as np
import pytest

from aucgan.heads import load_head
from aucgan.heads.arkit import mirrored_name
from aucgan.heads.mirrored_codes import FLIP, MirroredCodes, mirror_vertices


@pytest.fixture(scope="module")
def head():
    return load_head("anny")


@pytest.fixture(scope="module")
def mirrored(head):
    return MirroredCodes.of(head, n_identity=100)


def test_the_mesh_of_mirrored_codes_is_the_mirrored_mesh(head, mirrored):
    rng = np.random.default_rng(0)
    shape, exp = rng.normal(size=100), rng.uniform(size=len(head.expression_names))
    columns = np.concatenate([head.shapedirs[..., :100], head.shapedirs[..., head.n_identity :]], 2)
    here = head.v_template + columns @ np.concatenate([shape, exp])
    there = head.v_template + columns @ np.concatenate([shape @ mirrored.identity, exp @ mirrored.expression])
    away = np.linalg.norm(there - here[mirror_vertices(head.v_template)] * FLIP, axis=1)
    moved = np.linalg.norm(there - here, axis=1)
    assert away.mean() < 0.05 * moved.mean() and away.max() < 0.002


def test_names_change_sides(head, mirrored):
    names = head.expression_names
    for name in ("eyeBlink", "mouthSmile", "browOuterUp"):
        row = mirrored.expression[names.index(f"{name}Left")]
        assert row.argmax() == names.index(f"{name}Right") and row.max() == pytest.approx(1, abs=1e-6)
    np.testing.assert_allclose(mirrored.expression @ mirrored.expression, np.eye(len(names)))


def test_nameless_columns_are_mirrored_by_the_mesh(head):
    """Left and right are found again when nobody names them."""
    nameless = replace(head, expression_names=[f"column {n}" for n in range(len(head.expression_names))])
    found = MirroredCodes.of(nameless, n_identity=5).expression
    names = head.expression_names
    for name in ("eyeBlinkLeft", "mouthSmileRight", "browInnerUp"):
        row = found[names.index(name)]
        assert row.argmax() == names.index(mirrored_name(name)) and row.max() == pytest.approx(1, abs=0.05)
