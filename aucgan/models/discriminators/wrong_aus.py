"""Real relief under action units that are not its own: further fakes of a conditional discriminator."""

from __future__ import annotations

import torch
from torch import Tensor

from aucgan.action_units import N_AUS, N_MAIN


def wrong_aus(aus: Tensor, least: float = 1.0) -> tuple[Tensor, Tensor]:
    """For every sample of a batch another one whose action units really differ.

    The partners are a permutation: every sample lends its action units once, so that units alone do not tell the
    wrong pairs from the right ones. It is the cyclic shift with the most pairs that differ, and of several such the
    one whose pairs differ most; who the people are does not matter, and nothing is read back from the device.

    Args:
        aus: Intensities in [0,1], ``(B,41)``; a negative one is unknown and differs from nothing.
        least: From which sum of differences over the 27 main units two samples count as different.

    Returns:
        The partners' places in the batch, ``(B,)``, and whether they differ, ``(B,)`` bool; pairs that do not are to
        be left out. A batch of one gets itself, which does not differ.

    Raises:
        ValueError: ``aus`` has another shape.
    """
    if aus.ndim != 2 or aus.shape[1] != N_AUS:
        raise ValueError(f"aus is {tuple(aus.shape)}, but intensities (B, {N_AUS}) were expected")
    units, places = aus[:, :N_MAIN], torch.arange(len(aus), device=aus.device)
    known = (units >= 0.0).to(units.dtype)
    difference = ((units[:, None] - units).abs() * known[:, None] * known).sum(2)  # (B,B)
    partners = (places[:, None] + places) % len(aus)  # (shifts,B), the first of which is none
    distance = difference[places, partners]
    differ = distance >= least
    shares = distance.sum(1) / distance.sum().clamp_min(1e-6)  # at most 1: they decide between equal numbers of pairs
    best = (differ.sum(1) + shares).argmax()
    return partners.index_select(0, best[None])[0], differ.index_select(0, best[None])[0]
