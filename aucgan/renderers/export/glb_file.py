"""The binary container of glTF 2.0 [1]: arrays, pictures and the JSON that refers to them.

[1] Khronos Group, glTF 2.0 Specification, 2021.
"""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np

from aucgan.renderers.export.png_bytes import png_bytes

ARRAY, INDEX = 34962, 34963
"""What a buffer view is for: vertex attributes, indices of triangles."""
_COMPONENTS = {"float32": 5126, "uint32": 5125, "uint16": 5123, "uint8": 5121}
_ELEMENTS = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4"}
_RESTART = 0xFFFF
"""16-bit indices must be below: this one is kept for other things."""
_ALIGNMENT = 4
_MAGIC, _VERSION, _JSON, _BINARY = 0x46546C67, 2, 0x4E4F534A, 0x004E4942


class GlbFile:
    """A document that grows: every ``add`` returns the index by which others refer to what was added."""

    def __init__(self, generator: str) -> None:
        self._content: dict[str, Any] = {"asset": {"version": "2.0", "generator": generator}, "scene": 0}
        self._data = bytearray()

    def add(self, kind: str, **item: Any) -> int:
        """Add an item to one of the lists of the document (``meshes``, ``nodes``, …); what is ``None`` is left out."""
        items = self._content.setdefault(kind, [])
        items.append({key: value for key, value in item.items() if value is not None})
        return len(items) - 1

    def uses(self, extension: str) -> None:
        """Say that the document uses an extension of the standard."""
        used = self._content.setdefault("extensionsUsed", [])
        if extension not in used:
            used.append(extension)

    def add_view(self, data: bytes, target: int | None = None) -> int:
        """Add bytes."""
        self._data += bytes(-len(self._data) % _ALIGNMENT)
        start = len(self._data)
        self._data += data
        return self.add("bufferViews", buffer=0, byteOffset=start, byteLength=len(data), target=target)

    def add_array(
        self, values: np.ndarray, target: int | None = None, bounds: bool = False, normalized: bool | None = None
    ) -> int:
        """Add an array ``(N,)`` or ``(N, C)`` as accessor.

        Args:
            values: float32, uint32, uint16 or uint8; rows of 4, 8, 12 or 16 bytes.
            target: What it is for, :data:`ARRAY` or :data:`INDEX`.
            bounds: Say the least and the greatest value, where the standard wants it (positions, times).
            normalized: Integers stand for [0, 1].
        """
        view = self.add_view(values.tobytes(), target)
        return self.add("accessors", bufferView=view, normalized=normalized, **_described(values, bounds))

    def add_offsets(self, values: np.ndarray, negligible: float, bounds: bool = False) -> int:
        """Add float32 offsets ``(N, 3)``, as the rows that are not zero if that is shorter.

        Args:
            values: The offsets.
            negligible: Rows without an entry beyond it count as zero.
            bounds: As for :meth:`add_array`.
        """
        kept = (np.abs(values) > negligible).any(1)
        values = np.where(kept[:, None], values, np.float32(0))
        rows = np.flatnonzero(kept).astype(_index_type(len(values)))
        if len(rows) * (rows.itemsize + values.itemsize * 3) >= values.nbytes:
            return self.add_array(values, ARRAY, bounds)
        component = _COMPONENTS[rows.dtype.name]
        sparse = None
        if len(rows):
            sparse = {
                "count": len(rows),
                "indices": {"bufferView": self.add_view(rows.tobytes()), "componentType": component},
                "values": {"bufferView": self.add_view(values[rows].tobytes())},
            }
        return self.add("accessors", sparse=sparse, **_described(values, bounds))

    def add_triangles(self, faces: np.ndarray, num_verts: int) -> int:
        """Add indices ``(F, 3)`` of triangles."""
        return self.add_array(faces.reshape(-1).astype(_index_type(num_verts)), INDEX)

    def add_picture(self, picture: np.ndarray, name: str) -> int:
        """Add a picture ``(H, W, 3)`` uint8 as texture."""
        return self.add_picture_file(png_bytes(picture), "image/png", name)

    def add_picture_file(self, data: bytes, kind: str, name: str) -> int:
        """Add the content of a picture's file, ``image/png`` or ``image/jpeg``, as texture."""
        image = self.add("images", bufferView=self.add_view(data), mimeType=kind, name=name)
        if "samplers" not in self._content:  # linear with mipmaps, and nothing from the other side of the map
            self.add("samplers", magFilter=9729, minFilter=9987, wrapS=33071, wrapT=33071)
        return self.add("textures", sampler=0, source=image)

    def to_bytes(self) -> bytes:
        """The file."""
        binary = bytes(self._data) + bytes(-len(self._data) % _ALIGNMENT)
        content = self._content | {"buffers": [{"byteLength": len(binary)}]}
        text = json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode("utf-8")
        text += b" " * (-len(text) % _ALIGNMENT)
        chunks = b"".join(
            struct.pack("<II", len(data), kind) + data for data, kind in ((text, _JSON), (binary, _BINARY))
        )
        return struct.pack("<III", _MAGIC, _VERSION, 12 + len(chunks)) + chunks


def _described(values: np.ndarray, bounds: bool) -> dict[str, Any]:
    """Kind, shape and range of an array, as an accessor says them."""
    table = values.reshape(len(values), -1)
    description = {
        "componentType": _COMPONENTS[values.dtype.name],
        "count": len(table),
        "type": _ELEMENTS[table.shape[1]],
    }
    if bounds:
        description |= {"min": table.min(0).tolist(), "max": table.max(0).tolist()}
    return description


def _index_type(count: int) -> np.dtype:
    """The smallest type of indices of ``count`` entries."""
    return np.dtype(np.uint16 if count <= _RESTART else np.uint32)
