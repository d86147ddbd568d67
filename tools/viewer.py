"""The command ``aucgan viewer``, in a clone; its ``--help`` has examples."""

import sys

from aucgan.commands.main import tool

main = tool("viewer", __file__)

if __name__ == "__main__":
    sys.exit(main())
