"""The files of a video's faces."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import torch

from aucgan.apis.outputs.au_table import au_table, write_au_table
from aucgan.apis.outputs.code_file import FaceCodes, write_codes
from aucgan.apis.outputs.live_link import write_live_link
from aucgan.apis.reconstruction.kinds import VIDEO_KINDS, chosen_kinds
from aucgan.apis.reconstruction.saving import codes_of, motion_of
from aucgan.motion.morph_targets import morph_targets, neutral_head
from aucgan.renderers.export.glb import export_glb
from aucgan.renderers.export.staging import staged
from aucgan.renderers.export.video_file import video_file
from aucgan.renderers.overlay import draw_mesh

if TYPE_CHECKING:
    from aucgan.apis.reconstruction.face_track import FaceTrack
    from aucgan.apis.reconstruction.video import FaceVideo

MOST_ROWS = 540
"""Of the written video; larger ones are made smaller."""


def save_video(video: FaceVideo, folder: str | Path, what: str | Sequence[str], name: str) -> list[Path]:
    """Write a video's files, see :meth:`~aucgan.apis.reconstruction.video.FaceVideo.save`."""
    kinds = chosen_kinds(what, VIDEO_KINDS)
    with staged(folder) as stage:
        for kind in kinds:
            WRITERS[kind](video, stage, name)
        report = json.dumps(report_of(video), indent=1, ensure_ascii=False)
        (stage / f"{name}_report.json").write_text(report + "\n", encoding="utf-8")
        files = sorted(file.name for file in stage.iterdir())
    return [Path(folder) / file for file in files]


def report_of(video: FaceVideo) -> dict[str, Any]:
    """What was found, as plain data."""
    return {
        "frames_per_second": video.file.rate,
        "frames": video.length,
        "refused": video.refused,
        "faces": [
            {
                "words": track.words,
                "frames": len(track.frames),
                "first": int(track.frames[0]),
                "last": int(track.frames[-1]),
                "gaps": track.gaps,
                "jitter": track.jitter,
                "confidence": round(float(track.fitted.confidence.median()), 4),
                "warnings": sorted({text.split(":")[0] for texts in track.fitted.warnings for text in texts}),
            }
            for track in video.tracks
        ],
    }


def _morphs(video: FaceVideo, folder: Path, name: str) -> None:
    for track, start in _named(video, name):
        head, shape = track.model.head, track.fitted.shape[0].numpy()
        export_glb(
            folder / f"{start}_morphs.glb",
            neutral_head(head, shape),
            track.portrait.studio.renderer,
            track.portrait.texture,
            targets=morph_targets(head, shape),
            motion=motion_of(track.fitted, track.times, track.frames),
        )


def _arkit(video: FaceVideo, folder: Path, name: str) -> None:
    for track, start in _named(video, name):
        motion = motion_of(track.fitted, track.times, track.frames)
        write_live_link(folder / f"{start}_arkit.csv", motion, video.file.rate)


def _aus(video: FaceVideo, folder: Path, name: str) -> None:
    motions = {track.number: motion_of(track.fitted, track.times, track.frames) for track in video.tracks}
    write_au_table(folder / f"{name}_aus.csv", au_table(motions))


def _codes(video: FaceVideo, folder: Path, name: str) -> None:
    every = [
        codes_of(track.fitted, track.times, track.frames, track.number, track.portrait.studio.head_name)
        for track in video.tracks
    ]
    joined = {key: np.concatenate([getattr(one, key) for one in every]) for key in vars(every[0]) if key != "head"}
    write_codes(folder / f"{name}_codes.npz", FaceCodes(head=every[0].head, **joined))


def _video(video: FaceVideo, folder: Path, name: str) -> None:
    """The frames with their faces over them, each beside the frame as it was."""
    zoom = min(1.0, MOST_ROWS / video.file.size[0])
    size = (max(2, round(video.file.size[1] * zoom)), max(2, round(video.file.size[0] * zoom)))
    places = [{int(frame): k for k, frame in enumerate(track.frames)} for track in video.tracks]
    with video_file(folder / f"{name}_video.mp4", video.file.rate) as write:
        for number, frame in enumerate(video.file):
            small = frame if zoom == 1 else cv2.resize(frame, size, interpolation=cv2.INTER_AREA)
            drawn = small
            for track, rows in zip(video.tracks, places, strict=True):
                if number in rows:
                    drawn = _over(drawn, track, rows[number], zoom)
            write(np.concatenate([small, drawn], 1))


@torch.no_grad()
def _over(picture: np.ndarray, track: FaceTrack, index: int, zoom: float) -> np.ndarray:
    face = track.posed(index)
    pixels, seen = face.to_pixels(face.verts)[0] * zoom, face.camera_points(face.verts)[0]
    return draw_mesh(picture, pixels, seen, track.model.head.faces)


def _named(video: FaceVideo, name: str) -> list[tuple[FaceTrack, str]]:
    return [(track, name if track.number == 0 else f"{name}_face{track.number + 1}") for track in video.tracks]


WRITERS: dict[str, Callable[[FaceVideo, Path, str], None]] = {
    "morphs": _morphs,
    "arkit": _arkit,
    "aus": _aus,
    "codes": _codes,
    "video": _video,
}
"""By kind; each gets the video, the folder, and how the names of its files begin."""
