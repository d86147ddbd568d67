import dataclasses
import math

import numpy as np
import pytest
import torch
from devices import here

from aucgan.registry import RENDERERS
from aucgan.renderers import SRenderY, TorchRasterizer, orthographic
from aucgan.renderers.uv_space import UVSpace, resize_map

AMBIENT = 1 / 0.2820948


@pytest.fixture
def scene(sheet):
    """A renderer of the flat sheet, its vertices and its image-space vertices (the sheet fills 80 %)."""
    topology, verts = sheet
    renderer = here(SRenderY(40, 32, topology))
    verts = verts.expand(2, -1, -1).contiguous()
    cam = torch.tensor([[8.0, 0.0, 0.0], [6.0, 0.02, -0.01]])
    return renderer, verts, orthographic(verts, cam)


def test_flat_sheet(scene):
    renderer, verts, trans_verts = scene
    before = trans_verts.clone()
    albedo = torch.full((2, 3, 16, 16), 0.5)
    light = torch.zeros(2, 9, 3)
    light[:, 0] = AMBIENT
    out = renderer(verts, trans_verts, albedo, light)
    assert torch.equal(trans_verts, before)
    inside = out.alpha_images.bool()
    assert torch.equal(out.pos_mask, out.alpha_images)
    torch.testing.assert_close(out.images[inside.expand_as(out.images)].mean(), torch.tensor(0.5))
    assert (out.images[~inside.expand_as(out.images)] == 0).all()
    facing = torch.tensor([0.0, 0.0, 1.0]).view(1, 3, 1, 1)
    torch.testing.assert_close(out.normal_images, facing * out.alpha_images)
    torch.testing.assert_close(out.transformed_normals, torch.tensor([0.0, 0, -1]).expand_as(verts))
    width = 0.18 * torch.tensor([8.0, 6.0]) / 2 * 40
    torch.testing.assert_close(inside.flatten(1).sum(1).float().sqrt(), width, atol=1.0, rtol=0)


def test_background_and_no_light(scene):
    renderer, verts, trans_verts = scene
    background = torch.rand(2, 3, 40, 40)
    albedo = torch.full((2, 3, 8, 8), 0.25)
    out = renderer(verts, trans_verts, albedo, background=background)
    expected = torch.where(out.alpha_images.bool(), torch.tensor(0.25), background)
    torch.testing.assert_close(out.images, expected)
    torch.testing.assert_close(out.albedo_images, expected)
    shape = renderer.render_shape(verts, trans_verts, background)
    outside = (out.alpha_images == 0).expand_as(shape)
    assert torch.equal(shape[outside], background[outside])


@pytest.mark.parametrize("soft_edges", [False, True])
def test_further_pictures_of_a_mesh_need_no_second_rasterization(sheet, soft_edges, monkeypatch):
    topology, verts = sheet
    renderer = here(SRenderY(40, 32, topology, soft_edges=soft_edges))
    trans_verts = orthographic(verts, torch.tensor([[8.0, 0.0, 0.0]]))
    background, normals = torch.rand(1, 3, 40, 40), torch.rand(1, 3, 32, 32)
    out = renderer(verts, trans_verts, torch.rand(1, 3, 8, 8))
    expected = renderer.render_shape(verts, trans_verts, background, normals)
    monkeypatch.setattr(renderer.rasterizer, "covered", None)
    assert torch.equal(renderer.draw_shape(out.surface, background, normals), expected)


def test_texture_lands_where_uv_says(scene):
    renderer, verts, trans_verts = scene
    u = (torch.arange(64) + 0.5) / 64
    ramp = torch.stack([u.expand(64, 64), (1 - u)[:, None].expand(64, 64), torch.zeros(64, 64)])
    out = renderer(verts, trans_verts, ramp.expand(2, -1, -1, -1))
    pixel = (2 * torch.arange(40) + 1) / 40 - 1
    expected_u = 0.5 + pixel / (8 * 0.2)
    inside = out.alpha_images[0, 0].bool()
    inside &= (expected_u > 0.1)[None] & (expected_u < 0.9)[None]
    torch.testing.assert_close(out.images[0, 0][inside], expected_u.expand(40, 40)[inside], atol=1e-4, rtol=0)
    upward = out.images[0, 1][inside].view(-1, int(inside.sum(1).max()))
    assert (upward.diff(dim=0) < 0).all()  # v falls with the row


def test_back_of_a_sheet_is_not_a_shape(scene):
    renderer, verts, trans_verts = scene
    turned = trans_verts * torch.tensor([-1.0, 1.0, -1.0])
    albedo = torch.ones(2, 3, 4, 4)
    out = renderer(verts, turned, albedo)
    assert out.alpha_images.any() and not out.pos_mask.any()
    assert (renderer.render_shape(verts, turned) == 0).all()
    assert (renderer.unwrap(torch.rand(2, 3, 40, 40), turned)[1] == 0).all()


