"""Parts of the model through ``torch.compile``."""

from __future__ import annotations

from collections.abc import Sequence

from mmengine.hooks import Hook
from torch import nn

from aucgan.engine.config.config_file import nearest
from aucgan.engine.errors import ConfigError
from aucgan.registry import HOOKS


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

    def before_run(self, runner) -> None:
        """Compile.

        Raises:
            ConfigError: The model has no such part.
        """
        for name in self.modules:
            module = find_part(runner.bare_model, name)
            if module is not None:
                module.compile(**self.options)


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
