"""Reading network weights without the power to run code."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from aucgan.files.pickle_records import read_pickle

StateDict = Mapping[str, Tensor]
SHOWN_PROBLEMS = 20


def read_state_dict(path: str | Path, prefix: str = "") -> dict[str, Tensor]:
    """Read a state dict from ``.safetensors``, a PyTorch checkpoint or a pickle of arrays, none of which can run code.

    Args:
        path: The file; a pickle of numpy arrays must end with ``.pkl``. The state dict may lie under ``state_dict``.
        prefix: Keep only keys that start with ``prefix`` + ``.``, and cut it off.

    Raises:
        FileNotFoundError: The file does not exist.
        ValueError: The file is no checkpoint, or no key has the prefix.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"no weights at {path}: train or convert them first, or mend init_cfg.checkpoint")
    state = _read(path)
    if not prefix:
        return state
    start = prefix + "."
    cut = {key[len(start) :]: value for key, value in state.items() if key.startswith(start)}
    if not cut:
        heads = sorted({key.split(".")[0] for key in state})
        raise ValueError(f"{path} has no key under '{start}'; its top-level names are {', '.join(heads)}")
    return cut


def _read(path: Path) -> dict[str, Tensor]:
    """The tensors of a file, whatever its format."""
    content = _read_arrays(path) if path.suffix == ".pkl" else _read_tensors(path)
    state = content.get("state_dict", content) if isinstance(content, Mapping) else None
    if not isinstance(state, Mapping) or not all(isinstance(value, Tensor) for value in state.values()):
        found = ", ".join(map(str, content)) if isinstance(content, Mapping) else type(content).__name__
        raise ValueError(f"{path} is no state dict: it holds {found:.200}")
    return dict(state)


def _read_tensors(path: Path) -> object:
    """What a ``.safetensors`` file or a PyTorch checkpoint holds."""
    try:
        return load_file(path) if path.suffix == ".safetensors" else torch.load(path, "cpu", weights_only=True)
    except (SafetensorError, pickle.UnpicklingError, RuntimeError, EOFError, KeyError, ValueError) as error:
        raise ValueError(
            f"cannot read weights from {path}: it is damaged or holds more than plain weights, which could run code; "
            "write or download it again, and convert published files with tools/convert_weights.py"
        ) from error


def _read_arrays(path: Path) -> object:
    """A pickle of numpy arrays, as older publishers write weights; the arrays become tensors."""
    content = read_pickle(path)
    if not isinstance(content, Mapping):
        return content
    return {
        str(key): torch.from_numpy(value.copy(order="C")) if isinstance(value, np.ndarray) else value
        for key, value in content.items()
    }


def load_weights(
    module: nn.Module,
    path: str | Path,
    prefix: str = "",
    translate: Callable[[StateDict], StateDict] | None = None,
    left_out: Collection[str] = (),
) -> None:
    """Load weights into ``module``; every key and shape must match.

    Args:
        module: The network.
        path: The file; see :func:`read_state_dict`.
        prefix: See :func:`read_state_dict`.
        translate: Turns the file's keys into those of ``module`` first.
        left_out: Parts of ``module`` that were not built: their keys may be in the file, and are not read.

    Raises:
        FileNotFoundError: The file does not exist.
        ValueError: It cannot be read, or keys are missing, left over or of another shape; the message lists them.
    """
    found = read_state_dict(path, prefix)
    state = found if translate is None else translate(found)
    own = module.state_dict()
    state = {key: value for key, value in state.items() if key in own or key.split(".")[0] not in left_out}
    problems = misfits(state, own)
    if problems:
        raise ValueError(f"{path} does not fit {type(module).__name__}:{problems}")
    module.load_state_dict(state)


def misfits(state: StateDict, own: StateDict, name: Callable[[str], str] = str) -> str:
    """What of a state dict does not fit a network's own, one a line, each after a line break; nothing where all fits.

    Args:
        state: What was read.
        own: What the network has.
        name: How a key is called where the state dict comes from.
    """
    problems = [f"missing {name(key)} {tuple(own[key].shape)}" for key in own if key not in state]
    problems += [f"unexpected {name(key)} {tuple(state[key].shape)}" for key in state if key not in own]
    problems += [
        f"{name(key)} is {tuple(state[key].shape)}, not {tuple(own[key].shape)}"
        for key in own
        if key in state and state[key].shape != own[key].shape
    ]
    more = [f"… and {len(problems) - SHOWN_PROBLEMS} more"] if len(problems) > SHOWN_PROBLEMS else []
    return "".join(f"\n  {line}" for line in problems[:SHOWN_PROBLEMS] + more)
