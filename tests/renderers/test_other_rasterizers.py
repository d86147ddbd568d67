"""Adapters: the error without the package, and agreement with the default where the package is there."""

import importlib.util
import sys
from types import ModuleType, SimpleNamespace

import pytest
import torch

from aucgan.registry import RENDERERS
from aucgan.renderers import NvdiffrastRasterizer, PyTorch3DRasterizer, TorchRasterizer

PACKAGES = {
    "EmbreeRasterizer": ("embreex", "pip install embreex"),
    "PyTorch3DRasterizer": ("pytorch3d", "INSTALL.md"),
    "NvdiffrastRasterizer": ("nvdiffrast", "nvdiffrast/#installation"),
}


def squashed_sphere(icosphere):
    points, faces = icosphere(3)
    return torch.stack([points * 0.8, points * 0.5 + 0.1]), faces


@pytest.mark.parametrize("name", PACKAGES)
def test_missing_package_says_how_to_get_it(name, monkeypatch):
    package, advice = PACKAGES[name]
    for module in list(sys.modules):
        if module.startswith(package) or module == "trimesh.ray.ray_pyembree":
            monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=advice):
        RENDERERS.get(name)(8)


def test_embree_agrees(icosphere):
    pytest.importorskip("embreex")
    verts, faces = squashed_sphere(icosphere)
    expected = TorchRasterizer((40, 56))(verts, faces)
    verts.requires_grad_()
    found = RENDERERS.build(dict(type="EmbreeRasterizer", image_size=(40, 56)))(verts, faces)
    assert (found.pix_to_face == expected.pix_to_face).float().mean() > 0.999
    torch.testing.assert_close(found.zbuf[found.mask].mean(), expected.zbuf[found.mask].mean())
    found.zbuf.sum().backward()
    assert torch.isfinite(verts.grad).all()


@pytest.mark.skipif(importlib.util.find_spec("pytorch3d") is None, reason="PyTorch3D is not installed")
def test_pytorch3d_agrees(icosphere):
    verts, faces = squashed_sphere(icosphere)
    expected = TorchRasterizer((40, 56))(verts, faces).pix_to_face
    assert (PyTorch3DRasterizer((40, 56))(verts, faces).pix_to_face == expected).float().mean() > 0.99


def pytorch3d_stand_in(seen):
    """What the adapter calls of PyTorch3D, computed by the default rasterizer in PyTorch3D's axes."""

    def rasterize_meshes(meshes, image_size, **options):
        seen.update(options)
        verts, faces = meshes
        assert (verts[..., 2] > 0).all()
        pix = TorchRasterizer(image_size)(verts * torch.tensor([-1.0, -1.0, 1.0]), faces).pix_to_face
        packed = pix + torch.arange(len(pix))[:, None, None] * faces.shape[1]
        return (torch.where(pix >= 0, packed, -1)[..., None], None, None, None)

    mesh = ModuleType("pytorch3d.renderer.mesh")
    mesh.rasterize_meshes = rasterize_meshes
    structures = ModuleType("pytorch3d.structures")
    structures.Meshes = lambda verts, faces: (verts, faces)
    return {
        "pytorch3d": ModuleType("pytorch3d"),
        "pytorch3d.renderer": ModuleType("pytorch3d.renderer"),
        "pytorch3d.renderer.mesh": mesh,
        "pytorch3d.structures": structures,
    }


def test_pytorch3d_adapter_converts_axes_and_indices(icosphere, monkeypatch):
    seen = {}
    for name, module in pytorch3d_stand_in(seen).items():
        monkeypatch.setitem(sys.modules, name, module)
    verts, faces = squashed_sphere(icosphere)
    found = PyTorch3DRasterizer((24, 32), cull_backfaces=True)(verts, faces)
    expected = TorchRasterizer((24, 32))(verts, faces)
    assert torch.equal(found.pix_to_face, expected.pix_to_face)
    torch.testing.assert_close(found.zbuf, expected.zbuf)
    assert seen["cull_backfaces"] and seen["faces_per_pixel"] == 1 and not seen["perspective_correct"]


def test_nvdiffrast_adapter_pads_to_blocks(monkeypatch):
    monkeypatch.setitem(sys.modules, "nvdiffrast", ModuleType("nvdiffrast"))
    monkeypatch.setitem(sys.modules, "nvdiffrast.torch", SimpleNamespace())
    rasterizer = NvdiffrastRasterizer((20, 30))
    assert rasterizer.padded_size() == (24, 32)
    verts = torch.tensor([[[-1.5, -1.0, 2.0], [1.5, 1.0, 3.0]]])  # corners of the picture
    clip = rasterizer.clip_space(verts)
    expected = torch.tensor([[-1.0, -1.0, -0.9, 1.0], [2 * 30 / 32 - 1, 2 * 20 / 24 - 1, 0.9, 1.0]])
    torch.testing.assert_close(clip[0], expected)
    with pytest.raises(ValueError, match="CUDA device"):
        rasterizer(verts.cpu(), torch.zeros(1, 3).long())
