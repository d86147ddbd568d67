"""The folds of people: where they lie, and how deep an expression presses them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from aucgan.datasets.procedural.relief.mechanics.line_field import SkinMesh, combed, fold_count, principal_directions
from aucgan.datasets.procedural.relief.mechanics.noise import SmoothNoise
from aucgan.datasets.procedural.relief.mechanics.strain import compression_tensor, green_strain, tangent_frames
from aucgan.datasets.procedural.relief.mechanics.thickness import FOLD_RATIO, skin_thickness

TOLERATED = 0.012
"""Compression that skin takes without folding."""
DEPTH_RATIO = 0.45
"""Depth of a fold at a person's ``depth`` of 1 over that of an inextensible sheet's, whose amplitude is
wavelength / π · √compression."""
REST_SHARE = 0.5
"""Compression that a wholly lined skin keeps at rest, as a share of what its usual expressions press it by."""
THICKENING = 0.35
"""Share of its compression by which skin gets thicker: the rest of its volume goes aside, and into the folds."""
MOST_COMPRESSION = 0.35
"""Beyond this the skin folds no deeper: layers lie on each other."""
TEXELS_A_FOLD = 2.4
"""Folds that a map cannot hold fade out: this many texels have to lie between two of them."""


@dataclass(frozen=True)
class SkinSurface:
    """Where the texels lie on the mesh, in what they are drawn from.

    Attributes:
        vertices: The mean head, ``(V, 3)`` metres.
        faces: ``(F, 3)``.
        landmarks: The 68 of the mean head, ``(68, 3)`` metres.
        texel_faces: Triangle of each texel, ``(T,)``.
        texel_weights: Barycentric coordinates in it, ``(T, 3)``.
        texel_size: Distance of neighbouring texels, ``(T,)`` metres.
        usual: Vertices in expressions that people often make, ``(K, V, 3)`` metres.
    """

    vertices: np.ndarray
    faces: np.ndarray
    landmarks: np.ndarray
    texel_faces: np.ndarray
    texel_weights: np.ndarray
    texel_size: np.ndarray
    usual: np.ndarray


@dataclass(frozen=True)
class PersonFolds:
    """One person's folds, along and across the usual compression.

    Attributes:
        patterns: Height of the folds of unit depth, ``(2, T)``, −1 in a furrow.
        reach: Depth per root of compression, ``(2, T)`` metres.
        rest: Compression that stays at rest, ``(2, T)``.
        tolerated: Compression without folds, ``(T,)``.
        thickness: Of the skin, ``(T,)`` metres.
        inverse_edges: Of the person's own face at rest, ``(F, 2, 2)``.
    """

    patterns: np.ndarray
    reach: np.ndarray
    rest: np.ndarray
    tolerated: np.ndarray
    thickness: np.ndarray
    inverse_edges: np.ndarray


class MechanicsProcess:
    """Relief from the strain of the mesh.

    Args:
        surface: The mean head and its texels.
    """

    def __init__(self, surface: SkinSurface) -> None:
        used = np.unique(surface.texel_faces)
        self._rows, faces = np.unique(surface.faces[used], return_inverse=True)
        self._mesh = SkinMesh.of(surface.vertices[self._rows].astype(np.float64), faces.reshape(-1, 3))
        self._corners = self._mesh.faces[np.searchsorted(used, surface.texel_faces)]
        self._weights = surface.texel_weights
        self._texel_size = surface.texel_size
        mesh = self._mesh
        strain = green_strain(mesh.inverse_edges, surface.usual[:, self._rows], mesh.faces)
        tensors = mesh.to_vertices(compression_tensor(strain, mesh.frames).mean(0))
        directions, strength = principal_directions(tensors, _normals(mesh))
        thickness = skin_thickness(mesh.vertices, surface.landmarks)
        density = 1.0 / (FOLD_RATIO * thickness)
        lines = np.stack([combed(directions[:, k], strength[:, 0], mesh.faces) for k in range(2)], axis=1)
        counts = [fold_count(mesh, lines[:, k], density, strength[:, k] + 0.1 * strength[:, 0]) for k in range(2)]
        self._counts = np.stack([self._on_texels(count) for count in counts])
        self._usual = np.stack([self._on_texels(np.maximum(strength[:, k], 0.0)) for k in range(2)])
        self._thickness = self._on_texels(thickness)
        self._places = self._on_texels(mesh.vertices)
        self._lines = np.einsum("fac,fkc->fka", mesh.frames, lines[mesh.faces].mean(1))
        self._lines /= np.maximum(np.linalg.norm(self._lines, axis=-1, keepdims=True), 1e-9)

    def person(self, traits: Mapping[str, float], neutral: np.ndarray, rng: np.random.Generator) -> PersonFolds:
        """Draw a person's folds.

        Args:
            traits: ``lined``, ``depth``, ``width``, ``breaks`` and ``lopsided``, see
                :class:`~aucgan.datasets.procedural.relief.wrinkle_code.WrinkleTraits`.
            neutral: The person's face without expression, ``(V, 3)`` metres.
            rng: The person's source of randomness.
        """
        noise = SmoothNoise(self._places, rng)
        thickness = self._thickness * traits["width"] * np.exp(0.12 * noise(0.05))
        distance = FOLD_RATIO * thickness
        patterns = np.stack([self._pattern(k, distance, traits, noise, rng) for k in range(2)])
        strength = np.exp(0.35 * noise(0.035) + 0.15 * (traits["lopsided"] - 1.0) * np.sign(self._places[:, 0]))
        fits = np.clip(distance / (TEXELS_A_FOLD * self._texel_size) - 0.5, 0.0, 1.0)
        reach = traits["depth"] * strength * fits * DEPTH_RATIO * distance / np.pi
        habit = traits["lined"] * np.exp(0.5 * noise(0.03))
        return PersonFolds(
            patterns=patterns,
            reach=np.stack([reach, reach]),
            rest=REST_SHARE * habit * self._usual,
            tolerated=TOLERATED * np.exp(0.4 * noise(0.04)),
            thickness=thickness,
            inverse_edges=tangent_frames(neutral[self._rows].astype(np.float64), self._mesh.faces)[1],
        )

    def relief(self, person: PersonFolds, posed: np.ndarray) -> np.ndarray:
        """Relief of several expressions of one person.

        Args:
            person: As drawn by :meth:`person`.
            posed: The person's face with the expressions, ``(B, V, 3)`` metres.

        Returns:
            ``(B, T)`` float32 metres.
        """
        strain = green_strain(person.inverse_edges, posed[:, self._rows], self._mesh.faces)
        along = -np.einsum("fka,bfac,fkc->bfk", self._lines, strain, self._lines)
        spread = np.einsum("bfaa->bf", strain)[..., None]
        values = np.moveaxis(np.concatenate([along, spread], axis=-1), 0, -1)
        on_texels = np.moveaxis(self._on_texels(self._mesh.to_vertices(values)), -1, 0)
        pressed = np.moveaxis(on_texels[..., :2], -1, 1)
        folding = np.maximum(pressed - person.tolerated, 0.0) + person.rest * np.clip(1.0 + pressed / 0.3, 0.0, 1.0)
        depth = person.reach * np.sqrt(np.minimum(folding, MOST_COMPRESSION))
        thicker = THICKENING * person.thickness * np.clip(-on_texels[..., 2], -0.25, 0.25)
        return (thicker + (depth * person.patterns).sum(1)).astype(np.float32)

    def _pattern(
        self, k: int, distance: np.ndarray, traits: Mapping[str, float], noise: SmoothNoise, rng: np.random.Generator
    ) -> np.ndarray:
        """Folds of unit depth, counted along direction ``k``, ``(T,)``: furrows between broad ridges."""
        stretch = np.median(distance / (FOLD_RATIO * self._thickness))
        count = self._counts[k] / stretch + 0.45 * noise(0.03) + 0.2 * noise(0.012) + rng.uniform()
        number = np.round(count)
        sharp = rng.uniform(0.9, 2.2)
        profile = np.exp(sharp * (np.cos(2.0 * np.pi * (count - number)) - 1.0)) - np.exp(-2.0 * sharp)
        along = self._counts[1 - k] + 7.0 * number
        held = rng.uniform(-1.0, 1.0, 64)
        runs = np.interp(np.mod(along * 0.55 + number * 0.618, 64.0), np.arange(65), np.append(held, held[0]))
        present = np.clip(0.75 + runs * (0.5 + 0.35 * traits["breaks"]), 0.0, 1.15)
        return -profile * present + 0.25 * (1.0 - profile) * present

    def _on_texels(self, values: np.ndarray) -> np.ndarray:
        return np.einsum("tk,tk...->t...", self._weights, values[self._corners])


def _normals(mesh: SkinMesh) -> np.ndarray:
    faces = np.cross(mesh.frames[:, 0], mesh.frames[:, 1])
    normals = mesh.averaging @ faces
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
