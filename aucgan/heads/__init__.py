"""Heads: human anatomy in FLAME's format, with charts, masks, landmarks and named expressions."""

from aucgan.heads.arkit import ARKIT_NAMES
from aucgan.heads.dense_landmarks import DenseLandmarks
from aucgan.heads.head import Head, read_head
from aucgan.heads.library import load_head

__all__ = ["ARKIT_NAMES", "DenseLandmarks", "Head", "load_head", "read_head"]
