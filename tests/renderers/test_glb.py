"""Heads that morph and move as GLB: read by the letter of the standard, by trimesh, and by Khronos' validator."""

from dataclasses import fields, replace

import numpy as np
import pytest
import trimesh
from conftest import grid_topology
from glb_reading import Glb, khronos_report
from scipy.spatial.transform import Rotation, Slerp

from aucgan.heads import ARKIT_NAMES, load_head
from aucgan.heads.pictures import part_colours
from aucgan.motion.face_motion import MOTION_NAMES, FaceMotion
from aucgan.motion.morph_targets import morph_targets, neutral_head
from aucgan.renderers.export import export_glb
from aucgan.renderers.export.arrays import area_normals
from aucgan.renderers.export.glb import quaternions


def nodding(count=9):
    """A face that smiles more and more, with a head that turns by more than a whole turn, from the tenth second on."""
    rng = np.random.default_rng(0)
    rotation = np.linspace(0, 7, count)[:, None] * [0.0, 0.8, 0.6]
    return FaceMotion(
        times=10 + np.arange(count) / 25,
        weights=rng.uniform(0, 1, (count, len(MOTION_NAMES))),
        rotation=rotation,
        translation=rng.normal(size=(count, 3)),
        eyes=np.zeros((count, 6)),
    )


@pytest.fixture(scope="module")
def head():
    return load_head("anny")


@pytest.fixture(scope="module")
def person(head):
    return np.random.default_rng(0).standard_normal(head.n_identity)


@pytest.fixture(scope="module")
def targets(head, person):
    return morph_targets(head, person)


@pytest.fixture(scope="module")
def moving(head, person, targets, tmp_path_factory):
    """The file of a moving head."""
    path = tmp_path_factory.mktemp("glb") / "a person.glb"
    texture, normals = np.random.default_rng(0).uniform(size=(8, 8, 3)), np.tile([[[0.0]], [[0.0]], [[1.0]]], (8, 8))
    export_glb(
        path,
        neutral_head(head, person),
        head.topology(),
        texture,
        normals,
        colours=part_colours(head),
        targets=targets,
        motion=nodding(),
    )
    return path


def corner_positions(glb, weights=None):
    """Positions of the triangles' corners, ``(F, 3, 3)``, morphed by weights of the targets by name."""
    points = glb.attribute("POSITION").astype(np.float64)
    for name, weight in (weights or {}).items():
        points = points + weight * glb.target(name)
    return points[glb.array(glb.primitive["indices"]).reshape(-1, 3)]


def test_a_frame_is_the_head_with_its_shapes_on_turned_and_moved(head, person, targets, moving):
    glb, motion = Glb(moving), nodding()
    assert glb.mesh["extras"]["targetNames"] == list(ARKIT_NAMES)
    assert glb.mesh["weights"] == [0] * 52
    rest = neutral_head(head, person)
    np.testing.assert_allclose(corner_positions(glb), rest[head.faces], atol=1e-6)
    times, weights = glb.curves()["weights"]
    np.testing.assert_allclose(times, np.arange(9) / 25, atol=1e-6)  # begins with the first frame
    row = dict(zip(ARKIT_NAMES, weights.reshape(9, 52)[4], strict=True))
    np.testing.assert_allclose(list(row.values()), motion.weights[4, :52], atol=1e-6)
    expected = rest + sum(row[name] * targets[name] for name in ARKIT_NAMES)
    np.testing.assert_allclose(corner_positions(glb, row), expected[head.faces], atol=1e-6)
    np.testing.assert_allclose(glb.curves()["translation"][1], motion.translation, atol=1e-6)
    turned = Rotation.from_quat(glb.curves()["rotation"][1]) * Rotation.from_rotvec(motion.rotation).inv()
    assert turned.magnitude().max() < 1e-5


def test_between_keyframes_the_head_takes_the_short_way():
    motion = nodding()
    found = quaternions(motion.rotation)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1)
    assert ((found[1:] * found[:-1]).sum(1) > 0.5).all()
    middle = found[5] + found[6]  # what going straight between keyframes makes of it
    expected = Slerp([0, 1], Rotation.from_rotvec(motion.rotation[5:7]))(0.5)
    assert (Rotation.from_quat(middle) * expected.inv()).magnitude() < 1e-9


def test_normals_follow_the_shapes(head, person, targets, moving):
    glb, rest = Glb(moving), neutral_head(head, person)
    index = glb.array(glb.primitive["indices"]).reshape(-1, 3)
    for name in ("jawOpen", "eyeBlinkLeft"):
        expected = area_normals(rest + targets[name], head.faces)[head.faces]
        found = (glb.attribute("NORMAL") + glb.target(name, "NORMAL"))[index]
        np.testing.assert_allclose(found, expected, atol=1e-3)
        assert np.abs(glb.target(name, "NORMAL")).max() > 0.1


def test_few_vertices_of_a_shape_take_little_room(moving, targets):
    glb = Glb(moving)
    dense = 2 * 52 * len(glb.attribute("POSITION")) * 12
    everything = sum(view["byteLength"] for view in glb.json["bufferViews"])
    assert everything < 0.35 * dense