def test_non_square_pictures_keep_the_aspect(sheet):
    topology, verts = sheet
    trans_verts = orthographic(verts, torch.tensor([[8.0, 0.0, 0.0]]))
    albedo = torch.rand(1, 3, 16, 16)
    square = here(SRenderY(32, 16, topology))(verts, trans_verts, albedo).images
    wide = here(SRenderY((32, 48), 16, topology))(verts, trans_verts, albedo).images
    torch.testing.assert_close(wide[..., 8:40], square, atol=1e-5, rtol=0)
    assert (wide[..., :8] == 0).all() and (wide[..., 40:] == 0).all()


@pytest.mark.parametrize("size", [(48, 48), (48, 64)])
def test_unwrap_inverts_render(sheet, size):
    topology, verts = sheet
    renderer = here(SRenderY(size, 32, topology))
    trans_verts = orthographic(verts, torch.tensor([[9.0, 0.01, 0.0]]))
    smooth = torch.nn.functional.interpolate(torch.rand(1, 3, 4, 4), (32, 32), mode="bicubic").clamp(0, 1)
    picture = renderer(verts, trans_verts, smooth).images
    texture, visible = renderer.unwrap(picture, trans_verts)
    inner = -torch.nn.functional.max_pool2d(-renderer.world2uv.inside, 5, 1, 2)
    assert (visible * inner == inner).all()
    assert ((texture - smooth).abs() * inner).max() < 0.05


def test_unwrap_marks_texels_outside_the_picture(scene):
    renderer, _, trans_verts = scene
    _, visible = renderer.unwrap(torch.rand(2, 3, 40, 40), trans_verts + torch.tensor([1.0, 0.0, 0.0]))
    inside = renderer.world2uv.inside.bool()
    assert 0 < visible[0][inside[0]].mean() < 1


def test_detail_normals_of_a_known_surface(sheet):
    topology, verts = sheet
    renderer = here(SRenderY(32, 128, topology))
    normals = renderer.vertex_normals(verts)
    u = (torch.arange(128) + 0.5) / 128
    amplitude, waves = 0.002, 4 * math.pi
    uv_z = (amplitude * torch.sin(waves * u)).expand(1, 1, 128, 128)
    slope = amplitude * waves * torch.cos(waves * u) / 0.2  # the sheet spans 0.2 m per unit of u
    expected = torch.stack([-slope, torch.zeros(128), torch.ones(128)]) / (1 + slope**2).sqrt()
    detail = renderer.detail_normals(uv_z, verts, normals)
    expected = expected[None, :, None].expand_as(detail)
    inner = slice(20, 108)
    torch.testing.assert_close(detail[..., inner, inner], expected[..., inner, inner], atol=5e-3, rtol=0)
    flat = renderer.detail_normals(torch.zeros_like(uv_z), verts, normals)
    inside = renderer.world2uv.inside.bool()[0, 0]
    torch.testing.assert_close(flat[0, 2][inside], torch.ones(int(inside.sum())), atol=1e-4, rtol=0)


def test_displacement_mask_and_fixed_displacement(sheet):
    topology, verts = sheet
    mask = np.zeros_like(topology.face_eye_mask)
    fixed = np.full_like(mask, 0.003)
    masked = type(topology)(topology.faces, topology.uv_coords, topology.uv_faces, topology.face_mask, mask, fixed)
    renderer = here(SRenderY(32, 32, masked))
    normals = renderer.vertex_normals(verts)
    uv_z = 0.01 * torch.randn(1, 1, 32, 32)
    uv_verts, uv_normals = renderer.world2uv(verts), renderer.world2uv(normals)
    surface = renderer.displaced_surface(uv_z, uv_verts, uv_normals)
    torch.testing.assert_close(surface, uv_verts + 0.003 * uv_normals)
    torch.testing.assert_close(renderer.detail_normals(uv_z, verts, normals), uv_normals)
    with pytest.raises(ValueError, match=r"uv_z must be \(B, 1, 32, 32\)"):
        renderer.detail_normals(torch.zeros(1, 1, 16, 16), verts, normals)


def test_gradients_reach_every_input(scene):
    renderer, verts, trans_verts = scene
    inputs = [
        verts + 0.001 * torch.randn_like(verts),
        trans_verts.clone(),
        torch.rand(2, 3, 16, 16),
        torch.randn(2, 9, 3),
    ]
    inputs = [value.requires_grad_() for value in inputs]
    renderer(*inputs).images.square().mean().backward()
    for value in inputs:
        assert torch.isfinite(value.grad).all() and value.grad.abs().sum() > 0


