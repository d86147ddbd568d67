"""The library installed from its wheel, by someone who has no clone."""

import importlib.metadata
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BUILD = "import sys, setuptools.build_meta as build; print(getattr(build, sys.argv[1])(sys.argv[2]))"


def build(kind: str, source: Path, target: Path) -> Path:
    """Build ``sdist`` or ``wheel``; setuptools writes beside the source, too, so never in the clone itself."""
    command = [sys.executable, "-c", BUILD, f"build_{kind}", str(target)]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return target / done.stdout.split()[-1]


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """What a clone would hold of the package."""
    folder = tmp_path_factory.mktemp("source")
    for name in ("aucgan", "configs"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    return folder


@pytest.fixture(scope="module")
def wheel(copy, tmp_path_factory):
    """Built from the source distribution, so that this is whole, too."""
    folder = tmp_path_factory.mktemp("dist")
    sdist = build("sdist", copy, folder)
    subprocess.run([sys.executable, "-m", "tarfile", "-e", str(sdist), str(folder)], check=True)
    return build("wheel", folder / sdist.name.removesuffix(".tar.gz"), folder)


@pytest.fixture(scope="module")
def run(wheel, tmp_path_factory):
    """Calls a program of a fresh environment in an empty folder; it sees this one's packages, but not its aucgan."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder / "venv", with_pip=False)
    scheme = sysconfig.get_preferred_scheme("prefix")
    base = {"base": str(folder / "venv"), "platbase": str(folder / "venv")}
    scripts, packages = (Path(sysconfig.get_path(name, scheme, base)) for name in ("scripts", "purelib"))
    python = scripts / Path(sys.executable).name
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "-q", "--no-deps", "--no-index"]
    subprocess.run([*pip, str(wheel)], check=True)
    (packages / "packages_beside.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}

    def call(program: str, *arguments: str, **more) -> subprocess.CompletedProcess:
        command = [str(scripts / program), *arguments]
        return subprocess.run(command, capture_output=True, text=True, env=environment, **{"cwd": work} | more)

    work = folder / "empty"
    work.mkdir()
    return call


def test_the_wheel_holds_the_package_and_its_configs(copy, wheel):
    held = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("aucgan/")}
    files = {path.relative_to(copy).as_posix() for path in (copy / "aucgan").rglob("*") if path.is_file()}
    configs = {f"aucgan/{path.relative_to(copy).as_posix()}" for path in (copy / "configs").rglob("*.py")}
    assert held == files | configs and "aucgan/py.typed" in held and len(configs) > 20


def test_the_installed_library_is_the_wheels(run, tmp_path):
    done = run(Path(sys.executable).name, "-c", "import aucgan; print(aucgan.__file__)")
    assert "installed" in done.stdout and str(ROOT) not in done.stdout, done
    done = run("aucgan", "--version")
    assert done.stdout == f"aucgan {importlib.metadata.version('aucgan')}\n" and not done.stderr


@pytest.mark.slow
def test_its_command_lists_and_trains_in_an_empty_folder(run):
    done = run("aucgan", "list", "hooks")
    assert done.returncode == 0 and "ProgressHook" in done.stdout, done.stderr
    done = run("aucgan", "train", "aucgan_coarse_emoca", "--smoke")  # data, a prerequisite, itself
    assert done.returncode == 0, done.stderr
    assert "train aucgan_coarse " in done.stdout, "prerequisites are told by their names"
    assert "results: work_dirs/smoke/aucgan_coarse_emoca/results.json" in done.stdout
