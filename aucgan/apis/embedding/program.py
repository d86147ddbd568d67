"""What the command that finds the dense landmarks of a head does."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from aucgan.apis.embedding.labels import embed_landmarks
from aucgan.apis.embedding.picture import draw_points
from aucgan.apis.embedding.sample_people import sample_people
from aucgan.detection import MediaPipeFaceMesh
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
            np.savez(file, **head.with_dense_landmarks(found).arrays())
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
