"""The command ``aucgan precompute``, in a clone; its ``--help`` has examples."""

import sys

from aucgan.commands.main import tool

main = tool("precompute", __file__)

if __name__ == "__main__":
    sys.exit(main())