def test_every_vertex_may_move_and_none(head, tmp_path):
    targets = {"grow": 0.01 * head.v_template, "nothing": 0 * head.v_template}
    glb = Glb(export_glb(tmp_path / "a.glb", head.v_template, head.topology(), targets=targets))
    index = glb.array(glb.primitive["indices"]).reshape(-1, 3)
    np.testing.assert_allclose(glb.target("grow")[index], targets["grow"][head.faces], atol=1e-8)
    assert (glb.target("nothing") == 0).all() and "animations" not in glb.json


def test_colours_are_linear(head, moving):
    glb, colours = Glb(moving), part_colours(head)
    found = glb.attribute("COLOR_0")[glb.array(glb.primitive["indices"]).reshape(-1, 3)] / 65535
    np.testing.assert_allclose(found[..., :3], colours[head.faces] ** 2.2, atol=0.02)  # nearly sRGB's curve
    assert (found[..., 3] == 1).all()
    grey = 0.5 * np.ones((len(colours), 3))
    file = export_glb(moving.with_name("grey.glb"), head.v_template, head.topology(), colours=grey)
    assert Glb(file).attribute("COLOR_0")[0, 0] / 65535 == pytest.approx(0.21404, abs=1e-4)  # of sRGB 0.5


def test_columns_and_targets_that_the_other_lacks(head, tmp_path):
    motion = nodding(3)
    targets = {"mine": head.columns("AU39")[..., 0], "AU39": head.columns("AU39")[..., 0]}
    glb = Glb(export_glb(tmp_path / "a.glb", head.v_template, head.topology(), targets=targets, motion=motion))
    weights = glb.curves()["weights"][1].reshape(3, 2)
    np.testing.assert_allclose(weights[:, 1], motion.weights[:, MOTION_NAMES.index("AU39")], atol=1e-6)
    assert (weights[:, 0] == 0).all()


def test_one_frame_is_a_pose(head, tmp_path):
    motion = nodding(3)
    only = replace(motion, **{field.name: getattr(motion, field.name)[1:2] for field in fields(motion)})
    targets = {"AU39": head.columns("AU39")[..., 0]}
    path = export_glb(tmp_path / "a.glb", head.v_template, head.topology(), targets=targets, motion=only)
    glb = Glb(path)
    assert glb.mesh["weights"] == pytest.approx([motion.weights[1, MOTION_NAMES.index("AU39")]])
    node = glb.json["nodes"][0]
    assert node["translation"] == pytest.approx(motion.translation[1]) and "animations" not in glb.json
    turn = Rotation.from_quat(node["rotation"]) * Rotation.from_rotvec(motion.rotation[1]).inv()
    assert turn.magnitude() < 1e-6
    loaded = trimesh.load(path)
    transform = loaded.graph["head"][0]
    np.testing.assert_allclose(transform[:3, 3], motion.translation[1], atol=1e-6)
    np.testing.assert_allclose(transform[:3, :3], Rotation.from_rotvec(motion.rotation[1]).as_matrix(), atol=1e-6)


def test_trimesh_reads_a_moving_head(head, person, moving):
    mesh = trimesh.load(moving, process=False, force="mesh")
    np.testing.assert_allclose(mesh.vertices[mesh.faces], neutral_head(head, person)[head.faces], atol=1e-6)
    assert mesh.visual.material.baseColorTexture.size == (8, 8)


def test_khronos_validator_finds_nothing(head, moving, tmp_path):
    notes = khronos_report(moving)  # tangents follow from normals and UV coordinates, in every program alike
    assert notes == ["MESH_PRIMITIVE_GENERATED_TANGENT_SPACE /meshes/0/primitives/0/material"]
    data = moving.read_bytes()
    broken = tmp_path / "broken.glb"
    broken.write_bytes(data.replace(b'"VEC3"', b'"VEC4"', 1))
    assert len(khronos_report(broken)) > 1


def test_normals_have_unit_length_however_small_the_triangles(tmp_path):
    """Lashes of scanned heads have triangles of a hundredth of a millimetre, and some without an area."""
    topology = grid_topology()
    points = np.concatenate([topology.uv_coords * 1e-5, np.zeros((len(topology.uv_coords), 1))], 1)
    flat = points * [1, 0, 0]
    targets = {"stir": np.full_like(points, 1e-7)}
    for verts in (points, flat):
        path = export_glb(tmp_path / "a.glb", verts, topology, targets=targets)
        glb = Glb(path)
        np.testing.assert_allclose(glb.attribute("NORMAL"), np.tile([0.0, 0, 1], (len(points), 1)), atol=1e-6)
        assert (glb.target("stir") == 0).all() and (glb.target("stir", "NORMAL") == 0).all()


def test_errors_name_the_target_and_leave_no_file(head, tmp_path):
    verts = head.v_template
    for offsets in (verts[:5], np.full_like(verts, np.nan)):
        with pytest.raises(ValueError, match="target frown must be finite and"):
            export_glb(tmp_path / "a.glb", verts, head.topology(), targets={"frown": offsets})
    with pytest.raises(ValueError, match="colours must be finite and"):
        export_glb(tmp_path / "a.glb", verts, head.topology(), colours=verts[:3])
    assert not list(tmp_path.iterdir())
