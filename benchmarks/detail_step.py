"""The detail step at the published sizes, in the forms that ``train_step.py`` and ``profile_step.py`` measure.

Random seeded weights, VGG19's included; the photos are renders of random faces.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path

import torch
from literal_step import literal_step, make_literal
from mmengine.config import Config
from torch import Tensor

import aucgan.engine  # noqa: F401 (registers the optimizer wrappers)
from aucgan.models.reconstructors.detail import DetailReconstructor
from aucgan.registry import MODELS, OPTIM_WRAPPER_CONSTRUCTORS

CONFIG = Path(__file__).resolve().parents[1] / "configs" / "aucgan_detail_v2_224.py"
FORMS = ("literal", "lean", "stored", "stored bf16")
"""The old procedure; ours; with the frozen networks' outputs for the photo in the batch; that in bfloat16."""

SWITCHES = ("bf16", "contiguous", "compiled")
"""What ``lean`` and ``stored`` may be followed by: in bfloat16; without channels-last weights; through a compiler."""

COMPILED = ("detail_encoder", "generator", "discriminator", "au_net", "losses.terms.mrf.vgg")

Step = Callable[[], dict[str, Tensor]]


def build_model(changes: dict) -> DetailReconstructor:
    """The v2 model at 224 px with the MRF term, in training mode.

    Args:
        changes: Arguments of the model to replace, for quick trials with smaller networks.
    """
    cfg = Config.fromfile(CONFIG).model.to_dict()
    for part in cfg.values():
        if isinstance(part, dict):
            part.pop("init_cfg", None)
    cfg["losses"]["mrf"] = dict(type="IDMRFLoss", vgg_weights="random", weight=0.1)
    torch.manual_seed(0)
    return MODELS.build(cfg | changes).train()


def build_optimizers(model: DetailReconstructor, wrapper: str):
    """The optimizers of the config, with one type of wrapper."""
    cfg = copy.deepcopy(Config.fromfile(CONFIG).optim_wrapper.to_dict())
    for group in cfg.values():
        if isinstance(group, dict):
            group["type"] = wrapper
    return OPTIM_WRAPPER_CONSTRUCTORS.build(dict(type=cfg.pop("constructor"), optim_wrapper_cfg=cfg))(model)


@torch.no_grad()
def build_batch(model: DetailReconstructor, size: int, device: str) -> dict[str, Tensor]:
    """Photos of random faces with random true displacements, on a device."""
    generator = torch.Generator().manual_seed(0)
    code = torch.randn((size, 236), generator=generator)
    codes = model.code_scale(code.to(device)).with_codes(pose=torch.zeros(size, 6, device=device))
    face = model.decode(codes)
    background = torch.rand((size, 3, 224, 224), generator=generator).to(device)
    truth = torch.rand((size, 1, 256, 256), generator=generator) - 0.5
    return dict(image=model.render(face, background).images.clamp(0, 1), gt_uv_z=1e-3 * truth.to(device))


def build_step(
    form: str,
    batch_size: int,
    device: str = "cpu",
    observe: Callable[[DetailReconstructor], None] | None = None,
    **changes,
) -> Step:
    """A function that takes one training step and returns its losses.

    Args:
        form: ``literal``, or ``lean`` or ``stored`` and any of :data:`SWITCHES` behind it.
        batch_size: Photos a step.
        device: Where to compute.
        observe: Called with the model when everything else is ready.
        **changes: See :func:`build_model`.
    """
    kind, *switches = form.split()
    if kind not in ("literal", "lean", "stored") or not set(switches) <= set(SWITCHES):
        raise ValueError(f"there is no form '{form}': literal, lean or stored, and any of {SWITCHES} behind it")
    model = build_model(changes).to(device)
    optimizers = build_optimizers(model, "Bf16OptimWrapper" if "bf16" in switches else "OptimWrapper")
    batch = build_batch(model, batch_size, device)
    if kind == "literal":
        make_literal(model)
    elif "contiguous" not in switches:
        model.to(memory_format=torch.channels_last)
    for name in COMPILED if "compiled" in switches else ():
        model.get_submodule(name).compile()
    if kind == "stored":
        batch["features"] = model.photo_features(batch["image"])
    if observe is not None:
        observe(model)
    if kind == "literal":
        return lambda: literal_step(model, batch, optimizers)
    return lambda: model.train_step(batch, optimizers)
