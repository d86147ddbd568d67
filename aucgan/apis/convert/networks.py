"""Published network weights (DECA, EMOCA, OpenGraphAU) to safetensors."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from aucgan.apis.convert.files import Weights, write_safetensors
from aucgan.apis.convert.report import ConversionReport
from aucgan.apis.convert.state_match import build_skeleton, match_state
from aucgan.files.torch_file import read_torch_file
from aucgan.models.au.published_keys import convert_state_dict

DECA_PARTS = {
    "e_flame": ("E_flame", dict(type="ResnetEncoder", out_dim=236)),
    "e_detail": ("E_detail", dict(type="ResnetEncoder", out_dim=128)),
    "d_detail": ("D_detail", dict(type="DetailDecoder", latent_dim=181)),
}
EXPRESSION_ROWS = {50: "exp", 53: "exp and jaw rotation", 56: "exp, global and jaw rotation"}
"""Outputs of EMOCA's expression encoder by the rows of its last layer."""
FILE_SUFFIXES = {".pth", ".pt", ".tar", ".ckpt", ".bin", ".npz", ".pkl"}
"""What ends a file's name; a DST with one of these is surely not meant as a folder."""


def convert_deca(source: str | Path, target: str | Path) -> ConversionReport:
    """Convert ``deca_model.tar`` to ``e_flame``, ``e_detail`` and ``d_detail``.

    Args:
        source: The published file, or a training file of DECA.
        target: A folder for one ``.safetensors`` a network, or one ``.safetensors`` file for all, in which the
            network's name is the ``prefix`` of ``init_cfg``.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: A network is missing, or a key or shape differs; the message names them.
    """
    source = Path(source)
    checkpoint = _dict(read_torch_file(source), source)
    networks = {
        name: (_part(checkpoint, published, source), config) for name, (published, config) in DECA_PARTS.items()
    }
    ignored = [str(key) for key in checkpoint if key not in {published for published, _ in DECA_PARTS.values()}]
    return _write(source, Path(target), networks, ignored)


def convert_emoca(source: str | Path, target: str | Path) -> ConversionReport:
    """Convert an EMOCA Lightning checkpoint to DECA's three networks and ``e_expression``.

    Args:
        source: The published ``.ckpt``.
        target: As for :func:`convert_deca`.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: A network is missing, or a key or shape differs; the message names them.
    """
    source = Path(source)
    checkpoint = _dict(read_torch_file(source), source)
    state = _without_module(_part(checkpoint, "state_dict", source))
    parts = {name: (f"deca.{published}.", config) for name, (published, config) in DECA_PARTS.items()}
    networks = {name: (_under(state, prefix, source), config) for name, (prefix, config) in parts.items()}
    expression = _under(state, "deca.E_expression.", source)
    rows = np.shape(expression.get("layers.2.weight", ()))[:1]
    if not rows or rows[0] not in EXPRESSION_ROWS:
        raise ValueError(
            f"{source}: deca.E_expression.layers.2.weight has {rows[0] if rows else 'no'} rows; "
            f"{', '.join(map(str, EXPRESSION_ROWS))} were expected: this is no ResNet expression encoder of EMOCA"
        )
    networks["e_expression"] = (expression, dict(type="EmocaExpressionEncoder", out_dim=int(rows[0])))
    prefixes = (*(prefix for prefix, _ in parts.values()), "deca.E_expression.")
    ignored = [str(key) for key in checkpoint if key != "state_dict"]
    ignored += [key for key in state if not key.startswith(prefixes)]
    return _write(source, Path(target), networks, ignored)


def convert_opengraphau(source: str | Path, target: str | Path) -> ConversionReport:
    """Convert an OpenGraphAU checkpoint of either stage and any of its backbones.

    Args:
        source: The published ``.pth``.
        target: The ``.safetensors`` to write.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: The backbone is not one of the six, or a key or shape differs; the message names them.
    """
    source, target = Path(source), Path(target)
    checkpoint = _dict(read_torch_file(source), source)
    state = _part(checkpoint, "state_dict", source) if "state_dict" in checkpoint else _bare(checkpoint, source)
    try:
        weights, found = convert_state_dict({key: torch.from_numpy(np.array(array)) for key, array in state.items()})
    except ValueError as error:
        raise ValueError(f"{source}: {error}") from error
    config = dict(type=found.network, backbone=found.backbone, dim=found.dim)
    arrays = {key: tensor.numpy() for key, tensor in weights.items()}
    write_safetensors({target: Weights(arrays, {"source": source.name, **_words(config)})})
    report = ConversionReport(source, {target: _contents(config, arrays)}, missing=list(found.filled))
    beside = [key for key in checkpoint if key != "state_dict"] if "state_dict" in checkpoint else []
    report.ignored = [*map(str, beside), *found.ignored]
    report.config = [f"dict(type='{found.network}', backbone='{found.backbone}', {_init_cfg(target)})"]
    return report


