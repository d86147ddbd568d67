import json

import numpy as np
import pytest
import torch
import trimesh
from devices import here
from PIL import Image

from aucgan.heads.library import load_flame_model, load_topology
from aucgan.renderers import SRenderY
from aucgan.renderers.export import (
    displaced_mesh,
    export_displacement,
    export_glb,
    export_obj,
    load_displacement,
)
from aucgan.renderers.export.dense_mesh import subdivide


@pytest.fixture
def maps():
    """Texture (3, 16, 16), tangent normals (3, 16, 16) and displacement (16, 16) in metres."""
    generator = torch.Generator().manual_seed(0)
    normals = torch.randn(3, 16, 16, generator=generator)
    normals[2] = normals[2].abs() + 1
    displacement = torch.randn(16, 16, generator=generator) * 0.002
    displacement[0, 0] = 0
    return (
        torch.rand(3, 16, 16, generator=generator),
        torch.nn.functional.normalize(normals, dim=0),
        displacement,
    )


def seamed_tetrahedron():
    """A closed tetrahedron of 10 cm whose four faces are four separate UV islands."""
    verts = np.array([[0, 0, 0], [0.1, 0, 0], [0, 0.1, 0], [0, 0, 0.1]])
    faces = np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])
    island = np.array([[0.05, 0.05], [0.4, 0.05], [0.05, 0.4]])
    shifts = np.array([[0, 0], [0.5, 0], [0, 0.5], [0.5, 0.5]])

    class Topology:
        pass

    topology = Topology()
    topology.faces, topology.uv_faces = faces, np.arange(12).reshape(4, 3)
    topology.uv_coords = (island[None] + shifts[:, None]).reshape(-1, 2).astype(np.float32)
    return verts, topology


def corner_table(points, uv, faces):
    """Position and UV of every face corner, independent of how vertices are numbered."""
    return np.concatenate([points[faces], uv[faces]], axis=2)


@pytest.mark.parametrize("format", ["obj", "glb"])
def test_round_trip_through_trimesh(tmp_path, maps, format):
    verts, topology = seamed_tetrahedron()
    texture, normals, _ = maps
    path = tmp_path / f"a face.{format}"
    if format == "obj":
        export_obj(path, torch.tensor(verts), topology, texture, normals)
    else:
        export_glb(path, torch.tensor(verts), topology, texture, normals)
    mesh = trimesh.load(path, process=False, force="mesh")
    expected = np.concatenate([verts[topology.faces], topology.uv_coords[topology.uv_faces]], axis=2)
    found = corner_table(mesh.vertices, mesh.visual.uv, mesh.faces)
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert trimesh.Trimesh(mesh.vertices, mesh.faces).is_watertight  # merged again, with outward faces
    assert trimesh.Trimesh(mesh.vertices, mesh.faces).volume > 0
    material = mesh.visual.material
    picture = np.asarray(material.image if format == "obj" else material.baseColorTexture)[..., :3]
    np.testing.assert_array_equal(picture, np.rint(texture.cpu().numpy().transpose(1, 2, 0) * 255))
    if format == "glb":
        bumps = np.asarray(material.normalTexture)[..., :3] / 127.5 - 1
        np.testing.assert_allclose(bumps, normals.cpu().numpy().transpose(1, 2, 0), atol=0.006)
        np.testing.assert_allclose(np.linalg.norm(mesh.vertex_normals, axis=1), 1, atol=1e-5)


def test_obj_files_refer_to_each_other_by_relative_names(tmp_path, maps):
    verts, topology = seamed_tetrahedron()
    files = export_obj(tmp_path / "deep" / "head.obj", verts, topology, *maps)
    assert files[0].name == "head.obj"
    assert sorted(file.name for file in (tmp_path / "deep").iterdir()) == sorted(file.name for file in files)
    text = files[0].read_text(encoding="utf-8")
    assert "mtllib head.mtl" in text and "usemtl head" in text
    assert text.count("\nv ") == 4 and text.count("\nvt ") == 12 and text.count("\nvn ") == 4
    assert "f 1/1/1 3/2/3 2/3/2" in text
    material = (tmp_path / "deep" / "head.mtl").read_text(encoding="utf-8")
    assert "map_Kd head.png" in material and "norm head_normal.png" in material
    assert str(tmp_path) not in material + text
    meta = json.loads((tmp_path / "deep" / "head_displacement.json").read_text(encoding="utf-8"))
    assert f"{meta['scale_m']:.9g} head_displacement.png" in material


def test_nothing_is_left_behind_by_an_error(tmp_path, maps):
    verts, topology = seamed_tetrahedron()
    (tmp_path / "head.obj").write_text("old", encoding="utf-8")
    with pytest.raises(ValueError, match="1 or 3 channels"):
        export_obj(tmp_path / "head.obj", verts, topology, torch.zeros(2, 4, 4))
    with pytest.raises(ValueError, match="displacement must be finite"):
        export_obj(tmp_path / "head.obj", verts, topology, maps[0], maps[1], torch.full((4, 4), torch.nan))
    with pytest.raises(ValueError, match="not finite"):
        export_glb(tmp_path / "head.glb", verts * np.nan, topology)
    with pytest.raises(ValueError, match=r"uv_faces must index 12 entries"):
        topology.uv_faces = topology.uv_faces + 1
        export_obj(tmp_path / "head.obj", verts, topology)
    for wrong in (export_obj, export_glb):
        with pytest.raises(ValueError, match="ends in"):
            wrong(tmp_path / "head.txt", verts, topology)
    assert [file.name for file in tmp_path.iterdir()] == ["head.obj"]
    assert (tmp_path / "head.obj").read_text(encoding="utf-8") == "old"


