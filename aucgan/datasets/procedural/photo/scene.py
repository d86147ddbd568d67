"""The meshes of one photo, head, body and hair, as pictures of what a light needs to know of each point."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from aucgan.datasets.procedural.photo import torso
from aucgan.datasets.procedural.photo.hair_shell import COLUMNS, Hairdo, HairShell, hair_shell
from aucgan.datasets.procedural.photo.lens import perspective
from aucgan.datasets.procedural.photo.shade.occlusion import ambient_share, depth_maps, depth_test, facing
from aucgan.heads.library import load_head
from aucgan.renderers.normals import VertexNormals, unit_columns
from aucgan.renderers.rasterizers.barycentric import interpolate_rows
from aucgan.renderers.rasterizers.fragments import CoveredPixels
from aucgan.renderers.srender_y import SRenderY

SHADOW_EDGE = 128
"""Pixels of the pictures that the key lamp sees."""
TEETH_LIT = 0.6
"""Least share of all light that teeth and tongue get: lips that draw back let it in from the sides."""
SHADOW_BIAS = 0.006
"""What lies less than this before a point casts no shadow on it, metres."""


@dataclass(frozen=True)
class Surface:
    """The ``P`` pixels of one photo that head and body cover; a column each.

    Attributes:
        pixel: Place in the flattened picture, ``(P,)`` int64.
        below: 1 where it is neck or shoulders below the head's mesh, ``(1, P)``.
        grid: Place in the UV map, ``(P, 2)``.
        normals: Unit normals in the metric frame, ``(3, P)``.
        ambient: Share of the light from all around that arrives, ``(1, P)``.
        lit: Share of the key lamp's light that nothing stops, ``(1, P)``.
        place: Metres from the foot of the neck, ``(3, P)``.
    """

    pixel: Tensor
    below: Tensor
    grid: Tensor
    normals: Tensor
    ambient: Tensor
    lit: Tensor
    place: Tensor


@dataclass(frozen=True)
class Bodies:
    """What photos show of head and body.

    Attributes:
        surfaces: Of each photo.
        depth: In image space, ``(B, H, W)``; large where empty.
        vertex_normals: Of the heads' mesh, ``(B, V, 3)``.
    """

    surfaces: list[Surface]
    depth: Tensor
    vertex_normals: Tensor


@dataclass(frozen=True)
class Strands:
    """The ``P`` pixels of one photo that hair covers and nothing hides; a column each.

    Attributes:
        pixel: Place in the flattened picture, ``(P,)`` int64.
        around: Turns round the head, ``(P,)``.
        along: From 0 at the crown to 1 at the tips, ``(P,)``.
        length: Of the strand, metres, ``(P,)``.
        normals: Unit normals, towards the viewer where it is seen from within too, ``(3, P)``.
        within: 1 where hair is seen from the side of the head, ``(P,)``.
        tangents: Unit directions of the strands, ``(3, P)``.
    """

    pixel: Tensor
    around: Tensor
    along: Tensor
    length: Tensor
    normals: Tensor
    within: Tensor
    tangents: Tensor


class Scene:
    """Lays out people before a lens.

    Args:
        renderer: Whose rasterizer, charts and picture size are used.
        head: What :func:`aucgan.heads.load_head` takes.
    """

    def __init__(self, renderer: SRenderY, head: str) -> None:
        loaded = load_head(head)
        self.renderer, self.shell = renderer, hair_shell(head)
        self._n_head = len(loaded.v_template)
        body = torch.as_tensor(torso.FACES)
        self._body_normals = VertexNormals(body, int(body.max()) + 1)
        self._hair_faces = torch.as_tensor(HairShell.faces)
        self._hair_normals = VertexNormals(self._hair_faces, int(self._hair_faces.max()) + 1)
        self._faces = torch.cat([renderer.faces, body + self._n_head])
        self._uv_faces = torch.cat([renderer.uv_faces, torch.zeros_like(body)])
        self._casting = torch.cat([renderer.faces, self._hair_faces + self._n_head])
        within = torch.from_numpy(np.isin(loaded.vertex_parts, ("teeth_upper", "teeth_lower", "tongue")))
        self._least = torch.where(within, TEETH_LIT, 0.0)
        self._ambient = torch.maximum(torch.as_tensor(ambient_share(head)), self._least)
        self._foot = torch.as_tensor(neck_border(loaded.v_template, loaded.faces))

    def hair(self, verts: Tensor, hairdos: Sequence[Hairdo | None]) -> tuple[Tensor, Tensor]:
        """Hair of posed heads, ``(B, N, 3)``, and the place along strands; one point within the head where bald."""
        bald = [k for k, one in enumerate(hairdos) if one is None]
        known = next((one for one in hairdos if one is not None), None)
        if known is None:
            points = verts.mean(1, keepdim=True).expand(-1, self._hair_normals.corners.num_sources, -1)
            return points.clone(), torch.zeros(points.shape[:2])
        shells, along = self.shell(verts, [one or known for one in hairdos])
        shells[bald] = verts[bald].mean(1, keepdim=True)
        return shells, along

    def torsos(self, verts: Tensor, broad: Tensor) -> Tensor:
        """Bodies under posed heads, ``(B, N, 3)``."""
        return torso.torso(verts[:, self._foot].mean(1), broad)

    def bodies(self, verts: Tensor, hair: Tensor, body: Tensor, cam: Tensor, distance: Tensor, key: Tensor) -> Bodies:
        """Look at head and body; ``key`` points to the lamp that casts shadows, ``(B, 3)``."""
        normals = self.renderer.vertex_normals(verts)
        table = torch.cat([self._head_rows(verts, normals, hair, key), self._body_rows(body, verts)], dim=1)
        points = torch.cat([verts, body], dim=1)
        pixels = self.renderer.rasterizer.covered(perspective(points, cam, distance), self._faces)
        rows = interpolate_rows(table.flatten(0, 1), pixels.corners(self._faces, points.shape[1]), pixels.bary)
        on_body = (pixels.face >= len(self.renderer.faces)).to(rows.dtype)
        uv = interpolate_rows(self.renderer.uv_grid_coords, pixels.corners(self._uv_faces), pixels.bary)
        surfaces = []
        for k, (first, last) in enumerate(_photos(pixels)):
            columns = rows[first:last].T.contiguous()
            normal, ambient, lit, place = columns.split([3, 1, 1, 3])
            surfaces.append(
                Surface(
                    pixels.pixel[first:last] - k * _area(pixels), on_body[None, first:last], uv[first:last],
                    unit_columns(normal, 0), ambient, lit, place,
                )
            )  # fmt: skip
        depth = torch.full(pixels.shape, 1e3)
        depth.view(-1).scatter_(0, pixels.pixel, pixels.depth)
        return Bodies(surfaces, depth, normals)

    def strands(self, hair: Tensor, along: Tensor, cam: Tensor, distance: Tensor, depth: Tensor) -> Iterator[Strands]:
        """Look at the hair that is nearer than ``depth``, ``(B, H, W)``, photo by photo."""
        grid = hair.view(len(hair), -1, COLUMNS, 3)
        tangent = torch.cat([grid[:, 1:] - grid[:, :-1], grid[:, -1:] - grid[:, -2:-1]], dim=1)
        length = tangent.norm(dim=-1).sum(1, keepdim=True).expand(-1, grid.shape[1], -1)
        turn = torch.arange(COLUMNS) / COLUMNS
        around = torch.minimum(turn, 1 - turn) * 2.0  # both halves alike: no seam behind
        around = around.expand(len(hair), grid.shape[1], -1)
        table = torch.cat([
            self._hair_normals(hair), tangent.flatten(1, 2), along[..., None], around.flatten(1)[..., None],
            length.flatten(1)[..., None],
        ], dim=2)  # fmt: skip
        pixels = self.renderer.rasterizer.covered(perspective(hair, cam, distance), self._hair_faces)
        pixels = _nearer(pixels, depth)
        values = interpolate_rows(table.flatten(0, 1), pixels.corners(self._hair_faces, hair.shape[1]), pixels.bary)
        for k, (first, last) in enumerate(_photos(pixels)):
            columns = values[first:last].T.contiguous()
            normal, direction = unit_columns(columns[:3], 0), unit_columns(columns[3:6], 0)
            within = (normal[2] < 0).to(values.dtype)
            seen = normal * (1.0 - 2.0 * within)
            pixel = pixels.pixel[first:last] - k * _area(pixels)
            yield Strands(pixel, columns[7], columns[6], columns[8], seen, within, direction)

    def _head_rows(self, verts: Tensor, normals: Tensor, hair: Tensor, key: Tensor) -> Tensor:
        casting = torch.cat([verts, hair], dim=1)
        turned = facing(casting, key)
        lit = depth_test(turned[:, : self._n_head], depth_maps(turned, self._casting, SHADOW_EDGE), SHADOW_BIAS)
        lit = torch.maximum(lit, self._least)
        ambient = self._ambient.expand(len(verts), -1)
        place = verts - verts[:, self._foot].mean(1, keepdim=True)
        return torch.cat([normals, ambient[..., None], lit[..., None], place], dim=2)

    def _body_rows(self, body: Tensor, verts: Tensor) -> Tensor:
        foot = verts[:, self._foot].mean(1, keepdim=True)
        under_chin = (1.0 - 6.0 * (body[..., 1:2] - foot[..., 1:2]).clamp(min=0.0)).clamp(min=0.3)
        return torch.cat([self._body_normals(body), 0.8 * under_chin, under_chin, body - foot], dim=2)


def _area(pixels: CoveredPixels) -> int:
    return pixels.shape[1] * pixels.shape[2]


def _photos(pixels: CoveredPixels) -> list[tuple[int, int]]:
    """First and last of the pixels of each photo."""
    firsts = torch.arange(pixels.shape[0] + 1) * _area(pixels)
    ends = torch.searchsorted(pixels.pixel, firsts).tolist()
    return list(zip(ends[:-1], ends[1:], strict=True))


def _nearer(pixels: CoveredPixels, depth: Tensor) -> CoveredPixels:
    """Those before ``depth``, ``(B, H, W)``."""
    rows = (depth.view(-1).index_select(0, pixels.pixel) > pixels.depth).nonzero()[:, 0]
    fields = (pixels.pixel, pixels.face, pixels.bary, pixels.depth)
    return CoveredPixels(pixels.shape, *(field.index_select(0, rows) for field in fields))


def neck_border(verts: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Vertices of the edge at which the neck ends; the lowest vertices of a head that ends nowhere."""
    edges = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    once, count = np.unique(edges, axis=0, return_counts=True)
    border = np.unique(once[count == 1])
    low = verts[:, 1].min()
    border = border[verts[border, 1] < low + 0.35 * (verts[:, 1].max() - low)]
    return border if len(border) > 8 else np.flatnonzero(verts[:, 1] < low + 0.01)
