"""The named, weighted losses of a model."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import signature

from torch import Tensor, nn

from aucgan.registry import LOSSES


class LossTerms(nn.Module):
    """Losses by name, each with its weight, as the config lists them.

    Args:
        losses: ``{name: dict(type=..., weight=1.0, ...)}``. A weight of 0, or ``None`` in place of the dict,
            leaves the loss out: it is neither built nor computed.
    """

    def __init__(self, losses: Mapping[str, dict | None]):
        super().__init__()
        self.weights: dict[str, float] = {}
        self.terms = nn.ModuleDict()
        self._watched = False
        self._inputs: dict[str, dict[str, Tensor]] = {}
        for name, cfg in losses.items():
            cfg = dict(cfg or {})
            weight = cfg.pop("weight", 1.0 if cfg else 0.0)
            if weight:
                self.weights[name] = weight
                self.terms[name] = LOSSES.build(cfg)

    def __contains__(self, name: str) -> bool:
        return name in self.terms

    def __getitem__(self, name: str) -> nn.Module:
        return self.terms[name]

    def check_names(self, known: set[str], model: str) -> None:
        """Raise ``ValueError`` for a loss that the model would never compute."""
        unknown = sorted(set(self.terms) - known)
        if unknown:
            raise ValueError(f"{model} computes no loss named {unknown}; it knows {sorted(known)}")

    def add(self, results: dict[str, Tensor], name: str, *args, **kwargs) -> None:
        """Compute one loss, weight it, and put it into ``results`` as ``loss_NAME``, unless it is left out."""
        if name in self.terms:
            if self._watched:
                arguments = signature(self.terms[name].forward).bind(*args, **kwargs).arguments
                self._inputs[name] = {k: v.detach() for k, v in arguments.items() if isinstance(v, Tensor)}
            results[f"loss_{name}"] = self.weights[name] * self.terms[name](*args, **kwargs)

    def watch(self) -> None:
        """From now on, note what each loss is computed from, until :meth:`take_inputs`; tensors then live as long."""
        self._watched = True

    def take_inputs(self) -> dict[str, dict[str, Tensor]]:
        """Stop watching, and hand over what each loss was last computed from, by its argument's name.

        They are the caller's: this module keeps none of them.
        """
        inputs = dict(self._inputs)
        self._inputs.clear()
        self._watched = False
        return inputs
