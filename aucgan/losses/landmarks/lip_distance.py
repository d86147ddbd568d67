"""Openness of the mouth."""

from __future__ import annotations

from aucgan.losses.landmarks.landmark_pairs import PairDistanceLoss, Pairs
from aucgan.registry import LOSSES

#: Zero-based landmarks, upper against lower inner lip.
LIP_PAIRS: Pairs = ((61, 67), (62, 66), (63, 65))


@LOSSES.register_module()
class LipDistanceLoss(PairDistanceLoss):
    """Openness of the mouth, upper against lower inner lip; see :class:`PairDistanceLoss`."""

    pairs = LIP_PAIRS
