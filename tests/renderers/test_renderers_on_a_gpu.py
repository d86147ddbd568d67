"""Renderer and rasterizers on a pretended GPU: the same pictures and gradients; what the host waits for is known."""

from collections import Counter

import pytest
import torch
from pretended_gpu import PretendedGPU

from aucgan.registry import RENDERERS
from aucgan.renderers import SRenderY, orthographic

RASTERIZER = Counter({"nearest_fragment.py": 2, "runs.py": 1})
"""The numbers of spans, fragments and covered pixels."""

READS = {"TorchRasterizer": RASTERIZER, "NaiveRasterizer": Counter({"naive_rasterizer.py": 3})}
"""The naive twin draws on the host."""

NOT_HERE = {
    "EmbreeRasterizer": "traces rays on the host",
    "NvdiffrastRasterizer": "its own kernels, which need a true GPU",
    "PyTorch3DRasterizer": "its own kernels, which need a true GPU",
    "SRenderY": "see below",
}


def files(report):
    return Counter(read.split("/")[-1].split(":")[0] for read in report.reads)


def test_every_rasterizer_has_its_place():
    assert {
        name for name in RENDERERS.module_dict if "aucgan" in RENDERERS.get(name).__module__
    } == READS.keys() | NOT_HERE


@pytest.mark.parametrize("name", READS)
def test_rasterizer(name, icosphere):
    points, faces = icosphere(2)
    verts = torch.stack([points * 0.8, points * 0.5 + 0.1])
    rasterizer = RENDERERS.build(dict(type=name, image_size=(20, 28)))

    def draw(verts, faces):
        found = rasterizer.covered(verts.requires_grad_(), faces)
        (gradient,) = torch.autograd.grad(found.depth.square().sum() + found.bary[:, 0].sum(), verts)
        return [t.detach() for t in (found.pixel, found.face, found.bary, found.depth, found.image, gradient)]

    wanted = draw(verts.clone(), faces)
    with PretendedGPU() as report:
        there = verts.to("cuda"), faces.to("cuda")
        report.clear()
        results = draw(*there)
        assert files(report) == READS[name]
        found = [t.cpu() for t in results]
    for got, want in zip(found, wanted, strict=True):
        torch.testing.assert_close(got, want)


def everything(renderer, verts, cam, albedo, light, photo, uv_z):
    """Values of every method, and the gradients of their sum."""
    placed = orthographic(verts, cam)
    out = renderer(verts, placed, albedo, light, photo)
    uv_verts, uv_normals = renderer.world2uv(torch.cat([verts, out.normals], dim=2)).split(3, dim=1)
    detail = renderer.displaced_normals(uv_z, uv_verts, uv_normals)
    results = [
        out.images,
        detail,
        renderer.render_shape(verts, placed, photo, detail),
        renderer.shade(detail, light),
        renderer.render_attributes(placed, verts)[0],
        renderer.tangent_normals(detail, verts, out.normals),
        *renderer.unwrap(photo, placed),
    ]
    inputs = (verts, albedo, light, uv_z)
    return [t.detach() for t in results] + list(torch.autograd.grad(sum(r.square().sum() for r in results), inputs))


@pytest.mark.parametrize("soft_edges", [False, True])
def test_renderer(sheet, soft_edges):
    topology, verts = sheet
    torch.manual_seed(0)
    verts = verts.repeat(2, 1, 1) + 0.01 * torch.rand(2, *verts.shape[1:])
    cam = torch.tensor([[7.0, 0.0, 0.0], [5.0, 0.02, 0.01]])
    inputs = [verts, cam, torch.rand(2, 3, 16, 16), torch.rand(2, 9, 3), torch.rand(2, 3, 24, 32)]
    inputs.append(1e-3 * torch.rand(2, 1, 32, 32))
    renderer = SRenderY((24, 32), 32, topology, soft_edges=soft_edges)
    wanted = everything(renderer, *(t.clone().requires_grad_() for t in inputs))
    with PretendedGPU() as report:
        renderer.to("cuda")
        there = [t.to("cuda").requires_grad_() for t in inputs]
        everything(renderer, *there)  # the first call makes what is kept
        report.clear()
        results = everything(renderer, *there)
        reads = files(report)
        assert reads.pop("soft_edges.py", 0) == (7 if soft_edges else 0)
        assert reads == Counter({name: 3 * count for name, count in RASTERIZER.items()}), "three calls rasterize"
        assert not report.copies
        found = [t.cpu() for t in results]
    for got, want in zip(found, wanted, strict=True):
        torch.testing.assert_close(got, want, rtol=1e-4, atol=1e-5)
