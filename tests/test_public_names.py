"""The public names stay: what users import today is still there tomorrow."""

import importlib
import subprocess
import sys

import pytest

PACKAGES = (
    "aucgan",
    "aucgan.models",
    "aucgan.losses",
    "aucgan.renderers",
    "aucgan.datasets",
    "aucgan.detection",
    "aucgan.fitting",
    "aucgan.evaluation",
    "aucgan.engine",
)

STABLE = {
    "aucgan": "DATASETS HOOKS LOSSES METRICS MODELS PREPARATIONS RENDERERS TRANSFORMS "
    "__version__ load_config load_model",
    "aucgan.models": "CoarseReconstructor DetailDecoder DetailEncoder DetailReconstructor FLAME FLAMETex Generator3 "
    "SkinDetailReconstructor UVSkinReader UVUNetGenerator "
    "LatentAFNGenerator MEFARG AFG ProjectionDiscriminator ConditionalDiscriminator SpatialAUDiscriminator "
    "ResnetEncoder EmocaExpressionEncoder AUEncoder TransformerDetailCoder",
    "aucgan.losses": "PhotometricLoss LandmarkLoss EyeClosureLoss LipDistanceLoss CodePriorLoss LightPriorLoss "
    "DisplacementRegLoss ShadingSmoothnessLoss SymmetryLoss AUFeatureLoss BCELoss HingeLoss NonSaturatingLoss "
    "IDMRFLoss",
    "aucgan.renderers": "SRenderY TorchRasterizer",
    "aucgan.datasets": "FaceFolder",
    "aucgan.detection": "AlignedPhotos DetectedFace LandmarkFiles MediaPipeFaceMesh",
    "aucgan.fitting": "FaceFitter FittedFaces Start focal_from_exif",
    "aucgan.engine": "AtomicCheckpointHook ExactTrainLoop PictureGridHook ProgressHook ResumableSampler Runner",
}


@pytest.mark.parametrize("package", PACKAGES)
def test_all_is_complete_and_true(package):
    module = importlib.import_module(package)
    assert module.__doc__
    names = list(module.__all__)
    assert len(names) == len(set(names))
    for name in names:
        assert hasattr(module, name), f"{package}.__all__ lists {name}, which is not there"


@pytest.mark.parametrize(("package", "names"), STABLE.items())
def test_stable_names(package, names):
    missing = set(names.split()) - set(importlib.import_module(package).__all__)
    assert not missing, f"{package} lost {sorted(missing)}"


HEAVY = {"torch", "mmengine", "numpy", "rich", "scipy", "PIL"}
LIGHT = {
    "importing": "import aucgan",
    "looking": "import aucgan; assert 'load_model' in dir(aucgan) and not hasattr(aucgan, 'load_modle')",
    "the command's help": "from aucgan.commands.main import command_parser; command_parser().format_help()",
}


@pytest.mark.parametrize("code", LIGHT.values(), ids=LIGHT)
def test_nothing_heavy_is_loaded_before_it_is_needed(code):
    code += f"; import sys; print(sorted({HEAVY} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8")
    assert done.stdout == "[]\n", done.stderr


def test_a_name_that_is_not_there_is_told_with_those_that_are():
    with pytest.raises(AttributeError, match="no attribute 'modle'; it has .*load_model"):
        _ = importlib.import_module("aucgan").modle
