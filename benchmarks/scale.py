"""Seconds and peak memory to migrate N files, the bundled example renamed and repeated; in one process and in all cores.

    python benchmarks/scale.py [--files 10000] [--workers 0] [--only convert|migrate]

`convert` is the rules alone, over processes; `migrate` is the whole command, with checks, tables, report and traces off. Each runs
in a process of its own, whose peak resident memory is printed with that of its largest child.
"""

import argparse
import json
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

from glue2lakehouse.orchestrator import migrate
from glue2lakehouse.orchestrator.engines import convert_files
from glue2lakehouse.settings import Settings

EXAMPLE = pathlib.Path(__file__).parent.parent / "examples" / "retail"


def lay_out(folder: pathlib.Path, wanted: int) -> int:
    """Write `wanted` Python files: copies of the example below folders of their own; return their lines."""
    texts = {str(file.relative_to(EXAMPLE)): file.read_text() for file in sorted(EXAMPLE.rglob("*.py"))}
    lines = 0
    for number in range(wanted):
        path, text = list(texts.items())[number % len(texts)]
        target = folder / f"team_{number // len(texts):04}" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        lines += text.count("\n")
    return lines


def run(what: str, folder: pathlib.Path, workers: int) -> dict[str, float]:
    started = time.perf_counter()
    if what == "convert":
        files = {str(file.relative_to(folder)): file.read_text() for file in sorted(folder.rglob("*.py"))}
        made = sum(1 for _ in convert_files(files, Settings(workers=workers), {}, {}))
    else:
        settings = Settings(workers=workers, tracing=False, home=folder.parent / "home")
        made = len(migrate(str(folder), folder.parent / "out", settings).report.files)
    seconds = time.perf_counter() - started
    own, children = (
        resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return {"files": made, "seconds": seconds, "own_mb": own, "largest_child_mb": children}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--only", choices=("convert", "migrate"))
    parser.add_argument("--inside", type=pathlib.Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        print(json.dumps(run(options.only, options.inside, options.workers)))
        return
    with tempfile.TemporaryDirectory(prefix="g2l-scale-") as scratch:
        folder = pathlib.Path(scratch) / "source"
        lines = lay_out(folder, options.files)
        print(f"{options.files} files, {lines} lines, {options.workers or 'all'} workers", flush=True)
        for what in (options.only,) if options.only else ("convert", "migrate"):
            command = [
                sys.executable,
                __file__,
                "--inside",
                str(folder),
                "--only",
                what,
                "--workers",
                str(options.workers),
            ]
            made = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
            rate = made["files"] / made["seconds"]
            print(
                f"{what:<10}{made['seconds']:8.1f} s  {rate:6.0f} files a second   "
                f"{made['own_mb']:6.0f} MB, its largest child {made['largest_child_mb']:5.0f} MB",
                flush=True,
            )


if __name__ == "__main__":
    main()
