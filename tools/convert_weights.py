"""Convert published files of FLAME, ICT-FaceKit, DECA, EMOCA or OpenGraphAU; docs/weights.md says where to get them.

Example: ``python tools/convert_weights.py deca deca_model.tar weights/deca``
"""

import argparse
import sys

from aucgan.process.stopping import starting

with starting("convert_weights.py"):
    from aucgan.apis.convert import CONVERTERS
    from aucgan.engine.command_line import run_tool
    from aucgan.engine.errors import UserError

FORMATS = """
  flame        generic_model.pkl, FLAME 2020/2023 or landmark_embedding.npy → DST.npz
  flametex     a texture model of BFM's or FLAME's style → DST.npz
  ict          a clone of ICT-FaceKit (its folder) → DST.npz, a head with named expressions
  deca         deca_model.tar → DST/{e_flame,e_detail,d_detail}.safetensors
  emoca        an EMOCA .ckpt → the same and DST/e_expression.safetensors
  opengraphau  an OpenGraphAU .pth; stage and backbone are detected → DST.safetensors

For deca and emoca, a DST that ends with .safetensors takes all networks in one file; init_cfg then needs
prefix='e_flame' and so on. No file can run code while it is read.
"""


def convert(args: argparse.Namespace) -> None:
    """Convert one file and say what was used, ignored and missing."""
    try:
        print(CONVERTERS[args.kind](args.source, args.target))
    except ValueError as error:
        raise UserError(str(error)) from error


def main(arguments: list[str] | None = None) -> int:
    """Run the tool; return its exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=FORMATS, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("kind", choices=CONVERTERS, help="what SRC is")
    parser.add_argument("source", metavar="SRC", help="the published file or folder")
    parser.add_argument("target", metavar="DST", help="the file or folder to write")
    parser.add_argument("--traceback", action="store_true", help="show where an error comes from")
    args = parser.parse_args(arguments)
    doing, kept = f"the conversion of {args.source}", "nothing is written: call it again"
    return run_tool("convert_weights.py", lambda: convert(args), args.traceback, doing, kept)


if __name__ == "__main__":
    sys.exit(main())
