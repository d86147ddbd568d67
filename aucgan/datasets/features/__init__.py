"""Features of photos that frozen networks computed once, in files beside the photos (docs/features.md)."""

from aucgan.datasets.features.fits import ViewedFits
from aucgan.datasets.features.shards import (
    VERSION,
    FileRecord,
    ShardContent,
    content_key,
    read_shard,
    shard_bytes,
    shard_name,
)
from aucgan.datasets.features.store import FOLDER, FeatureStore, StoredFeatures
from aucgan.datasets.features.view import ViewedPhotos

__all__ = [
    "FOLDER",
    "VERSION",
    "FeatureStore",
    "FileRecord",
    "ShardContent",
    "StoredFeatures",
    "ViewedFits",
    "ViewedPhotos",
    "content_key",
    "read_shard",
    "shard_bytes",
    "shard_name",
]
