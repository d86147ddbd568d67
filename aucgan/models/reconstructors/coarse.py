"""The coarse stage: learns to read FLAME codes from photos."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from aucgan.models.reconstructors.base import FaceReconstructor, unbatch
from aucgan.registry import MODELS
from aucgan.renderers.drawing import draw_landmarks
from aucgan.renderers.render_output import RenderOutput

TRUE_COLOUR, FOUND_COLOUR = (0, 220, 0), (255, 40, 40)


@MODELS.register_module()
class CoarseReconstructor(FaceReconstructor):
    """Coarse reconstruction from one photo, trained on photos with landmarks and face masks (DECA, EMOCA).

    Losses by name (each optional): ``landmark``, ``eye``, ``lip`` on the 68 points; ``photo`` in the face mask;
    ``identity``; L2 priors ``shape``, ``exp``, ``tex``; ``light``; ``jaw`` (with ``jaw_type='euler'``);
    ``shape_consistency`` between photos of one person. Unlike DECA's, the render is lit by the regressed light, so
    the light learns from the photo. For data with the true codes: ``neutral``, the head without expression and
    pose, ``motion``, what expression and jaw add to it, and ``expression``, the code itself.
    """

    loss_names = frozenset(
        "landmark eye lip photo identity shape exp tex light jaw shape_consistency neutral motion expression".split()
    )
    picture_titles = ("photo", "landmarks", "coarse shape", "render")

    def loss(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """Weighted losses of one batch."""
        regressed = self.regress(batch["image"])
        face = self.decode(self.as_axis_angle(regressed))
        losses: dict[str, Tensor] = {}
        for name in ("landmark", "eye", "lip"):
            self.losses.add(losses, name, face.landmarks, batch["landmarks"])
        for name in ("shape", "exp", "tex", "light"):
            self.losses.add(losses, name, getattr(face.codes, name))
        self.losses.add(losses, "jaw", regressed.jaw_pose)
        self.losses.add(losses, "shape_consistency", face.codes.shape, batch.get("identity"))
        if "neutral" in self.losses or "motion" in self.losses:
            found, truth = self.neutral_and_motion(face.codes, batch)
            for name, *meshes in zip(("neutral", "motion"), found, truth, strict=True):
                self.losses.add(losses, name, *meshes)
        if "expression" in self.losses:
            self.losses.add(losses, "expression", face.codes.exp, self.true_codes(batch)[1])
        if "photo" in self.losses or "identity" in self.losses:
            rendered = self.render(face)
            mask = photo_mask(batch, rendered)
            self.losses.add(losses, "photo", rendered.images, batch["image"], mask)
            self.losses.add(losses, "identity", composite(rendered.images, batch["image"], mask), batch["image"])
        return losses

    def predict(self, batch: dict[str, Tensor]) -> list[dict[str, Tensor]]:
        """Landmarks and render beside the truth, for the metrics."""
        face = self.decode(self.encode(batch["image"]))
        rendered = self.render(face)
        return unbatch(
            dict(
                landmarks=face.landmarks,
                gt_landmarks=batch["landmarks"],
                pred_image=rendered.images,
                image=batch["image"],
                mask=photo_mask(batch, rendered),
                **self.meshes(face, batch),
            )
        )

    @torch.no_grad()
    def picture_rows(self, batch: dict[str, Tensor]) -> list[list[Tensor]]:
        """One row of pictures a sample, see ``picture_titles``."""
        image = batch["image"]
        face = self.decode(self.encode(image))
        rendered = self.render(face)
        shape = self.renderer.draw_shape(rendered.surface, image)
        drawn = [
            draw_landmarks(draw_landmarks(photo, truth, TRUE_COLOUR), found, FOUND_COLOUR)
            for photo, truth, found in zip(image, batch["landmarks"], face.landmarks, strict=True)
        ]
        marked = [torch.tensor(picture).permute(2, 0, 1) / 255 for picture in drawn]
        overlay = composite(rendered.images, image, rendered.alpha_images)
        return [list(row) for row in zip(image, marked, shape, overlay, strict=True)]


def photo_mask(batch: Mapping[str, Tensor], rendered: RenderOutput) -> Tensor:
    """Where photo and render can be compared: the photo's face mask and the mesh, ``(B, 1, H, W)``."""
    mask = rendered.alpha_images.detach()
    return mask * batch["mask"] if "mask" in batch else mask


def composite(rendered: Tensor, photo: Tensor, mask: Tensor) -> Tensor:
    """Paste a render into the photo, ``(B, 3, H, W)``."""
    return rendered * mask + photo * (1 - mask)
