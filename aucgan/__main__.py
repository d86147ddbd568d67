"""``python -m aucgan`` is the command ``aucgan``.

The library starts trainings by the path of this file, see :data:`aucgan.engine.plan.prerequisites.TRAIN`: ``-m`` would
look in the current folder first, where a clone may lie in a folder ``aucgan``.
"""

import sys
from pathlib import Path

if __name__ == "__main__":
    if not __package__:  # by its path: modules of this folder must not hide others', and this very library counts
        root = str(Path(__file__).resolve().parents[1])
        sys.path[:1] = [] if root in sys.path else [root]
    from aucgan.commands.main import main

    sys.exit(main())
