"""Models: every registered component can be imported from here."""

from aucgan.models.au.afg import AFG
from aucgan.models.au.mefarg import MEFARG
from aucgan.models.face_models.flame import FLAME
from aucgan.models.face_models.flame_tex import FLAMETex

__all__ = [
    "FLAME",
    "FLAMETex",
    "AFG",
    "MEFARG",
]
