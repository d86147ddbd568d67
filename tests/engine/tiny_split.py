"""Rows with splits, for configs that train in milliseconds."""

import json
from pathlib import Path

import numpy as np
import torch
from torch.utils.data import Dataset
from toy_components import N_FEATURES

from aucgan.registry import DATASETS


def write_split_rows(root: Path) -> None:
    """Write rows of the splits ``test`` and ``strangers``."""
    root.mkdir(parents=True)
    rng = np.random.default_rng(0)
    rows = {
        split: (size * rng.normal(size=(10, N_FEATURES))).tolist() for split, size in (("test", 1), ("strangers", 3))
    }
    (root / "rows.json").write_text(json.dumps(rows), encoding="utf-8")


@DATASETS.register_module(force=True)
class ToySplitRows(Dataset):
    """The rows of one split."""

    def __init__(self, root: str, split: str):
        rows = json.loads((Path(root) / "rows.json").read_text(encoding="utf-8"))
        if split not in rows:
            raise ValueError(f"no split '{split}'; there are {', '.join(rows)}")
        self.rows = np.array(rows[split])

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index):
        x = torch.tensor(self.rows[index], dtype=torch.float32)
        return {"x": x, "y": x.sum()}
