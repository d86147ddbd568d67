"""A small model and landmark embedding in FLAME's format from a seed, in the published file formats."""

import pickle

import numpy as np
import scipy.sparse

N_VERTS, N_FACES = 517, 1000


def model_fields(seed=20240601):
    """The fields of a FLAME file; the joint regressor is sparse, as published."""
    rng = np.random.RandomState(seed)
    fields = {
        "v_template": 0.1 * rng.standard_normal((N_VERTS, 3)),
        "shapedirs": 0.004 * rng.standard_normal((N_VERTS, 3, 400)),
        "posedirs": 0.002 * rng.standard_normal((N_VERTS, 3, 36)),
    }
    joints = rng.random_sample((5, N_VERTS)) * (rng.random_sample((5, N_VERTS)) < 0.05)
    joints[:, 0] += 1e-3
    joints /= joints.sum(1, keepdims=True)
    weights = rng.random_sample((N_VERTS, 5)) ** 4
    faces = np.stack([rng.choice(N_VERTS, 3, replace=False) for _ in range(N_FACES)])
    return fields | {
        "kintree_table": np.array([[4294967295, 0, 1, 1, 1], [0, 1, 2, 3, 4]], np.int64),
        "weights": weights / weights.sum(1, keepdims=True),
        "f": faces.astype(np.uint32),
        "J": joints @ fields["v_template"],
        "J_regressor": scipy.sparse.csc_matrix(joints),
        "bs_style": "lbs",
        "bs_type": "lrotmin",
    }


def landmark_fields(seed=20240602):
    """The fields of a landmark embedding, all numpy."""
    rng = np.random.RandomState(seed)

    def bary(*shape):
        values = rng.random_sample((*shape, 3)) + 0.05
        return values / values.sum(-1, keepdims=True)

    return {
        "static_lmk_faces_idx": rng.randint(0, N_FACES, 51).astype(np.int64),
        "static_lmk_bary_coords": bary(51),
        "dynamic_lmk_faces_idx": rng.randint(0, N_FACES, (79, 17)).astype(np.int64),
        "dynamic_lmk_bary_coords": bary(79, 17).astype(np.float32),
        "full_lmk_faces_idx": rng.randint(0, N_FACES, (1, 68)).astype(np.int64),
        "full_lmk_bary_coords": bary(1, 68).astype(np.float32),
    }


def write_model(path):
    """A pickle as Python 2 wrote it, but without chumpy."""
    path.write_bytes(pickle.dumps(model_fields(), protocol=2))
    return path


def write_landmarks(path):
    """A 0-d object array holding a dict with two torch tensors, as published."""
    import torch

    fields = landmark_fields()
    for key in ("dynamic_lmk_faces_idx", "dynamic_lmk_bary_coords"):
        fields[key] = torch.from_numpy(fields[key])
    np.save(path, np.array(fields, dtype=object), allow_pickle=True)
    return path