def _write(source: Path, target: Path, networks: Mapping[str, tuple], ignored: list[str]) -> ConversionReport:
    """Check all networks first, then write all of them, to one file or to a folder."""
    report = ConversionReport(source, ignored=ignored)
    checked = {}
    for name, (published, config) in networks.items():
        checked[name], missing = match_state(_without_module(published), build_skeleton(config), f"{source}: {name}")
        report.missing += [f"{name}.{key}" for key in missing]
    contents = {name: _contents(networks[name][1], arrays) for name, arrays in checked.items()}
    if target.suffix == ".safetensors":
        merged = {f"{name}.{key}": array for name, arrays in checked.items() for key, array in arrays.items()}
        write_safetensors({target: Weights(merged, {"source": source.name})})
        report.written = {target: "; ".join(f"{name}: {text}" for name, text in contents.items())}
        report.config = [_init_cfg(target, f", prefix='{name}'") for name in checked]
        return report
    if target.suffix in FILE_SUFFIXES:
        raise ValueError(f"{target} looks like a file: DST must be a folder, or end with .safetensors")
    paths = {name: target / f"{name}.safetensors" for name in checked}
    words = {name: {"source": source.name, **_words(networks[name][1])} for name in checked}
    write_safetensors({path: Weights(checked[name], words[name]) for name, path in paths.items()})
    report.written = {path: contents[name] for name, path in paths.items()}
    report.config = [_init_cfg(path) for path in paths.values()]
    return report


def _init_cfg(path: Path, prefix: str = "") -> str:
    return f"init_cfg=dict(type='Pretrained', checkpoint='{path}'{prefix})"


def _without_module(state: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Cut the ``module.`` that DataParallel puts before every key."""
    return {key.removeprefix("module."): value for key, value in state.items()}


def _contents(config: Mapping[str, object], arrays: Mapping[str, np.ndarray]) -> str:
    arguments = ", ".join(f"{key}={value!r}" for key, value in config.items() if key != "type")
    values = sum(array.size for array in arrays.values())
    return f"{config['type']}({arguments}), {len(arrays)} tensors, {values / 1e6:.1f} million values"


def _words(config: Mapping[str, object]) -> dict[str, str]:
    return {key: str(value) for key, value in config.items()}


def _dict(tree: object, source: Path) -> Mapping[str, object]:
    if not isinstance(tree, Mapping):
        raise ValueError(f"{source} holds {type(tree).__name__}; a dict of weights was expected")
    return tree


def _part(checkpoint: Mapping[str, Any], key: str, source: Path) -> Mapping[str, np.ndarray]:
    part = checkpoint.get(key)
    if not isinstance(part, Mapping):
        raise ValueError(f"{source} has no {key}; it has {', '.join(map(str, checkpoint))}")
    strange = [name for name, value in part.items() if not isinstance(value, np.ndarray)]
    if strange:
        raise ValueError(f"{source}: {key} holds {', '.join(map(str, strange[:8]))}, which are no tensors")
    return part


def _bare(checkpoint: Mapping[str, Any], source: Path) -> Mapping[str, np.ndarray]:
    """A checkpoint that is itself the state dict."""
    if not checkpoint or not all(isinstance(value, np.ndarray) for value in checkpoint.values()):
        raise ValueError(f"{source} has no state_dict; it has {', '.join(map(str, checkpoint)) or 'nothing'}")
    return checkpoint


def _under(state: Mapping[str, np.ndarray], prefix: str, source: Path) -> dict[str, np.ndarray]:
    part = {key.removeprefix(prefix): value for key, value in state.items() if key.startswith(prefix)}
    if not part:
        tops = sorted({".".join(key.split(".")[:2]) for key in state})
        raise ValueError(f"{source} has no weights under {prefix} but under {', '.join(tops[:20])}")
    return part
