"""Training and evaluation of an action-unit network under mmengine's runner."""

from __future__ import annotations

import torch
from mmengine.model import BaseModel
from mmengine.optim import OptimWrapper
from torch import Tensor

from aucgan.action_units import N_AUS
from aucgan.losses.au_asymmetric_loss import UNKNOWN, rate_weights
from aucgan.models.au.batch_statistics import frozen_running_statistics
from aucgan.registry import LOSSES, MODELS


@MODELS.register_module()
class AURecognizer(BaseModel):
    """Wraps an action-unit network for training; its batches hold ``image`` and ``aus``.

    Labels are intensities: above 0 present, 0 absent, −1 unknown.

    Args:
        network: Config of the action-unit network; trained files keep it under ``network.``.
        loss: Config of a loss ``(probabilities, labels, weights) → scalar``.
        balance: Weight classes by the inverse of their positive rate, counted over the training batches seen so
            far. Set it to False when the loss has its own ``positive_rates`` or none are wanted.
        data_preprocessor: mmengine's; moves batches to the device.
        init_cfg: mmengine's.
    """

    def __init__(
        self,
        network: dict,
        loss: dict | None = None,
        balance: bool = True,
        data_preprocessor: dict | None = None,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(data_preprocessor, init_cfg)
        self.network = MODELS.build(network)
        self.loss_module = LOSSES.build(loss or dict(type="WeightedAsymmetricLoss"))
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
        """The loss of a batch, under ``loss_au``."""
        labels = batch["aus"]
        labels = torch.where(labels == UNKNOWN, labels, (labels > 0).to(labels.dtype))
        probabilities, _ = self.network(batch["image"])
        return dict(loss_au=self.loss_module(probabilities, labels, self._weights(labels)))

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
            self.positives += (labels > 0).sum(dim=0)
            self.known += (labels != UNKNOWN).sum(dim=0)
        return rate_weights(self.positives / self.known)

    def train_step(self, data: dict, optim_wrapper: OptimWrapper) -> dict[str, Tensor]:
        """One step. An optimizer wrapper that says ``needs_closure`` (SAM) gets one for its second pass."""
        if not getattr(optim_wrapper, "needs_closure", False):
            return super().train_step(data, optim_wrapper)
        data = self.data_preprocessor(data, training=True)

        def forward() -> tuple[Tensor, dict[str, Tensor]]:
            with optim_wrapper.optim_context(self):
                return self.parse_losses(self._run_forward(data, mode="loss"))

        def again() -> Tensor:
            with frozen_running_statistics(self):
                return forward()[0]

        total, log = forward()
        optim_wrapper.update_params(total, closure=again)
        return log
