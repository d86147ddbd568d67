"""The documentation names what exists: pages, pictures, tools with their options, configs, modules; its code runs."""

import ast
import importlib
import re
import shlex
import shutil
from pathlib import Path

import pytest
import torch
import yaml

from aucgan.engine.config.config_check import check_config
from aucgan.engine.config.config_file import load_config
from aucgan.registry import LOSSES

REPOSITORY = Path(__file__).parents[1]
PAGES = sorted([*(REPOSITORY / "docs").glob("*.md"), *REPOSITORY.glob("*.md"), REPOSITORY / "configs" / "README.md"])
FIRST_HOUR = REPOSITORY / "docs" / "first_hour.md"
CALL = r"(?:(?:tools|benchmarks)/\w+\.(?:py|sh)\b|(?<![\w./-])(?<!mypy )(?<!from )aucgan (?=[a-z-]+\b))[^|>&;#`]*"
"""A call of a tool, or of the command ``aucgan``."""
MINE = "mine/"
"""The folder that a reader of the first hour makes."""

pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(REPOSITORY).as_posix())


def text_of(page):
    return page.read_text(encoding="utf-8")


def links(text):
    prose = re.sub(r"```.*?```", "", text, flags=re.S)
    targets = re.findall(r"\]\(([^)\s]+)\)", prose)
    return [target for target in targets if not re.match(r"\w+:", target) and not target.startswith("#")]


def commands(text):
    """Calls of the tools: in blocks with continued lines joined, in prose between backticks."""
    text = text.replace("\\\n", " ")
    blocks = re.findall(r"```\w*\n(.*?)```", text, flags=re.S)
    lines = [line for block in blocks for line in block.splitlines()]
    lines += re.findall(r"`([^`]+)`", re.sub(r"```.*?```", "", text, flags=re.S))
    for line in lines:
        for call in re.finditer(CALL, line.replace("\n", " ")):
            yield call[0].split()


def options(script):
    """The options of a script or command, read from its source: ``add_argument``, and those that commands share."""
    command = re.search(r'tool\("([\w-]+)", __file__\)', text_of(script))
    script = source_of(command[1]) if command else script
    calls = [node for node in ast.walk(ast.parse(text_of(script))) if isinstance(node, ast.Call)]
    names = {"--help"}
    for call in calls:
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        if name == "add_argument":
            names |= {arg.value for arg in call.args if isinstance(arg, ast.Constant)}
        elif shared := re.fullmatch(r"add_(\w+)_option", name):
            names.add(f"--{shared[1]}")
    return names


def source_of(command):
    """The file of a command."""
    return REPOSITORY / "aucgan" / "commands" / f"{command.replace('-', '_')}.py"


def navigation(node):
    if isinstance(node, str):
        return [node]
    return [page for value in (node.values() if isinstance(node, dict) else node) for page in navigation(value)]


def test_the_helpers_see_what_is_written():
    block = "```\npython tools/compare.py \\\n  --jobs 2 | tail --x\n```"
    text = f"[a](b.md) `python tools/train.py X --smoke`\n{block}\n![p](c.png)"
    assert links(text) == ["b.md", "c.png"]
    assert list(commands("`aucgan train X`")) == [["aucgan", "train", "X"]]
    assert sorted(commands(text)) == [["tools/compare.py", "--jobs", "2"], ["tools/train.py", "X", "--smoke"]]
    assert {"--smoke", "--device", "--cfg-options", "config"} <= options(REPOSITORY / "tools" / "train.py")
    assert not source_of("nothing").is_file()


@pages
def test_links_and_pictures_exist(page):
    dead = [target for target in links(text_of(page)) if not (page.parent / target.split("#")[0]).exists()]
    assert not dead


def test_every_page_is_in_the_navigation():
    site = yaml.safe_load(text_of(REPOSITORY / "mkdocs.yml"))
    source = ast.parse(text_of(REPOSITORY / "docs" / "site_pages.py"))
    [elsewhere] = [
        ast.literal_eval(node.value)
        for node in source.body
        if isinstance(node, ast.Assign) and node.targets[0].id == "ROOT_PAGES"
    ]
    named = navigation(site["nav"])
    own = {page.name for page in (REPOSITORY / "docs").glob("*.md")}
    assert sorted(named) == sorted(own | set(elsewhere.values()))
    assert {REPOSITORY / source for source in elsewhere} == {page for page in PAGES if page.parent.name != "docs"}


def test_the_readme_lists_every_page():
    listed = set(links(text_of(REPOSITORY / "README.md")))
    assert {f"docs/{page.name}" for page in (REPOSITORY / "docs").glob("*.md")} - listed == {"docs/index.md"}


@pages
def test_commands_name_tools_and_options_that_exist(page):
    wrong = []
    for script, *words in commands(text_of(page)):
        path = source_of(words[0]) if script == "aucgan" else REPOSITORY / script
        known = options(path) if path.suffix == ".py" and path.is_file() else None
        given = {word.split("=")[0] for word in words if word.startswith("--")}
        if not path.is_file() or (known and not given <= known):
            wrong.append(shlex.join([script, *words]))
    assert not wrong


@pages
def test_paths_in_the_text_exist(page):
    found = re.findall(r"(?<![\w/.-])((?:aucgan|benchmarks|configs|docs|tests|tools)/[\w/.*-]*\w)", text_of(page))
    assert not [path for path in found if not any(REPOSITORY.glob(path))]


def test_pages_that_the_code_names_exist():
    code = [path for folder in ("aucgan", "tools", "configs") for path in (REPOSITORY / folder).rglob("*.py")]
    named = {name for path in code for name in re.findall(r"docs/\w+\.md", text_of(path))}
    assert len(named) > 3 and not [name for name in named if not (REPOSITORY / name).is_file()]


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """The folder ``mine`` with the files that the first hour says to write."""
    written = re.findall(rf"`{MINE}(\w+\.py)`:\n\n```python\n(.*?)```", text_of(FIRST_HOUR), flags=re.S)
    folder = tmp_path / MINE
    folder.mkdir()
    for name, code in written:
        (folder / name).write_text(code, encoding="utf-8")
    shutil.copytree(REPOSITORY / "configs" / "_base_", tmp_path / "configs" / "_base_")
    monkeypatch.syspath_prepend(tmp_path)
    before = set(LOSSES.module_dict)
    yield folder
    for name in set(LOSSES.module_dict) - before:  # other tests run over all that is registered
        LOSSES.module_dict.pop(name)


def test_the_variant_of_the_first_hour(mine):
    cfg = load_config(mine / "my_variant.py")
    check_config(cfg)
    term = dict(cfg.model.losses.z_reg)
    assert cfg.model.losses.z_sym and term.pop("weight") == 0.05
    loss = LOSSES.build(term)
    assert type(loss).__module__ == importlib.import_module("mine.my_losses").__name__
    assert loss(torch.full((2, 1, 4, 4), 0.003)) == 0
    slope = torch.arange(8.0).expand(1, 1, 8, 8) * 1e-3  # a millimetre a texel, across alone
    assert loss(slope).item() == pytest.approx(1.0)
