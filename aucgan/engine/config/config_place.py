"""Where config files lie: where the user stands, or in the folder ``configs`` that comes with the library."""

from __future__ import annotations

from pathlib import Path

import aucgan


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
    return sorted(path.stem for path in config_folder().glob("*.py"))


def locate(config: str | Path) -> Path:
    """The file of a config.

    Args:
        config: A path from the current folder, else one that begins with ``configs/`` or the bare name of a config:
            of ``configs`` in the current folder, else of the library's.

    Returns:
        Its path; the given one, where there is no such config.
    """
    given = Path(config)
    path = Path("configs", f"{given}.py") if is_name(given) else given
    for candidate in (given, path, config_folder().parent / path):
        if candidate.is_file():
            return candidate
    return given


def is_name(config: Path) -> bool:
    """Whether it is the bare name of a config rather than a path."""
    return config.name == str(config) and config.suffix != ".py"


def told(config: Path) -> str:
    """A config as the user would call it: by its name, if it lies in the library and the user stands elsewhere."""
    return config.stem if config.is_absolute() and config.parent == config_folder() else str(config)
