"""A face that moves at random, for tests of tables."""

import numpy as np

from aucgan.motion import MOTION_NAMES, FaceMotion


def moving_face(count=5, seed=0, start=0.0, rate=25):
    rng = np.random.default_rng(seed)
    return FaceMotion(
        times=start + np.arange(count) / rate,
        weights=rng.uniform(0, 1, (count, len(MOTION_NAMES))),
        rotation=rng.normal(size=(count, 3)) * 0.4,
        translation=rng.normal(size=(count, 3)) * 0.1 - [0, 0, 0.6],
        eyes=rng.normal(size=(count, 6)) * 0.1,
        frames=np.arange(count) + 7,
        confidence=rng.uniform(0, 1, count),
    )
