"""Models: every registered component can be imported from here."""

from aucgan.models.au.afg import AFG
from aucgan.models.au.mefarg import MEFARG

__all__ = [
    "AFG",
    "MEFARG",
]
