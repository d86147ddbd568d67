"""Comparing configs: training each with several seeds, measuring them alike, and saying which is better."""

from aucgan.apis.compare.comparison import CompareRequest, compare
from aucgan.apis.compare.variants import Budget

__all__ = ["Budget", "CompareRequest", "compare"]
