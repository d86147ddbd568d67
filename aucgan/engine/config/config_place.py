"""Where config files lie: where the user stands, or in the folder ``configs`` that comes with the library."""

from __future__ import annotations

from pathlib import Path

import aucgan

PART = "_"
"""How names begin that a file defines for the files above it to compose, as ``_base_._face``; no setting does."""


NO_TRAININGS = ("fitting", "clusters")
"""Folders of the configs of fitters and clusters, which train nothing."""


def trainings(folder: Path) -> list[Path]:
    """Every config of a training in a folder and the folders in it, by name; parts (``_base_``) are left out."""
    return [path for path in _configs(folder) if path.parent.name not in NO_TRAININGS]


def _configs(folder: Path) -> list[Path]:
    return sorted([*folder.glob("*.py"), *folder.glob(f"[!{PART}]*/*.py")], key=lambda path: path.stem)


def config_folder(package: Path | None = None) -> Path:
    """The folder ``configs`` of the library: within the package where that is installed, beside it in a clone.

    Args:
        package: The folder of the package; default this one's.
    """
    package = package or Path(aucgan.__file__).resolve().parent
    inside = package / "configs"
    return inside if inside.is_dir() else package.parent / "configs"


def config_names() -> list[str]:
    """Names of the configs that come with the library."""
    return [path.stem for path in trainings(config_folder())]


def locate(config: str | Path) -> Path:
    """The file of a config.

    Args:
        config: A path from the current folder, else one that begins with ``configs/`` or the bare name of a config:
            of ``configs`` in the current folder, else of the library's.

    Returns:
        Its path; the given one, where there is no such config.
    """
    given = Path(config)
    if is_name(given):
        candidates = [given, *_named(given.name, Path("configs")), *_named(given.name, config_folder())]
    else:
        candidates = [given, config_folder().parent / given]
    return next((candidate for candidate in candidates if candidate.is_file()), given)


def is_name(config: Path) -> bool:
    """Whether it is the bare name of a config rather than a path."""
    return config.name == str(config) and config.suffix != ".py"


def told(config: Path) -> str:
    """A config as the user would call it: by its name, if it lies in the library and the user stands elsewhere."""
    return config.stem if config.is_absolute() and config_folder() in config.parents else str(config)


def _named(name: str, folder: Path) -> list[Path]:
    return [path for path in _configs(folder) if path.stem == name]
