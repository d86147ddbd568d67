"""The registered components on the terminal, or as a page."""

from __future__ import annotations

from rich.console import Console

from aucgan.engine.catalogue.catalogue import catalogue
from aucgan.engine.catalogue.catalogue_page import components_page
from aucgan.engine.config.config_file import nearest
from aucgan.engine.config.config_place import config_folder, trainings
from aucgan.engine.errors import ConfigError


def print_components(wanted: list[str]) -> None:
    """Print the families in ``wanted``, or all.

    Raises:
        ConfigError: There is no such family.
    """
    families = catalogue()
    for name in wanted:
        if name.lower() not in families:
            raise ConfigError(f"there is no family '{name}'{nearest(name.lower(), families)}")
    console = Console(soft_wrap=True, highlight=False)
    for family in [name.lower() for name in wanted] or families:
        components = families[family]
        width = max(len(component.name) for component in components)
        console.print(f"\n[bold]{family}[/bold]")
        for component in components:
            console.print(f"  {component.name:<{width}}  {component.summary}", markup=False)


def print_page() -> None:
    """Print the page with all components."""
    print(components_page(trainings(config_folder())), end="")
