"""Published weights and models to files that the configs load."""

from aucgan.apis.convert.arrays import convert_flame, convert_flame_head, convert_flametex
from aucgan.apis.convert.ict import convert_ict
from aucgan.apis.convert.networks import convert_deca, convert_emoca, convert_opengraphau
from aucgan.apis.convert.report import ConversionReport
from aucgan.engine.errors import UserError

CONVERTERS = {
    "flame": convert_flame,
    "flamehead": convert_flame_head,
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
    "convert_file",
    "convert_flame",
    "convert_flame_head",
    "convert_flametex",
    "convert_ict",
    "convert_opengraphau",
]


def convert_file(kind: str, source: str, target: str) -> ConversionReport:
    """Convert one file and say what was used, ignored and missing.

    Args:
        kind: One of the keys of :data:`CONVERTERS`.
        source: The published file.
        target: The file or folder to write.

    Raises:
        UserError: The file is not what it should be.
    """
    try:
        return CONVERTERS[kind](source, target)
    except ValueError as error:
        raise UserError(str(error)) from error
