"""Renderer and rasterizers in float32, in float64, and with mixed precision, which leaves them in float32."""

import copy
from contextlib import nullcontext

import pytest
import torch
from devices import here
from precisions import assert_close
from renderers.test_renderers_on_a_gpu import READS, gradients, values

from aucgan.registry import RENDERERS
from aucgan.renderers import SRenderY

TANGENT_NORMALS = 5
"""Their place among the results; compared on the islands alone.

In corners of the padding the displaced surface has no area, and its normal is what rounding left of 0.
"""


def assert_as_promised(compute, precision):
    """``compute(dtype, context)``: as in float32 under autocast, and as close to float64 as was promised."""
    exact, plain_ones = compute(torch.float64, nullcontext()), compute(precision.dtype, nullcontext())
    found = compute(precision.dtype, precision.computing())
    for got, plain in zip(found, plain_ones, strict=True):
        assert got.dtype == plain.dtype and torch.equal(got, plain)
    for got, want in zip(found, exact, strict=True):
        if not got.is_floating_point():
            assert torch.equal(got, want)
            continue
        assert got.dtype == precision.dtype
        assert_close([got], [want], precision)


@pytest.mark.parametrize("name", READS)
def test_rasterizer(name, icosphere, precision):
    points, faces = icosphere(2)
    rasterizer = RENDERERS.build(dict(type=name, image_size=(20, 28)))

    def draw(dtype, context):
        verts = torch.stack([points * 0.8, points * 0.5 + 0.1]).to(dtype).requires_grad_()
        with context:
            found = rasterizer.covered(verts, faces)
        (gradient,) = torch.autograd.grad(found.depth.square().sum() + found.bary[:, 0].sum(), verts)
        return [t.detach() for t in (found.pixel, found.face, found.bary, found.depth, gradient)]

    assert_as_promised(draw, precision)


@pytest.mark.parametrize("soft_edges", [False, True])
def test_renderer(sheet, soft_edges, precision):
    topology, verts = sheet
    torch.manual_seed(0)
    verts = verts.repeat(2, 1, 1) + 0.01 * torch.rand(2, *verts.shape[1:])
    cam = torch.tensor([[7.0, 0.0, 0.0], [5.0, 0.02, 0.01]])
    inputs = [verts, cam, torch.rand(2, 3, 16, 16), torch.rand(2, 9, 3), torch.rand(2, 3, 24, 32)]
    inputs.append(1e-3 * torch.rand(2, 1, 32, 32))
    renderer = here(SRenderY((24, 32), 32, topology, soft_edges=soft_edges))

    def draw(dtype, context):
        given = [t.detach().to(dtype).requires_grad_() for t in inputs]
        with context:
            results = values(copy.deepcopy(renderer).to(dtype), *given)
        results[TANGENT_NORMALS] = results[TANGENT_NORMALS] * renderer.world2uv.inside
        return [t.detach() for t in results] + gradients(results, *given)

    assert_as_promised(draw, precision)
