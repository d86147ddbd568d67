"""Training on features of the photos that were computed once, where they are there and hold."""

from __future__ import annotations

from collections.abc import Sized
from typing import TYPE_CHECKING, cast

from mmengine.dist import get_world_size
from mmengine.hooks import Hook
from torch.utils.data import DataLoader

from aucgan.datasets.features import StoredFeatures
from aucgan.engine.features.feature_search import Refusal, find_features
from aucgan.engine.features.frozen_networks import COARSE_SIDES, frozen_networks
from aucgan.process.errors import ConfigError, FeatureError
from aucgan.registry import HOOKS

if TYPE_CHECKING:
    from aucgan.engine.loop.runner import Runner

MODES = ("auto", "off", "required")
PAYS_FROM = 2.0
"""Times that a training has to see each photo before computing its features once is worth advising."""


@HOOKS.register_module()
class FrozenFeaturesHook(Hook):
    """Have data sets built with the stored outputs of the frozen networks; say which path is taken, and why.

    They are used when ``tools/precompute.py`` made them for all photos of a data set with these very weights and
    settings, no photo has changed since, and the pipeline shows the photos without chance (mirroring is fine).

    Args:
        mode: ``auto``: use them where they hold; ``off``: never; ``required``: it is an error if they do not hold.
        coarse: Who says the codes of photos: ``regressed``, the encoder, or ``fitted``, the fits of prepared photos;
            only features hold these, so that they are required.

    Raises:
        ConfigError: Another mode or coarse side, or fitted codes that are not required.
    """

    def __init__(self, mode: str = "auto", coarse: str = "regressed") -> None:
        if mode not in MODES:
            raise ConfigError(f"default_hooks.features.mode is '{mode}', not one of {', '.join(MODES)}")
        if coarse not in COARSE_SIDES:
            raise ConfigError(f"default_hooks.features.coarse is '{coarse}', not one of {', '.join(COARSE_SIDES)}")
        if coarse == "fitted" and mode != "required":
            raise ConfigError("default_hooks.features.coarse is 'fitted', which needs mode='required' beside it")
        self.mode, self.coarse = mode, coarse

    def before_train(self, runner: Runner) -> None:
        """Have the training and the validation split built with their features.

        Raises:
            FeatureError: Features are required, and there are none that hold.
        """
        self._prepare(runner, "train", runner.train_dataloader)
        if runner.val_loop is not None:
            self._prepare(runner, "val", runner.val_dataloader)

    def before_test(self, runner: Runner) -> None:
        """Have the test split built with its features.

        Raises:
            FeatureError: Features are required, and there are none that hold.
        """
        self._prepare(runner, "test", runner.test_dataloader)

    def _prepare(self, runner: Runner, split: str, loader: DataLoader) -> None:
        networks = frozen_networks(runner.bare_model, runner.cfg.model, self.coarse)
        if networks is None:
            return
        if self.mode == "off":
            found: StoredFeatures | Refusal = Refusal("default_hooks.features.mode is 'off'", curable=False)
        else:
            found = find_features(loader.dataset, networks)
        if isinstance(found, StoredFeatures):
            runner.build_with_features(split, found)
            runner.logger.info(f"{split}: the frozen networks do not run on the photos: features from {found.folder}")
            return
        text = f"{found.reason}{self._advice(runner, split, loader, found)}"
        if self.mode == "required":
            raise FeatureError(f"{split}: {text} (default_hooks.features.mode is 'required')")
        if split == "train" or found.stale:
            say = runner.logger.warning if found.stale else runner.logger.info
            say(f"{split}: the frozen networks run on every photo: {text}")

    def _advice(self, runner: Runner, split: str, loader: DataLoader, refusal: Refusal) -> str:
        if not refusal.curable:
            return ""
        command = f"python tools/precompute.py {runner.cfg.filename or 'CONFIG'}"
        if refusal.stale or self.mode == "required" or split != "train":
            return f"; run {command}"
        views = runner.max_iters * loader.batch_size * get_world_size() / len(cast(Sized, loader.dataset))
        if views < PAYS_FROM:
            return f" (each is seen {views:.1f} times: computing them once would not pay)"
        return f" (each is seen {views:.0f} times; {command} computes them once)"
