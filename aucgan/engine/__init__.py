"""The training engine: mmengine's runner, made exact to resume, with checked configs and planned trainings."""

from aucgan.engine.checkpoints.checkpoint_hook import AtomicCheckpointHook
from aucgan.engine.features.features_hook import FrozenFeaturesHook
from aucgan.engine.hooks.batch_statistics_hook import BatchStatisticsHook
from aucgan.engine.hooks.channels_last_hook import ChannelsLastHook
from aucgan.engine.hooks.compile_hook import CompileHook
from aucgan.engine.hooks.ema_hook import PartEMAHook
from aucgan.engine.hooks.log_processor import TimeShareLogProcessor
from aucgan.engine.hooks.nonfinite_hook import NonFiniteHook
from aucgan.engine.hooks.picture_hook import PictureGridHook
from aucgan.engine.hooks.progress_hook import ProgressHook
from aucgan.engine.hooks.sample_values_hook import SampleValuesHook
from aucgan.engine.hooks.scalar_hook import DeferredScalarsHook
from aucgan.engine.loop.runner import Runner
from aucgan.engine.loop.sampler import ResumableSampler
from aucgan.engine.loop.train_loop import ExactTrainLoop
from aucgan.engine.optim.amp_wrapper import Bf16OptimWrapper
from aucgan.engine.optim.optim_constructor import GroupedOptimWrapperConstructor
from aucgan.engine.optim.optim_wrapper import AmpOptimWrapper, OptimWrapper
from aucgan.engine.optim.sam import SAMOptimWrapper
from aucgan.engine.plan.preparation import ProceduralFaces

__all__ = [
    "AmpOptimWrapper",
    "AtomicCheckpointHook",
    "BatchStatisticsHook",
    "Bf16OptimWrapper",
    "ChannelsLastHook",
    "CompileHook",
    "DeferredScalarsHook",
    "ExactTrainLoop",
    "FrozenFeaturesHook",
    "GroupedOptimWrapperConstructor",
    "NonFiniteHook",
    "OptimWrapper",
    "PartEMAHook",
    "PictureGridHook",
    "ProceduralFaces",
    "ProgressHook",
    "ResumableSampler",
    "Runner",
    "SAMOptimWrapper",
    "SampleValuesHook",
    "TimeShareLogProcessor",
]
