"""Numbers of a published renderer on a small synthetic mesh; inputs and outputs are in golden/renderer.npz.

Inputs that are not in there follow from their names (golden/detfill.py).
Its render calls moved the caller's z by 10 and its loss for gradients was a sum of squares; its wrapper stretched
each side of a non-square picture to [-1, 1].
"""

from pathlib import Path

import numpy as np
import pytest
import torch
from devices import here
from golden.detfill import det_input

from aucgan.heads.topology import MeshTopology
from aucgan.renderers import (
    SRenderY,
    directional_irradiance,
    orthographic,
    point_irradiance,
    sh_irradiance,
    vertex_normals,
)
from aucgan.renderers.camera import uv_to_grid
from aucgan.renderers.dense_grid import grid_faces
from aucgan.renderers.shading import GREY, SH_FACTORS

TOLERANCE = 1e-4
Z_SHIFT = 10.0
SEED = 23
STRIDES = {
    "rast.bary": 11,
    "rast.wrapper": 11,
    "rast.wrapper_hw": 9,
    "render.sh.images": 11,
    "render.sh.shading_images": 11,
    "render.nolight.images": 11,
    "render.nolight.albedo_images": 11,
    "render.nolight.grid": 5,
    "render.nolight.normal_images": 11,
    "render.point.shading_images": 11,
    "render.dir.shading_images": 11,
    "render.sh_bg.images": 11,
    "render.sh_bg.albedo_images": 11,
    "render.point.images": 11,
    "render.dir.images": 11,
    "render_shape": 11,
    "render_shape.bg": 11,
    "render_shape.detail": 11,
    "render_colors": 11,
    "grad.render.albedo": 5,
    "d2n.uv_shading": 5,
}


@pytest.fixture(scope="module")
def golden():
    with np.load(Path(__file__).parents[1] / "golden" / "renderer.npz") as arrays:
        return {key: torch.as_tensor(arrays[key]) for key in arrays.files}


@pytest.fixture(scope="module")
def renderer(golden):
    faces = golden["mesh.f"].cpu().numpy().astype(np.int64)
    mask = golden["d2n.mask"][0, 0].cpu().numpy()
    topology = MeshTopology(faces, golden["mesh.uv"].cpu().numpy(), faces, mask, mask, golden["d2n.fix"].cpu().numpy())
    return here(SRenderY(64, 48, topology, uv_padding=0))


@pytest.fixture(scope="module")
def rendered(golden, renderer):
    return renderer(golden["verts"], golden["trans_verts"], golden["albedo"], golden["light"])


def check(golden, name, value, tolerance=TOLERANCE):
    value = value.detach().float()
    if name in STRIDES:
        value, expected = value.reshape(-1)[:: STRIDES[name]], golden[f"{name}@sub"]
    else:
        expected = golden[name].float()
    torch.testing.assert_close(value, expected, atol=tolerance, rtol=tolerance)


def recipe(name, shape, kind="uniform"):
    """An input that is known by its name."""
    return torch.as_tensor(det_input(name, shape, SEED, kind))


@pytest.fixture(scope="module")
def background():
    return recipe("r.bg", (2, 3, 64, 64))


def test_camera(golden):
    check(golden, "trans_verts", orthographic(golden["verts"], golden["cam"]), 1e-6)
    unflipped = orthographic(golden["camera.proj.X"], golden["camera.cam"]) * torch.tensor([1.0, -1.0, -1.0])
    check(golden, "camera.proj.out", unflipped, 1e-6)


@pytest.mark.parametrize(("height", "width"), [(20, 24), (48, 48), (256, 256)])
def test_dense_triangles(golden, height, width):
    faces = grid_faces(height, width, margin=(5, 2))
    if height == 256:
        torch.testing.assert_close(faces.flatten()[::127], golden["generate_triangles.256x256@sub"].long())
    else:
        torch.testing.assert_close(faces, golden[f"generate_triangles.{height}x{width}"].long())


def test_normals(golden, renderer):
    faces = renderer.faces
    check(golden, "vertex_normals", renderer.vertex_normals(golden["verts"]), 1e-6)
    check(golden, "vertex_normals_trans", vertex_normals(golden["trans_verts"], faces), 1e-6)


def test_lights(golden):
    check(golden, "add_SHlight", sh_irradiance(golden["sh.n"], golden["sh.c"]), 1e-6)
    lights, positions, normals = golden["pl.l"], golden["pl.v"].mT, golden["pl.n"].mT
    check(golden, "add_directionlight", directional_irradiance(normals, lights).mT, 1e-6)
    check(golden, "add_pointlight", point_irradiance(positions, normals, lights).mT, 1e-6)


def test_rasterization(golden, renderer):
    fragments = renderer.rasterizer(golden["trans_verts"], renderer.faces)
    expected = golden["rast.pix_to_face"].long()
    expected = torch.where(expected < 0, -1, expected % len(renderer.faces))
    assert torch.equal(fragments.pix_to_face, expected)
    check(golden, "rast.bary", fragments.bary_coords)
    # the published depths lost digits to the shift: 1e-4 absolute is 10 ulp-sized rounding errors at z = 10
    check(golden, "rast.zbuf", fragments.zbuf + Z_SHIFT * fragments.mask, 2e-4)


@pytest.mark.parametrize(("name", "size"), [("rast.wrapper", (64, 64)), ("rast.wrapper_hw", (40, 56))])
def test_interpolated_attributes(golden, renderer, name, size):
    short_side_spans = torch.tensor([size[1] / min(size), size[0] / min(size), 1.0])
    wide = here(SRenderY(size, 48, _topology_of(renderer), uv_padding=0))
    verts = golden["verts"]
    picture, alpha = wide.render_attributes(golden["trans_verts"] * short_side_spans, verts)
    check(golden, name, torch.cat([picture, alpha], dim=1))


