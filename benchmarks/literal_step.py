"""The detail step as the old script did it, in our components: what ``train_step.py`` measures the lean step against.

The method is that of the lean step, so losses and updates agree; the procedure is the old one. All networks, frozen
or not, are in one graph; the AU network sees the photo three times, and every one of its 729 pairs of nodes is
materialised; the MRF term is a convolution with patches as filters, through a target whose graph is kept as well; the
discriminator's loss goes back into the generator, and both backward passes keep the graph.

What the old script did wrong beyond its cost (frozen networks in training mode, the discriminator's gradients of the
generator's step) is not repeated: it would change the numbers, and they are compared.
"""

from __future__ import annotations

import inspect
from dataclasses import replace
from types import MethodType

from mmengine.optim import OptimWrapperDict
from torch import Tensor
from torch.nn.utils import parametrize

from aucgan.losses.image.idmrf import IDMRFLoss
from aucgan.losses.image.naive_mrf import patch_convolution_mrf
from aucgan.models.au.naive_mefarg import NaiveMEFARG
from aucgan.models.reconstructors.detail import DetailReconstructor


class LiteralIDMRF(IDMRFLoss):
    """The MRF loss with patch convolutions; the target's features are in the graph."""

    def forward(self, pred: Tensor, target: Tensor) -> Tensor:
        """As :meth:`IDMRFLoss.forward`."""
        pred_features, target_features = self.vgg(pred), self.vgg(target)
        return sum(
            weight * patch_convolution_mrf(pred_features[layer], target_features[layer])
            for layer, weight in self.layer_weights.items()
        )


def make_literal(model: DetailReconstructor) -> DetailReconstructor:
    """Exchange the structured parts of a model for their literal twins on the same weights, and thaw everything.

    Build the optimizers before: they are for the parts that learn.
    """
    for name in ("look", "frozen_outputs"):  # without their no_grad
        setattr(model, name, MethodType(inspect.unwrap(getattr(DetailReconstructor, name)), model))
    model.au_net = NaiveMEFARG(model.au_net)
    if "mrf" in model.losses:
        model.losses.terms["mrf"].__class__ = LiteralIDMRF
    return model.requires_grad_(True)


def literal_step(model: DetailReconstructor, data: dict, optimizers: OptimWrapperDict) -> dict[str, Tensor]:
    """One iteration of a model that :func:`make_literal` has prepared; the losses by name."""
    batch = model.data_preprocessor(data, True)
    photo = model.look(batch)
    if not (photo.face.verts.requires_grad and photo.afn.requires_grad):
        raise RuntimeError("the literal step keeps the frozen networks in the graph, but these are not")
    for_discriminator = replace(photo, cond_afn=model.au_net(photo.image)[1])
    au_probs, afn = model.au_net(photo.image)
    for_losses = replace(photo, au_probs=au_probs, afn=afn, cond_afn=for_discriminator.cond_afn)
    detail = model.make_detail(photo)

    with parametrize.cached():  # one iteration of the spectral norm, as in the lean step: the numbers are compared
        real_logits = model.discriminator(photo.image, for_discriminator.cond_afn)
        fake_logits = model.discriminator(detail.composite, for_discriminator.cond_afn)
    loss_d = model.losses["adv"].discriminator(real_logits, fake_logits)
    _update(optimizers["discriminator"].optimizer, loss_d)

    losses = model.generator_losses(for_losses, detail, batch)
    total = sum(losses.values())
    _update(optimizers["generator"].optimizer, total)
    return {"loss_d": loss_d.detach(), "loss": total.detach()} | {k: v.detach() for k, v in losses.items()}


def _update(optimizer, loss: Tensor) -> None:
    """A step of one optimizer, whose parameters alone start from zero gradients; the graph is kept."""
    optimizer.zero_grad()
    loss.backward(retain_graph=True)
    optimizer.step()
