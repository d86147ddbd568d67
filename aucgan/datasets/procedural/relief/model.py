"""Relief of a person's skin: folds by one of two processes, pores, moles and scars."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import torch
from scipy import ndimage

from aucgan.datasets.procedural.expressions import sample_action_units
from aucgan.datasets.procedural.motion import head_motion
from aucgan.datasets.procedural.relief.marks import MarkModel
from aucgan.datasets.procedural.relief.mechanics.process import MechanicsProcess, SkinSurface
from aucgan.datasets.procedural.relief.person_skin import PersonSkin
from aucgan.datasets.procedural.relief.pores import PoreModel
from aucgan.datasets.procedural.relief.strokes.process import StrokeProcess
from aucgan.datasets.procedural.relief.wrinkle_code import WrinkleTraits
from aucgan.datasets.procedural.skin.head_texels import displacement_mask, head_texels
from aucgan.datasets.procedural.skin.texels import rasterize_uv
from aucgan.heads.library import DEFAULT_HEAD, load_head
from aucgan.models.face_models.flame import FLAME

MAX_RELIEF = 0.0025
"""Bound of the displacement in metres: where many folds meet they saturate, as skin does."""
TEXEL = 0.002
"""Distance of neighbouring texels of a 128² map on the face, metres."""
USUAL_EXPRESSIONS = 80
"""Drawn expressions that stand for what people usually do with their faces."""
MIX_SIZE = 0.12
"""Size of the patches in which a mixed face folds by one process, as a share of the map."""


class ReliefModel:
    """Displacement maps of a head's people.

    Args:
        size: Edge of the UV map in texels.
        head: What :func:`aucgan.heads.load_head` takes.
    """

    def __init__(self, size: int, head: str) -> None:
        texels = head_texels(size, head)
        self.size, self.head, self.mask = size, head, displacement_mask(size, head)
        self._rows = np.flatnonzero((self.mask > 0.0) & texels.inside)
        self._position = texels.position.reshape(-1, 3)[self._rows].astype(np.float64)
        self._normal = texels.normal.reshape(-1, 3)[self._rows]
        self._pores = PoreModel(texels.position)
        self._marks = MarkModel(self._position, self._normal)
        self._strokes: StrokeProcess | None = None
        self._mechanics: MechanicsProcess | None = None

    def displacement(self, skin: PersonSkin, aus: np.ndarray, neutral: np.ndarray, posed: np.ndarray) -> np.ndarray:
        """Relief of several photos of one person.

        Args:
            skin: The person's.
            aus: Action unit intensities of the photos, ``(B, 41)`` in [0, 1].
            neutral: The person's face without expression, ``(V, 3)`` metres.
            posed: With the photos' expressions, turned or not, ``(B, V, 3)`` metres.

        Returns:
            Displacement along the normal, ``(B, S, S)`` float32 metres, within ±:data:`MAX_RELIEF`.

        Raises:
            ValueError: The wrinkle code has another length.
        """
        traits = WrinkleTraits.from_code(skin.code).numbers()
        folds = self._folds(skin, traits, aus, neutral, posed)
        relief = np.zeros((len(aus), self.size * self.size), dtype=np.float32)
        relief[:, self._rows] = folds + self._marks.relief(skin.marks())
        relief = relief.reshape(-1, self.size, self.size) + self._pores.relief(traits, skin.source(1))
        return MAX_RELIEF * np.tanh(relief / MAX_RELIEF) * self.mask

    def _folds(
        self, skin: PersonSkin, traits: dict[str, float], aus: np.ndarray, neutral: np.ndarray, posed: np.ndarray
    ) -> np.ndarray:
        """Relief of the folds on the texels of the skin, ``(B, T)``."""
        by: dict[str, Callable[[], np.ndarray]] = {
            "strokes": lambda: self._by_strokes(skin, traits, aus),
            "mechanics": lambda: self._by_mechanics(skin, traits, neutral, posed),
        }
        if skin.process in by:
            return by[skin.process]()
        white = ndimage.gaussian_filter(
            skin.source(3).standard_normal((self.size,) * 2), MIX_SIZE * self.size, mode="wrap"
        )
        share = np.clip(0.5 + 1.5 * (white - white.mean()) / white.std(), 0.0, 1.0).ravel()[self._rows]
        return (share * by["strokes"]() + (1.0 - share) * by["mechanics"]()).astype(np.float32)

    def _by_strokes(self, skin: PersonSkin, traits: dict[str, float], aus: np.ndarray) -> np.ndarray:
        self._strokes = self._strokes or StrokeProcess(self._position, self._normal, TEXEL * 128 / self.size)
        return self._strokes.relief(self._strokes.person(traits, skin.source(0)), aus)

    def _by_mechanics(
        self, skin: PersonSkin, traits: dict[str, float], neutral: np.ndarray, posed: np.ndarray
    ) -> np.ndarray:
        self._mechanics = self._mechanics or MechanicsProcess(skin_surface(self.size, self.head, self._rows))
        person = self._mechanics.person(traits, neutral, skin.source(0))
        return self._mechanics.relief(person, posed)


def skin_surface(size: int, head: str, rows: np.ndarray) -> SkinSurface:
    """The mean head with some texels of its map, and in its usual expressions."""
    loaded = load_head(head)
    face, weights = rasterize_uv(loaded.uv_coords, loaded.uv_faces, size)
    corners = loaded.v_template[loaded.faces[face]]
    places = np.einsum("ijk,ijkc->ijc", weights, corners)
    area = np.linalg.norm(np.cross(np.gradient(places, axis=0), np.gradient(places, axis=1)), axis=-1)
    marks = loaded.landmarks
    landmarks = np.einsum("nkc,nk->nc", loaded.v_template[loaded.faces[marks.full_faces_idx]], marks.full_bary_coords)
    return SkinSurface(
        vertices=loaded.v_template,
        faces=loaded.faces,
        landmarks=landmarks,
        texel_faces=face.ravel()[rows],
        texel_weights=weights.reshape(-1, 3)[rows],
        texel_size=np.sqrt(area.ravel()[rows]),
        usual=usual_faces(head),
    )


@torch.no_grad()
def usual_faces(head: str) -> np.ndarray:
    """The mean head in expressions that people often make, ``(K, V, 3)`` float32 metres."""
    rng, motion = np.random.default_rng(0), head_motion(head)
    shown = [motion.show(sample_action_units(rng), 0.0) for _ in range(USUAL_EXPRESSIONS)]
    exp = torch.from_numpy(np.stack([codes[: motion.sizes.exp] for codes, _ in shown])).float()
    pose = torch.from_numpy(np.stack([np.concatenate([np.zeros(3), jaw]) for _, jaw in shown])).float()
    verts, _, _ = FLAME(head, head, 1, motion.sizes.exp).eval()(torch.zeros(len(shown), 1), exp, pose)
    return verts.numpy()


@cache
def relief_model(size: int = 256, head: str = DEFAULT_HEAD) -> ReliefModel:
    """The relief of a head in a UV map of ``size`` texels a side."""
    return ReliefModel(size, head)
