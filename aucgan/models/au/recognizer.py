"""Training and evaluation of an action-unit network under mmengine's runner."""

from __future__ import annotations

import torch
from mmengine.dist import all_reduce
from mmengine.model import BaseModel
from mmengine.optim import OptimWrapper
from torch import Tensor, nn
from torch.nn import functional as F

from aucgan.action_units import N_AUS
from aucgan.losses.au.au_asymmetric_loss import UNKNOWN, rate_weights
from aucgan.losses.batch_total import batch_total
from aucgan.models.au.kept_buffers import KeptBuffers
from aucgan.models.component import ASYNCHRONOUS_COPY, PretrainedWeights
from aucgan.registry import LOSSES, MODELS


class Guide(nn.Module):
    """A linear classifier on the tokens of a backbone, and its loss.

    Args:
        channels: Channels of a token.
        num_tokens: Number of tokens.
        weight: Weight of the loss.
        alone: Training iterations during which the network's graph waits.
    """

    def __init__(self, channels: int, num_tokens: int, weight: float = 1.0, alone: int = 0) -> None:
        super().__init__()
        self.classify = nn.Sequential(nn.Flatten(), nn.ReLU(), nn.Linear(channels * num_tokens, N_AUS))
        self.weight, self.alone = weight, alone
        self.register_buffer("iterations", torch.zeros((), dtype=torch.long))
        self._counted: int | None = None
        self.register_load_state_dict_post_hook(Guide._forget)

    def is_alone(self) -> bool:
        """Whether the network's graph still waits."""
        if self._counted is None:  # asked once: a GPU's answer would have to be waited for at every step
            self._counted = int(self.iterations)
        return self._counted <= self.alone

    @staticmethod
    def _forget(module: Guide, keys) -> None:
        module._counted = None

    def forward(self, tokens: Tensor, labels: Tensor) -> Tensor:
        """Weighted binary cross-entropy over known labels ``(B, 41)``, from tokens ``(B, T, C)``."""
        if self.training:
            self.iterations += 1
            self._counted = None if self._counted is None else self._counted + 1
        logits = self.classify(tokens).float()
        known = (labels != UNKNOWN).to(logits.dtype)
        loss = F.binary_cross_entropy_with_logits(logits, labels.clamp_min(0).to(logits.dtype), known, reduction="sum")
        return self.weight * loss / batch_total(known).clamp_min(1)


@MODELS.register_module()
class AURecognizer(PretrainedWeights, BaseModel):
    """Wraps an action-unit network for training; its batches hold ``image`` and ``aus``.

    Labels are intensities: above 0 present, 0 absent, −1 unknown.

    Args:
        network: Config of the action-unit network; trained files keep it under ``network.``.
        loss: Config of a loss ``(probabilities, labels, weights) → scalar``.
        guide: A linear classifier on all backbone tokens that trains beside the network, as deep supervision (Lee et
            al., AISTATS 2015): ``dict(num_tokens=T, weight=1.0, alone=N)``. Cosines of averaged nodes give a backbone
            that starts from nothing little to go by; with the guide it learns in a fraction of the time. For the
            first N iterations the graph waits, and the nodes before it are classified instead, as the method trains
            its first stage before its second. ``None`` for backbones that are pretrained.
        balance: Weight classes by the inverse of their positive rate, counted over the training batches seen so
            far. Set it to False when the loss has its own ``positive_rates`` or none are wanted.
        data_preprocessor: mmengine's; moves batches to the device.
        init_cfg: Pretrained weights of the whole; see :class:`~aucgan.models.component.PretrainedWeights`.
    """

    training_parts = ("guide",)

    def __init__(
        self,
        network: dict,
        loss: dict | None = None,
        guide: dict | None = None,
        balance: bool = True,
        data_preprocessor: dict | None = None,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(data_preprocessor or ASYNCHRONOUS_COPY, init_cfg)
        self.network = MODELS.build(network)
        self.loss_module = LOSSES.build(loss or dict(type="WeightedAsymmetricLoss"))
        self.guide = Guide(self.network.backbone.out_channels, **guide) if guide else None
        self.balance = balance
        # One positive in four to begin with: the share settles within a few batches.
        self.register_buffer("positives", torch.full((N_AUS,), 8.0))
        self.register_buffer("known", torch.full((N_AUS,), 32.0))

    def forward(self, mode: str = "tensor", **batch: Tensor):
        """The entry that mmengine calls.

        Args:
            mode: ``tensor`` → (probabilities, afn); ``loss`` → named losses; ``predict`` → one dict a sample with
                ``au_probs (41,)`` and, where the batch has labels, ``aus (41,)``.
            **batch: ``image`` ``(B, 3, H, W)`` in [0, 1], ``aus`` ``(B, 41)``; anything else is passed over.

        Raises:
            ValueError: Another mode.
        """
        if mode == "tensor":
            return self.network(batch["image"])
        if mode == "loss":
            return self.loss(batch)
        if mode == "predict":
            return self.predict(batch)
        raise ValueError(f"mode must be 'tensor', 'loss' or 'predict', got '{mode}'")

    def loss(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """The losses of a batch: ``loss_au``, or ``loss_nodes`` while the graph waits; ``loss_guide`` with a guide."""
        labels = batch["aus"]
        labels = torch.where(labels == UNKNOWN, labels, (labels > 0).to(labels.dtype))
        tokens = self.network.backbone(self.network.preprocess(batch["image"]))
        losses = {}
        if self.guide is not None:
            losses["loss_guide"] = self.guide(tokens, labels)
        if self.guide is not None and self.guide.is_alone():
            losses["loss_nodes"] = self.loss_module(self.network.read_nodes(tokens), labels, self._weights(labels))
        else:
            probabilities, _ = self.network.read_tokens(tokens)
            losses["loss_au"] = self.loss_module(probabilities, labels, self._weights(labels))
        return losses

    def predict(self, batch: dict[str, Tensor]) -> list[dict[str, Tensor]]:
        """Probabilities and, where given, labels of each sample."""
        probabilities, _ = self.network(batch["image"])
        samples = [dict(au_probs=p) for p in probabilities]
        for sample, labels in zip(samples, batch.get("aus", ()), strict=False):
            sample["aus"] = labels
        return samples

    @torch.no_grad()
    def _weights(self, labels: Tensor) -> Tensor | None:
        if not self.balance:
            return None
        if self.training:
            counts = torch.stack([(labels > 0).sum(dim=0), (labels != UNKNOWN).sum(dim=0)])
            all_reduce(counts)  # over the processes of a distributed training
            self.positives += counts[0]
            self.known += counts[1]
        return rate_weights(self.positives / self.known)

    def train_step(self, data: dict, optim_wrapper: OptimWrapper) -> dict[str, Tensor]:
        """One step. An optimizer wrapper that says ``needs_closure`` (SAM) gets one for its second pass.

        The second pass starts from the counts and statistics that the first one started from, so that it is the same
        loss at other weights; what stays is what the first one, at the weights themselves, has counted.
        """
        if not getattr(optim_wrapper, "needs_closure", False):
            return super().train_step(data, optim_wrapper)
        data = self.data_preprocessor(data, training=True)

        def forward() -> tuple[Tensor, dict[str, Tensor]]:
            with optim_wrapper.optim_context(self):
                return self.parse_losses(self._run_forward(data, mode="loss"))

        def again() -> Tensor:
            before.restore()
            return forward()[0]

        before = KeptBuffers(self)
        total, log = forward()
        counted = KeptBuffers(self)
        optim_wrapper.update_params(total, closure=again)
        counted.restore()
        return log
