"""What a user asks of a training."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import aucgan

TRAIN = (sys.executable, str(Path(aucgan.__file__).with_name("__main__.py")), "train")
"""What starts a training in a process of its own, from every folder and however the library is installed."""


@dataclass(frozen=True)
class TrainRequest:
    """What the user asked for.

    Attributes:
        config: The config file.
        work_dir: Where to write; ``work_dirs/<config>`` when ``None``.
        resume: Continue from the latest whole checkpoint.
        amp: Train in mixed precision.
        launcher: ``none``, ``pytorch`` or ``slurm``.
        cfg_options: ``key=value`` changes of this config (not of its prerequisites).
        max_iters: Iterations of this training, with its schedule fitted to them; ``None``: as in the config.
        seed: Seed of this training; ``None``: as in the config.
        train_missing: Whether missing prerequisites are trained, or an error.
        skip_test: Do not run the test split after training.
        smoke: Folder of a tiny run of everything, or ``None`` for a real one.
        jobs: How many prerequisites may train at the same time; ``None``: one on a machine with a GPU, else as many
            as there are processors.
        device: Where this training and its prerequisites run, see :func:`aucgan.engine.device.choose_device`;
            ``None``: as in the configs, ``auto`` where they are silent.
    """

    config: Path
    work_dir: Path | None = None
    resume: bool = False
    amp: bool = False
    launcher: str = "none"
    cfg_options: tuple[str, ...] = ()
    max_iters: int | None = None
    seed: int | None = None
    train_missing: bool = True
    skip_test: bool = False
    smoke: Path | None = None
    jobs: int | None = None
    device: str | None = None

    @property
    def stem(self) -> str:
        """Name of the training."""
        return self.config.stem

    @property
    def folder(self) -> Path:
        """Where this training writes."""
        return self.work_dir or (self.smoke or Path("work_dirs")) / self.stem

    def command(self) -> tuple[str, ...]:
        """The program and the arguments that ask for the same, without a launcher."""
        values = {"--work-dir": self.work_dir, "--smoke": self.smoke, "--device": self.device, "--jobs": self.jobs}
        values |= {"--max-iters": self.max_iters, "--seed": self.seed}
        flags = {"--resume": self.resume, "--amp": self.amp, "--skip-test": self.skip_test}
        words = [word for pair in values.items() if pair[1] is not None for word in map(str, pair)]
        words += [flag for flag, wanted in flags.items() if wanted]
        words += ["--missing-prerequisites", "train" if self.train_missing else "error"]
        words += ["--cfg-options", *self.cfg_options] if self.cfg_options else []
        return (*TRAIN, str(self.config), *words)
