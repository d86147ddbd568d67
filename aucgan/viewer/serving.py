"""What ``aucgan viewer`` does."""

from __future__ import annotations

import argparse
import sys
from importlib.util import find_spec

from aucgan.apis.reconstruction.reconstructor import Reconstructor
from aucgan.engine.device import use_device
from aucgan.process.errors import UserError
from aucgan.viewer.face_maker import FaceMaker

INSTALL = "the viewer needs viser: pip install 'aucgan[viewer]'"


def serve(args: argparse.Namespace) -> None:
    """Show the page until the process is interrupted.

    Raises:
        UserError: viser is not installed, or the photo cannot be read or shows no face.
    """
    if find_spec("viser") is None:
        raise UserError(INSTALL)
    from aucgan.viewer.page.server import ViewerServer

    try:
        maker = FaceMaker(Reconstructor(args.config, args.checkpoint, use_device(args.device), args.head, max_faces=1))
        person = maker.mean if args.photo is None else maker.from_file(args.photo)
    except ValueError as error:
        raise UserError(str(error)) from error
    server = ViewerServer(maker, person, args.host, args.port)
    print(f"{args.program}: the page is at {server.url}; Ctrl-C ends it", file=sys.stderr, flush=True)
    try:
        server.run()
    finally:
        server.stop()