def test_gradients_against_finite_differences(sheet):
    topology, verts = sheet
    renderer = here(SRenderY(12, 16, topology)).double()
    generator = torch.Generator().manual_seed(0)
    verts = verts.double() + 0.002 * torch.randn(verts.shape, generator=generator, dtype=torch.float64)
    trans_verts = orthographic(verts, torch.tensor([[8.0, 0.0, 0.0]], dtype=torch.float64))
    albedo = torch.rand(1, 3, 5, 5, generator=generator, dtype=torch.float64)
    light = torch.randn(1, 9, 3, generator=generator, dtype=torch.float64)
    directions = [
        torch.randn(value.shape, generator=generator, dtype=torch.float64)
        for value in (verts, trans_verts, albedo, light)
    ]
    inputs = [value.clone().requires_grad_() for value in (verts, trans_verts, albedo, light)]

    def loss(*values):
        return renderer(*values).images.square().sum()

    gradients = torch.autograd.grad(loss(*inputs), inputs)
    step = 1e-7
    for k, (direction, gradient) in enumerate(zip(directions, gradients, strict=True)):
        ahead, behind = (
            [value + sign * step * direction if i == k else value for i, value in enumerate(inputs)] for sign in (1, -1)
        )
        with torch.no_grad():
            numeric = (loss(*ahead) - loss(*behind)) / (2 * step)
        torch.testing.assert_close((gradient * direction).sum(), numeric, rtol=1e-4, atol=1e-6)


def test_uv_padding_repeats_the_edge(sheet):
    topology, verts = sheet
    faces, uv = torch.tensor(topology.faces), torch.tensor(topology.uv_coords)
    plain, padded = UVSpace(faces, uv, faces, 40), UVSpace(faces, uv, faces, 40, padding=2)
    bare = plain(verts)
    filled = padded(verts)
    assert (plain.padded == plain.inside).all()
    assert padded.padded.sum() > padded.inside.sum() == plain.inside.sum()
    inside = plain.inside.bool().expand_as(bare)
    assert torch.equal(filled[inside], bare[inside])
    outer = (padded.padded - padded.inside).bool().expand_as(bare)
    torch.testing.assert_close(filled[outer], plain.dilate(bare)[outer])
    assert (plain.dilate(bare)[0, 0].abs() > 0).float().mean() > 0.9


def test_uv_space_is_rasterized_once(scene, monkeypatch):
    renderer, verts, trans_verts = scene
    monkeypatch.setattr(TorchRasterizer, "covered", None)
    normals = renderer.vertex_normals(verts)
    assert renderer.world2uv(verts).shape == (2, 3, 32, 32)
    renderer.detail_normals(torch.zeros(2, 1, 32, 32), verts, normals)
    renderer.unwrap(torch.zeros(2, 3, 40, 40), trans_verts)


def test_normals_already_in_the_picture(scene):
    renderer, verts, trans_verts = scene
    grey = renderer.render_shape(verts, trans_verts)
    normals = renderer(verts, trans_verts, torch.ones(2, 3, 4, 4)).normal_images
    assert torch.equal(renderer.render_shape(verts, trans_verts, normal_images=normals), grey)
    assert not renderer.render_shape(verts, trans_verts, normal_images=-normals).any()


@pytest.mark.parametrize("mask", [0.0, 0.5, 1.0])
def test_detail_normals_in_grey_renders_where_the_surface_is_displaced(sheet, mask):
    topology, verts = sheet
    masked = dataclasses.replace(topology, face_eye_mask=np.full_like(topology.face_eye_mask, mask))
    renderer = here(SRenderY(40, 32, masked))
    trans_verts = orthographic(verts, torch.tensor([[8.0, 0.0, 0.0]]))
    tilted = torch.tensor([0.6, 0.0, 0.8]).view(1, 3, 1, 1).expand(1, 3, 32, 32)
    detailed = renderer.render_shape(verts, trans_verts, uv_detail_normals=tilted)
    shown = tilted[..., :1, :1] if mask else torch.tensor([0.0, 0.0, 1.0]).view(1, 3, 1, 1)
    expected = renderer.render_shape(verts, trans_verts, normal_images=shown.expand(1, 3, 40, 40))
    torch.testing.assert_close(detailed, expected)


