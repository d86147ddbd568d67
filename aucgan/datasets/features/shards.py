"""One file of features: a safetensors file that says what it was computed from and with."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

FORMAT, VERSION = "aucgan-features", "1"
TENSORS = ("codes", "au_probs", "afn")
SUFFIX = ".safetensors"


@dataclass(frozen=True)
class FileRecord:
    """A file as it was when its features were computed.

    Attributes:
        path: Relative to the data set's folder.
        size: Bytes.
        mtime_ns: Time of its last change.
        sha256: Hash of its content.
    """

    path: str
    size: int
    mtime_ns: int
    sha256: str


@dataclass(frozen=True)
class ShardContent:
    """What a shard says of itself.

    Attributes:
        path: The file.
        weights: Hash of the weights of every network that computed it.
        rows: The files behind each photo: the image and, where the crop depends on them, the landmarks.
    """

    path: Path
    weights: dict[str, str]
    rows: list[tuple[FileRecord, ...]]


def content_key(records: Sequence[FileRecord]) -> str:
    """What identifies a photo: the content of its files, wherever they lie."""
    return "".join(record.sha256 for record in records)


def shard_name(weights: Mapping[str, str], rows: Sequence[Sequence[FileRecord]]) -> str:
    """A name that other photos, and other weights, do not share."""
    text = json.dumps(dict(weights), sort_keys=True) + "".join(map(content_key, rows))
    return hashlib.sha256(text.encode()).hexdigest()[:16] + SUFFIX


def shard_bytes(
    weights: Mapping[str, str], rows: Sequence[Sequence[FileRecord]], tensors: Mapping[str, Tensor]
) -> bytes:
    """Serialise a shard.

    Args:
        weights: Hash of the weights of every network.
        rows: The files behind each photo.
        tensors: ``codes (n, V, K)``, ``au_probs (n, V, 41)``, ``afn (n, V, 27, C)``; V = 2 with mirrored variants.
    """
    listed = [[[r.path, r.size, r.mtime_ns, r.sha256] for r in records] for records in rows]
    metadata = dict(format=FORMAT, version=VERSION, weights=json.dumps(dict(weights)), rows=json.dumps(listed))
    return save({name: tensors[name].contiguous() for name in TENSORS}, metadata)


def read_shard(path: Path) -> ShardContent:
    """Read what a shard says of itself, without its tensors.

    Raises:
        ValueError: The file is damaged, or something else.
    """
    try:
        with safe_open(path, "pt") as file:
            metadata = file.metadata() or {}
            shapes = {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}
    except (SafetensorError, OSError) as error:
        raise ValueError(f"{path} is truncated or no feature file ({error}): delete it") from error
    if (metadata.get("format"), metadata.get("version")) != (FORMAT, VERSION):
        raise ValueError(f"{path} is no feature file of format '{FORMAT}' {VERSION}: move it elsewhere")
    rows = [tuple(FileRecord(*record) for record in records) for records in json.loads(metadata["rows"])]
    if set(shapes) != set(TENSORS) or any(shape[0] != len(rows) for shape in shapes.values()):
        raise ValueError(f"{path} holds {shapes} for {len(rows)} photos, not {', '.join(TENSORS)} of each: delete it")
    return ShardContent(path, json.loads(metadata["weights"]), rows)
