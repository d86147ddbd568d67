from pathlib import Path

import numpy as np
import pytest
import torch
from devices import here
from golden.detfill import det_input
from torch.nn.functional import avg_pool2d

from aucgan.models import FLAMETex

STYLES = {"BFM": ("MU", "PC", 199, 1.0, 0.02), "FLAME": ("mean", "tex_dir", 200, 255.0, 5.1)}


@pytest.fixture(scope="module")
def golden():
    with np.load(Path(__file__).parents[2] / "golden" / "flame.npz") as file:
        return {key: file[key] for key in file.files}


@pytest.fixture(scope="module", params=STYLES)
def published(request, tmp_path_factory):
    """A texture file of a published style, with its first 50 components."""
    style = request.param
    mean_key, basis_key, components, scale, gain = STYLES[style]
    path = tmp_path_factory.mktemp("tex") / f"{style}.npz"
    texels = det_input(f"tex.u.{style}", (512 * 512 * 3,), 7)
    weights = det_input(f"tex.w.{style}", (components,), 7)[:50]
    mean = scale * det_input(f"tex.mean.{style}", (512, 512, 3), 7, "uniform", 0.2, 0.8)
    basis = np.outer(texels, weights) * np.float32(gain)
    np.savez(path, **{mean_key: mean, basis_key: basis.reshape(512, 512, 3, 50)})
    return style, path


def test_matches_published_albedo(published, golden):
    style, path = published
    albedo = here(FLAMETex(path, n_tex=50))(torch.as_tensor(golden[f"tex.code.{style}"]))
    assert albedo.shape == (2, 3, 256, 256)
    np.testing.assert_allclose(albedo.flatten()[::131].cpu().numpy(), golden[f"tex.out.{style}@sub"], atol=1e-6)


def test_smaller_maps_are_block_means(published):
    _, path = published
    code = torch.randn(1, 5)
    full = here(FLAMETex(path, n_tex=5, uv_size=256))(code)
    torch.testing.assert_close(here(FLAMETex(path, n_tex=5, uv_size=64))(code), avg_pool2d(full, 4), rtol=0, atol=1e-5)
    torch.testing.assert_close(here(FLAMETex(path, n_tex=5, uv_size=512))(code)[..., ::2, ::2], full)


def test_errors_name_what_is_wrong(published):
    _, path = published
    with pytest.raises(ValueError, match="has 50 components, but n_tex=60"):
        FLAMETex(path, n_tex=60)
    with pytest.raises(ValueError, match="divisor of 512"):
        FLAMETex(path, uv_size=100)


def test_gradient_and_checkpoint(published):
    tex = here(FLAMETex(published[1], n_tex=3, uv_size=32))
    code = torch.zeros(1, 3, requires_grad=True)
    tex(code).sum().backward()
    torch.testing.assert_close(code.grad[0], tex.basis.sum(1), rtol=1e-4, atol=1e-4)
    assert tex.state_dict() == {}
    with pytest.raises(ValueError, match=r"must be \(B, 3\), not \(1, 4\)"):
        tex(torch.zeros(1, 4))


def test_named_models_share_their_memory_and_files_are_read_anew(published, tmp_path):
    first, second = FLAMETex(n_tex=3, uv_size=16), FLAMETex(n_tex=3, uv_size=16)
    assert first.basis.data_ptr() == second.basis.data_ptr() and first.mean.data_ptr() == second.mean.data_ptr()
    assert FLAMETex(n_tex=2, uv_size=16).basis.equal(first.basis[:2])
    with np.load(published[1]) as file:
        fields = {key: file[key][..., :3] for key in file.files}
    path = tmp_path / "tex.npz"
    np.savez(path, **fields)
    before = FLAMETex(path, n_tex=3, uv_size=16)
    np.savez(path, **{key: 0.5 * value for key, value in fields.items()})
    torch.testing.assert_close(FLAMETex(path, n_tex=3, uv_size=16).basis, 0.5 * before.basis)
