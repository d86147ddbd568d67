"""Kinds of files that a face is written as; light to load, for the command line."""

from __future__ import annotations

from collections.abc import Sequence

ALL = "all"
PHOTO_KINDS: dict[str, str] = {
    "coarse": "the mesh with its texture, OBJ/MTL",
    "detail": "the same with normal map and 16-bit displacement",
    "displacement": "the displacement map alone",
    "normal": "the normal map alone",
    "dense": "the displaced mesh, OBJ/MTL",
    "glb": "the detailed mesh in one file",
    "morphs": "the head at rest with ARKit's 52 shapes as morph targets, set to the expression, GLB",
    "arkit": "the expression as Live Link Face's CSV",
    "aus": "action units and head pose as a table, CSV",
    "codes": "the codes of head and camera, NPZ",
    "landmarks": "68 landmarks on the mesh, text",
    "overlay": "the mesh over the photo",
    "comparison": "photo, shapes and texture side by side",
    "words": "the expression in words and numbers, JSON",
}
"""Of photos, by name, with what they are."""
VIDEO_KINDS: dict[str, str] = {
    "morphs": "the moving head: morph targets and their animation, GLB",
    "arkit": PHOTO_KINDS["arkit"],
    "aus": PHOTO_KINDS["aus"],
    "codes": PHOTO_KINDS["codes"],
    "video": "the video beside itself with the mesh over it, MP4",
}
"""Of videos."""
KINDS: tuple[str, ...] = tuple({**PHOTO_KINDS, **VIDEO_KINDS})


def chosen_kinds(what: str | Sequence[str], known: dict[str, str] = PHOTO_KINDS) -> list[str]:
    """The kinds that are asked for, in the order of ``known``; those of the other medium are passed over.

    Raises:
        ValueError: A name is none of :data:`KINDS`.
    """
    names = [what] if isinstance(what, str) else list(what)
    for name in names:
        if name not in (ALL, *KINDS):
            raise ValueError(f"there is no kind of file '{name}'; there are {ALL}, {', '.join(KINDS)}")
    return [name for name in known if ALL in names or name in names]
