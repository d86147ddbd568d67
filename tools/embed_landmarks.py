"""Find MediaPipe's 468 points on a head: people of it are rendered, and the landmark network labels the renders.

Example:
    python tools/embed_landmarks.py assets/head.npz                      # the points become part of the file
    python tools/embed_landmarks.py anny --output points.npz --picture points.png
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from aucgan.files.array_file import save_arrays
from aucgan.process.stopping import starting

with starting("embed_landmarks.py"):
    import numpy as np

    from aucgan.apis.embedding import draw_points, embed_landmarks, sample_people
    from aucgan.detection import MediaPipeFaceMesh
    from aucgan.engine.command_line import run_tool
    from aucgan.engine.errors import UserError
    from aucgan.files.atomic import atomic_path
    from aucgan.heads import load_head


def embed(args: argparse.Namespace) -> None:
    """Find the points, write them, and say how far the labels spread."""
    if args.output is None and not Path(args.head).is_file():
        raise UserError(f"'{args.head}' is no file that the points could become part of: name one with --output")
    try:
        head = load_head(args.head)
        people = sample_people(head, args.people, args.seed)
        report = embed_landmarks(people, MediaPipeFaceMesh(models=args.models))
    except ValueError as error:
        raise UserError(str(error)) from error
    found = report.landmarks
    with atomic_path(args.output or args.head) as path, path.open("wb") as file:
        if args.output is None:
            save_arrays(file, head.with_dense_landmarks(found).arrays())
        else:
            corners = head.faces[found.faces].astype(np.int32)
            spread = report.spread.astype(np.float32)
            np.savez_compressed(
                file, faces=found.faces.astype(np.int32), weights=found.weights, corners=corners, spread=spread
            )
    if args.picture is not None:
        with atomic_path(args.picture) as path:
            draw_points(people, found).save(path)
    print(f"{report}; written to {args.output or args.head}")


def main(arguments: list[str] | None = None) -> int:
    """Run the tool; return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("head", metavar="HEAD", help="a name or a file that load_head takes")
    parser.add_argument("--output", type=Path, help="an .npz for the points alone; without it they join HEAD's file")
    parser.add_argument("--picture", type=Path, help="also draw the points on some of the people")
    parser.add_argument("--people", type=int, default=12, help="how many people are rendered (three yaws each)")
    parser.add_argument("--seed", type=int, default=0, help="of the people")
    parser.add_argument("--models", type=Path, help="folder of MediaPipe's networks; by default an installed wheel")
    parser.add_argument("--traceback", action="store_true", help="show where an error comes from")
    args = parser.parse_args(arguments)
    doing, kept = f"the landmarks of {args.head}", "nothing is written: call it again"
    return run_tool("embed_landmarks.py", lambda: embed(args), args.traceback, doing, kept)


if __name__ == "__main__":
    sys.exit(main())
