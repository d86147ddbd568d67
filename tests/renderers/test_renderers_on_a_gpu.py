"""Renderer and rasterizers on a pretended GPU: the same pictures and gradients; what the host waits for is known."""

import pytest
import torch
from pretended_gpu import PretendedGPU

from aucgan.registry import RENDERERS
from aucgan.renderers import SRenderY, orthographic

RASTERIZER = ["nearest_fragment.py", "nearest_fragment.py", "runs.py"]
"""Where the numbers of spans, fragments and covered pixels are read."""

READS = {"TorchRasterizer": RASTERIZER, "NaiveRasterizer": None}
"""The naive twin draws on the host, and may send and wait."""

NOT_HERE = {
    "EmbreeRasterizer": "traces rays on the host",
    "NvdiffrastRasterizer": "its own kernels, which need a true GPU",
    "PyTorch3DRasterizer": "its own kernels, which need a true GPU",
    "SRenderY": "see below",
}


def test_every_rasterizer_has_its_place():
    assert {
        name for name in RENDERERS.module_dict if "aucgan" in RENDERERS.get(name).__module__
    } == READS.keys() | NOT_HERE


@pytest.mark.parametrize("name", READS)
def test_rasterizer(name, icosphere, gpu):
    points, faces = icosphere(2)
    verts = torch.stack([points * 0.8, points * 0.5 + 0.1])
    rasterizer = RENDERERS.build(dict(type=name, image_size=(20, 28)))

    def draw(verts, faces):
        found = rasterizer.covered(verts.requires_grad_(), faces)
        (gradient,) = torch.autograd.grad(found.depth.square().sum() + found.bary[:, 0].sum(), verts)
        return [t.detach() for t in (found.pixel, found.face, found.bary, found.depth, found.image, gradient)]

    wanted = draw(verts.clone(), faces)
    with gpu() as report:
        there = verts.to("cuda"), faces.to("cuda")
        report.clear()
        results = draw(*there)
        if READS[name] is not None:
            report.expect(READS[name])
        found = [t.cpu() for t in results]
    for got, want in zip(found, wanted, strict=True):
        torch.testing.assert_close(got, want)


def everything(renderer, *inputs):
    """Values of every method, and the gradients of their sum."""
    results = values(renderer, *inputs)
    return [t.detach() for t in results] + gradients(results, *inputs)


def gradients(results, verts, _cam, albedo, light, _photo, uv_z):
    """Those of the sum of all squares."""
    return list(torch.autograd.grad(sum(r.square().sum() for r in results), (verts, albedo, light, uv_z)))


def values(renderer, verts, cam, albedo, light, photo, uv_z):
    """What every method gives."""
    placed = orthographic(verts, cam)
    out = renderer(verts, placed, albedo, light, photo)
    uv_verts, uv_normals = renderer.world2uv(torch.cat([verts, out.normals], dim=2)).split(3, dim=1)
    detail = renderer.displaced_normals(uv_z, uv_verts, uv_normals)
    return [
        out.images,
        detail,
        renderer.render_shape(verts, placed, photo, detail),
        renderer.shade(detail, light),
        renderer.render_attributes(placed, verts)[0],
        renderer.tangent_normals(detail, verts, out.normals),
        *renderer.unwrap(photo, placed),
    ]


@pytest.mark.parametrize("soft_edges", [False, True])
def test_renderer(sheet, soft_edges, gpu):
    topology, verts = sheet
    torch.manual_seed(0)
    verts = verts.repeat(2, 1, 1) + 0.01 * torch.rand(2, *verts.shape[1:])
    cam = torch.tensor([[7.0, 0.0, 0.0], [5.0, 0.02, 0.01]])
    inputs = [verts, cam, torch.rand(2, 3, 16, 16), torch.rand(2, 9, 3), torch.rand(2, 3, 24, 32)]
    inputs.append(1e-3 * torch.rand(2, 1, 32, 32))
    renderer = SRenderY((24, 32), 32, topology, soft_edges=soft_edges)
    wanted = everything(renderer, *(t.clone().requires_grad_() for t in inputs))
    with gpu() as report:
        renderer.to("cuda")
        there = [t.to("cuda").requires_grad_() for t in inputs]
        everything(renderer, *there)  # the first call makes what is kept
        report.clear()
        results = everything(renderer, *there)
        report.expect(3 * RASTERIZER + ["soft_edges.py"] * (7 if soft_edges else 0))  # three calls rasterize
        found = [t.cpu() for t in results]
    for got, want in zip(found, wanted, strict=True):
        torch.testing.assert_close(got, want, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("soft_edges", [False, True])
def test_a_renderer_is_made_where_tensors_are_made_by_default(sheet, soft_edges):
    topology, _ = sheet
    with PretendedGPU(default=True):
        renderer = SRenderY((24, 32), 32, topology, soft_edges=soft_edges)
        assert {buffer.device.type for buffer in renderer.buffers()} == {"cuda"}
        there = [buffer.cpu() for buffer in renderer.buffers()]
    wanted = SRenderY((24, 32), 32, topology, soft_edges=soft_edges).buffers()
    assert all(torch.equal(ours, theirs) for ours, theirs in zip(there, wanted, strict=True))
