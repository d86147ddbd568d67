"""From recipes to photos: the face models, the renderer, a camera that crops like a face detector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from aucgan.datasets.procedural.backgrounds import sample_background
from aucgan.datasets.procedural.motion import CodeSizes, head_motion
from aucgan.datasets.procedural.recipe import FaceRecipe
from aucgan.datasets.procedural.relief.wrinkles import wrinkle_model
from aucgan.heads.library import DEFAULT_HEAD
from aucgan.models.face_models.flame import FLAME
from aucgan.models.face_models.flame_tex import FLAMETex
from aucgan.renderers.camera import image_to_pixels, orthographic, project_landmarks
from aucgan.renderers.render_output import RenderOutput
from aucgan.renderers.srender_y import SRenderY
from aucgan.structures import FlameCodes

SUPERSAMPLING = 2
ALBEDO_SIZE = 256
MAX_NOISE = 0.008
"""Standard deviation of the strongest sensor noise."""


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

    @torch.no_grad()
    def render(self, recipes: Sequence[FaceRecipe]) -> list[RenderedFace]:
        """Photos, annotations and truth of a batch of recipes."""
        displacement = self.displacement(recipes)
        codes, eye_pose = self._codes(recipes)
        verts, landmarks, _ = self.flame(codes.shape, codes.exp, codes.pose, eye_pose=eye_pose)
        crop = torch.from_numpy(np.stack([recipe.crop for recipe in recipes]))
        codes = codes.with_codes(cam=crop_camera(landmarks, crop))
        images, masks = self.photograph(codes, verts, torch.from_numpy(displacement)[:, None], recipes)
        points = torch.stack(image_to_pixels(project_landmarks(landmarks, codes.cam), (self.image_size,) * 2), dim=-1)
        truths = self._truths(codes, eye_pose, displacement, recipes)
        arrays = zip(images, (points + 0.5).float().numpy(), masks, truths, strict=True)
        return [RenderedFace(*parts) for parts in arrays]

    def displacement(self, recipes: Sequence[FaceRecipe]) -> np.ndarray:
        """Relief of the skins, ``(B, S, S)`` float32 metres; photos of one person in a row share the work."""
        model = wrinkle_model(self.uv_size, self.head)
        maps = []
        for _, group in groupby(recipes, key=lambda recipe: recipe.identity):
            person = list(group)
            maps.append(model.displacement(np.stack([recipe.aus for recipe in person]), person[0].wrinkles))
        return np.concatenate(maps).astype(np.float16).astype(np.float32)  # as it will be read from the file

    def photograph(
        self, codes: FlameCodes, verts: Tensor, uv_z: Tensor, recipes: Sequence[FaceRecipe]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Images ``(B, S, S, 3)`` and face masks ``(B, S, S)``, uint8, sampled finely and then averaged."""
        out = self.renderer(verts, orthographic(verts, codes.cam), self.texture(codes.tex), codes.light)
        normals = self.renderer.detail_normals(uv_z, verts, out.normals)
        detail = self.renderer.sample_uv(self.renderer.shade(normals, codes.light), out.grid)
        shading = self.renderer.blend_detail(out.shading_images, detail, out.grid)
        rngs = [np.random.default_rng(recipe.seed) for recipe in recipes]
        background = np.stack([sample_background(rng, self.image_size) for rng in rngs])
        face = F.avg_pool2d((out.albedo_images * shading).clamp(0, 1) * out.alpha_images, SUPERSAMPLING)
        alpha = F.avg_pool2d(out.alpha_images, SUPERSAMPLING)
        images = face + torch.from_numpy(background).permute(0, 3, 1, 2) * (1 - alpha)
        noisy = [_with_sensor_noise(i, rng) for i, rng in zip(images.permute(0, 2, 3, 1).numpy(), rngs, strict=True)]
        return np.stack(noisy), self._face_masks(out)

    def _face_masks(self, out: RenderOutput) -> np.ndarray:
        uv_mask = self.renderer.uv_face_mask.expand(len(out.grid), -1, -1, -1)
        covered = self.renderer.sample_uv(uv_mask, out.grid) * out.alpha_images * out.pos_mask
        mask = F.avg_pool2d(covered, SUPERSAMPLING)[:, 0] > 0.5
        return mask.numpy().astype(np.uint8) * 255

    def _codes(self, recipes: Sequence[FaceRecipe]) -> tuple[FlameCodes, Tensor]:
        stacked = {
            name: torch.from_numpy(np.stack([getattr(recipe, name) for recipe in recipes]))
            for name in ("shape", "tex", "exp", "pose", "light", "eye_pose")
        }
        eye_pose = stacked.pop("eye_pose")
        return FlameCodes(**stacked, cam=torch.zeros(len(recipes), 3)), eye_pose

    @staticmethod
    def _truths(
        codes: FlameCodes, eye_pose: Tensor, displacement: np.ndarray, recipes: Sequence[FaceRecipe]
    ) -> list[dict[str, np.ndarray]]:
        names = ("shape", "tex", "exp", "pose", "cam", "light")
        return [
            {name: getattr(codes, name)[k].numpy() for name in names}
            | {"eye_pose": eye_pose[k].numpy(), "wrinkles": recipe.wrinkles}
            | {"displacement": displacement[k].astype(np.float16)}
            for k, recipe in enumerate(recipes)
        ]


def crop_camera(landmarks: Tensor, crop: Tensor) -> Tensor:
    """The camera that crops a square around the landmarks' box.

    Args:
        landmarks: ``(B, 68, 3)`` in the metric frame.
        crop: Side of the crop over the mean side of the box, and the shift of the face within the crop along x and
            y in shares of its side, ``(B, 3)``.

    Returns:
        ``(s, tx, ty)``, ``(B, 3)``.
    """
    low, high = landmarks[..., :2].amin(1), landmarks[..., :2].amax(1)
    side = (high - low).mean(1, keepdim=True) * crop[:, :1]
    shift = -0.5 * (low + high) + crop[:, 1:] * side
    return torch.cat([2.0 / side, shift], dim=1)


def _with_sensor_noise(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Quantise with a little noise, ``(S, S, 3)`` uint8."""
    noise = rng.uniform(0.0, MAX_NOISE) * rng.standard_normal(image.shape, dtype=np.float32)
    return np.round(np.clip(image + noise, 0.0, 1.0) * 255.0).astype(np.uint8)
