"""The device that this process computes on: one choice, which everything follows."""

from __future__ import annotations

import mmengine.device.utils as mmengine_device
import torch

from aucgan.process.errors import DeviceError

AUTO = "auto"
DEVICES = (AUTO, "cpu", "cuda", "mps")
_current: torch.device | None = None


def choose_device(name: str | torch.device = AUTO) -> torch.device:
    """The device of that name.

    ``auto`` is the GPU where CUDA finds one, else the CPU. Apple's ``mps`` has to be asked for: it lacks float64 and
    some operators, and its results were never compared with those of the CPU.

    Raises:
        DeviceError: There is no such device, or it cannot be used here.
    """
    if name == AUTO:
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        torch.zeros(1, device=name)
        return torch.device(name)
    except (RuntimeError, AssertionError) as error:  # the latter from a torch without CUDA
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise DeviceError(f"the device '{name}' cannot be used here ({reason}); 'cpu' always can") from error


def use_device(name: str | torch.device = AUTO) -> torch.device:
    """Choose the device for this process, mmengine's parts included, which would prefer ``mps`` to the CPU.

    Raises:
        DeviceError: There is no such device, or it cannot be used here.
    """
    global _current
    device = choose_device(name)
    if device.type == "cuda" and device.index is not None:
        torch.cuda.set_device(device)
    _current, mmengine_device.DEVICE = device, str(device)
    return device


def current_device() -> torch.device:
    """What was chosen last, else what ``auto`` is."""
    return _current or choose_device()


def device_title(device: torch.device) -> str:
    """The device in words: a GPU's product, ``Apple GPU (MPS)`` or ``CPU``."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return "Apple GPU (MPS)" if device.type == "mps" else device.type.upper()


def wait_for(device: torch.device) -> None:
    """Wait until the device has done what it was asked."""
    if device.type != "cpu":
        torch.accelerator.synchronize(device)
