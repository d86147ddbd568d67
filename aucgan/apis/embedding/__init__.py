"""The 468 dense landmarks of any head: a network labels renders of it, and the labels are brought back to its mesh."""

from aucgan.apis.embedding.labels import EmbeddingReport, embed_landmarks
from aucgan.apis.embedding.picture import draw_points
from aucgan.apis.embedding.plain_render import PlainRender, PosedHeads, render
from aucgan.apis.embedding.sample_people import sample_people

__all__ = [
    "EmbeddingReport",
    "PlainRender",
    "PosedHeads",
    "draw_points",
    "embed_landmarks",
    "render",
    "sample_people",
]
