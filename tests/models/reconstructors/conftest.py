import pytest
import torch
from devices import here
from mmengine.config import Config
from slim_models import slim

from aucgan.registry import MODELS

BATCH = 2


@pytest.fixture(scope="session")
def coarse_config():
    return slim(Config.fromfile("configs/aucgan_coarse.py").model)


@pytest.fixture(scope="session")
def detail_config():
    return slim(Config.fromfile("configs/aucgan_detail_v2.py").model)


@pytest.fixture
def batch():
    generator = torch.Generator().manual_seed(0)

    def rand(*shape):
        return torch.rand(shape, generator=generator)

    mask = torch.zeros(BATCH, 1, 112, 112)
    mask[:, :, 30:80, 30:80] = 1
    return dict(
        image=rand(BATCH, 3, 112, 112),
        mask=mask,
        landmarks=rand(BATCH, 68, 2) - 0.5,
        aus=(rand(BATCH, 41) > 0.5).float(),
        identity=torch.zeros(BATCH, dtype=torch.long),
        gt_uv_z=1e-3 * (rand(BATCH, 1, 128, 128) - 0.5),
        gt_shape=rand(BATCH, 100) - 0.5,
        gt_exp=rand(BATCH, 59) - 0.5,
        gt_pose=0.1 * rand(BATCH, 6),
        gt_eye_pose=0.1 * rand(BATCH, 6),
    )


@pytest.fixture
def build():
    def make(config, **changes):
        torch.manual_seed(0)
        return here(MODELS.build({**config, **changes}))

    return make
