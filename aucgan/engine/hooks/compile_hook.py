"""Parts of the model through ``torch.compile``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mmengine.hooks import Hook
from torch import nn

from aucgan.building.nearest import nearest
from aucgan.process.errors import ConfigError
from aucgan.registry import HOOKS

if TYPE_CHECKING:
    from aucgan.engine.loop.runner import Runner

CUDA_GRAPH_MODES = ("reduce-overhead", "max-autotune")
"""Presets that record CUDA graphs: a second call writes its results over those of the first."""


@HOOKS.register_module()
class CompileHook(Hook):
    """Compile parts of the model when training starts; weights, their names and checkpoints stay as they are.

    ``custom_hooks = [dict(type='CompileHook', modules=['generator', 'discriminator'])]``. The first iterations wait for
    the compiler, and so does the first one of another batch size; docs/performance.md says where it pays.

    Args:
        modules: Submodules by their names in the model: learned ones such as ``generator``, ``detail_encoder`` and
            ``discriminator``, or frozen ones such as ``encoder``, ``au_net`` and ``losses.terms.mrf.vgg``. Parts that
            the model is built without (None) are passed over.
        backend: PyTorch's name of the compiler.
        mode: Its preset, ``default``, ``reduce-overhead`` or ``max-autotune``.
        dynamic: Compile for any batch size at once; None decides when a second size comes.
    """

    def __init__(
        self,
        modules: Sequence[str],
        backend: str = "inductor",
        mode: str | None = None,
        dynamic: bool | None = None,
    ) -> None:
        self.modules = tuple(modules)
        self.options = dict(backend=backend, mode=mode, dynamic=dynamic)

    def before_run(self, runner: Runner) -> None:
        """Compile.

        Raises:
            ConfigError: The model has no such part, or calls or differentiates it in a way that the compiler cannot.
        """
        model = runner.bare_model
        found = {name: find_part(model, name) for name in self.modules}
        parts = {name: module for name, module in found.items() if module is not None}
        repeats = getattr(getattr(runner, "optim_wrapper", None), "needs_closure", False)
        check_compilable("CompileHook", model, parts, self.options, repeats)
        for module in parts.values():
            module.compile(**self.options)


def check_compilable(
    place: str, model: nn.Module, parts: Iterable[str], options: Mapping[str, Any], repeats: bool = False
) -> None:
    """Refuse what the compiler would break in the middle of a step.

    Models tell by ``differentiated_twice``, a dict from their parts to the loss that does it, and by
    ``called_twice``, their parts with several forward passes in a step.

    Args:
        place: Where the user asked for it, for the message.
        model: The model.
        parts: Names of the submodules to be compiled; the empty one is the model itself.
        options: Arguments of ``torch.compile``.
        repeats: Whether the optimizer repeats the whole forward pass within a step.

    Raises:
        ConfigError: A part is differentiated twice (AOTAutograd, on which all backends but ``eager`` stand, cannot),
            or called twice under CUDA graphs.
    """
    backend = options.get("backend") or "inductor"
    twice = getattr(model, "differentiated_twice", {}) if backend != "eager" else {}
    graphs = backend == "cudagraphs" or options.get("mode") in CUDA_GRAPH_MODES
    for part in parts:
        for other, loss in twice.items():
            if _overlap(part, other):
                raise ConfigError(
                    f"{place}: '{part}' cannot be compiled, as the loss '{loss}' differentiates '{other}' twice and "
                    f"backend='{backend}' cannot: leave it out, or set losses.{loss} to None"
                )
        again = [part] if repeats else [p for p in getattr(model, "called_twice", ()) if _overlap(part, p)]
        if graphs and again:
            raise ConfigError(
                f"{place}: '{part}' cannot be compiled with CUDA graphs, as '{again[0]}' is called more than once in a "
                "step, and each call writes over the results of the one before: leave it out, or set mode to None"
            )


def _overlap(part: str, other: str) -> bool:
    """Whether one of two submodules is the other or lies within it, by their dotted names."""
    return part in ("", other) or part.startswith(f"{other}.") or other.startswith(f"{part}.")


def find_part(model: nn.Module, name: str) -> nn.Module | None:
    """A submodule by its dotted name; None where the model is built without it.

    Raises:
        ConfigError: There is no such name; the message has the nearest one.
    """
    parts = dict(model.named_modules())
    if name not in parts and getattr(model, name, "") is not None:
        hint = nearest(name, [part for part in parts if part])
        raise ConfigError(f"CompileHook.modules: {type(model).__name__} has no part '{name}'{hint}")
    return parts.get(name)
