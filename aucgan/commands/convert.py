"""Convert published files of FLAME, ICT-FaceKit, DECA, EMOCA or OpenGraphAU; docs/weights.md says where to get them.

Example: ``CALL deca deca_model.tar weights/deca``
"""

from __future__ import annotations

import argparse

from aucgan.process.stopping import starting

KINDS = ("flame", "flamehead", "flametex", "ict", "deca", "emoca", "opengraphau")
EPILOG = """
  flame        generic_model.pkl, FLAME 2020/2023 or landmark_embedding.npy → DST.npz
  flamehead    a folder with these two and head_template.obj → DST.npz, a head like the others
  flametex     a texture model of BFM's or FLAME's style → DST.npz
  ict          a clone of ICT-FaceKit (its folder) → DST.npz, a head with named expressions
  deca         deca_model.tar → DST/{e_flame,e_detail,d_detail}.safetensors
  emoca        an EMOCA .ckpt → the same and DST/e_expression.safetensors
  opengraphau  an OpenGraphAU .pth; stage and backbone are detected → DST.safetensors

For deca and emoca, a DST that ends with .safetensors takes all networks in one file; init_cfg then needs
prefix='e_flame' and so on. No file can run code while it is read.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("kind", choices=KINDS, help="what SRC is")
    parser.add_argument("source", metavar="SRC", help="the published file or folder")
    parser.add_argument("target", metavar="DST", help="the file or folder to write")
    parser.add_argument("--traceback", action="store_true", help="show where an error comes from")


def run(args: argparse.Namespace) -> int:
    """Run the command; return its exit code."""
    with starting(args.program):
        from aucgan.apis.convert import convert_file
        from aucgan.engine.command_line import run_tool
    doing, kept = f"the conversion of {args.source}", "nothing is written: call it again"

    def convert() -> None:
        print(convert_file(args.kind, args.source, args.target))

    return run_tool(args.program, convert, args.traceback, doing, kept)
