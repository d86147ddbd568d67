"""No file is read in a way that could run code, anywhere in the sources."""

import ast
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
SOURCES = sorted(p for folder in ("aucgan", "tools", "benchmarks") for p in (REPOSITORY / folder).rglob("*.py"))
INERT_READERS = {"aucgan/files/safe_pickle.py", "aucgan/files/torch_file.py"}
OWN_PROCESSES = {f"aucgan/cluster/{name}.py" for name in ("child", "piece_process", "pieces")}
"""They unpickle what processes that they started, or that started them, say over a pipe; no file."""
CODE_RUNNERS = {"pickle", "cPickle", "dill", "joblib", "shelve", "marshal", "cloudpickle"}


def calls(tree):
    """Dotted names of all calls, with their keywords."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), {k.arg: ast.unparse(k.value) for k in node.keywords}, node.lineno


def complaints(source: str):
    for name, keywords, line in calls(ast.parse(source)):
        module, _, function = name.rpartition(".")
        if name == "torch.load" and keywords.get("weights_only") != "True":
            yield f"line {line}: torch.load without weights_only=True"
        if function == "load" and module in ("np", "numpy") and keywords.get("allow_pickle", "False") != "False":
            yield f"line {line}: np.load with allow_pickle"
        if module in CODE_RUNNERS and function in ("load", "loads", "Unpickler"):
            yield f"line {line}: {name}"
        if name in ("eval", "exec", "torch.jit.load", "torch.hub.load", "yaml.load"):
            yield f"line {line}: {name}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.relative_to(REPOSITORY).as_posix())
def test_nothing_that_is_read_runs_code(path):
    found = list(complaints(path.read_text(encoding="utf-8")))
    if path.relative_to(REPOSITORY).as_posix() not in INERT_READERS | OWN_PROCESSES:
        assert not found, "; ".join(found)


def test_the_walk_sees_what_it_looks_for():
    bad = ["torch.load(p)", "torch.load(p, weights_only=False)", "np.load(p, allow_pickle=True)", "pickle.load(f)"]
    assert all(list(complaints(source)) for source in bad)
    assert not list(complaints("torch.load(p, weights_only=True); np.load(p); json.load(f)"))
