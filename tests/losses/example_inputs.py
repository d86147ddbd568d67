"""For every registered loss: how to build it, and inputs of a valid call, float64 and away from kinks."""

import torch


def _generator():
    return torch.Generator().manual_seed(5)


def _rand(*shape):
    return torch.rand(*shape, generator=_generator(), dtype=torch.float64)


def _randn(*shape, seed=5):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def _points():
    return _randn(2, 68, 2), _randn(2, 68, 2, seed=6)


def _images(side=32):
    return _rand(2, 3, side, side), torch.rand(2, 3, side, side, generator=torch.Generator().manual_seed(8)).double()


def _logits():
    return _randn(3, 1), _randn(3, 1, seed=6)


def _r1():
    images = _randn(2, 3, 4, 4).requires_grad_(True)
    return (images**3).sum((1, 2, 3))[:, None], images


def _visible():
    return _randn(2, 1, 12, 12), (_rand(2, 1, 12, 12) > 0.03).double()


def _people():
    return torch.tensor([0, 1, 0, 1])


EXAMPLES = {
    "AUFeatureLoss": lambda: (_rand(2, 41), 1 - _rand(2, 41)),
    "AlbedoConstancyLoss": lambda: (_rand(2, 3, 6, 7) + 0.1,),
    "AlbedoRingLoss": lambda: ([_randn(2, 5, seed=s) for s in range(3)],),
    "AlbedoSameLoss": lambda: ([_randn(2, 5, seed=s) for s in range(3)],),
    "AlbedoSymmetryLoss": lambda: (_rand(2, 3, 6, 6),),
    "BCELoss": _logits,
    "CodePriorLoss": lambda: (_randn(2, 9),),
    "DetailConsistencyLoss": lambda: (_randn(4, 9), _people()),
    "DisplacementRegLoss": lambda: (_randn(2, 1, 5, 5),),
    "DisplacementSupervisionLoss": lambda: (_randn(2, 1, 5, 5), _randn(2, 1, 5, 5, seed=6)),
    "EulerJawLoss": lambda: (_randn(4, 3),),
    "EyeClosureLoss": _points,
    "GradientDifferenceLoss": lambda: (_rand(2, 3, 6, 6), _rand(2, 3, 6, 6).flip(0)),
    "HingeLoss": _logits,
    "IDMRFLoss": _images,
    "IdentityLoss": _images,
    "KLLoss": lambda: (_randn(2, 9), _randn(2, 9, seed=6)),
    "LandmarkLoss": _points,
    "LaplacianLoss": lambda: (_rand(2, 3, 6, 6), _rand(2, 3, 6, 6).flip(0)),
    "LegacyAUFeatureLoss": lambda: (_rand(2, 41), 1 - _rand(2, 41)),
    "LightPriorLoss": lambda: (_randn(2, 9, 3),),
    "LipDistanceLoss": _points,
    "LocalContrastLoss": lambda: (_rand(1, 3, 8, 8) + 0.1, _rand(1, 3, 8, 8).flip(3)),
    "NonSaturatingLoss": _logits,
    "PerceptualLoss": _images,
    "PhotometricLoss": lambda: (*_images(8), (_rand(2, 1, 8, 8) > 0.5).double()),
    "R1Penalty": _r1,
    "ShadingSmoothnessLoss": lambda: (_rand(2, 3, 6, 7),),
    "ShadingWhiteLoss": lambda: (_rand(2, 3, 6, 7),),
    "ShapeConsistencyLoss": lambda: (_randn(4, 9), _people()),
    "SymmetryLoss": _visible,
    "CodeDistanceLoss": lambda: (_randn(2, 7), _randn(2, 7, seed=6)),
    "VertexDistanceLoss": lambda: (_randn(2, 7, 3), _randn(2, 7, 3, seed=6)),
    "WeightedAsymmetricLoss": lambda: (_rand(2, 41) * 0.9 + 0.05, (_rand(2, 41) > 0.5).double()),
}

ARGUMENTS = {
    "IDMRFLoss": dict(vgg_weights="random", style_layers=("relu1_2", "relu2_1"), content_layers=("relu2_1",)),
    "PerceptualLoss": dict(vgg_weights="random", layers=("relu1_2",)),
    "IdentityLoss": dict(weights="random"),
}

#: Too large for a numerical gradient, or with a detached part and a gradient test of their own.
NO_GRADCHECK = {"IDMRFLoss", "IdentityLoss", "PerceptualLoss", "R1Penalty", "SymmetryLoss", "WeightedAsymmetricLoss"}
