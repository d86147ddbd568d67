"""Actions in several processes of this machine that meet over gloo, as torchrun would start them."""

import multiprocessing
import os
import sys

from aucgan.engine.loop.processes import join_processes


def in_processes(folder, action, n=2):
    """Fork ``n`` processes that meet in ``folder`` and call ``action()``; their exit codes."""
    settings = dict(backend="gloo", init_method=f"file://{folder}/meeting")
    processes = []
    for rank in range(n):
        process = multiprocessing.get_context("fork").Process(target=enter, args=(rank, n, folder, settings, action))
        process.start()
        processes.append(process)
    for process in processes:
        process.join(600)
        process.kill()
    return [process.exitcode for process in processes]


def enter(rank, n, folder, settings, action):
    os.environ.update(RANK=str(rank), WORLD_SIZE=str(n), LOCAL_RANK=str(rank))
    os.chdir(folder)
    join_processes("pytorch", settings)
    sys.exit(action())
