"""Adds the folder ``configs`` to the package, as ``aucgan.configs``; everything else stands in pyproject.toml."""

from setuptools import find_namespace_packages, find_packages, setup

CONFIGS = "aucgan.configs"

setup(
    packages=[
        *find_packages(include=["aucgan", "aucgan.*"]),
        CONFIGS,
        *(f"{CONFIGS}.{package}" for package in find_namespace_packages("configs", exclude=["*__pycache__*"])),
    ],
    package_dir={CONFIGS: "configs"},
)
