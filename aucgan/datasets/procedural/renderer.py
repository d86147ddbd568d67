"""From recipes to photos: the face models, the photographer, and the truth of what was taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import torch
from torch import Tensor

from aucgan.datasets.procedural.motion import CodeSizes, head_motion
from aucgan.datasets.procedural.people.paint import paint_extras
from aucgan.datasets.procedural.people.paint.canvas import canvas
from aucgan.datasets.procedural.photo.gloss_map import gloss_map, wet_map
from aucgan.datasets.procedural.photo.lens import framing, perspective
from aucgan.datasets.procedural.photo.photograph import SUPERSAMPLING, Photographer
from aucgan.datasets.procedural.photo.scene import Scene
from aucgan.datasets.procedural.photo.sensor import GAMMA
from aucgan.datasets.procedural.recipe import STRANGERS, FaceRecipe
from aucgan.datasets.procedural.relief.model import relief_model
from aucgan.datasets.procedural.relief.person_skin import PersonSkin
from aucgan.datasets.procedural.strangers.camera import taken_by_a_stranger
from aucgan.heads.library import DEFAULT_HEAD
from aucgan.models.face_models.flame import FLAME
from aucgan.models.face_models.flame_tex import FLAMETex
from aucgan.renderers.camera import image_to_pixels, nearest_orthographic
from aucgan.renderers.srender_y import SRenderY
from aucgan.structures import FlameCodes

ALBEDO_SIZE = 256


@dataclass(frozen=True)
class RenderedFace:
    """One finished sample.

    Attributes:
        image: ``(S, S, 3)`` uint8.
        landmarks: 68 points in pixels, ``(68, 2)`` float32; the centre of the first pixel is (0.5, 0.5).
        mask: 255 on visible skin and eyes of the face, ``(S, S)`` uint8.
        truth: Arrays of ``truth/NAME.npz``: codes, camera, light, displacement in metres.
    """

    image: np.ndarray
    landmarks: np.ndarray
    mask: np.ndarray
    truth: dict[str, np.ndarray]


class FaceRenderer:
    """Renders recipes of a head.

    Args:
        image_size: Edge of the photos in pixels.
        uv_size: Edge of the displacement maps.
        sizes: Widths of the codes; those of the head without.
        head: What :func:`aucgan.heads.load_head` takes.
    """

    def __init__(
        self, image_size: int = 112, uv_size: int = 128, sizes: CodeSizes | None = None, head: str = DEFAULT_HEAD
    ) -> None:
        sizes = sizes or head_motion(head).sizes
        self.image_size, self.uv_size, self.head = image_size, uv_size, head
        self.flame = FLAME(head, head, sizes.shape, sizes.exp).eval()
        self.texture = FLAMETex(head, sizes.tex, ALBEDO_SIZE).eval()
        self.renderer = SRenderY(image_size * SUPERSAMPLING, uv_size, topology=head).eval()
        maps = (torch.from_numpy(one)[None, None] for one in (gloss_map(ALBEDO_SIZE, head), wet_map(ALBEDO_SIZE, head)))
        self.photographer = Photographer(Scene(self.renderer, head), *maps)

    @torch.no_grad()
    def render(self, recipes: Sequence[FaceRecipe]) -> list[RenderedFace]:
        """Photos, annotations and truth of a batch of recipes."""
        codes, eye_pose = self._codes(recipes)
        verts, landmarks, _ = self.flame(codes.shape, codes.exp, codes.pose, eye_pose=eye_pose)
        displacement = self.displacement(recipes, verts)
        crop = torch.from_numpy(np.stack([recipe.crop for recipe in recipes]))
        distance = torch.tensor([recipe.distance for recipe in recipes])
        cam = framing(landmarks, distance, crop)
        albedo = self.albedo(codes.tex, recipes)
        photo = self.photographer.take(verts, landmarks, cam, albedo, torch.from_numpy(displacement)[:, None], recipes)
        seen = perspective(landmarks, cam, distance)[..., :2]
        codes = codes.with_codes(cam=nearest_orthographic(landmarks, seen), light=torch.from_numpy(photo.light))
        points = torch.stack(image_to_pixels(seen, (self.image_size,) * 2), dim=-1)
        truths = self._truths(codes, eye_pose, displacement, recipes)
        images = [self._as_taken(image, recipe) for image, recipe in zip(photo.images, recipes, strict=True)]
        arrays = zip(images, (points + 0.5).float().numpy(), photo.masks, truths, strict=True)
        return [RenderedFace(*parts) for parts in arrays]

    def albedo(self, tex: Tensor, recipes: Sequence[FaceRecipe]) -> list[Tensor]:
        """Light that skins return, B times ``(3, S, S)``: of the linear model and of what is painted over it."""
        people = [list(group) for _, group in groupby(recipes, key=lambda recipe: recipe.identity)]
        firsts = np.cumsum([0, *map(len, people[:-1])])
        linear = self.texture(tex[firsts]).permute(0, 2, 3, 1).numpy()
        maps = []
        for skin, person in zip(linear, people, strict=True):
            painted = paint_extras(skin, canvas(ALBEDO_SIZE, self.head), person[0].look, person[0].look_seed)
            maps += [torch.from_numpy(painted).permute(2, 0, 1).contiguous() ** GAMMA] * len(person)
        return maps

    @staticmethod
    def _as_taken(image: np.ndarray, recipe: FaceRecipe) -> np.ndarray:
        """The photo by the camera of its split, ``(S, S, 3)`` uint8."""
        if recipe.split != STRANGERS:
            return image
        return taken_by_a_stranger(image, np.random.default_rng((*recipe.seed, 1)))

    @torch.no_grad()
    def displacement(self, recipes: Sequence[FaceRecipe], verts: Tensor) -> np.ndarray:
        """Relief of the skins, ``(B, S, S)`` float32 metres; photos of one person in a row share the work.

        Args:
            recipes: B of them.
            verts: Their heads with expression and pose, ``(B, V, 3)`` metres.
        """
        model, posed = relief_model(self.uv_size, self.head), iter(verts.numpy())
        people = [list(group) for _, group in groupby(recipes, key=lambda recipe: recipe.identity)]
        maps = []
        for person, neutral in zip(people, self._neutral(people), strict=True):
            skin = PersonSkin(person[0].wrinkles, person[0].wrinkle_seed, person[0].folding)
            faces = np.stack([next(posed) for _ in person])
            aus = np.stack([recipe.aus for recipe in person])
            maps.append(model.displacement(skin, aus, neutral, faces))
        return np.concatenate(maps).astype(np.float16).astype(np.float32)  # as it will be read from the file

    def _neutral(self, people: Sequence[Sequence[FaceRecipe]]) -> np.ndarray:
        """The heads of people without expression and pose, ``(P, V, 3)`` metres."""
        shape = torch.from_numpy(np.stack([person[0].shape for person in people]))
        verts, _, _ = self.flame(shape, torch.zeros(len(people), self.flame.n_exp), torch.zeros(len(people), 6))
        return verts.numpy()

    def _codes(self, recipes: Sequence[FaceRecipe]) -> tuple[FlameCodes, Tensor]:
        stacked = {
            name: torch.from_numpy(np.stack([getattr(recipe, name) for recipe in recipes]))
            for name in ("shape", "tex", "exp", "pose", "eye_pose")
        }
        eye_pose = stacked.pop("eye_pose")
        none = dict(cam=torch.zeros(len(recipes), 3), light=torch.zeros(len(recipes), 9, 3))
        return FlameCodes(**stacked, **none), eye_pose

    @staticmethod
    def _truths(
        codes: FlameCodes, eye_pose: Tensor, displacement: np.ndarray, recipes: Sequence[FaceRecipe]
    ) -> list[dict[str, np.ndarray]]:
        names = ("shape", "tex", "exp", "pose", "cam", "light")
        return [
            {name: getattr(codes, name)[k].numpy() for name in names}
            | {"eye_pose": eye_pose[k].numpy(), "wrinkles": recipe.wrinkles, "distance": np.float32(recipe.distance)}
            | {"displacement": displacement[k].astype(np.float16)}
            for k, recipe in enumerate(recipes)
        ]
