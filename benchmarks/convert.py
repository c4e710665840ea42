"""Seconds to convert N Glue files, against libcst's floor over the same files in the same run.

    python benchmarks/convert.py [FOLDER] [--files N] [--memory]

The floor is a bare `libcst.parse_module`, one transformer that changes nothing, and `.code`. FOLDER defaults to the bundled
example, renamed and repeated to N files. Both sides run on one core in this process, alternately, three times; the medians
count. `--memory` converts the files through a process of its own and prints its peak resident memory.
"""

import argparse
import pathlib
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import libcst as cst

from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite import convert_project

EXAMPLE = pathlib.Path(__file__).parent.parent / "examples" / "retail"


class Unchanged(cst.CSTTransformer):
    """Visits every node and changes none."""


def parses(text: str) -> bool:
    """Whether libcst reads the file: without that there is no floor to compare with."""
    try:
        cst.parse_module(text)
    except cst.ParserSyntaxError:
        return False
    return True


def read(folder: pathlib.Path, wanted: int) -> dict[str, str]:
    found = {str(file.relative_to(folder)): file.read_text(encoding="utf-8") for file in sorted(folder.rglob("*.py"))}
    glue = {path: text for path, text in found.items() if "awsglue" in text and parses(text)}
    if not glue:
        raise SystemExit(f"{folder} holds no Python file that names awsglue")
    files: dict[str, str] = {}
    copy = 0
    while len(files) < wanted:
        for path, text in glue.items():
            files[f"copy{copy}/{path}"] = text
        copy += 1
    return dict(list(files.items())[:wanted])


def floor(files: dict[str, str]) -> None:
    for text in files.values():
        assert cst.parse_module(text).visit(Unchanged()).code == text


def convert(files: dict[str, str]) -> None:
    for _ in convert_project(files, Settings()):
        pass


def seconds(run: Callable[[dict[str, str]], None], files: dict[str, str]) -> float:
    start = time.process_time()
    run(files)
    return time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=pathlib.Path, default=EXAMPLE)
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--only-convert", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    files = read(options.folder, options.files)
    if options.only_convert:
        convert(files)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
        return
    lines = sum(text.count("\n") for text in files.values())
    print(f"{len(files)} Glue files, {lines} lines")
    if options.memory:
        command = [sys.executable, __file__, str(options.folder), "--files", str(options.files), "--only-convert"]
        print(f"peak memory {subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()} MB")
        return
    convert(dict(list(files.items())[:20]))
    pairs = [(seconds(floor, files), seconds(convert, files)) for _ in range(3)]
    base, full = (statistics.median(side) for side in zip(*pairs, strict=True))
    print(f"floor (libcst)  {base:8.2f} s  {1000 * base / len(files):6.1f} ms a file")
    print(f"convert         {full:8.2f} s  {1000 * full / len(files):6.1f} ms a file")
    print(f"ratio           {statistics.median(b / a for a, b in pairs):8.2f}")


if __name__ == "__main__":
    main()
