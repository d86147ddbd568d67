"""Print every registered component with its one-line summary.

Examples:
    CALL
    CALL models losses
    CALL --markdown > docs/components.md   # with sizes, references and configs
"""

from __future__ import annotations

import argparse

from aucgan.process.stopping import starting


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("families", nargs="*", help="only these, for instance models losses")
    parser.add_argument("--markdown", action="store_true", help="print the page docs/components.md")


def run(args: argparse.Namespace) -> int:
    """Run the command; return its exit code."""
    with starting(args.program):
        from aucgan.engine.catalogue.catalogue_print import print_components, print_page
        from aucgan.engine.command_line import run_tool
    return run_tool(args.program, print_page if args.markdown else lambda: print_components(args.families))
