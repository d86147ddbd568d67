"""The public names stay: what users import today is still there tomorrow."""

import importlib

import pytest

PACKAGES = (
    "aucgan.models",
    "aucgan.losses",
    "aucgan.renderers",
    "aucgan.datasets",
    "aucgan.detection",
    "aucgan.evaluation",
    "aucgan.engine",
)

STABLE = {
    "aucgan.models": "CoarseReconstructor DetailDecoder DetailEncoder DetailReconstructor FLAME FLAMETex Generator3 "
    "LatentAFNGenerator MEFARG AFG ProjectionDiscriminator ConditionalDiscriminator SpatialAUDiscriminator "
    "ResnetEncoder EmocaExpressionEncoder AUEncoder TransformerDetailCoder",
    "aucgan.losses": "PhotometricLoss LandmarkLoss EyeClosureLoss LipDistanceLoss CodePriorLoss LightPriorLoss "
    "DisplacementRegLoss ShadingSmoothnessLoss SymmetryLoss AUFeatureLoss BCELoss HingeLoss NonSaturatingLoss "
    "IDMRFLoss",
    "aucgan.renderers": "SRenderY TorchRasterizer",
    "aucgan.datasets": "FaceFolder",
    "aucgan.detection": "AlignedPhotos DetectedFace LandmarkFiles MediaPipeFaceMesh",
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
