"""What a visitor takes home, and parameters that come back."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from aucgan.viewer.face_state import LOOKS, N_IDENTITY, FaceState
from aucgan.viewer.person import Person

FORMAT, VERSION = "aucgan-viewer", 1
PICTURE_SIDE = 1024
"""Pixels of a saved picture."""
DECIMALS = 4


def saved_file(kind: str, person: Person, state: FaceState) -> tuple[str, bytes]:
    """A file of a state.

    Args:
        kind: One of :data:`KINDS`.
        person: Who.
        state: What is set.

    Returns:
        Its name and content.

    Raises:
        ValueError: There is no such kind.
    """
    if kind not in KINDS:
        raise ValueError(f"there is no kind of file '{kind}'; there are {', '.join(KINDS)}")
    return KINDS[kind](person, state)


def parameters(state: FaceState) -> dict[str, Any]:
    """A state as plain data; units are for reading, shapes say all."""
    settings = {key: value for key, value in asdict(state).items() if key != "expression"}
    weights = {name: round(value, DECIMALS) for name, value in state.expression.weights.items()}
    units = {name: round(value, DECIMALS) for name, value in state.expression.aus.items()}
    parted = round(state.expression.parted, DECIMALS)
    return {"format": FORMAT, "version": VERSION, "units": units, "shapes": weights, "parted": parted, **settings}


def state_of(content: bytes, start: FaceState) -> FaceState:
    """The state that parameters describe.

    Args:
        content: Of the file.
        start: A state of the person who shall show it.

    Raises:
        ValueError: It is no such file; the message says what is wrong.
    """
    try:
        data = json.loads(content)
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ValueError(f"this is no JSON file: {error}") from error
    if not isinstance(data, dict) or (data.get("format"), data.get("version")) != (FORMAT, VERSION):
        raise ValueError(f"this file has no parameters of the viewer ('format': '{FORMAT}', 'version': {VERSION})")
    try:
        weights = {name: _within(data["shapes"][name], 0, 1) for name in start.expression.weights}
        return replace(
            start,
            expression=replace(start.expression, weights=weights, parted=_within(data["parted"], 0, 1)),
            turn=_numbers(data["turn"], 3, 180),
            identity=_numbers(data["identity"], N_IDENTITY, 10),
            light=_numbers(data["light"], 4, 360),
            wrinkles=_within(data["wrinkles"], 0, 10),
            look=data["look"] if data["look"] in LOOKS else start.look,
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"the parameters are not complete: {error}") from error


def _within(value: float, low: float, high: float) -> float:
    if not low <= float(value) <= high:
        raise ValueError(f"a parameter is {float(value):g}, expected {low:g}…{high:g}")
    return float(value)


def _numbers(values: list[float], count: int, most: float) -> tuple[Any, ...]:
    if len(values) != count:
        raise ValueError(f"{count} numbers were expected, got {len(values)}")
    return tuple(_within(value, -most, most) for value in values)


def _mesh(person: Person, state: FaceState) -> tuple[str, bytes]:
    archive = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as files:
        for path in person.edited(state).save(folder, ["coarse"], person.name):
            files.write(path, path.name)
    return f"{person.name}_mesh.zip", archive.getvalue()


def _glb(person: Person, state: FaceState) -> tuple[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        (path,) = person.edited(state).save(folder, ["glb"], person.name)
        return f"{person.name}.glb", path.read_bytes()


def _picture(person: Person, state: FaceState) -> tuple[str, bytes]:
    content = io.BytesIO()
    person.edited(state).render(PICTURE_SIDE, "photo" if person.has_photo else "grey").save(content, "png")
    return f"{person.name}_picture.png", content.getvalue()


def _parameters(person: Person, state: FaceState) -> tuple[str, bytes]:
    text = json.dumps(parameters(state), indent=1) + "\n"
    return f"{person.name}_parameters.json", text.encode("utf-8")


KINDS: dict[str, Callable[[Person, FaceState], tuple[str, bytes]]] = {
    "mesh": _mesh,
    "GLB": _glb,
    "picture": _picture,
    "parameters": _parameters,
}
"""By name on the page."""
