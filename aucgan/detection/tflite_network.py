"""A TensorFlow Lite network, run by LiteRT."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from aucgan.detection.model_files import INSTALL


class TFLiteNetwork:
    """A network with one picture as its input. Not to be called by two threads at once.

    Args:
        path: The ``.tflite`` file.
        outputs: Number of values of each output that is wanted, by the name it shall have here.
        threads: How many threads run it.

    Raises:
        FileNotFoundError: LiteRT is not installed.
        ValueError: The file is no such network.
    """

    def __init__(self, path: str | Path, outputs: dict[str, int], threads: int = 1) -> None:
        self.path = Path(path)
        self._runner = _interpreter(self.path, threads)
        entry, *others = self._runner.get_input_details()
        sizes = {int(np.prod(d["shape"])): d["index"] for d in self._runner.get_output_details()}
        if others or len(entry["shape"]) != 4 or not set(outputs.values()) <= set(sizes):
            raise ValueError(
                f"{self.path} is another network: outputs of {sorted(outputs.values())} values and a picture as input "
                f"were expected, it has outputs of {sorted(sizes)} and {1 + len(others)} inputs"
            )
        self._input = entry["index"]
        self._outputs = {name: sizes[size] for name, size in outputs.items()}
        self.size = int(entry["shape"][1])

    def __call__(self, picture: np.ndarray) -> dict[str, np.ndarray]:
        """Run it on a picture ``(size, size, 3)`` float32; outputs by name, with the network's shapes."""
        self._runner.set_tensor(self._input, np.ascontiguousarray(picture[None], np.float32))
        self._runner.invoke()
        return {name: self._runner.get_tensor(index) for name, index in self._outputs.items()}


def _interpreter(path: Path, threads: int) -> Any:  # a class of an optional package
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ImportError as error:
        raise FileNotFoundError(f"finding faces needs ai-edge-litert, which is not installed: {INSTALL}") from error
    try:
        runner = Interpreter(model_path=str(path), num_threads=threads)
        runner.allocate_tensors()
    except (ValueError, RuntimeError) as error:
        raise ValueError(f"{path} cannot be run as a TensorFlow Lite network: damaged, or of another kind") from error
    return runner
