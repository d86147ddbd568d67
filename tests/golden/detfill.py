"""Recipes of the golden numbers: weights and inputs that follow from a name and a seed (numpy only)."""

import zlib

import numpy as np


def _random(name, seed):
    return np.random.RandomState((zlib.crc32(name.encode("utf-8")) ^ int(seed)) & 0xFFFFFFFF)


def fill_one(key, shape, dtype, seed, gain=0.5):
    """The value of one tensor of a state dict; None means: leave it as the module made it."""
    shape = tuple(int(s) for s in shape)
    leaf = key.rsplit(".", 1)[-1]
    if leaf == "num_batches_tracked":
        return np.zeros(shape, np.int64)
    if "float" not in str(dtype) or leaf == "attn_mask":
        return None
    z = _random(key, seed).standard_normal(shape)
    if leaf == "running_mean":
        value = 0.1 * z
    elif leaf == "running_var":
        value = 1.0 + np.abs(0.1 * z)
    elif len(shape) >= 2:
        value = z * (gain / np.sqrt(float(np.prod(shape[1:]))))
    elif leaf == "weight":
        value = 1.0 + 0.05 * z
    else:
        value = 0.1 * z
    return np.asarray(value, np.float32)


def det_fill(keys_and_shapes, seed, gain=0.5):
    """Values of a whole state dict, from (key, shape, dtype) triples."""
    return {key: fill_one(key, shape, dtype, seed, gain) for key, shape, dtype in keys_and_shapes}


def det_input(name, shape, seed=0, kind="normal", lo=0.0, hi=1.0, scale=1.0):
    """A float32 input: ``normal`` is scale·N(0,1), ``uniform`` lies in [lo, hi), ``smooth`` is an image in [0,1]."""
    random = _random("input:" + name, seed)
    if kind == "normal":
        return np.asarray(scale * random.standard_normal(shape), np.float32)
    if kind == "uniform":
        return np.asarray(lo + (hi - lo) * random.random_sample(shape), np.float32)
    if kind == "smooth":
        return smooth_image(random, shape)
    raise ValueError(kind)


def smooth_image(random, shape, n=6):
    """(B, C, H, W) in [0,1]: n random cosines and a little noise, squashed."""
    b, c, h, w = shape
    y, x = np.meshgrid(np.arange(h) / h, np.arange(w) / w, indexing="ij")
    value = np.zeros(shape)
    params = random.random_sample((b, c, n, 4))
    for i in range(n):
        fy, fx, phase, amplitude = (params[:, :, i, j][:, :, None, None] for j in range(4))
        value += (0.5 + amplitude) * np.cos(2 * np.pi * ((1 + 7 * fy) * y + (1 + 7 * fx) * x + phase))
    value += 0.1 * random.standard_normal(shape)
    return np.asarray(1.0 / (1.0 + np.exp(-value)), np.float32)
