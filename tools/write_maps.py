"""The command ``aucgan maps``, in a clone; its ``--help`` has examples."""

import sys

from aucgan.commands.main import tool

main = tool("maps", __file__)

if __name__ == "__main__":
    sys.exit(main())
