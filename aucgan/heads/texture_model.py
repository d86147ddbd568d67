"""Linear albedo models in UV space, in the two published styles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from aucgan.files.model_file import dense, read_model_file
from aucgan.heads.library import DEFAULT_HEAD, head_at
from aucgan.registry import ALBEDOS

TEXTURE_SIZE = 512
PAINTED = "painted"
"""Name of the albedo model that is painted on any head."""


@dataclass(frozen=True)
class TextureModelArrays:
    """Albedo = mean + basis · code.

    Attributes:
        mean: Mean albedo, image order (row 0 is v = 1), channels blue, green, red as published, values in
            [0, 1], ``(512, 512, 3)`` float32.
        basis: Change per unit coefficient, ``(512, 512, 3, K)`` float32.
    """

    mean: np.ndarray
    basis: np.ndarray


def named_texture_model(source: str | Path) -> Callable[[int], TextureModelArrays] | None:
    """What makes the first components of the albedo model of that name, always the same; ``None`` for files."""
    found: Any = None if Path(source).suffix else ALBEDOS.get(str(source))
    return found


def load_texture_model(source: str | Path = DEFAULT_HEAD, n_tex: int = 50) -> TextureModelArrays:
    """Load the first ``n_tex`` components of an albedo model.

    Args:
        source: Name or file of a head, see :func:`~aucgan.heads.library.load_head`, whose skin is painted; or the path
            of a BFM-style ``.npz`` (``MU``, ``PC``) or a FLAME-style one (``mean``, ``tex_dir``, in 0–255).
        n_tex: How many components are kept.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: A field is missing, of another shape, or the file has fewer components.
    """
    generated = named_texture_model(source)
    if generated is not None:
        return generated(n_tex)
    if head_at(source) is not None:
        paint: Any = ALBEDOS.get(PAINTED)
        return paint(n_tex, str(source))
    return texture_arrays(read_model_file(source, "texture model"), str(source), n_tex)


def texture_arrays(fields: Mapping[str, object], name: str, n_tex: int | None = None) -> TextureModelArrays:
    """Check the fields of a published texture model and bring them to our types.

    Args:
        fields: ``MU`` and ``PC`` (BFM style, in [0, 1]) or ``mean`` and ``tex_dir`` (FLAME style, 0–255).
        name: The file's name for error messages.
        n_tex: How many components are kept; all by default.

    Raises:
        ValueError: A field is missing, of another size, or there are fewer components.
    """
    if "MU" in fields and "PC" in fields:
        mean_key, basis_key, scale = "MU", "PC", 1.0
    elif "mean" in fields and "tex_dir" in fields:
        mean_key, basis_key, scale = "mean", "tex_dir", 255.0
    else:
        raise ValueError(
            f"{name} is no texture model: it has {', '.join(sorted(fields))}; MU and PC (BFM style) or "
            "mean and tex_dir (FLAME style) were expected"
        )
    mean, basis = dense(fields[mean_key], mean_key, name), dense(fields[basis_key], basis_key, name)
    shape = (TEXTURE_SIZE, TEXTURE_SIZE, 3)
    if mean.size != np.prod(shape) or basis.size % mean.size:
        raise ValueError(f"{name}: {mean_key} {mean.shape} and {basis_key} {basis.shape} do not hold {shape} texels")
    components = basis.size // mean.size
    n_tex = components if n_tex is None else n_tex
    if n_tex > components:
        raise ValueError(f"{name} has {components} components, but n_tex={n_tex}: lower n_tex")
    basis = basis.reshape(*shape, components)[..., :n_tex]
    scaled = [np.asarray(array / np.float32(scale), np.float32) for array in (mean.reshape(shape), basis)]
    return TextureModelArrays(*scaled)