def _topology_of(renderer):
    faces, ones = renderer.faces.cpu().numpy(), np.ones((4, 4), np.float32)
    return MeshTopology(faces, renderer.uv_coords.cpu().numpy(), renderer.uv_faces.cpu().numpy(), ones, ones, ones)


def test_render(golden, renderer, rendered):
    check(golden, "render.sh.images", rendered.images)
    check(golden, "render.sh.shading_images", rendered.shading_images)
    check(golden, "render.nolight.albedo_images", rendered.albedo_images)
    check(golden, "render.nolight.alpha_images", rendered.alpha_images, 0)
    check(golden, "render.nolight.grid", rendered.grid)
    check(golden, "render.nolight.normal_images", rendered.normal_images)
    unlit = renderer(golden["verts"], golden["trans_verts"], golden["albedo"])
    check(golden, "render.nolight.images", unlit.images)
    assert torch.equal(unlit.pos_mask, unlit.alpha_images)


def test_render_over_a_background(golden, renderer, background):
    inputs = [golden[name] for name in ("verts", "trans_verts", "albedo", "light")]
    out = renderer(*inputs, background=background)
    check(golden, "render.sh_bg.images", out.images)
    check(golden, "render.sh_bg.albedo_images", out.albedo_images)
    shape = renderer.render_shape(golden["verts"], golden["trans_verts"], background)
    check(golden, "render_shape.bg", shape)


def test_other_lights(golden, renderer, rendered):
    normals, lights = rendered.normal_images, golden["pl.l"]
    lit = renderer(golden["verts"], golden["trans_verts"], golden["albedo"], lights)
    check(golden, "render.dir.shading_images", lit.shading_images)
    check(golden, "render.dir.images", lit.images)
    positions, _ = renderer.render_attributes(golden["trans_verts"], golden["verts"])
    shading = point_irradiance(positions, normals, lights)
    check(golden, "render.point.shading_images", shading)
    check(golden, "render.point.images", rendered.albedo_images * shading)


def test_constants(golden, renderer):
    torch.testing.assert_close(torch.tensor(SH_FACTORS), golden["buf.constant_factor"], atol=1e-6, rtol=0)
    torch.testing.assert_close(uv_to_grid(golden["mesh.uv"]), golden["buf.uvcoords"][0, :, :2], atol=1e-6, rtol=0)
    torch.testing.assert_close(torch.full((3,), GREY), golden["buf.face_colors_value"])


def test_vertex_colours(golden, renderer):
    picture, _ = renderer.render_attributes(golden["trans_verts"], recipe("r.col", (2, 169, 3)))
    check(golden, "render_colors", picture)


def test_shape_and_depth(golden, renderer):
    check(golden, "render_shape", renderer.render_shape(golden["verts"], golden["trans_verts"]))
    normals = recipe("r.dn", (2, 3, 64, 64), "normal")
    detailed = renderer.render_shape(golden["verts"], golden["trans_verts"], normal_images=normals)
    check(golden, "render_shape.detail", detailed)
    nearness = -golden["trans_verts"][..., 2:]
    nearness = (nearness - nearness.min()) / (nearness.max() - nearness.min())
    check(golden, "render_depth", renderer.render_attributes(golden["trans_verts"], nearness)[0])


def test_world_to_uv(golden, renderer):
    verts = golden["verts"].clone().requires_grad_()
    uv_verts = renderer.world2uv(verts)
    check(golden, "world2uv", uv_verts, 1e-6)
    check(golden, "world2uv.normals", renderer.world2uv(golden["vertex_normals"]), 1e-5)
    uv_verts.square().sum().backward()
    check(golden, "grad.world2uv", verts.grad, 1e-5)


def test_gradients(golden, renderer):
    names = ("verts", "trans_verts", "albedo", "light")
    inputs = [golden[name].clone().requires_grad_() for name in names]
    loss = renderer(*inputs).images.square().sum()
    for name, gradient in zip(names, torch.autograd.grad(loss, inputs), strict=True):
        scale = gradient.abs().max()
        golden_name = f"grad.render.{name}"
        key = f"{golden_name}@sub" if golden_name in STRIDES else golden_name
        scaled = {**golden, key: golden[key] / scale}
        # trans_verts: the published gradients went through z + 10 and lose three digits
        check(scaled, golden_name, gradient / scale, 1e-3 if name == "trans_verts" else TOLERANCE)


def test_detail_normals(golden, renderer):
    displacement = golden["d2n.z"].clone().requires_grad_()
    detail = renderer.detail_normals(displacement, golden["verts"], golden["vertex_normals"])
    expected = golden["d2n.out"]
    # the published grid has no triangles near the border and joins the islands with the empty texels at 0
    border = torch.nn.functional.max_pool2d(1 - renderer.world2uv.inside, 3, 1, 1)
    inner = (border == 0).expand_as(expected)
    torch.testing.assert_close(detail[inner], expected[inner], atol=1e-5, rtol=0)
    detail[:, 0].square().sum().backward()
    deep = (torch.nn.functional.max_pool2d(border, 3, 1, 1) == 0).expand_as(displacement)
    expected_grad = golden["d2n.grad_z"]
    scale = expected_grad.abs().max()
    torch.testing.assert_close(displacement.grad[deep] / scale, expected_grad[deep] / scale, atol=TOLERANCE, rtol=0)
    check(golden, "d2n.uv_shading", renderer.shade(expected, golden["light"]))
