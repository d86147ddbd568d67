"""The registries; every component is built from a config dict by its name.

Each registry names the package that defines its components, so that
``MODELS.build(dict(type='DetailEncoder'))`` works after importing this module alone. What a component has to do once
all its parts are there (a network, to read pretrained weights) it does in a method ``after_build``.
"""

from mmengine import registry as mm

from aucgan.building.registry import Registry

MODELS = Registry("model", parent=mm.MODELS, scope="aucgan", locations=["aucgan.models"])
LOSSES = Registry("loss", scope="aucgan", locations=["aucgan.losses"])
RENDERERS = Registry("renderer", scope="aucgan", locations=["aucgan.renderers"])
DATASETS = Registry("dataset", parent=mm.DATASETS, scope="aucgan", locations=["aucgan.datasets"])
TRANSFORMS = Registry("transform", parent=mm.TRANSFORMS, scope="aucgan", locations=["aucgan.datasets"])
METRICS = Registry("metric", parent=mm.METRICS, scope="aucgan", locations=["aucgan.evaluation"])
HOOKS = Registry("hook", parent=mm.HOOKS, scope="aucgan", locations=["aucgan.engine"])
LOOPS = Registry("loop", parent=mm.LOOPS, scope="aucgan", locations=["aucgan.engine"])
OPTIMIZERS = Registry("optimizer", parent=mm.OPTIMIZERS, scope="aucgan", locations=["aucgan.engine"])
OPTIM_WRAPPERS = Registry("optim_wrapper", parent=mm.OPTIM_WRAPPERS, scope="aucgan", locations=["aucgan.engine"])
OPTIM_WRAPPER_CONSTRUCTORS = Registry(
    "optim_wrapper_constructor",
    parent=mm.OPTIM_WRAPPER_CONSTRUCTORS,
    scope="aucgan",
    locations=["aucgan.engine"],
)
DATA_SAMPLERS = Registry("data_sampler", parent=mm.DATA_SAMPLERS, scope="aucgan", locations=["aucgan.engine"])
DETECTORS = Registry("detector", scope="aucgan", locations=["aucgan.detection"])
FITTERS = Registry("fitter", scope="aucgan", locations=["aucgan.fitting"])
ENERGIES = Registry("energy", scope="aucgan", locations=["aucgan.fitting"])
PREPARATIONS = Registry("preparation", scope="aucgan", locations=["aucgan.engine"])
HEADS = Registry("head", scope="aucgan", locations=["aucgan.heads.anny.head"])
CLUSTERS = Registry("cluster", scope="aucgan", locations=["aucgan.cluster.clusters"])
ALBEDOS = Registry("albedo model", scope="aucgan", locations=["aucgan.datasets.procedural.skin.albedo"])

# mmengine looks a name up in the scope of the run first; without these it would warn at every build.
EVALUATORS = Registry("evaluator", parent=mm.EVALUATOR, scope="aucgan")
PARAM_SCHEDULERS = Registry("parameter scheduler", parent=mm.PARAM_SCHEDULERS, scope="aucgan")
VISUALIZERS = Registry("visualizer", parent=mm.VISUALIZERS, scope="aucgan")
VISBACKENDS = Registry("visualizer backend", parent=mm.VISBACKENDS, scope="aucgan")
LOG_PROCESSORS = Registry("log processor", parent=mm.LOG_PROCESSORS, scope="aucgan")
MODEL_WRAPPERS = Registry("model wrapper", parent=mm.MODEL_WRAPPERS, scope="aucgan")
WEIGHT_INITIALIZERS = Registry("weight initializer", parent=mm.WEIGHT_INITIALIZERS, scope="aucgan")
