"""From a command line to one of the commands."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

from aucgan import __version__

COMMANDS = (
    "train",
    "test",
    "reconstruct",
    "viewer",
    "edit-aus",
    "transfer",
    "compare",
    "evaluate",
    "make-dataset",
    "prepare-faces",
    "precompute",
    "convert",
    "convert-codes",
    "list",
    "maps",
    "embed-landmarks",
    "draw-heads",
)
DESCRIPTION = """Detailed 3D faces from one photo, conditioned on facial action units.

CONFIG is a file, or the name of a config that comes with the library: aucgan train aucgan_detail_v2
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``aucgan``; return its exit code."""
    parser = command_parser()
    _complete(parser)
    args = parser.parse_args(arguments)
    return args.run(args)


def command_parser() -> argparse.ArgumentParser:
    """The parser of ``aucgan`` with all its commands."""
    parser = argparse.ArgumentParser(
        prog="aucgan", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--version", action="version", version=f"aucgan {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name in COMMANDS:
        settings = _settings(name, f"aucgan {name}")
        summary = settings["description"].split("\n")[0].split(": aucgan")[0].rstrip(".")
        _fill(commands.add_parser(name, help=summary, **settings), name, f"aucgan {name}")
    return parser


def tool_parser(command: str, path: str) -> argparse.ArgumentParser:
    """The parser of a file in ``tools/``.

    Args:
        command: The command that it is.
        path: The file.
    """
    program = Path(path).name
    parser = argparse.ArgumentParser(prog=program, **_settings(command, f"python tools/{program}"))
    return _fill(parser, command, program)


def tool(command: str, path: str) -> Callable[..., int]:
    """``main`` of a file in ``tools/``, see :func:`tool_parser`."""

    def main(arguments: Sequence[str] | None = None) -> int:
        """Run the tool; return its exit code."""
        args = tool_parser(command, path).parse_args(arguments)
        return args.run(args)

    return main


def _module(command: str) -> ModuleType:
    return importlib.import_module(f"aucgan.commands.{command.replace('-', '_')}")


def _settings(command: str, call: str) -> dict:
    module = _module(command)
    return dict(
        description=(module.__doc__ or "").replace("CALL", call),
        epilog=getattr(module, "EPILOG", None),
        formatter_class=getattr(module, "FORMATTER", argparse.RawDescriptionHelpFormatter),
    )


def _fill(parser: argparse.ArgumentParser, command: str, program: str) -> argparse.ArgumentParser:
    """Add a command's arguments, and what its ``run`` needs besides: the program's name, a way to refuse arguments."""
    module = _module(command)
    module.add_arguments(parser)
    parser.set_defaults(run=module.run, program=program, error=parser.error)
    return parser


def _complete(parser: argparse.ArgumentParser) -> None:
    """Answer the shell's question for completions, where argcomplete is installed and has asked."""
    try:
        import argcomplete
    except ImportError:
        return
    argcomplete.autocomplete(parser)
