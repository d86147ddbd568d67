"""The detail stage: a conditional GAN that adds the wrinkles a face's action units ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import add
from typing import Any

import torch
from mmengine.optim import OptimWrapper
from torch import Tensor, nn

from aucgan.models.reconstructors.base import FaceReconstructor, unbatch
from aucgan.models.reconstructors.coarse import composite, photo_mask
from aucgan.models.reconstructors.detail_faces import DetailFace, FacialExpression, PhotoSide
from aucgan.models.reconstructors.face_patch import FacePatch
from aucgan.models.reconstructors.photo_exchange import NOBODY, partners
from aucgan.numerics.precision import in_full_range
from aucgan.registry import MODELS
from aucgan.renderers.colormaps import signed_heat
from aucgan.structures import FlameCodes

HEAT_SCALE = 0.001
"""Displacement, in metres, that gets full colour in pictures."""


@MODELS.register_module()
class DetailReconstructor(FaceReconstructor):
    """Detail reconstruction: only the detail encoder, the generator and the discriminator learn.

    Losses by name (each optional): ``photo`` and ``mrf`` between predicted and photographed UV texture on the face
    patch; ``contrast`` between render and photo on the skin; ``au`` between the AU outputs of composite and photo;
    ``z_reg``, ``z_diff``, ``z_sym`` on displacement and shading; ``adv``; ``r1``; ``detail_consistency`` between
    photos of one person; ``displacement`` where the data has the truth.

    Args:
        au_net: The frozen AU network.
        detail_encoder: Image (and, where it says so by ``uses_afn``, AU features) → detailcode.
        generator: Detailcode and conditions → displacement.
        discriminator: AU-conditioned judge of composites; ``None`` trains without the adversarial term.
        au_encoder: Compact AU code as a further condition of the generator.
        afn_source: ``photo``: AU features of the photo; ``zero``: zeros (the ablation without AUs).
        patch_size: Side to which the face patch of the UV maps is resized for the texture losses; ``None`` keeps it.
        patch_box: Top, bottom, left and right of the face patch as shares of the UV map's side; ``None``: the
            bounding box of the topology's face-eye mask.
        exchange_photos: In tests, also give every face the photos of others in its batch, for ``PhotoShare``.
        **coarse: The arguments of :class:`FaceReconstructor`.
    """

    loss_names = frozenset("photo contrast mrf au z_reg z_diff z_sym adv r1 detail_consistency displacement".split())
    picture_titles = ("photo", "coarse shape", "detail shape", "texture", "displacement", "composite")
    learned = ("detail_encoder", "generator", "discriminator", "au_encoder")
    training_parts = ("losses", "discriminator")
    judges_pictures = True
    """The discriminator sees composites, not relief."""
    photo_networks = ("encoder", "expression_encoder", "au_net")
    """The frozen networks that read the photo."""

    def __init__(
        self,
        au_net: dict,
        detail_encoder: dict,
        generator: dict,
        discriminator: dict | None = None,
        au_encoder: dict | None = None,
        afn_source: str = "photo",
        patch_size: int | None = 256,
        patch_box: Sequence[float] | None = None,
        exchange_photos: bool = False,
        **coarse: Any,
    ):
        super().__init__(**coarse)
        if afn_source not in ("photo", "zero"):
            raise ValueError(f"afn_source must be 'photo' or 'zero', got '{afn_source}'")
        if "adv" in self.losses and discriminator is None:
            raise ValueError("the loss 'adv' needs a discriminator: name one, or set losses.adv to None")
        self.afn_source, self.exchange_photos = afn_source, exchange_photos
        self.au_net = MODELS.build(au_net)
        self.detail_encoder = MODELS.build(detail_encoder)
        self.generator = MODELS.build(generator)
        self.discriminator: Any = MODELS.build(discriminator) if discriminator else None
        self.au_encoder: Any = MODELS.build(au_encoder) if au_encoder else None
        self.face_patch = FacePatch(self.renderer.uv_face_eye_mask, patch_size, patch_box)
        for name, child in self.named_children():
            if name not in self.learned:
                child.requires_grad_(False)

    def train(self, mode: bool = True) -> DetailReconstructor:
        """Training mode for the learned parts alone: frozen batch statistics must not move."""
        super().train(mode)
        for name, child in self.named_children():
            if name not in self.learned:
                child.eval()
        return self

    @property
    def differentiated_twice(self) -> dict[str, str]:
        """The discriminator, with a gradient penalty."""
        return {"discriminator": "r1"} if "r1" in self.losses and self.discriminator is not None else {}

    @property
    def called_twice(self) -> tuple[str, ...]:
        """The discriminator, in its own step and the generator's, and the AU network, on photo and composite."""
        own = {"discriminator": "adv", "au_net": "au"}
        return super().called_twice + tuple(part for part, loss in own.items() if loss in self.losses)

    # --- forward -----------------------------------------------------------------------------------------------

    @torch.no_grad()
    def frozen_outputs(self, batch: Mapping) -> tuple[FlameCodes, Tensor, Tensor]:
        """Codes, AU probabilities and AU features of the photo, from the frozen networks or computed before.

        Args:
            batch: ``image``, or under ``features`` what :meth:`photo_features` gave for it.
        """
        if "features" not in batch:
            return self.encode(batch["image"]), *self.au_net(batch["image"])
        stored = batch["features"]
        codes = FlameCodes.from_vector(stored["codes"], **self.code_scale.sizes)
        return codes, stored["au_probs"], stored["afn"].float()

    @torch.no_grad()
    def photo_features(self, image: Tensor) -> dict[str, Tensor]:
        """What the frozen networks say of a photo, as a data set can store it.

        Args:
            image: ``(B, 3, H, W)`` in [0, 1].

        Returns:
            ``codes``, the vector of FLAME codes with the jaw as axis-angle, ``(B, n_shape + n_tex + n_exp + 36)``;
            ``au_probs`` ``(B, 41)``; ``afn`` ``(B, 27, C)``.
        """
        au_probs, afn = self.au_net(image)
        return dict(codes=self.encode(image).to_vector(), au_probs=au_probs, afn=afn)

    @torch.no_grad()
    def look(self, batch: Mapping[str, Tensor]) -> PhotoSide:
        """Everything about the photo that the frozen networks say."""
        image = batch["image"]
        codes, au_probs, afn = self.frozen_outputs(batch)
        face = self.decode(codes)
        rendered = self.render(face)
        mask = photo_mask(batch, rendered)
        unwrapped, visible = self.renderer.unwrap(torch.cat([image, mask], dim=1), face.trans_verts)
        displaced = self.renderer.uv_face_eye_mask.expand(len(image), -1, -1, -1)
        surface = self.renderer.world2uv(torch.cat([face.verts, rendered.normals], dim=2))
        return PhotoSide(
            image=image,
            face=face,
            rendered=rendered,
            mask=mask,
            skin=mask * self.renderer.sample_uv(displaced, rendered.grid),
            uv_verts=surface[:, :3],
            uv_normals=surface[:, 3:],
            uv_texture=unwrapped[:, :3],
            uv_visible=visible * (unwrapped[:, 3:] > 0.5),
            uv_shading=self.renderer.shade(surface[:, 3:], codes.light),
            au_probs=au_probs,
            afn=afn,
            cond_aus=torch.zeros_like(au_probs) if self.afn_source == "zero" else au_probs,
            cond_afn=torch.zeros_like(afn) if self.afn_source == "zero" else afn,
        )

    def read_detail(self, photo: PhotoSide) -> Any:
        """Photo → detailcode ``(B, L)``, or what else the generator makes the displacement from."""
        with_afn = (photo.cond_afn,) if getattr(self.detail_encoder, "uses_afn", False) else ()
        return self.detail_encoder(photo.image, *with_afn)

    def generate(self, latent: Any, wanted: FacialExpression) -> Tensor:
        """What was read from photos, and the expressions that are wanted → displacement ``(B, 1, S, S)`` in metres."""
        condition = self.au_encoder(wanted.aus, wanted.afn) if self.au_encoder is not None else None
        return self.generator(latent, wanted.afn, wanted.exp, wanted.jaw_pose, condition)

    def make_detail(self, photo: PhotoSide) -> DetailFace:
        """Photo → detailed face; the one pass through the networks that learn."""
        latent = self.read_detail(photo)
        return self.apply_detail(photo, self.generate(latent, FacialExpression.of(photo)), latent)

    def apply_detail(self, photo: PhotoSide, uv_z: Tensor, latent: Any = None) -> DetailFace:
        """Displacement → normals → shading → texture → picture."""
        uv_normals = self.renderer.displaced_normals(uv_z, photo.uv_verts, photo.uv_normals)
        uv_shading = self.renderer.shade(uv_normals, photo.face.codes.light)
        uv_texture = photo.face.albedo * uv_shading
        detail = self.renderer.sample_uv(uv_texture, photo.rendered.grid)
        image = self.renderer.blend_detail(photo.rendered.images, detail, photo.rendered.grid)
        pasted = composite(image, photo.image, photo.mask)
        return DetailFace(uv_z, uv_normals, uv_shading, uv_texture, image, pasted, latent)

    # --- training ----------------------------------------------------------------------------------------------

    def train_step(self, data: Any, optim_wrapper: Any) -> dict[str, Tensor]:
        """One iteration: one generator forward, the discriminator's step on its detached result, the generator's."""
        batch = self.data_preprocessor(data, True)
        with optim_wrapper["generator"].optim_context(self.generator):
            photo = self.look(batch)
            detail = self.make_detail(photo)
        log: dict[str, Tensor] = {}
        if "adv" in self.losses:
            log.update(self.discriminator_phase(photo, detail, optim_wrapper["discriminator"]))
        log.update(self.generator_phase(photo, detail, batch, optim_wrapper["generator"]))
        return log

    def discriminator_phase(self, photo: PhotoSide, detail: DetailFace, wrapper: OptimWrapper) -> dict[str, Tensor]:
        """Real photos up, composites down."""
        set_requires_grad(self.discriminator, True)
        with wrapper.optim_context(self.discriminator):
            real_img = photo.image.detach().requires_grad_("r1" in self.losses)
            images = torch.cat([real_img, detail.composite.detach()])  # one pass: weights are normalised once
            judged = images, photo.cond_afn.repeat(2, 1, 1)
            logits = in_full_range(self.discriminator, *judged) if "r1" in self.losses else self.discriminator(*judged)
            real_logits, fake_logits = logits.chunk(2)
            losses = {"loss_d": self.losses["adv"].discriminator(real_logits, fake_logits)}
            self.losses.add(losses, "r1", real_logits, real_img)
        wrapper.update_params(reduce(add, losses.values()))
        log = {name: value.detach() for name, value in losses.items()}
        return log | {"d_real": real_logits.detach().mean(), "d_fake": fake_logits.detach().mean()}

    def generator_phase(
        self, photo: PhotoSide, detail: DetailFace, batch: dict, wrapper: OptimWrapper
    ) -> dict[str, Tensor]:
        """All losses of the displacement, with the discriminator frozen."""
        if self.discriminator is not None:
            set_requires_grad(self.discriminator, False)
        with wrapper.optim_context(self.generator):
            losses = self.generator_losses(photo, detail, batch)
        total = reduce(add, losses.values())
        wrapper.update_params(total)
        return {"loss": total.detach()} | {name: value.detach() for name, value in losses.items()}

    def generator_losses(self, photo: PhotoSide, detail: DetailFace, batch: dict) -> dict[str, Tensor]:
        """Weighted losses by name."""
        losses: dict[str, Tensor] = {}
        visible = photo.uv_visible
        if "photo" in self.losses or "mrf" in self.losses:
            pred, target = (self.face_patch(t * visible) for t in (detail.uv_texture, photo.uv_texture))
            self.losses.add(losses, "photo", pred, target)
            self.losses.add(losses, "mrf", pred, target)
        self.losses.add(losses, "contrast", detail.image, photo.image, photo.skin, photo.rendered.images)
        if "au" in self.losses:
            au_probs, afn = self.au_net(detail.composite)
            self.losses.add(losses, "au", au_probs, photo.au_probs, afn, photo.afn)
        self.losses.add(losses, "z_reg", detail.uv_z)
        self.losses.add(losses, "z_diff", detail.uv_shading)
        self.losses.add(losses, "z_sym", detail.uv_z, visible)
        self.losses.add(losses, "detail_consistency", detail.latent, batch.get("identity"))
        self.losses.add(losses, "displacement", detail.uv_z, batch.get("gt_uv_z"))
        if "adv" in self.losses and self.judges_pictures:
            fake_logits = self.discriminator(detail.composite, photo.cond_afn)
            losses["loss_adv"] = self.losses.weights["adv"] * self.losses["adv"].generator(fake_logits)
        return losses

    def loss(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """The generator's losses, without an update (for analysis; training goes through ``train_step``)."""
        photo = self.look(batch)
        return self.generator_losses(photo, self.make_detail(photo), batch)

    # --- results -----------------------------------------------------------------------------------------------

    def forward(self, mode: str = "tensor", **batch: Tensor) -> Any:  # type: ignore[override]  # mmengine calls it by names
        """As in the base; ``tensor`` gives ``(PhotoSide, DetailFace)``."""
        if mode != "tensor":
            return super().forward(mode, **batch)
        photo = self.look(batch)
        return photo, self.make_detail(photo)

    def predict(self, batch: dict[str, Tensor]) -> list[dict[str, Tensor]]:
        """Coarse and detailed face beside the photo and, where the data has it, beside the true displacement.

        Normals are compared on one and the same coarse surface, so that the figure speaks of the displacement.
        """
        photo, detail = self(mode="tensor", **batch)
        renderer, face, rendered = self.renderer, photo.face, photo.rendered
        flat = torch.zeros_like(detail.uv_z)
        outputs = dict(
            uv_z=detail.uv_z,
            normals_uv=detail.uv_normals,
            coarse_normals_uv=renderer.displaced_normals(flat, photo.uv_verts, photo.uv_normals),
            pred_image=detail.image,
            coarse_image=rendered.images,
            image=photo.image,
            mask=photo.mask,
            face_mask_uv=renderer.uv_face_eye_mask.expand_as(flat),
        )
        if "landmarks" in batch:
            outputs |= dict(landmarks=face.landmarks, gt_landmarks=batch["landmarks"])
        if "gt_uv_z" in batch:
            truth = batch["gt_uv_z"]
            outputs |= dict(
                gt_uv_z=truth, gt_normals_uv=renderer.displaced_normals(truth, photo.uv_verts, photo.uv_normals)
            )
        if self.exchange_photos and "identity" in batch and detail.latent is not None:
            outputs |= self.with_other_photos(photo, detail.latent, batch["identity"])
        if "aus" in batch:
            outputs |= dict(aus=batch["aus"], au_probs=self.au_net(detail.composite)[0])
        return unbatch(outputs | self.meshes(face, batch))

    def with_other_photos(self, photo: PhotoSide, latent: Any, identity: Tensor) -> dict[str, Tensor]:
        """Displacements ``(B, 1, S, S)`` by photos of the same and of another person; NaN where the batch has none."""
        names = ("uv_z_same_person", "uv_z_other_person")
        made = {}
        for name, places in zip(names, partners(identity), strict=True):
            uv_z = self.generate(latent[places.clamp(min=0)], FacialExpression.of(photo))
            made[name] = uv_z.masked_fill((places == NOBODY).view(-1, 1, 1, 1), float("nan"))
        return made

    @torch.no_grad()
    def picture_rows(self, batch: dict[str, Tensor]) -> list[list[Tensor]]:
        """One row of pictures a sample, see ``picture_titles``."""
        return self.pictures(*self(mode="tensor", **batch))

    def pictures(self, photo: PhotoSide, detail: DetailFace) -> list[list[Tensor]]:
        """The same for faces that are there already."""
        surface = photo.rendered.surface
        columns = (
            photo.image,
            self.renderer.draw_shape(surface, photo.image),
            self.renderer.draw_shape(surface, photo.image, detail.uv_normals),
            detail.uv_texture,
            signed_heat(detail.uv_z, HEAT_SCALE),
            detail.composite,
        )
        return [list(row) for row in zip(*columns, strict=True)]


def set_requires_grad(module: nn.Module, flag: bool) -> None:
    """Freeze or thaw the parameters of a module."""
    for parameter in module.parameters():
        parameter.requires_grad_(flag)
