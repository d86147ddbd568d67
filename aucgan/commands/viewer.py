"""Edit a face in the browser: sliders move its action units, the head and its light.

The photo can also be uploaded on the page; every visitor has a face of their own.

Examples:
    CALL photo.jpg
    CALL photo.jpg --checkpoint work_dirs/aucgan_detail_v2/final.pth
    CALL --host 0.0.0.0 --port 8000

docs/viewer.md shows the page. It needs viser: pip install 'aucgan[viewer]'.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from aucgan.commands.device_option import add_device_option
from aucgan.process.stopping import starting


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("photo", type=Path, nargs="?", help="whom visitors see first; default the mean head")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at, 0.0.0.0 for whoever reaches it")
    parser.add_argument("--port", type=int, default=8080, help="port; the next free one where it is taken")
    parser.add_argument("--checkpoint", type=Path, help="a trained model, which adds the detail")
    parser.add_argument("--config", help="its config: a file or a name; default what the checkpoint carries")
    parser.add_argument("--head", help="name or file of the head; default the model's, else anny")
    add_device_option(parser)
    parser.add_argument("--traceback", action="store_true", help="show where an error comes from")


def run(args: argparse.Namespace) -> int:
    """Run the command; return its exit code."""
    with starting(args.program):
        from aucgan.engine.command_line import run_tool
        from aucgan.viewer.serving import serve
    return run_tool(args.program, lambda: serve(args), args.traceback)
