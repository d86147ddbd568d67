import pytest
import torch

from aucgan.models import UVSkinReader
from aucgan.renderers.shading import irradiance

SIZE = 48


def plane(light_x=0.0):
    """A plane that faces the viewer, 1 cm wide, under a light from in front and from the side."""
    rows, columns = torch.meshgrid(
        torch.linspace(0.005, -0.005, SIZE), torch.linspace(-0.005, 0.005, SIZE), indexing="ij"
    )
    verts = torch.stack([columns, rows, torch.zeros(SIZE, SIZE)])[None]
    normals = torch.zeros(1, 3, SIZE, SIZE)
    normals[:, 2] = 1
    light = torch.zeros(1, 9, 3)
    light[:, 0], light[:, 1], light[:, 3] = 2.0, light_x, 0.3
    return verts, normals, light


def read(texture, light_x=0.0, visible=None, reader=None):
    verts, normals, light = plane(light_x)
    visible = torch.ones(1, 1, SIZE, SIZE) if visible is None else visible
    return (reader or UVSkinReader())(texture, visible, verts, normals, irradiance(normals, light), light)


def test_shape_and_an_even_skin_has_no_contrast():
    reader = UVSkinReader(reach=(2, 5, 9))
    maps = read(torch.full((1, 3, SIZE, SIZE), 0.4), reader=reader)
    assert maps.shape == (1, reader.n_maps, SIZE, SIZE) and maps.isfinite().all()
    torch.testing.assert_close(maps[:, :7], torch.zeros_like(maps[:, :7]), atol=1e-4, rtol=0)


def test_exposure_does_not_change_contrast():
    torch.manual_seed(0)
    skin = 0.3 + 0.3 * torch.rand(1, 3, SIZE, SIZE)
    torch.testing.assert_close(read(skin)[:, :5], read(1.3 * skin)[:, :5], atol=0.15, rtol=0.1)


def test_what_is_not_visible_has_no_say():
    torch.manual_seed(0)
    visible = torch.ones(1, 1, SIZE, SIZE)
    visible[..., 20:] = 0
    skin, other = torch.rand(2, 1, 3, SIZE, SIZE)
    other[..., :20] = skin[..., :20]
    first, second = read(skin, visible=visible), read(other, visible=visible)
    torch.testing.assert_close(first, second)
    assert (first[..., 20:] == 0).all()


def test_the_response_says_what_a_slope_does_to_the_shading():
    slope, light_x = 0.02, 0.4
    _, normals, light = plane(light_x)
    tilted = torch.nn.functional.normalize(normals - slope * torch.tensor([1.0, 0.0, 0.0]).view(1, 3, 1, 1), dim=1)
    shading, changed = (irradiance(n, light).mean(1, keepdim=True) for n in (normals, tilted))
    along_u = read(torch.full((1, 3, SIZE, SIZE), 0.4), light_x)[:, -3:-2]
    torch.testing.assert_close(slope * along_u, (changed - shading) / (shading + 0.03), rtol=0.05, atol=1e-5)


def test_pigment_is_told_from_folds():
    grey, brown = (torch.full((1, 3, SIZE, SIZE), 0.4) for _ in range(2))
    grey[:, :, 20:24], brown[:, 2, 20:24] = 0.3, 0.2
    pigment = 4
    assert read(brown)[:, pigment].abs().max() > 0.5
    assert read(grey)[:, pigment].abs().max() < 0.1


def test_reach_is_checked():
    with pytest.raises(ValueError, match="radii of at least 1 texel"):
        UVSkinReader(reach=(0,))
