"""The command ``aucgan``: one file a subcommand, which loads what is heavy only when it runs.

Each has ``add_arguments(parser)`` and ``run(args) -> exit code``. ``CALL`` in its documentation stands for what the
user types: ``aucgan train``, or ``python tools/train.py`` in a clone. Nothing here imports PyTorch when it is imported.
"""