def test_displacement_has_sixteen_bits_and_an_exact_zero(tmp_path, maps):
    displacement = maps[2]
    path = export_displacement(tmp_path / "d.png", displacement)
    with Image.open(path) as picture:
        assert picture.mode.startswith("I;16")
    back = load_displacement(path)
    scale = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["scale_m"]
    np.testing.assert_allclose(back, displacement.cpu().numpy(), atol=0.51 * scale / 65535)
    assert back[0, 0] == 0
    flat = load_displacement(export_displacement(tmp_path / "flat.png", torch.zeros(1, 4, 4)))
    assert (flat == 0).all()
    path.with_suffix(".json").write_text("{}", encoding="utf-8")
    with pytest.raises(ValueError, match="aucgan-displacement"):
        load_displacement(path)


def test_subdivision_keeps_surface_and_orientation():
    verts, topology = seamed_tetrahedron()
    faces, edges = subdivide(topology.faces, 4)
    points = np.concatenate([verts, verts[edges].mean(1)])
    before, after = trimesh.Trimesh(verts, topology.faces), trimesh.Trimesh(points, faces)
    assert len(faces) == 16 and len(edges) == 6 and after.is_watertight
    np.testing.assert_allclose([after.area, after.volume], [before.area, before.volume])


def test_displaced_mesh_is_watertight_across_seams():
    verts, topology = seamed_tetrahedron()
    rough = np.random.default_rng(0).normal(size=(32, 32)) * 0.001
    dense = displaced_mesh(verts, topology, rough)
    mesh = trimesh.Trimesh(dense.verts, dense.faces, process=False)
    assert mesh.is_watertight
    assert len(dense.faces) == 4 * 4**3  # the islands hold about 250 half texels
    sides = np.linalg.norm(dense.verts[dense.faces] - dense.verts[dense.faces[:, [1, 2, 0]]], axis=2)
    assert sides.max() < 2 * 0.1 * np.sqrt(2) / 8  # no stretched triangle
    constant = displaced_mesh(verts, topology, np.full((8, 8), 0.002), levels=1)
    moved = np.linalg.norm(constant.verts[:4] - verts, axis=1)
    np.testing.assert_allclose(moved, 0.002)
    with pytest.raises(ValueError, match=r"\(S, S\)"):
        displaced_mesh(verts, topology, rough[:5])


def test_dense_head_has_no_border_that_the_head_has_not():
    head = load_topology("anny")
    verts = load_flame_model("anny").v_template
    dense = displaced_mesh(verts, head, np.random.default_rng(1).normal(size=(64, 64)) * 0.001, levels=1)

    def border_edges(faces):
        _, count = np.unique(
            np.sort(faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1), axis=0, return_counts=True
        )
        assert count.max() == 2
        return (count == 1).sum()

    assert border_edges(dense.faces) == 2 * border_edges(head.faces)


def test_displaced_mesh_follows_the_map(sheet):
    topology, verts = sheet
    u = (np.arange(64) + 0.5) / 64
    waves = 0.003 * np.sin(2 * np.pi * u)[None].repeat(64, 0)
    dense = displaced_mesh(verts[0], topology, waves, levels=2)
    expected = 0.003 * np.sin(2 * np.pi * (dense.verts[:, 0] / 0.2 + 0.5))
    np.testing.assert_allclose(dense.verts[:, 2], expected, atol=2e-5)


def test_dense_mesh_exports(tmp_path, maps):
    verts, topology = seamed_tetrahedron()
    dense = displaced_mesh(verts, topology, maps[2], levels=2)
    export_obj(tmp_path / "dense.obj", dense.verts, dense, maps[0])
    mesh = trimesh.load(tmp_path / "dense.obj", process=False, force="mesh")
    assert len(mesh.faces) == len(dense.faces)
    np.testing.assert_allclose(mesh.vertices[mesh.faces], dense.verts[dense.faces], atol=1e-6)


def test_tangent_normals(sheet):
    topology, verts = sheet
    renderer = here(SRenderY(16, 64, topology))
    turn = torch.tensor([[0.0, 0, 1], [0, 1, 0], [-1, 0, 0]])
    u = (torch.arange(64) + 0.5) / 64
    uv_z = (0.002 * torch.sin(4 * torch.pi * u)).expand(1, 1, 64, 64)
    inner = (..., slice(8, 56), slice(8, 56))
    local = []
    for points in (verts, verts @ turn.t()):
        normals = renderer.vertex_normals(points)
        detail = renderer.detail_normals(uv_z, points, normals)
        local.append(renderer.tangent_normals(detail, points, normals))
    torch.testing.assert_close(local[0][inner], local[1][inner], atol=1e-4, rtol=0)  # the pose drops out
    detail = renderer.detail_normals(uv_z, verts, renderer.vertex_normals(verts))
    torch.testing.assert_close(local[0][inner], detail[inner], atol=1e-4, rtol=0)  # flat sheet: x, y, z are u, v, n
    assert torch.equal(local[0][0, :, 0, 0], torch.tensor([0.0, 0.0, 1.0]))
