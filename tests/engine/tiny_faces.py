"""A face folder of a few random photos, and a detail training on it that takes a second."""

import sys
from pathlib import Path

import numpy as np
import torch
from mmengine.config import Config
from PIL import Image
from safetensors.torch import save_file

from aucgan.datasets.face_folder import SampleRow, write_samples
from aucgan.registry import MODELS

REPOSITORY = Path(__file__).parents[2]
sys.path.insert(0, str(REPOSITORY / "tests"))

from slim_models import slim  # noqa: E402

SIZE, N_TRAIN, N_VAL = 64, 5, 2


def write_faces(root: Path) -> Path:
    """Write five training and two validation faces of noise."""
    rng = np.random.default_rng(0)
    rows = []
    for name in ("images", "landmarks"):
        (root / name).mkdir(parents=True)
    for number in range(N_TRAIN + N_VAL):
        noise = rng.integers(0, 255, (8, 8, 3), dtype=np.uint8)
        Image.fromarray(noise).resize((SIZE, SIZE), Image.Resampling.BICUBIC).save(root / f"images/f{number}.png")
        np.save(root / f"landmarks/f{number}.npy", rng.uniform(12, 52, (68, 2)).astype(np.float32))
        split = "train" if number < N_TRAIN else "val"
        rows.append(SampleRow(f"f{number}", f"person{number // 2}", split, np.full(41, -1, np.float32)))
    write_samples(root / "samples.csv", rows)
    return root


def give_weights(network: dict, path: Path, seed: int = 0) -> dict:
    """A network's settings with a file of random weights, which is written."""
    torch.manual_seed(seed)
    built = MODELS.build(network)
    for tensor in built.buffers():  # running statistics that are not 0 and 1
        if tensor.is_floating_point() and tensor.ndim == 1:
            tensor.add_(0.1 * torch.rand_like(tensor))
    save_file(built.state_dict(), path)
    return dict(network, init_cfg=dict(type="Pretrained", checkpoint=str(path)))


def detail_config(root: Path, pipeline: list, **changes) -> Config:
    """A detail training on ``root``: more than two passes, in float32."""
    model = slim(Config.fromfile(REPOSITORY / "configs/aucgan_detail_v2.py").model)
    model["renderer"].update(image_size=SIZE, uv_size=64)
    model["flametex"].update(uv_size=64)
    model["generator"].update(uv_size=64)
    for name in ("encoder", "au_net"):
        model[name] = give_weights(model[name], root.parent / f"{name}.safetensors")
    model["losses"] = {k: v for k, v in model["losses"].items() if k != "displacement"}

    def loader(split, size):
        return dict(batch_size=size, dataset=dict(type="FaceFolder", root=str(root), split=split, pipeline=pipeline))

    groups = dict(generator=["detail_encoder", "generator"], discriminator=["discriminator"])
    plain = dict(type="SGD", lr=0.01)  # Adam would turn the last digit of a tiny gradient into a whole step
    settings = dict(
        model=model,
        train_dataloader=loader("train", 2),
        val_dataloader=loader("val", 2),
        val_evaluator=[dict(type="PhotometricError")],
        train_cfg=dict(max_iters=6, val_interval=6),
        optim_wrapper=dict(constructor="GroupedOptimWrapperConstructor")
        | {name: dict(modules=modules, optimizer=plain) for name, modules in groups.items()},
        default_hooks=dict(
            features=dict(type="FrozenFeaturesHook"),
            pictures=None,
            logger=dict(type="LoggerHook", interval=1),
            checkpoint=dict(type="AtomicCheckpointHook", interval=1, max_keep=6),
        ),
    )
    return Config(settings | changes)
