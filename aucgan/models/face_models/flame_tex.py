"""Linear albedo in UV space."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from aucgan.heads.library import DEFAULT_HEAD
from aucgan.heads.texture_model import TEXTURE_SIZE, load_texture_model, named_texture_model
from aucgan.registry import MODELS

PUBLISHED_UV_SIZE = 256


@MODELS.register_module()
class FLAMETex(nn.Module):
    """Linear albedo model on FLAME's UV layout, in BFM's or in FLAME's style.

    The model's arrays are buffers that are not written to checkpoints; it computes in float32 also under autocast.

    Args:
        model: ``'anny'`` or the file of a head, whose skin is painted; or the path of a texture model
            (published or converted ``.npz``).
        n_tex: Components used.
        uv_size: Side of the albedo map, a divisor of 512. At 512 and 256 every first and every second texel is
            taken, as published; smaller maps are the mean over blocks of the 256 map, so that their texel centres
            lie in the middle of the texels they stand for.
    """

    mean: Tensor
    basis: Tensor

    def __init__(self, model: str | Path = DEFAULT_HEAD, n_tex: int = 50, uv_size: int = PUBLISHED_UV_SIZE):
        super().__init__()
        if uv_size < 1 or TEXTURE_SIZE % uv_size:
            raise ValueError(f"uv_size must be a divisor of {TEXTURE_SIZE}, not {uv_size}")
        self.n_tex, self.uv_size = n_tex, uv_size
        if named_texture_model(model) is None:
            mean, basis = _planes(str(model), n_tex, uv_size)
        else:
            mean, basis = _named_planes(str(model), n_tex, uv_size)
        self.register_buffer("mean", torch.from_numpy(mean), persistent=False)
        self.register_buffer("basis", torch.from_numpy(basis), persistent=False)

    def forward(self, code: Tensor) -> Tensor:
        """Albedo of each face.

        Args:
            code: Texture coefficients, ``(B, n_tex)``.

        Returns:
            RGB albedo in image order (row 0 is v = 1), nominally in [0, 1] but not clamped, ``(B, 3, S, S)``.

        Raises:
            ValueError: The code has another width than ``n_tex``.
        """
        if code.shape[1:] != (self.n_tex,):
            raise ValueError(f"FLAMETex: the code must be (B, {self.n_tex}), not {tuple(code.shape)}")
        with torch.autocast(code.device.type, enabled=False):
            flat = torch.addmm(self.mean, code.to(self.mean.dtype), self.basis)
        return flat.unflatten(1, (3, self.uv_size, self.uv_size))


def _planes(model: str, n_tex: int, uv_size: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean ``(1, 3·S·S)`` and basis ``(n_tex, 3·S·S)`` of a model."""
    arrays = load_texture_model(model, n_tex)
    if arrays.basis.shape[-1] != n_tex:
        raise ValueError(f"{model} gave {arrays.basis.shape[-1]} texture components, but n_tex is {n_tex}")
    return _to_planes(arrays.mean[..., None], uv_size), _to_planes(arrays.basis, uv_size)


@lru_cache(maxsize=4)
def _named_planes(model: str, n_tex: int, uv_size: int) -> tuple[np.ndarray, np.ndarray]:
    """Those of a model with a name, which stays as it is: all that are built in a process share their memory."""
    return _planes(model, n_tex, uv_size)


def _to_planes(texels: np.ndarray, size: int) -> np.ndarray:
    """Published BGR texels ``(512, 512, 3, K)`` to flat RGB planes of the wanted size, ``(K, 3·size·size)``."""
    stride = TEXTURE_SIZE // max(size, PUBLISHED_UV_SIZE)
    planes = texels[::stride, ::stride, ::-1].transpose(3, 2, 0, 1)
    block = planes.shape[-1] // size
    if block > 1:
        planes = planes.reshape(*planes.shape[:2], size, block, size, block).mean((3, 5), dtype=np.float64)
    return np.array(planes, np.float32).reshape(len(planes), -1)
