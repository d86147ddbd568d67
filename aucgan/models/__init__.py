"""Models: every registered component can be imported from here."""

from aucgan.models.au.afg import AFG
from aucgan.models.au.mefarg import MEFARG
from aucgan.models.au.recognizer import AURecognizer
from aucgan.models.discriminators.projection_discriminator import ProjectionDiscriminator
from aucgan.models.encoders.detail_encoder import DetailEncoder
from aucgan.models.encoders.resnet_encoder import ResnetEncoder
from aucgan.models.face_models.flame import FLAME
from aucgan.models.face_models.flame_tex import FLAMETex
from aucgan.models.generators.latent_afn_generator import LatentAFNGenerator
from aucgan.models.reconstructors.coarse import CoarseReconstructor
from aucgan.models.reconstructors.detail import DetailReconstructor

__all__ = [
    "AURecognizer",
    "CoarseReconstructor",
    "DetailReconstructor",
    "ProjectionDiscriminator",
    "LatentAFNGenerator",
    "DetailEncoder",
    "ResnetEncoder",
    "FLAME",
    "FLAMETex",
    "AFG",
    "MEFARG",
]
