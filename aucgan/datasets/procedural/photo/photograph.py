"""Photos of people: what light makes of a scene, before a background, through a sensor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from aucgan.datasets.procedural.lighting import front_normals
from aucgan.datasets.procedural.people.colour import LUMINANCE
from aucgan.datasets.procedural.photo import torso
from aucgan.datasets.procedural.photo.backdrops import draw_backdrop
from aucgan.datasets.procedural.photo.glasses import Glasses, worn
from aucgan.datasets.procedural.photo.in_front import InFront, picture
from aucgan.datasets.procedural.photo.scene import Bodies, Scene, Strands
from aucgan.datasets.procedural.photo.sensor import GAMMA, develop, expose, gain
from aucgan.datasets.procedural.photo.skin_light import SCATTER, SHEEN, SHINE, gloss, lamp_irradiance
from aucgan.datasets.procedural.photo.strands import highlight, strands_at
from aucgan.datasets.procedural.recipe import FaceRecipe
from aucgan.renderers.normals import unit_columns
from aucgan.renderers.shading import sh_basis, sh_irradiance
from aucgan.renderers.srender_y import FRONT_FACING

SUPERSAMPLING = 2
EYE_SHINE = (8,)
"""As :data:`SHEEN`, of wet eyes, which mirror the lamp itself."""
FURROW = 0.0006
"""Half the width of the furrows that a relief map can show, metres."""
BOUNCED = 0.25
"""Light that skin and cloth return into dark places, as a share of what is missing there."""


@dataclass(frozen=True)
class Lamps:
    """The light of a batch: :class:`aucgan.datasets.procedural.photo.lamps.Light`, stacked."""

    directions: Tensor
    colours: Tensor
    softness: Tensor
    ambient: Tensor

    @classmethod
    def of(cls, recipes: Sequence[FaceRecipe]) -> Lamps:
        """Stack the light of recipes."""
        names = ("directions", "colours", "softness", "ambient")
        return cls(*(torch.from_numpy(np.stack([getattr(r.light, name) for r in recipes])) for name in names))


@dataclass(frozen=True)
class Photo:
    """What was taken of a batch.

    Attributes:
        images: ``(B, S, S, 3)`` uint8.
        masks: 255 on skin and eyes of the face that can be seen, ``(B, S, S)`` uint8.
        light: Spherical harmonics that explain the photos best as albedo times shading, ``(B, 9, 3)`` float32.
    """

    images: np.ndarray
    masks: np.ndarray
    light: np.ndarray


class Photographer:
    """Takes photos of posed heads.

    Args:
        scene: Lays them out.
        gloss_map: How much each texel mirrors, ``(1, 1, S, S)``.
        wet_map: 1 on the eyeballs, ``(1, 1, S, S)``.
    """

    def __init__(self, scene: Scene, gloss_map: Tensor, wet_map: Tensor) -> None:
        self.scene, self.renderer = scene, scene.renderer
        self._shine_maps = torch.cat([gloss_map, wet_map], dim=1)
        self._faces = self.renderer.uv_face_mask

    def take(
        self, verts: Tensor, landmarks: Tensor, cam: Tensor, albedo: Tensor, uv_z: Tensor, recipes: Sequence[FaceRecipe]
    ) -> Photo:
        """Photograph heads ``(B, V, 3)`` with landmarks, skins ``(B, 3, S, S)`` and relief ``(B, 1, U, U)``."""
        lamps = Lamps.of(recipes)
        distance = torch.tensor([recipe.distance for recipe in recipes])
        hair, along = self.scene.hair(verts, [recipe.hairdo for recipe in recipes])
        body = self.scene.torsos(verts, torch.tensor([recipe.clothes.broad for recipe in recipes]))
        bodies = self.scene.bodies(verts, hair, body, cam, distance, lamps.directions[:, 0])
        colour, shine = self._colours(bodies, albedo, recipes)
        normals = self._normals(bodies, verts, uv_z)
        bodies = self._hollowed(bodies, uv_z)
        light = shaded(colour, normals, shine, bodies, lamps)
        strands = self.scene.strands(hair, along, cam, distance)
        over, opacity = hair_light(strands, bodies, lamps, recipes)
        light, alpha = torch.lerp(light, over, opacity), torch.maximum(bodies.alpha, opacity)
        mask = self._mask(bodies, normals, opacity)
        depth = torch.where(bodies.alpha > 0, bodies.depth, 1e3)[:, 0]
        for k, recipe in enumerate(recipes):
            if recipe.glasses is not None:
                put_on(
                    light[k], mask[k], worn(landmarks[k], cam[k], distance[k], depth[k], recipe.glasses), recipe.glasses
                )
            if recipe.in_front is not None:
                hide(light[k], alpha[k], mask[k], recipe.in_front)
        return self._developed(light, alpha, mask, lamps, recipes)

    def _colours(self, bodies: Bodies, albedo: Tensor, recipes: Sequence[FaceRecipe]) -> tuple[Tensor, Tensor]:
        """Light that points return, ``(B, 3, H, W)``; how much they mirror, and are wet, ``(B, 2, H, W)``."""
        colour = self.renderer.sample_uv(albedo, bodies.grid)
        shine = self.renderer.sample_uv(self._shine_maps.expand(len(albedo), -1, -1, -1), bodies.grid)
        strength = torch.tensor([recipe.look.gloss for recipe in recipes], dtype=colour.dtype)
        shine = shine * (1.0 - bodies.body) * torch.stack([strength, torch.ones_like(strength)], 1)[..., None, None]
        for one, body, place, recipe in zip(colour, bodies.body, bodies.place, recipes, strict=True):
            dress(one, body[0] > 0, place, recipe)
        return colour, shine

    def _normals(self, bodies: Bodies, verts: Tensor, uv_z: Tensor) -> Tensor:
        uv_normals = self.renderer.detail_normals(uv_z, verts, bodies.vertex_normals)
        fine = self.renderer.blend_detail(bodies.normals, self.renderer.sample_uv(uv_normals, bodies.grid), bodies.grid)
        return unit_columns(torch.where(bodies.body > 0, bodies.normals, fine), 1)

    def _hollowed(self, bodies: Bodies, uv_z: Tensor) -> Bodies:
        """Furrows see less of lamps and surroundings."""
        seen = self.renderer.sample_uv(open_sky(uv_z), bodies.grid)
        seen = torch.where(bodies.body > 0, 1.0, seen)
        return replace(bodies, ambient=bodies.ambient * seen, lit=bodies.lit * seen)

    def _mask(self, bodies: Bodies, normals: Tensor, covered: Tensor) -> Tensor:
        face = self.renderer.sample_uv(self._faces.expand(len(normals), -1, -1, -1), bodies.grid)
        seen = (bodies.normals[:, 2:] > -FRONT_FACING).to(face.dtype)
        return face * bodies.alpha * (1.0 - bodies.body) * seen * (1.0 - covered)

    def _developed(
        self, light: Tensor, alpha: Tensor, mask: Tensor, lamps: Lamps, recipes: Sequence[FaceRecipe]
    ) -> Photo:
        light, alpha, mask = (F.avg_pool2d(one, SUPERSAMPLING) for one in (light * alpha, alpha, mask))
        inside = (mask > 0.5).to(light.dtype)
        luminance = torch.einsum("bchw,c->bhw", light, torch.tensor(LUMINANCE, dtype=light.dtype))[:, None]
        face = (luminance * inside).sum((1, 2, 3)) / inside.sum((1, 2, 3)).clamp(min=1.0)
        sensors = [recipe.sensor for recipe in recipes]
        gains = torch.from_numpy(np.stack([gain(float(one), s) for one, s in zip(face, sensors, strict=True)]))
        rngs = [np.random.default_rng(recipe.seed) for recipe in recipes]
        backdrop = np.stack([draw_backdrop(rng, light.shape[-1]) for rng in rngs])
        behind = torch.from_numpy(backdrop).permute(0, 3, 1, 2) ** GAMMA
        exposed = light * gains[..., None, None] + behind * (1.0 - alpha)
        values = develop(exposed, sensors).permute(0, 2, 3, 1).numpy()
        images = np.stack([expose(v, s, rng) for v, s, rng in zip(values, sensors, rngs, strict=True)])
        return Photo(images, inside[:, 0].numpy().astype(np.uint8) * 255, fitted_light(lamps, gains).numpy())


def dress(colour: Tensor, body: Tensor, place: Tensor, recipe: FaceRecipe) -> None:
    """Lay clothes over a picture ``(3, H, W)``, in place; ``body`` is true below the head's mesh."""
    flat, skin = colour.view(3, -1), torch.as_tensor(recipe.look.skin**GAMMA, dtype=colour.dtype)
    flat.copy_(torch.where(body.flatten(), skin[:, None], flat))
    low = (body | ((place[1] < torso.HIGHEST) & (place != 0).any(0))).flatten().nonzero()[:, 0]
    colours, shares = torso.cloth_colour(place.reshape(3, -1).index_select(1, low).T.numpy(), recipe.clothes)
    worn, cloth = (torch.as_tensor(one, dtype=colour.dtype) for one in (colours.clip(0, 1) ** GAMMA, shares))
    flat.index_copy_(1, low, torch.lerp(flat.index_select(1, low), worn.T, cloth[None]))


