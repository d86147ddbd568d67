"""Published weights and models to files that the configs load."""

from aucgan.apis.convert.arrays import convert_flame, convert_flametex
from aucgan.apis.convert.ict import convert_ict
from aucgan.apis.convert.networks import convert_deca, convert_emoca, convert_opengraphau
from aucgan.apis.convert.report import ConversionReport

CONVERTERS = {
    "flame": convert_flame,
    "flametex": convert_flametex,
    "ict": convert_ict,
    "deca": convert_deca,
    "emoca": convert_emoca,
    "opengraphau": convert_opengraphau,
}

__all__ = [
    "CONVERTERS",
    "ConversionReport",
    "convert_deca",
    "convert_emoca",
    "convert_flame",
    "convert_flametex",
    "convert_ict",
    "convert_opengraphau",
]
