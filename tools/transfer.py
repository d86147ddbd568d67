"""The command ``aucgan transfer``, in a clone; its ``--help`` has examples."""

import sys

from aucgan.commands.main import tool

main = tool("transfer", __file__)

if __name__ == "__main__":
    sys.exit(main())
