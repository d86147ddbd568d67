"""The detail stage that looks at the skin: wrinkles read where they are, for the expression that is wanted."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import add
from typing import Any

import torch
from mmengine.optim import OptimWrapper
from torch import Tensor

from aucgan.models.discriminators.wrong_aus import wrong_aus
from aucgan.models.reconstructors.code_noise import CodeNoise
from aucgan.models.reconstructors.detail import DetailReconstructor, set_requires_grad
from aucgan.models.reconstructors.detail_faces import FacialExpression, PhotoSide, ShownSkin
from aucgan.models.reconstructors.photo_exchange import NOBODY, partners
from aucgan.registry import MODELS
from aucgan.structures import FlameCodes


@MODELS.register_module()
class SkinDetailReconstructor(DetailReconstructor):
    """Detail reconstruction with two conditions: what the photo shows, and what is wanted.

    The generator reads the unwrapped photo where it puts the displacement and is told under which expression the photo
    was taken and which one is wanted. It learns on pairs of photos of one person whose displacement is known: the
    wanted expression is the photo's own (reconstruction) or that of the person's other photo (animation), so that
    static lines, pores and moles have to stay, and what a muscle folds has to come and go. The discriminator judges
    displacement and slopes in UV under the wanted action units.

    Losses by name: ``displacement``, ``z_reg``, ``adv`` and ``r1`` where the data has the true displacement; without it
    those of :class:`DetailReconstructor` but ``adv`` and ``r1``, of the photo's own expression.

    Args:
        animate: Share of the samples whose wanted expression is that of another photo of the person in the batch.
        adversarial_share: Size of the adversarial gradient at the displacement, relative to the supervised one's: the
            two are balanced anew in each step, as Esser, Rombach & Ommer do (Taming transformers, CVPR 2021).
        wrong_aus: Weight of true displacements under the action units of another photo, as further fakes [1].
        code_noise: Where the data has the true codes, take those with noise of these sizes, as a fit to landmarks gives
            them, in place of the encoder's; see :class:`CodeNoise`. Empty: the encoder's.
        **detail: The arguments of :class:`DetailReconstructor`.

    Raises:
        ValueError: A share is not in [0, 1], or a weight is negative.

    [1] Reed et al., Generative adversarial text to image synthesis, ICML 2016.
    """

    judges_pictures = False

    def __init__(
        self,
        animate: float = 0.5,
        adversarial_share: float = 0.5,
        wrong_aus: float = 0.5,
        code_noise: Mapping[str, float] | None = None,
        **detail: Any,
    ) -> None:
        super().__init__(**detail)
        if not 0.0 <= animate <= 1.0 or adversarial_share < 0.0 or wrong_aus < 0.0:
            raise ValueError("animate is a share in [0, 1]; adversarial_share and wrong_aus must not be negative")
        self.animate, self.adversarial_share, self.wrong_aus = animate, adversarial_share, wrong_aus
        self.code_noise = CodeNoise(code_noise or {})

    # --- forward -----------------------------------------------------------------------------------------------

    @torch.no_grad()
    def frozen_outputs(self, batch: Mapping) -> tuple[FlameCodes, Tensor, Tensor]:
        """As in the base; with ``code_noise``, codes as a fit would give them."""
        codes, au_probs, afn = super().frozen_outputs(batch)
        return self.code_noise(codes, batch, fixed=not self.training), au_probs, afn

    def read_detail(self, photo: PhotoSide) -> ShownSkin:
        """Photo → what it shows of the skin, and under which expression."""
        maps = self.detail_encoder(
            photo.uv_texture,
            photo.uv_visible,
            photo.uv_verts,
            photo.uv_normals,
            photo.uv_shading,
            photo.face.codes.light,
        )
        return ShownSkin(maps, FacialExpression.of(photo))

    def generate(self, latent: ShownSkin, wanted: FacialExpression) -> Tensor:
        """What photos show, and the expressions that are wanted → displacement ``(B, 1, S, S)`` in metres."""
        shown = latent.expression
        return self.generator(
            latent.maps, (shown.aus, shown.exp, shown.jaw_pose), (wanted.aus, wanted.exp, wanted.jaw_pose)
        )

    # --- training ----------------------------------------------------------------------------------------------

    def train_step(self, data: Any, optim_wrapper: Any) -> dict[str, Tensor]:
        """One iteration on pairs with the truth, or, where the data has none, by the losses of the base."""
        batch = self.data_preprocessor(data, True)
        wrapper = optim_wrapper["generator"]
        with wrapper.optim_context(self.generator):
            photo = self.look(batch)
            if "gt_uv_z" not in batch:
                return self.generator_phase(photo, self.make_detail(photo), batch, wrapper)
            places = self.wanted_places(batch["identity"])
            wanted = self.wanted_expression(photo, batch, places)
            uv_z = self.generate(self.read_detail(photo), wanted)
        truth = batch["gt_uv_z"][places]
        log: dict[str, Tensor] = {}
        if "adv" in self.losses:
            log.update(self.judge(uv_z.detach(), truth, wanted.aus, optim_wrapper["discriminator"]))
        if self.discriminator is not None:
            set_requires_grad(self.discriminator, False)
        with wrapper.optim_context(self.generator):
            losses = self.supervised_losses(uv_z, truth, wanted.aus)
        total = reduce(add, losses.values())
        wrapper.update_params(total)
        return log | {"loss": total.detach()} | {name: value.detach() for name, value in losses.items()}

    def wanted_places(self, identity: Tensor) -> Tensor:
        """Whose expression is wanted of every sample: its own, or at random that of a partner, ``(B,)``."""
        own = torch.arange(len(identity), device=identity.device)
        partner, _ = partners(identity)
        animated = (torch.rand(len(own)).to(own.device) < self.animate) & (partner != NOBODY)
        return torch.where(animated, partner, own)

    def wanted_expression(self, photo: PhotoSide, batch: Mapping[str, Tensor], places: Tensor) -> FacialExpression:
        """The expressions at ``places``: the own one as the network sees it, another one as it is labelled."""
        wanted = FacialExpression.of(photo)[places]
        labels = batch["aus"][places]
        own = places == torch.arange(len(places), device=places.device)
        told = (labels >= 0) & ~own[:, None] & (self.afn_source == "photo")
        return wanted.with_aus(torch.where(told, labels.to(wanted.aus), wanted.aus))

    def judge(self, uv_z: Tensor, truth: Tensor, aus: Tensor, wrapper: OptimWrapper) -> dict[str, Tensor]:
        """The discriminator's step: true displacements up; made ones, and true ones under wrong units, down."""
        set_requires_grad(self.discriminator, True)
        with wrapper.optim_context(self.discriminator):
            real = truth.detach().requires_grad_("r1" in self.losses)
            real_logits, fake_logits = self.discriminator(real, aus), self.discriminator(uv_z, aus)
            loss = self.losses["adv"].discriminator(real_logits, fake_logits)
            if self.wrong_aus:
                places, differ = wrong_aus(aus)
                wrong_logits = self.discriminator(truth, aus[places])
                # Pairs that hardly differ say nothing: no gradient, and a constant in the loss.
                told_apart = torch.where(differ[:, None], wrong_logits, wrong_logits.detach().clamp(max=0))
                loss = loss + self.wrong_aus * self.losses["adv"].discriminator(real_logits, told_apart)
            losses = {"loss_d": loss}
            self.losses.add(losses, "r1", real_logits, real)
        wrapper.update_params(reduce(add, losses.values()))
        log = {name: value.detach() for name, value in losses.items()}
        return log | {"d_real": real_logits.detach().mean(), "d_fake": fake_logits.detach().mean()}

    def supervised_losses(self, uv_z: Tensor, truth: Tensor, aus: Tensor) -> dict[str, Tensor]:
        """Weighted losses by name, with the discriminator's balanced against the others."""
        losses: dict[str, Tensor] = {}
        mask = self.renderer.uv_face_eye_mask.expand_as(uv_z)
        self.losses.add(losses, "displacement", uv_z, truth, mask)
        self.losses.add(losses, "z_reg", uv_z)
        if "adv" in self.losses:
            adversarial = self.losses["adv"].generator(self.discriminator(uv_z, aus))
            scale = self.adversarial_share * _gradient_ratio(reduce(add, losses.values()), adversarial, uv_z)
            losses["loss_adv"] = scale * adversarial
        return losses


def _gradient_ratio(first: Tensor, second: Tensor, at: Tensor) -> Tensor:
    """Size of the first loss's gradient over that of the second one's."""
    sizes = [torch.autograd.grad(loss, at, retain_graph=True)[0].norm() for loss in (first, second)]
    return (sizes[0] / sizes[1].clamp_min(1e-12)).detach()
