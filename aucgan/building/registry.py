"""The class of the project's registries."""

from __future__ import annotations

from typing import Any

from mmengine import registry as mm

from aucgan.building.component_problem import component_problem
from aucgan.building.type_names import REGISTRIES
from aucgan.process.errors import ConfigError


class Registry(mm.Registry):
    """mmengine's registry; its errors name the nearest component or argument, and its networks have their weights."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        REGISTRIES.append(self)

    def build(self, cfg: dict, *args: Any, **kwargs: Any) -> Any:
        """Build a component from its config.

        Args:
            cfg: Its ``type``, and its arguments.
            *args: mmengine's.
            **kwargs: mmengine's.

        Raises:
            ConfigError: There is no such component, or it has no such argument; the message names the nearest.
        """
        try:
            built = super().build(cfg, *args, **kwargs)
        except (KeyError, TypeError) as error:
            problem = component_problem(cfg, family=self.name)
            if problem is None:
                raise
            raise ConfigError(problem) from error
        after_build = getattr(built, "after_build", None)
        if callable(after_build):
            after_build()
        return built
