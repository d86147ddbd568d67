"""Print every registered component with its one-line summary.

Examples:
    python tools/list_components.py
    python tools/list_components.py models losses
"""

import argparse
import sys

from rich.console import Console

from aucgan.engine.catalogue import catalogue
from aucgan.engine.command_line import run_tool
from aucgan.engine.config_file import nearest
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


def main(arguments: list[str] | None = None) -> int:
    """Run the tool; return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("families", nargs="*", help="only these, for instance models losses")
    args = parser.parse_args(arguments)
    return run_tool("list_components.py", lambda: print_components(args.families))


if __name__ == "__main__":
    sys.exit(main())
