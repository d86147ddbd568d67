"""Pages of the site that are not in docs/: README and its like, and the reference, made when mkdocs builds the site."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

REPOSITORY = Path(__file__).parents[1]
ROOT_PAGES = {
    "README.md": "overview.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "configs/README.md": "configs.md",
}
"""Files of the repository and the pages that they are on the site."""
LINK = re.compile(r"(\]\()([^)\s]+)(\))")
ROLE = re.compile(r":(?:class|func|meth|mod|attr|data|obj):<code>~?([^<]+)</code>")
"""A name in a docstring with what editors read before it."""


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put the reference into the navigation, a page a package, beside the page of all components."""
    [reference] = (entry["Reference"] for entry in config.nav if "Reference" in entry)
    reference += [{package: reference_page(package)} for package in packages()]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are not in docs/."""
    for source, page in ROOT_PAGES.items():
        text = (REPOSITORY / source).read_text(encoding="utf-8")
        files.append(File.generated(config, page, content=links_rewritten(text, source)))
    for package, modules in packages().items():
        # A package's own page section is its docstring: what it imports is shown where it is defined.
        entries = (f"::: {name}\n" + "    options: {members: false}\n" * (name == package) for name in modules)
        content = f"# {package}\n\n" + "\n".join(entries)
        files.append(File.generated(config, reference_page(package), content=content))
    return files


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """Let links out of docs/ lead to the pages that those files are here."""
    source = f"docs/{page.file.src_uri}"
    return links_rewritten(markdown, source) if (REPOSITORY / source).is_file() else markdown


def on_page_content(html: str, **_: object) -> str:
    """Let names in docstrings lead to the reference where it has them; mkdocstrings resolves the tags."""
    return ROLE.sub(r'<autoref identifier="\1" optional><code>\1</code></autoref>', html)


def links_rewritten(text: str, source: str) -> str:
    """Replace links between files of the repository by links between pages of the site.

    Args:
        text: Markdown.
        source: Its file, relative to the repository's root.
    """

    def moved(match: re.Match[str]) -> str:
        before, target, after = match.groups()
        path, hash_sign, anchor = target.partition("#")
        if not path or "://" in path:
            return match[0]
        file = posixpath.normpath(posixpath.join(posixpath.dirname(source), path))
        here = posixpath.dirname(_place(source))
        return before + posixpath.relpath(_place(file), here or ".") + hash_sign + anchor + after

    return LINK.sub(moved, text)


def _place(file: str) -> str:
    return ROOT_PAGES.get(file, file.removeprefix("docs/"))


def packages() -> dict[str, list[str]]:
    """The library's packages, each with those modules that say something."""
    found: dict[str, list[str]] = {}
    for path in sorted((REPOSITORY / "aucgan").rglob("*.py")):
        if path.stat().st_size:
            module = ".".join(path.relative_to(REPOSITORY).with_suffix("").parts)
            package = ".".join(path.parent.relative_to(REPOSITORY).parts)
            found.setdefault(package, []).append(module.removesuffix(".__init__"))
    return found


def reference_page(package: str) -> str:
    """Where the reference of a package stands."""
    return f"reference/{package}.md"
