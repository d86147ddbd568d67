"""A video's table of action units, frame by frame."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from aucgan.action_units import AU_NAMES
from aucgan.apis.outputs.au_table import AUTable, read_au_table
from aucgan.viewer.face_state import FaceState
from aucgan.viewer.person import Person

BLINKS = {"AUL45": "eyeBlinkLeft", "AUR45": "eyeBlinkRight"}
"""Units without a number among ours, and the shapes that are the same."""
BLINK = "AU45"


@dataclass(frozen=True)
class UnitVideo:
    """The face of a table that most frames show.

    Attributes:
        frames: Numbers of the frames, ``(T,)``.
        times: Seconds, ``(T,)``.
        rotation: Of the head, axis-angle, ``(T, 3)``.
        values: Intensities by unit or shape in each frame, ``(T,)`` each.
    """

    frames: np.ndarray
    times: np.ndarray
    rotation: np.ndarray
    values: dict[str, np.ndarray]

    def __len__(self) -> int:
        return len(self.frames)

    @classmethod
    def of(cls, table: AUTable) -> UnitVideo:
        """Take the face that is seen most.

        Raises:
            ValueError: The table is empty.
        """
        if not len(table.frame):
            raise ValueError("the table has no rows")
        faces, counts = np.unique(table.face, return_counts=True)
        rows = table.face == faces[counts.argmax()]
        columns = dict(zip(table.names, table.values[rows].T, strict=True))
        both = {shape: columns[BLINK] for shape in BLINKS.values() if BLINK in columns}
        sides = {shape: columns[unit] for unit, shape in BLINKS.items() if unit in columns}
        units = {name: column for name, column in columns.items() if name in AU_NAMES}
        return cls(table.frame[rows], table.times[rows], table.rotation[rows], units | both | sides)

    @classmethod
    def from_content(cls, name: str, content: bytes) -> UnitVideo:
        """Read the content of a file.

        Raises:
            ValueError: It is no such table.
        """
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"{Path(name).stem or 'table'}.csv"
            path.write_bytes(content)
            try:
                return cls.of(read_au_table(path))
            except ValueError as error:
                raise ValueError(str(error).replace(str(path), name)) from error

    def show(self, row: int, state: FaceState, person: Person) -> FaceState:
        """A state with what a frame shows, and its turn of the head; the person and all else stay.

        Args:
            row: From 0.
            state: To start from.
            person: Who shows it.
        """
        values = {name: float(column[row]) for name, column in self.values.items()}
        return replace(state.showing(values), turn=person.editor.turn_to(self.rotation[row]))
