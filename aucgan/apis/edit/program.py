"""What ``aucgan edit-aus`` and ``aucgan transfer`` do."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from aucgan.apis.edit.edited_face import EditedFace
from aucgan.apis.edit.editor import FaceEditor
from aucgan.apis.edit.names import edit_name, edit_values
from aucgan.apis.edit.sweep import strip, sweep, write_animation
from aucgan.apis.edit.transfer import Transfer
from aucgan.apis.reconstruction.face_result import ReconstructedFace
from aucgan.apis.reconstruction.kinds import VIDEO_KINDS
from aucgan.apis.reconstruction.reconstructor import Reconstructor
from aucgan.apis.reconstruction.sources import is_video
from aucgan.apis.reconstruction.video import FaceVideo
from aucgan.engine.device import use_device
from aucgan.files.atomic import atomic_path
from aucgan.process.errors import UserError
from aucgan.renderers.export.video_file import video_file

MOVING = tuple(kind for kind in VIDEO_KINDS if kind != "video")
"""Kinds of files of a transferred video; the video itself is always written."""


def edit_photo(args: argparse.Namespace) -> None:
    """Edit the largest face of a photo, and write it.

    Raises:
        UserError: A name or a value is wrong, there is no face, or the photo cannot be read.
    """
    try:
        values = _assigned(args.set or [])
        edit_values(values, args.add)
        for name, low, high, _ in args.sweep or []:
            for end in (low, high):
                edit_values({edit_name(name): end}, args.add)
        reconstructor = _reconstructor(args)
        editor = FaceEditor(_face(reconstructor, args.photo, args.face), reconstructor.detail)
        args.out.mkdir(parents=True, exist_ok=True)
        if args.set or not args.sweep:
            _write_edit(editor(values, args.add), args)
        for name, low, high, count in args.sweep or []:
            _write_sweep(sweep(editor, name, np.linspace(low, high, count).tolist(), values, args.add), name, args)
    except ValueError as error:
        raise UserError(str(error)) from error


def transfer(args: argparse.Namespace) -> None:
    """Let the face of one photo do what that of another photo or of a video does, and write it.

    Raises:
        UserError: There is no face, or a file cannot be read.
    """
    try:
        reconstructor = _reconstructor(args)
        editor = FaceEditor(_face(reconstructor, args.source, 1), reconstructor.detail)
        moved = Transfer(editor, args.keep_pose)
        args.out.mkdir(parents=True, exist_ok=True)
        start = args.out / f"{args.source.stem}_as_{args.driving.stem}"
        if is_video(args.driving):
            _write_moving(moved, reconstructor.video(args.driving, max_faces=1), start, args)
        else:
            _write_still(moved, _face(reconstructor, args.driving, 1), start, args)
    except ValueError as error:
        raise UserError(str(error)) from error


def _reconstructor(args: argparse.Namespace) -> Reconstructor:
    return Reconstructor(args.config, args.checkpoint, use_device(args.device), args.head)


def _face(reconstructor: Reconstructor, photo: Path, number: int) -> ReconstructedFace:
    faces = reconstructor(photo)
    if len(faces) < number:
        found = f"{len(faces)} human face{'s' * (len(faces) > 1)}" if faces else "no human face"
        raise UserError(f"there is {found} in {photo}")
    return faces[number - 1]


def _assigned(texts: Sequence[str]) -> dict[str, float]:
    """``NAME=VALUE`` as numbers by name."""
    values: dict[str, float] = {}
    for text in texts:
        name, _, value = text.partition("=")
        try:
            number = float(value)
        except ValueError:
            raise UserError(f"'{text}': a name and a number were expected, such as AU12=0.8") from None
        if name in values:
            raise UserError(f"{name} is given twice")
        values[name] = number
    return values


def _write_edit(face: EditedFace, args: argparse.Namespace) -> None:
    name = f"{args.photo.stem}_edited"
    _save_picture(args.out / f"{name}.png", face.render(args.side, args.background))
    if args.save:
        face.save(args.out, args.save, name)
    print(f"{args.photo} → {args.out / name}.png: {', '.join(face.words) or 'at rest'}")


def _write_sweep(faces: Sequence[EditedFace], name: str, args: argparse.Namespace) -> None:
    name = edit_name(name)
    start = args.out / f"{args.photo.stem}_{name}"
    pictures = [face.render(args.side, args.background) for face in faces]
    titles = [f"{name} {(face.aus | face.expression)[name]:.2f}" for face in faces]
    _save_picture(start.with_name(start.name + ".png"), strip(pictures, titles))
    for suffix in args.animate:
        write_animation(start.with_name(f"{start.name}.{suffix}"), pictures, args.rate)
    for number, face in enumerate(faces if args.save else []):
        face.save(args.out, args.save, f"{start.name}_{number:02d}")
    print(f"{args.photo} → {start}.png: {titles[0]} to {titles[-1].split()[-1]} in {len(faces)} pictures")


def _write_still(moved: Transfer, driving: ReconstructedFace, start: Path, args: argparse.Namespace) -> None:
    face = moved(driving.fitted)
    shown = FaceEditor(driving)().render(args.side)
    pictures = [moved.editor().render(args.side), shown, face.render(args.side, _background(args))]
    _save_picture(start.with_name(start.name + ".png"), strip(pictures, ("identity", "expression", "both")))
    if args.save:
        face.save(args.out, args.save, start.name)
    print(f"{args.source}, {args.driving} → {start}.png: {', '.join(face.words) or 'at rest'}")


def _write_moving(moved: Transfer, video: FaceVideo, start: Path, args: argparse.Namespace) -> None:
    if not video.tracks:
        raise UserError(f"there is no human face in {args.driving}")
    track = video.tracks[0]
    places = {int(frame): index for index, frame in enumerate(track.frames)}
    target, last = start.with_name(start.name + ".mp4"), moved.editor()
    with video_file(target, video.file.rate) as write:
        for number, frame in enumerate(video.file):
            last = moved(track.fitted, places[number]) if number in places else last
            write(
                np.concatenate([_fitting(frame, args.side), np.asarray(last.render(args.side, _background(args)))], 1)
            )
    kinds = [kind for kind in args.save if kind in ("all", *MOVING)]
    if kinds:
        kinds = list(MOVING) if "all" in kinds else kinds
        FaceVideo(video.file, video.length, [moved.track(track)], 0).save(args.out, kinds, start.name)
    print(f"{args.source}, {args.driving} → {target}: {len(track.frames)} frames with a face")


def _background(args: argparse.Namespace) -> str:
    """A head that turns leaves the photo behind it."""
    return args.background or ("photo" if args.keep_pose else "grey")


def _fitting(frame: np.ndarray, side: int) -> np.ndarray:
    """A frame at the height of the pictures beside it."""
    width = max(1, round(frame.shape[1] * side / frame.shape[0]))
    return np.asarray(Image.fromarray(frame).resize((width, side), Image.Resampling.BILINEAR))


def _save_picture(path: Path, picture: Image.Image) -> None:
    with atomic_path(path) as temporary:
        picture.save(temporary, "png")
