import torch
from devices import here

from aucgan.renderers import SRenderY, orthographic
from aucgan.renderers.export import export_maps, load_displacement, map_pictures


def test_every_intermediate_is_a_picture_on_disk(sheet, tmp_path):
    topology, verts = sheet
    renderer = here(SRenderY(24, 32, topology))
    trans_verts = orthographic(verts, torch.tensor([[8.0, 0.0, 0.0]]))
    uv_z = 0.002 * torch.randn(1, 1, 32, 32, generator=torch.Generator().manual_seed(0))
    light = torch.zeros(1, 9, 3)
    light[:, 0], light[:, 3] = 2.0, 0.5
    pictures = map_pictures(renderer, verts, trans_verts, torch.rand(1, 3, 64, 64), light, uv_z)
    assert list(pictures) == sorted(pictures)
    for name, picture in pictures.items():
        assert picture.dim() == 3 and torch.isfinite(picture).all() and 0 <= picture.min() <= picture.max() <= 1, name
    flat, rough = (pictures[name][:, 8:24, 8:24] for name in ("08_coarse_shading", "09_detail_shading"))
    assert flat.std() < 1e-3 < 0.005 < rough.std()
    height = renderer.displacement(uv_z)[0, 0]
    files = export_maps(tmp_path / "maps", pictures, height)
    assert len(files) == len(pictures) + 2 and all(file.is_file() for file in files)
    torch.testing.assert_close(
        torch.as_tensor(load_displacement(tmp_path / "maps" / "displacement.png")), height, atol=1e-6, rtol=0
    )
