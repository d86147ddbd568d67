"""The 468 dense landmarks of any head: a network labels renders of it, and the labels are brought back to its mesh."""

from aucgan.apis.embedding.labels import EmbeddingReport, embed_landmarks
from aucgan.apis.embedding.plain_render import PlainRender, PosedHeads, render

__all__ = ["EmbeddingReport", "PlainRender", "PosedHeads", "embed_landmarks", "render"]
