"""Print every registered component with its one-line summary.

Examples:
    python tools/list_components.py
    python tools/list_components.py models losses
    python tools/list_components.py --markdown > docs/components.md   # with sizes, references and configs
"""

import argparse
import sys
from pathlib import Path

from aucgan.process.stopping import starting

with starting("list_components.py"):
    from rich.console import Console

    from aucgan.engine.catalogue.catalogue import catalogue
    from aucgan.engine.catalogue.catalogue_page import components_page
    from aucgan.engine.command_line import run_tool
    from aucgan.engine.config.config_file import nearest, trainings
    from aucgan.engine.errors import ConfigError

CONFIGS = Path(__file__).resolve().parents[1] / "configs"


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
    print(components_page(trainings(CONFIGS)), end="")


def main(arguments: list[str] | None = None) -> int:
    """Run the tool; return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("families", nargs="*", help="only these, for instance models losses")
    parser.add_argument("--markdown", action="store_true", help="print the page docs/components.md")
    args = parser.parse_args(arguments)
    return run_tool("list_components.py", print_page if args.markdown else lambda: print_components(args.families))


if __name__ == "__main__":
    sys.exit(main())
