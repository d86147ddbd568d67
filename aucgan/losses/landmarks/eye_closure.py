"""Openness of the eyes."""

from __future__ import annotations

from aucgan.losses.landmarks.landmark_pairs import PairDistanceLoss, Pairs
from aucgan.registry import LOSSES

#: Zero-based landmarks, upper against lower lid.
EYE_PAIRS: Pairs = ((37, 41), (38, 40), (43, 47), (44, 46))


@LOSSES.register_module()
class EyeClosureLoss(PairDistanceLoss):
    """Openness of the eyes, upper against lower lid; see :class:`PairDistanceLoss`."""

    pairs = EYE_PAIRS