def test_pictures_take_from_uv_space_what_is_displaced(sheet):
    topology, verts = sheet
    left = np.zeros_like(topology.face_eye_mask)
    left[:, : left.shape[1] // 2] = 1.0
    renderer = here(SRenderY(40, 32, dataclasses.replace(topology, face_eye_mask=left)))
    out = renderer(verts, orthographic(verts, torch.tensor([[8.0, 0.0, 0.0]])), torch.ones(1, 3, 4, 4))
    coarse, detail = torch.rand(2, 1, 3, 40, 40).unbind(0)
    blended = renderer.blend_detail(coarse, detail, out.grid)
    left_half, right_half = np.s_[..., 6:34, 8:18], np.s_[..., 6:34, 22:32]  # the sheet covers 4 to 36
    assert torch.equal(blended[left_half], detail[left_half])
    assert torch.equal(blended[right_half], coarse[right_half])
    low, high = torch.minimum(coarse, detail), torch.maximum(coarse, detail)
    assert (blended >= low - 1e-6).all() and (blended <= high + 1e-6).all()


def test_autocast_and_half_precision_inputs_change_nothing(scene, device):
    renderer, verts, trans_verts = scene
    albedo, light = torch.rand(2, 3, 16, 16).bfloat16().float(), torch.randn(2, 9, 3).bfloat16().float()
    expected = renderer(verts, trans_verts, albedo, light)
    with torch.autocast(device, torch.bfloat16):
        found = renderer(verts, trans_verts, albedo.bfloat16(), light.bfloat16())
        detail = renderer.detail_normals(torch.zeros(2, 1, 32, 32).bfloat16(), verts, found.normals)
        texture, visible = renderer.unwrap(found.images.bfloat16(), trans_verts)
    assert torch.equal(found.images, expected.images) and found.images.dtype == torch.float32
    assert detail.dtype == texture.dtype == visible.dtype == torch.float32


def test_resize_map_keeps_constants():
    assert torch.equal(resize_map(np.full((8, 8), 0.25, np.float32), 8), torch.full((1, 1, 8, 8), 0.25))
    torch.testing.assert_close(resize_map(np.full((8, 8), 0.25, np.float32), 5), torch.full((1, 1, 5, 5), 0.25))


def test_errors(scene):
    renderer, verts, trans_verts = scene
    with pytest.raises(ValueError, match="must agree"):
        renderer(verts, trans_verts[:1], torch.zeros(2, 3, 4, 4))
    with pytest.raises(ValueError, match=r"SH \(B, 9, 3\)"):
        renderer.shade(torch.zeros(2, 3, 4, 4), torch.zeros(2, 27))


def test_rasterizer_is_a_string_in_the_config(sheet):
    topology, verts = sheet
    trans_verts = orthographic(verts, torch.tensor([[8.0, 0.0, 0.0]]))
    pictures = []
    for name in ("TorchRasterizer", "NaiveRasterizer"):
        config = dict(type="SRenderY", image_size=24, uv_size=16, topology=topology, rasterizer=dict(type=name))
        renderer = here(RENDERERS.build(config))
        pictures.append(renderer(verts, trans_verts, torch.ones(1, 3, 4, 4)).images)
    torch.testing.assert_close(*pictures)


def test_sizes_without_arguments(sheet):
    renderer = here(SRenderY(topology=sheet[0]))
    assert renderer.image_size == renderer.rasterizer.image_size == (224, 224)
    assert renderer.uv_size == renderer.world2uv.size == 256 and renderer.world2uv.padding == 2
    assert renderer.soft_edges is None and renderer.blend_normals and type(renderer.rasterizer) is TorchRasterizer


def test_padding_reaches_as_far_as_it_says(sheet):
    topology, _ = sheet
    space = UVSpace(torch.tensor(topology.faces), torch.tensor(topology.uv_coords), torch.tensor(topology.faces), 40, 2)
    inside, padded = space.inside[0, 0].bool(), space.padded[0, 0].bool()
    rows, columns = inside.nonzero().unbind(1)
    for row in range(40):
        for column in range(40):
            near = bool((((rows - row) ** 2 + (columns - column) ** 2) <= 4).any())
            assert bool(padded[row, column]) == near


def test_resize_map_gives_a_square_of_every_map():
    """Also of a map that has the wanted side in one direction alone."""
    values = np.random.default_rng(0).random((4, 8), dtype=np.float32)
    doubled = torch.nn.functional.interpolate(torch.as_tensor(values)[None, None], (8, 8), mode="bilinear")
    torch.testing.assert_close(resize_map(values, 8), doubled)
    halved = values.reshape(4, 4, 2).mean(2)
    assert resize_map(values, 4).shape == (1, 1, 4, 4)
    assert resize_map(values, 4).mean().item() == pytest.approx(halved.mean(), rel=0.05)


def test_tangent_normals_of_half_precision_inputs(scene, device):
    renderer, verts, _ = scene
    verts, normals = verts.bfloat16(), renderer.vertex_normals(verts).bfloat16()
    detail = torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(0)).bfloat16()
    expected = renderer.tangent_normals(detail.float(), verts.float(), normals.float())
    with torch.autocast(device, torch.bfloat16):
        found = renderer.tangent_normals(detail, verts, normals)
    assert found.dtype == torch.float32 and torch.equal(found, expected)
