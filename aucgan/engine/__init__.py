"""The training engine: mmengine's runner, made exact to resume, with checked configs and planned trainings."""

from aucgan.engine.amp_wrapper import Bf16OptimWrapper
from aucgan.engine.batch_statistics_hook import BatchStatisticsHook
from aucgan.engine.channels_last_hook import ChannelsLastHook
from aucgan.engine.checkpoint_hook import AtomicCheckpointHook
from aucgan.engine.compile_hook import CompileHook
from aucgan.engine.ema_hook import PartEMAHook
from aucgan.engine.features_hook import FrozenFeaturesHook
from aucgan.engine.log_processor import TimeShareLogProcessor
from aucgan.engine.nonfinite_hook import NonFiniteHook
from aucgan.engine.optim_constructor import GroupedOptimWrapperConstructor
from aucgan.engine.optim_wrapper import AmpOptimWrapper, OptimWrapper
from aucgan.engine.picture_hook import PictureGridHook
from aucgan.engine.preparation import ProceduralFaces
from aucgan.engine.progress_hook import ProgressHook
from aucgan.engine.runner import Runner
from aucgan.engine.sam import SAMOptimWrapper
from aucgan.engine.sample_values_hook import SampleValuesHook
from aucgan.engine.sampler import ResumableSampler
from aucgan.engine.scalar_hook import DeferredScalarsHook
from aucgan.engine.train_loop import ExactTrainLoop

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
