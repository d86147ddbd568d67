"""Write every map of one procedural face: albedo, normals, displacement, shading, texture, renders.

Example:
    python tools/write_maps.py outputs/maps --index 3
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from aucgan.process.stopping import starting

with starting("write_maps.py"):
    import torch

    from aucgan.datasets.procedural import FaceRenderer, draw_face
    from aucgan.engine.command_line import run_tool
    from aucgan.files.atomic import atomic_path
    from aucgan.renderers import orthographic
    from aucgan.renderers.drawing import captioned_grid
    from aucgan.renderers.export import export_glb, export_maps, export_obj, map_pictures

COLUMNS, OVERVIEW_SIDE = 6, 176
"""Pictures per row of the overview, and their side in pixels."""


def parse_args(arguments: list[str] | None = None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where to write")
    parser.add_argument("--index", type=int, default=0, help="which face of the test split")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--image-size", type=int, default=224)
    parser.add_argument("--uv-size", type=int, default=256)
    parser.add_argument("--traceback", action="store_true", help="show where an error comes from")
    return parser.parse_args(arguments)


@torch.no_grad()
def run(args: argparse.Namespace) -> None:
    """Render the face and write its maps, its mesh and an overview."""
    faces = FaceRenderer(args.image_size, args.uv_size)
    recipe = draw_face(args.seed, "test", args.index)
    sample = faces.render([recipe])[0]
    truth = {name: torch.from_numpy(value).float()[None] for name, value in sample.truth.items()}
    verts = faces.flame(truth["shape"], truth["exp"], truth["pose"], eye_pose=truth["eye_pose"])[0]
    trans_verts = orthographic(verts, truth["cam"])
    albedo, uv_z = faces.texture(truth["tex"]), truth["displacement"][:, None]
    renderer = faces.renderer
    photo = torch.from_numpy(sample.image).permute(2, 0, 1)[None].float() / 255
    pictures = map_pictures(renderer, verts, trans_verts, albedo, truth["light"], uv_z, photo)
    height = renderer.displacement(uv_z)[0, 0]
    files = export_maps(args.folder, pictures, height)
    overview = captioned_grid({"photo": photo[0], **pictures}, COLUMNS, OVERVIEW_SIDE)
    with atomic_path(args.folder / "overview.jpg") as path:
        overview.save(path, quality=88)
    normals = renderer.vertex_normals(verts)
    tangent = renderer.tangent_normals(renderer.detail_normals(uv_z, verts, normals), verts, normals)[0]
    export_obj(args.folder / "face.obj", verts[0], renderer, pictures["10_texture"], tangent, height)
    export_glb(args.folder / "face.glb", verts[0], renderer, pictures["10_texture"], tangent)
    print(f"{len(files)} maps, a mesh and overview.jpg are in {args.folder}")


def main(arguments: list[str] | None = None) -> int:
    """Run the tool; return its exit code."""
    args = parse_args(arguments)
    return run_tool("write_maps.py", lambda: run(args), args.traceback, f"the maps of face {args.index}")


if __name__ == "__main__":
    sys.exit(main())
