"""Do the tests notice? Puts mistakes into one folder of the library and counts those that the tests let pass.

    python tests/mutation/run.py losses                 # every mutant
    python tests/mutation/run.py renderers --sample 150 # a seeded random sample

The files on disk stay as they are: each mutant is imported in a fork. The folders and their tests stand in
``pyproject.toml`` under ``tool.mutation``; survivors that no test can notice stand in ``equivalent.toml``.
"""

import argparse
import collections
import difflib
import itertools
import json
import os
import random
import sys
from pathlib import Path

import forks
import toml
from mutants import Mutant, mutants_of, statement_lines

EQUIVALENT = Path(__file__).with_name("equivalent.toml")
FOLDER = Path("work_dirs/mutation")
PRELOADED = "torch torchvision torch.utils.checkpoint mmengine.runner mmcv scipy.spatial scipy.stats trimesh PIL rich"


def main() -> int:
    """Run the mutants of a folder, print the survivors and the figures."""
    args = parse_arguments()
    table = toml.load("pyproject.toml")["tool"]["mutation"][args.folder]
    skipped = {Path(name) for name in table.get("skip", [])}
    files = sorted({path for pattern in table["modules"] for path in Path().glob(pattern)} - skipped)
    mutants = draw([m for path in files for m in mutants_of(path) if args.only in str(path)], args.sample, args.seed)
    os.environ["OMP_NUM_THREADS"] = "1"
    sys.path.insert(0, str(Path.cwd()))
    for module in PRELOADED.split():
        __import__(module)
    coverage = measure(args, table["tests"], [str(p.resolve()) for p in files])
    report(args, mutants, coverage)
    return 0


def report(args: argparse.Namespace, mutants: list[Mutant], coverage: dict) -> None:
    """Find out what becomes of every mutant, write it down, and print the survivors and the figures."""
    notes = FOLDER / f"{args.folder}-fates.json"
    last = json.loads(notes.read_text(encoding="utf-8")) if args.again else {}
    equivalent = toml.load(EQUIVALENT) if EQUIVALENT.is_file() else {}
    fates = {}
    for number, mutant in enumerate(mutants, start=1):
        change, name = change_of(mutant), f"{mutant.path} {mutant.operator} {mutant.occurrence}"
        if change in equivalent.get(str(mutant.path), {}):
            fates[name] = "equivalent"
        elif last.get(name) == "killed" or is_killed(mutant, coverage):
            fates[name] = "killed"
        else:
            fates[name] = "survivor"
        if fates[name] == "survivor" or args.verbose:
            print(f"{number}/{len(mutants)} {fates[name]} {mutant.path}:{mutant.line}  {change}", flush=True)
        notes.write_text(json.dumps(fates, indent=1), encoding="utf-8")
    print(args.folder, f"{len(fates)} mutants", collections.Counter(fates.values()))


def parse_arguments() -> argparse.Namespace:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", help="a table of tool.mutation in pyproject.toml")
    parser.add_argument("--sample", type=int, help="so many mutants, drawn at random")
    parser.add_argument("--seed", type=int, default=0, help="of the sample")
    parser.add_argument("--only", default="", help="only files whose path contains this")
    parser.add_argument("--longest", type=float, default=5.0, help="leave out tests that take more seconds of CPU")
    parser.add_argument("--again", action="store_true", help="believe the last run's killed ones; try the others")
    parser.add_argument("--verbose", action="store_true", help="print every mutant")
    return parser.parse_args()


def draw(mutants: list[Mutant], sample: int | None, seed: int) -> list[Mutant]:
    """Those that change something, or a sample of them, in the order of the files."""
    shuffled = random.Random(seed).sample(mutants, len(mutants))
    drawn = itertools.islice((m for m in shuffled if m.code() is not None), sample)
    return sorted(drawn, key=lambda m: (m.path, m.line, m.operator, m.occurrence))


def measure(args: argparse.Namespace, tests: list[str], sources: list[str]) -> dict:
    """Which tests run which lines; stops where a test fails without any mutant."""
    target = FOLDER / f"{args.folder}-lines.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    code, output = forks.in_fork(lambda: forks.run_covered(tests, sources, args.longest, target), 3600, 7200)
    if code:
        raise SystemExit(f"the tests fail without a mutant:\n{output[-3000:]}")
    return json.loads(target.read_text(encoding="utf-8"))


def is_killed(mutant: Mutant, coverage: dict) -> bool:
    """Whether one of the tests that run the changed statement fails."""
    lines, seconds = coverage["lines"].get(str(mutant.path), {}), coverage["seconds"]
    reached = {
        n
        for line in statement_lines(mutant.path.read_text(encoding="utf-8"), mutant.line)
        for n in lines.get(str(line), ())
    }
    of_file = {node for nodes in lines.values() for node in nodes}
    if "" in reached:  # run at import: any test may see what became of it, those of the file first
        reached = set(seconds)
    tests = sorted(reached & set(seconds), key=lambda node: (node not in of_file, seconds[node]))
    if not tests:
        return False
    limit = 10 + 3 * sum(seconds[node] for node in tests)
    code, _ = forks.in_fork(lambda: forks.run_mutated(mutant.path, mutant.code(), tests), limit, 20 * limit)
    return code not in (0, 5)  # 5: no test was left


def change_of(mutant: Mutant) -> str:
    """The changed lines in one, ``old -> new``."""
    old, new = mutant.path.read_text(encoding="utf-8").splitlines(), mutant.code().splitlines()
    lines = [line for line in difflib.unified_diff(old, new, n=0, lineterm="") if line[:3] not in ("---", "+++", "@@ ")]
    sides = (" ".join(line[1:].strip() for line in lines if line.startswith(sign)) for sign in "-+")
    return " -> ".join(sides)


if __name__ == "__main__":
    sys.exit(main())
