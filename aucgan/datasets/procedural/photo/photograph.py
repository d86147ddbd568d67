"""Photos of people: what light makes of a scene, before a background, through a sensor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from aucgan.datasets.procedural.lighting import front_normals
from aucgan.datasets.procedural.people.colour import LUMINANCE
from aucgan.datasets.procedural.people.paint.blood import neck_colour
from aucgan.datasets.procedural.photo import torso
from aucgan.datasets.procedural.photo.backdrops import draw_backdrop
from aucgan.datasets.procedural.photo.glasses import Glasses, worn
from aucgan.datasets.procedural.photo.in_front import InFront, picture
from aucgan.datasets.procedural.photo.means import box_mean, halved
from aucgan.datasets.procedural.photo.scene import Bodies, Scene, Strands, Surface
from aucgan.datasets.procedural.photo.sensor import GAMMA, develop, expose, gain
from aucgan.datasets.procedural.photo.skin_light import SCATTER, SHEEN, SHINE, gloss, lamp_irradiance
from aucgan.datasets.procedural.photo.strands import highlight, strands_at
from aucgan.datasets.procedural.recipe import FaceRecipe
from aucgan.renderers.normals import unit_columns
from aucgan.renderers.shading import sh_basis, sh_irradiance
from aucgan.renderers.srender_y import FRONT_FACING, MASK_GAIN

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

    def of_photo(self, k: int) -> Lamps:
        """The light of one photo, a batch of its own."""
        one = slice(k, k + 1)
        return Lamps(self.directions[one], self.colours[one], self.softness[one], self.ambient[one])


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
        self._masks = torch.cat([self.renderer.uv_face_eye_mask, self.renderer.uv_face_mask], dim=1)

    def take(
        self,
        verts: Tensor,
        landmarks: Tensor,
        cam: Tensor,
        albedo: Sequence[Tensor],
        uv_z: Tensor,
        recipes: Sequence[FaceRecipe],
    ) -> Photo:
        """Photograph heads ``(B, V, 3)`` with landmarks, skins, B times ``(3, S, S)``, and relief ``(B, 1, U, U)``."""
        lamps = Lamps.of(recipes)
        distance = torch.tensor([recipe.distance for recipe in recipes])
        hair, along = self.scene.hair(verts, [recipe.hairdo for recipe in recipes])
        body = self.scene.torsos(verts, torch.tensor([recipe.clothes.broad for recipe in recipes]))
        bodies = self.scene.bodies(verts, hair, body, cam, distance, lamps.directions[:, 0])
        fine = self._fine_maps(bodies, verts, uv_z)
        batch, height, width = bodies.depth.shape
        pictures = torch.zeros(batch, 5, height, width)
        strands = self.scene.strands(hair, along, cam, distance, bodies.depth)
        for k, (recipe, hairs) in enumerate(zip(recipes, strands, strict=True)):
            light, alpha, mask = pictures[k].split([3, 1, 1])
            lit = lamps.of_photo(k)
            self._show_body(pictures[k], bodies.surfaces[k], albedo[k], fine[k], lit, recipe)
            show_hair(pictures[k], hairs, lit, recipe)
            if recipe.glasses is not None:
                seen = worn(landmarks[k], cam[k], distance[k], bodies.depth[k], recipe.glasses)
                put_on(light, mask, seen, recipe.glasses)
            if recipe.in_front is not None:
                hide(light, alpha, mask, recipe.in_front)
        light, alpha, mask = pictures.split([3, 1, 1], dim=1)
        return self._developed(light, alpha, mask, lamps, recipes)

    def _fine_maps(self, bodies: Bodies, verts: Tensor, uv_z: Tensor) -> Tensor:
        """Normals of the relief, the light its furrows see, where it is there, and the face, ``(B, 6, U, U)``."""
        normals = self.renderer.detail_normals(uv_z, verts, bodies.vertex_normals)
        return torch.cat([normals, open_sky(uv_z), self._masks.expand(len(verts), -1, -1, -1)], dim=1)

    def _show_body(
        self, picture: Tensor, surface: Surface, albedo: Tensor, fine: Tensor, lamps: Lamps, recipe: FaceRecipe
    ) -> None:
        """Put head and body into light, opacity and mask of a photo ``(5, H, W)``, in place."""
        detail, sky, displaced, face = self._at(fine, surface).split([3, 1, 1, 1])
        shown = 1.0 - surface.below
        share = (displaced * MASK_GAIN).clamp_(max=1) * shown
        normals = unit_columns(torch.lerp(surface.normals, detail, share), 0)
        sky = torch.where(surface.below > 0, 1.0, sky)
        colour = self._at(albedo, surface)
        dress(colour, surface, recipe)
        shine = self._at(self._shine_maps[0], surface) * shown
        shine[:1] *= recipe.look.gloss
        around, key = surface.ambient * sky, torch.zeros(1, *picture.shape[1:])
        key.view(-1).scatter_(0, surface.pixel, (surface.lit * sky)[0])
        key = box_mean(key, 3).view(1, -1).index_select(1, surface.pixel)
        light = shaded(colour, normals, surface.normals, shine, around, key, lamps)
        mask = face * shown * (surface.normals[2:] > -FRONT_FACING)
        _put(picture, surface.pixel, torch.cat([light, torch.ones_like(mask), mask]))

    def _at(self, uv_map: Tensor, surface: Surface) -> Tensor:
        """A map ``(C, S, S)`` at the points of a surface, ``(C, P)``."""
        return self.renderer.sample_uv(uv_map[None], surface.grid[None, None])[0, :, 0]

    def _developed(
        self, light: Tensor, alpha: Tensor, mask: Tensor, lamps: Lamps, recipes: Sequence[FaceRecipe]
    ) -> Photo:
        light, alpha, mask = (halved(one) for one in (light * alpha, alpha, mask))
        inside = (mask > 0.5).to(light.dtype)
        luminance = torch.einsum("bchw,c->bhw", light, torch.tensor(LUMINANCE, dtype=light.dtype))[:, None]
        face = (luminance * inside).sum((1, 2, 3)) / inside.sum((1, 2, 3)).clamp(min=1.0)
        sensors = [recipe.sensor for recipe in recipes]
        card = light.new_tensor([0.0, 0.0, 1.0])[None, :, None, None].expand(len(light), -1, -1, -1)
        casts = irradiance(card, lamps, 1.0, 1.0)[..., 0, 0].numpy()
        taken = zip(face.tolist(), casts, sensors, strict=True)
        gains = torch.from_numpy(np.stack([gain(*one) for one in taken]))
        rngs = [np.random.default_rng(recipe.seed) for recipe in recipes]
        backdrop = np.stack([draw_backdrop(rng, light.shape[-1]) for rng in rngs])
        behind = torch.from_numpy(backdrop).permute(0, 3, 1, 2) ** GAMMA
        exposed = light * gains[..., None, None] + behind * (1.0 - alpha)
        values = develop(exposed, sensors).permute(0, 2, 3, 1).numpy()
        images = np.stack([expose(v, s, rng) for v, s, rng in zip(values, sensors, rngs, strict=True)])
        return Photo(images, inside[:, 0].numpy().astype(np.uint8) * 255, fitted_light(lamps, gains).numpy())


def _put(picture: Tensor, pixel: Tensor, columns: Tensor) -> None:
    """Write columns ``(C, P)`` to pixels of ``(C, H, W)``, in place."""
    for channel, values in zip(picture.flatten(1), columns, strict=True):
        channel.scatter_(0, pixel, values)


def show_hair(picture: Tensor, strands: Strands, lamps: Lamps, recipe: FaceRecipe) -> None:
    """Lay hair over light, opacity and mask of a photo ``(5, H, W)``, in place."""
    over, opacity = hair_light(strands, lamps, recipe)
    light, alpha, mask = picture.flatten(1).index_select(1, strands.pixel).split([3, 1, 1])
    blended = [torch.lerp(light, over, opacity), torch.maximum(alpha, opacity), mask * (1.0 - opacity)]
    _put(picture, strands.pixel, torch.cat(blended))


def dress(colour: Tensor, surface: Surface, recipe: FaceRecipe) -> None:
    """Lay clothes over the colours ``(3, P)`` of a surface, in place."""
    skin = torch.as_tensor(neck_colour(recipe.look) ** GAMMA, dtype=colour.dtype)
    colour.copy_(torch.where(surface.below > 0, skin[:, None], colour))
    low = ((surface.below[0] > 0) | (surface.place[1] < torso.HIGHEST)).nonzero()[:, 0]
    colours, shares = torso.cloth_colour(surface.place.index_select(1, low).T.numpy(), recipe.clothes)
    worn, cloth = torch.as_tensor(colours, dtype=colour.dtype), torch.as_tensor(shares, dtype=colour.dtype)
    worn = worn.T.clamp(0.0, 1.0) ** GAMMA
    colour.index_copy_(1, low, torch.lerp(colour.index_select(1, low), worn, cloth[None]))


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
    depth = (box_mean(uv_z, 5) - uv_z).clamp(min=0.0)
    return (1.0 + (depth / FURROW) ** 2).rsqrt()


def irradiance(normals: Tensor, lamps: Lamps, ambient: Tensor | float, lit: Tensor | float) -> Tensor:
    """Light that arrives at unit normals ``(B, 3, H, W)``, of the surroundings and of lamps, the first one shadowed."""
    around = sh_irradiance(normals, lamps.ambient).clamp(min=0.0) * ambient
    scatter, grey = normals.new_tensor(SCATTER), normals.new_tensor([sum(SCATTER) / 3])
    key = lamp_irradiance(normals, lamps.directions[:, :1], lamps.softness[:, :1], scatter)[:, 0]
    others = lamp_irradiance(normals, lamps.directions[:, 1:], lamps.softness[:, 1:], grey)[:, :, 0]
    further = torch.einsum("blhw,blc->bchw", others, lamps.colours[:, 1:])
    return around + key * lamps.colours[:, 0, :, None, None] * lit + further * ambient


def shaded(
    colour: Tensor, normals: Tensor, coarse: Tensor, shine: Tensor, around: Tensor, key: Tensor, lamps: Lamps
) -> Tensor:
    """Light that points send to the camera, ``(3, P)``.

    Args:
        colour: Share of the light that they return, ``(3, P)``.
        normals: Unit normals, ``(3, P)``.
        coarse: The same without relief.
        shine: How much they mirror as skin and as wet eyes do, ``(2, P)``.
        around: Share of the light from all around that arrives, ``(1, P)``.
        key: Share of the key lamp's light that a point lamp would send, ``(1, P)``.
        lamps: Of one photo.
    """
    shadow = 1.0 - (1.0 - key) * (1.0 - 0.7 * lamps.softness[0, 0])
    ambient = around + BOUNCED * (1.0 - around) * colour
    flat = normals[None, :, None]
    light = colour * irradiance(flat, lamps, ambient[:, None], shadow[:, None])[0, :, 0]
    smooth = unit_columns(normals + coarse, 0)  # oil fills the finest relief
    before = lamps.directions[:, :2]  # the rim lamp is mirrored away from the viewer
    mirrored = gloss(smooth[None, :, None], before, SHEEN, SHINE)[0, :, 0] * shine[:1]
    wet = shine[1].nonzero()[:, 0]
    eyes = gloss(flat.index_select(3, wet), before, EYE_SHINE, (0.2,))[0, :, 0] * shine[1:].index_select(1, wet)
    mirrored = mirrored.index_add_(1, wet, eyes) * torch.cat([shadow, around])
    return light.addmm_(lamps.colours[0, :2].T, mirrored)


def hair_light(strands: Strands, lamps: Lamps, recipe: FaceRecipe) -> tuple[Tensor, Tensor]:
    """Light from hair ``(3, P)`` and its opacity ``(1, P)``."""
    shift = (sum(recipe.seed) * 0.37) % 1.0
    fine, locks = strands_at(1.3 * strands.around + shift, 2.0 * strands.length * strands.along + shift)
    base = torch.as_tensor(recipe.look.hair_colour**GAMMA, dtype=torch.float32)[:, None]
    shade = torch.exp(0.17 * fine + 0.30 * locks) * (1.0 - 0.65 * strands.within)
    normal = unit_columns(strands.normals + 0.10 * torch.stack([fine + 2.0 * locks, locks, torch.zeros_like(fine)]), 0)
    colours, facing = lamps.colours[0].T, lamps.directions[0] @ normal
    light = 0.8 * sh_irradiance(normal[None], lamps.ambient)[0].clamp(min=0.0)
    light = light.addmm_(colours, ((facing + 0.3) / 1.3).clamp(min=0.0))
    soft, sharp = (colours @ one for one in highlight(strands.tangents, facing, lamps.directions[0]))
    strength = (1.0 + 0.5 * fine).clamp(min=0.0) * (1.0 - strands.within)
    mirrored = (0.25 * base * soft + 0.035 * sharp) * strength
    missing = 0.004 * (1.0 + fine) / strands.length.clamp(min=0.05)
    opacity = ((1.0 - strands.along - missing) / 0.03).clamp(0.0, 1.0)
    return base * shade * light + mirrored, opacity[None]


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
