"""Stand-ins that train within milliseconds; configs import this module by ``custom_imports``."""

import json
import os
from pathlib import Path

import numpy as np
import torch
from mmengine.dist import get_rank
from mmengine.evaluator import BaseMetric
from mmengine.hooks import Hook
from mmengine.model import BaseModel
from torch import nn
from torch.utils.data import Dataset

from aucgan.registry import DATASETS, HOOKS, METRICS, MODELS, PREPARATIONS

N_FEATURES = 3


@PREPARATIONS.register_module(force=True)
class ToyFaces:
    """Write ``n_train`` random rows."""

    def __init__(self, root: str, n_train: int = 12):
        self.root, self.n_train = root, n_train

    def describe(self) -> str:
        return f"make {self.root}"

    def is_complete(self) -> bool:
        return (Path(self.root) / "rows.json").is_file()

    def run(self) -> None:
        Path(self.root).mkdir(parents=True, exist_ok=True)
        rows = np.random.default_rng(0).normal(size=(self.n_train, N_FEATURES)).tolist()
        (Path(self.root) / "rows.json").write_text(json.dumps(rows), encoding="utf-8")


@DATASETS.register_module(force=True)
class ToyRows(Dataset):
    """Rows from disk, or ``size`` generated ones; noise is added when the index carries a seed."""

    def __init__(self, root: str | None = None, size: int = 10, poison: int = -1):
        if root is None:
            self.rows = np.random.default_rng(0).normal(size=(size, N_FEATURES))
        else:
            self.rows = np.array(json.loads((Path(root) / "rows.json").read_text(encoding="utf-8")))
        self.poison = poison

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index):
        x = torch.tensor(self.rows[index], dtype=torch.float32)
        if hasattr(index, "seed"):
            x = x + 0.1 * torch.from_numpy(np.random.default_rng(index.seed).normal(size=N_FEATURES)).float()
        if int(index) == self.poison:
            x = x * float("nan")
        return {"x": x, "y": x.sum()}


@MODELS.register_module(force=True)
class ToyModel(BaseModel):
    """A line with dropout and batch norm: everything that makes resuming hard."""

    picture_titles = ("left", "right")

    def __init__(
        self,
        width: int = 4,
        dropout: float = 0.3,
        norm: bool = True,
        steep: bool = False,
        frozen: str = "",
        init_cfg: dict | None = None,
    ):
        super().__init__(init_cfg=init_cfg)
        middle = nn.BatchNorm1d(width) if norm else nn.Tanh()
        self.body = nn.Sequential(nn.Linear(N_FEATURES, width), middle, nn.Dropout(dropout))
        self.head = nn.Linear(width, 1)
        self.steep = steep
        if frozen:
            self.get_submodule(frozen).requires_grad_(False)

    def forward(self, x, y, mode="tensor"):
        out = self.head(self.body(x))[:, 0]
        if self.steep:  # finite, with a gradient that is not
            out = (out * 0).sqrt()
        if mode == "loss":
            return {"loss_fit": (out - y).square().mean(), "loss_size": 0.01 * out.abs().mean()}
        return [{"error": error} for error in (out - y).abs()]

    def picture_rows(self, batch):
        return [[torch.rand(3, 8, 8), torch.zeros(3, 8, 8)] for _ in batch["x"]]


@DATASETS.register_module(force=True)
class RandomFaces(Dataset):
    """Noise in the place of faces, with everything that the detail stage reads; a function of the index."""

    identities = np.arange(16) // 4

    def __len__(self) -> int:
        return 16

    def __getitem__(self, index):
        generator = torch.Generator().manual_seed(int(index))
        mask = torch.zeros(1, 112, 112)
        mask[:, 20 : 50 + 3 * int(index), 30:80] = 1
        return dict(
            image=torch.rand(3, 112, 112, generator=generator),
            mask=mask,
            gt_uv_z=1e-3 * (torch.rand(1, 128, 128, generator=generator) - 0.5),
            identity=int(index) // 4,
        )


@HOOKS.register_module(force=True)
class KeepWeights(Hook):
    """Every process writes the weights that it has in the end; it may ask itself to end."""

    def __init__(self, signal_at: int = -1, signal_rank: int = 0, number: int = 15):
        self.signal_at, self.signal_rank, self.number = signal_at, signal_rank, number

    def before_train_iter(self, runner, batch_idx, data_batch=None):
        if runner.iter == self.signal_at and get_rank() == self.signal_rank:
            os.kill(os.getpid(), self.number)

    def after_train(self, runner):
        torch.save(runner.model.state_dict(), f"rank_{get_rank()}.pth")


@METRICS.register_module(force=True)
class ToyError(BaseMetric):
    """Mean absolute error."""

    def process(self, data_batch, data_samples):
        self.results += [float(sample["error"]) for sample in data_samples]

    def compute_metrics(self, results):
        return {"error": float(np.mean(results))}
