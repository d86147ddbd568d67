"""Models: every registered component can be imported from here."""

from aucgan.models.au.afg import AFG
from aucgan.models.au.mefarg import MEFARG
from aucgan.models.au.recognizer import AURecognizer
from aucgan.models.discriminators.conditional_discriminator import ConditionalDiscriminator
from aucgan.models.discriminators.projection_discriminator import ProjectionDiscriminator
from aucgan.models.discriminators.spatial_au_discriminator import SpatialAUDiscriminator
from aucgan.models.discriminators.uv_detail_discriminator import UVDetailDiscriminator
from aucgan.models.encoders.au_encoder import AUEncoder
from aucgan.models.encoders.detail_encoder import DetailEncoder
from aucgan.models.encoders.emoca_expression_encoder import EmocaExpressionEncoder
from aucgan.models.encoders.resnet_encoder import ResnetEncoder
from aucgan.models.encoders.transformer_detail_coder import TransformerDetailCoder
from aucgan.models.encoders.uv_skin_reader import UVSkinReader
from aucgan.models.face_models.flame import FLAME
from aucgan.models.face_models.flame_tex import FLAMETex
from aucgan.models.generators.detail_decoder import DetailDecoder
from aucgan.models.generators.detail_decoder_generator import DetailDecoderGenerator
from aucgan.models.generators.generator3 import Generator3
from aucgan.models.generators.latent_afn_generator import LatentAFNGenerator
from aucgan.models.generators.uv_unet_generator import UVUNetGenerator
from aucgan.models.reconstructors.coarse import CoarseReconstructor
from aucgan.models.reconstructors.detail import DetailReconstructor
from aucgan.models.reconstructors.skin_detail import SkinDetailReconstructor

__all__ = [
    "SkinDetailReconstructor",
    "UVSkinReader",
    "UVUNetGenerator",
    "TransformerDetailCoder",
    "AUEncoder",
    "EmocaExpressionEncoder",
    "SpatialAUDiscriminator",
    "UVDetailDiscriminator",
    "ConditionalDiscriminator",
    "Generator3",
    "DetailDecoderGenerator",
    "DetailDecoder",
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
