"""The command ``aucgan evaluate``, in a clone; its ``--help`` has examples."""

import sys

from aucgan.commands.main import tool

main = tool("evaluate", __file__)

if __name__ == "__main__":
    sys.exit(main())
