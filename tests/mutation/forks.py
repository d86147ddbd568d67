"""Runs pytest in forks of one process that has imported everything but the library."""

import contextlib
import json
import os
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.abc import MetaPathFinder
from importlib.machinery import SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path

import coverage
import pytest

MEMORY = 12 << 30  # bytes of address space: a mistake in a size must not take the machine down
QUIET = ["-q", "-x", "--assert=plain", "-p", "no:cacheprovider", "--no-header", "--tb=line"]


def in_fork(work: Callable[[], int], cpu_seconds: float, wall_seconds: float) -> tuple[int, str]:
    """Run ``work`` in a child and return its exit code (negative: the signal) and what it printed."""
    with tempfile.TemporaryFile("w+") as output:
        pid = os.fork()
        if pid == 0:
            code = 99
            try:
                os.setsid()
                os.dup2(output.fileno(), 1)
                os.dup2(output.fileno(), 2)
                resource.setrlimit(resource.RLIMIT_CPU, (int(cpu_seconds) + 1, int(cpu_seconds) + 2))
                resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
                code = int(work())
            finally:
                sys.stdout.flush()
                os._exit(code)
        code = _wait(pid, time.monotonic() + wall_seconds)
        output.seek(0)
        return code, output.read()


def _wait(pid: int, deadline: float) -> int:
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            break
        if time.monotonic() > deadline:
            os.killpg(pid, signal.SIGKILL)
            _, status = os.waitpid(pid, 0)
            break
        time.sleep(0.02)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)  # what the tests left behind
    return os.waitstatus_to_exitcode(status)


class Selected:
    """Keeps the tests that are asked for, in that order, and writes down the CPU seconds of each."""

    def __init__(self, tests: list[str] | None = None, tracer: coverage.Coverage | None = None) -> None:
        self.rank = None if tests is None else {node: rank for rank, node in enumerate(tests)}
        self.tracer = tracer
        self.took: dict[str, float] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out and sort."""
        if self.rank is not None:
            items[:] = sorted((i for i in items if i.nodeid in self.rank), key=lambda i: self.rank[i.nodeid])

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """The lines that run from here on belong to this test."""
        self.started = time.process_time()
        if self.tracer is not None:
            self.tracer.switch_context(nodeid)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """CPU seconds of setup, call and teardown."""
        self.took[nodeid] = time.process_time() - self.started


class _Mutated(MetaPathFinder, SourceFileLoader):
    """Imports one module from a changed source."""

    def __init__(self, name: str, path: Path, code: str) -> None:
        SourceFileLoader.__init__(self, name, str(path))
        self.changed = code

    def find_spec(self, fullname, path, target=None):
        """A spec with this loader, for the one module."""
        return spec_from_file_location(fullname, self.path, loader=self) if fullname == self.name else None

    def get_code(self, fullname):
        """The changed source, compiled."""
        return compile(self.changed, self.path, "exec")


def run_mutated(path: Path, code: str, tests: list[str]) -> int:
    """In a fork: the exit code of the named tests with ``code`` in the place of the file."""
    name = ".".join(path.with_suffix("").parts).removesuffix(".__init__")
    sys.meta_path.insert(0, _Mutated(name, path, code))  # asserts stay plain: pytest's importer would go before it
    files = sorted({node.split("::")[0] for node in tests})
    return pytest.main([*QUIET, *files], plugins=[Selected(tests)])


def run_covered(tests: list[str], sources: list[str], longest: float, target: Path) -> int:
    """In a fork: which tests run which lines, and their CPU seconds, as JSON at ``target``."""
    tracer = coverage.Coverage(data_file=None, include=sources, config_file=False)
    tracer.start()
    plugin = Selected(tracer=tracer)
    code = pytest.main([*QUIET, *tests], plugins=[plugin])
    tracer.stop()
    data, root = tracer.get_data(), Path.cwd()
    lines = {str(Path(f).relative_to(root)): data.contexts_by_lineno(f) for f in data.measured_files()}
    fast = {node: took for node, took in plugin.took.items() if took <= longest}
    target.write_text(json.dumps({"seconds": fast, "lines": lines}), encoding="utf-8")
    return code
