"""Comparing configs: training each with several seeds, measuring them alike, and saying which is better."""

from aucgan.experiments.comparison import CompareRequest, compare
from aucgan.experiments.variants import Budget

__all__ = ["Budget", "CompareRequest", "compare"]