def put_on(light: Tensor, mask: Tensor, opacities: tuple[np.ndarray, np.ndarray], glasses: Glasses) -> None:
    """Put glasses onto the picture ``(3, H, W)`` of one person and take their frame out of the mask, in place."""
    frame, lenses = (torch.from_numpy(one.copy()) for one in opacities)
    tint, colour = (
        torch.as_tensor(one**GAMMA, dtype=light.dtype)[:, None, None] for one in (glasses.tint, glasses.colour)
    )
    shine = torch.linspace(1.5, 0.3, light.shape[-1])[:, None]  # what lenses mirror comes from above
    light.copy_(torch.lerp(light, tint * 0.6 * shine, lenses * glasses.opacity))
    light.copy_(torch.lerp(light, 0.6 * colour, frame))
    mask.mul_((1.0 - frame) * (1.0 - lenses * (glasses.opacity > 0.5)))


def hide(light: Tensor, alpha: Tensor, mask: Tensor, thing: InFront) -> None:
    """Put a thing before the picture ``(3, H, W)`` of one person, in place."""
    colour, cover = (torch.from_numpy(one) for one in picture(thing, light.shape[-1] // SUPERSAMPLING))
    both = torch.cat([0.8 * colour.permute(2, 0, 1) ** GAMMA, cover[None]])
    both = F.interpolate(both[None], light.shape[-2:], mode="bilinear", align_corners=False)[0]
    light.copy_(torch.lerp(light, both[:3], both[3:]))
    alpha.copy_(torch.maximum(alpha, both[3:]))
    mask.mul_(1.0 - both[3:])


def open_sky(uv_z: Tensor) -> Tensor:
    """Share of the light that reaches the bottom of furrows of a relief ``(B, 1, S, S)`` in metres.

    A groove as deep as half its width sees 1 / √2 of what the skin beside it sees.
    """
    depth = (F.avg_pool2d(uv_z, 5, 1, 2) - uv_z).clamp(min=0.0)
    return (1.0 + (depth / FURROW) ** 2).rsqrt()


def irradiance(normals: Tensor, lamps: Lamps, ambient: Tensor | float, lit: Tensor | float) -> Tensor:
    """Light that arrives at unit normals ``(B, 3, H, W)``, of the surroundings and of lamps, the first one shadowed."""
    around = sh_irradiance(normals, lamps.ambient).clamp(min=0.0) * ambient
    scatter, grey = normals.new_tensor(SCATTER), normals.new_tensor([sum(SCATTER) / 3])
    key = lamp_irradiance(normals, lamps.directions[:, :1], lamps.softness[:, :1], scatter)[:, 0]
    others = lamp_irradiance(normals, lamps.directions[:, 1:], lamps.softness[:, 1:], grey)[:, :, 0]
    further = torch.einsum("blhw,blc->bchw", others, lamps.colours[:, 1:])
    return around + key * lamps.colours[:, 0, :, None, None] * lit + further * ambient


def shaded(colour: Tensor, normals: Tensor, shine: Tensor, bodies: Bodies, lamps: Lamps) -> Tensor:
    """Light that reaches the camera from head and body, ``(B, 3, H, W)``."""
    shadow = 1.0 - (1.0 - F.avg_pool2d(bodies.lit, 3, 1, 1)) * (1.0 - 0.7 * lamps.softness[:, :1, None, None])
    ambient = bodies.ambient + BOUNCED * (1.0 - bodies.ambient) * colour
    light = colour * irradiance(normals, lamps, ambient, shadow)
    smooth = unit_columns(normals + bodies.normals, 1)  # oil fills the finest relief
    before = lamps.directions[:, :2]  # the rim lamp is mirrored away from the viewer
    mirrored = gloss(smooth, before, SHEEN, SHINE) * shine[:, :1]
    mirrored = mirrored + gloss(normals, before, EYE_SHINE, (0.2,)) * shine[:, 1:]
    mirrored = mirrored * torch.cat([shadow, bodies.ambient], dim=1)
    return light + torch.einsum("blhw,blc->bchw", mirrored, lamps.colours[:, :2])


def hair_light(strands: Strands, bodies: Bodies, lamps: Lamps, recipes: Sequence[FaceRecipe]) -> tuple[Tensor, Tensor]:
    """Light from hair ``(B, 3, H, W)`` and its opacity ``(B, 1, H, W)``."""
    pixels = strands.pixels
    seen = (bodies.depth.flatten()[pixels.pixel] > pixels.depth).nonzero()[:, 0]
    strands, image = strands.only(seen), pixels.image[seen]
    shift = torch.tensor([(sum(r.seed) * 0.37) % 1.0 for r in recipes], dtype=torch.float32)[image]
    fine, locks = strands_at(1.3 * strands.around + shift, 2.0 * strands.length * strands.along + shift)
    base = torch.as_tensor(np.stack([r.look.hair_colour for r in recipes]) ** GAMMA, dtype=torch.float32)[image]
    shade = torch.exp(0.17 * fine + 0.30 * locks) * (1.0 - 0.65 * strands.within)
    normal = F.normalize(strands.normals + 0.10 * torch.stack([fine + 2.0 * locks, locks, 0.0 * fine], 1), dim=1)
    light, mirrored = 0.8 * around_hair(normal, image, lamps), torch.zeros_like(base)
    for k in range(lamps.colours.shape[1]):
        lamp, colour = lamps.directions[image, k], lamps.colours[image, k]
        light = light + (((normal * lamp).sum(1) + 0.3) / 1.3).clamp(min=0.0)[:, None] * colour
        soft, sharp = highlight(strands.tangents, normal, lamp).unbind(1)
        strength = (1.0 + 0.5 * fine).clamp(min=0.0) * (1.0 - strands.within)
        mirrored = mirrored + (0.25 * base * soft[:, None] + 0.035 * sharp[:, None]) * strength[:, None] * colour
    missing = 0.004 * (1.0 + fine) / strands.length.clamp(min=0.05)
    opacity = ((1.0 - strands.along - missing) / 0.03).clamp(0.0, 1.0)
    shown = torch.cat([base * shade[:, None] * light + mirrored, opacity[:, None]], dim=1)
    pictures = strands.pixels.images(shown)
    return pictures[:, :3], pictures[:, 3:]


def around_hair(normal: Tensor, image: Tensor, lamps: Lamps) -> Tensor:
    """Light from all around at normals ``(N, 3)`` of the pictures ``(N,)``, ``(N, 3)``."""
    basis = sh_basis(normal.T[None])[0].T
    return torch.einsum("nk,nkc->nc", basis, lamps.ambient[image]).clamp(min=0.0)


def fitted_light(lamps: Lamps, gains: Tensor) -> Tensor:
    """Spherical harmonics that come nearest to the shading of photos, whose values are not amounts of light.

    A photo's value is a power of light, so albedo and light still multiply there: the shading is the exposed irradiance
    to the power of 1 / GAMMA, here fitted by least squares over the normals that a viewer sees, and a little over those
    behind.

    Returns:
        ``(B, 9, 3)``.
    """
    front = front_normals(192)
    normals = torch.as_tensor(np.concatenate([front, front * [1, 1, -1]]).T, dtype=torch.float32)
    batch = len(gains)
    light = irradiance(normals[None, :, None].expand(batch, -1, -1, -1), lamps, 0.85, 1.0)[:, :, 0]
    shading = (light * gains[..., None]).clamp(min=1e-4) ** (1.0 / GAMMA)
    weight = torch.cat([torch.ones(len(front)), torch.full((len(front),), 0.15)])[:, None]
    basis = sh_basis(normals[None])[0].T
    solve = torch.linalg.pinv(basis * weight)
    return torch.einsum("kn,bcn->bkc", solve * weight.T, shading)
