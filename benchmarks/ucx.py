"""Lint the converted files of real Glue repositories with UCX, an outside check that knows nothing of our rules.

    python benchmarks/ucx.py FOLDER --ucx PYTHON > benchmarks/ucx.md

FOLDER holds one checked-out repository a sub-folder; PYTHON is the interpreter of an environment of its own that has
databricks-labs-ucx (its licence lets it be run, not copied, and its dependencies are older than ours):

    uv venv /tmp/ucx && uv pip install --python /tmp/ucx/bin/python databricks-labs-ucx==0.60.1

UCX lints each file that came out *resolved*, before and after, as for standard compute (Spark Connect). It works offline.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict

from corpus import convert

from glue2lakehouse.domain import Evidence
from glue2lakehouse.settings import Settings

LINT = """
import json, logging, pathlib, sys
logging.disable(logging.CRITICAL)
from databricks.labs.ucx.__about__ import __version__
from databricks.labs.ucx.hive_metastore.table_migration_status import TableMigrationIndex
from databricks.labs.ucx.source_code.base import CurrentSessionState
from databricks.labs.ucx.source_code.linters.context import LinterContext
from databricks.sdk.service.compute import DataSecurityMode
from databricks.sdk.service.workspace import Language
print(json.dumps(["version", __version__]))
for file in sorted(pathlib.Path(sys.argv[1]).rglob("*.py")):
    state = CurrentSessionState(data_security_mode=DataSecurityMode.USER_ISOLATION, dbr_version=(16, 4))
    for advice in LinterContext(TableMigrationIndex([]), state).linter(Language.PYTHON).lint(file.read_text()):
        print(json.dumps([file.parent.name, file.stem, advice.code, advice.start_line + 1, advice.message]))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--ucx", required=True, help="the interpreter of the environment that has databricks-labs-ucx")
    parser.add_argument(
        "--show", action="store_true", help="print each line that UCX names in what came out, to stderr"
    )
    options = parser.parse_args()
    places: list[str] = []
    with tempfile.TemporaryDirectory() as scratch:
        for side in ("before", "after"):
            pathlib.Path(scratch, side).mkdir()
        for repository in sorted(folder for folder in options.folder.iterdir() if folder.is_dir()):
            for conversion, evidence, blockers in convert(repository, Settings()):
                if blockers or evidence is not Evidence.RESOLVED:
                    continue
                number = str(len(places))
                places.append(f"{repository.name}/{conversion.path}")
                pathlib.Path(scratch, "before", f"{number}.py").write_text(conversion.before, encoding="utf-8")
                pathlib.Path(scratch, "after", f"{number}.py").write_text(conversion.after, encoding="utf-8")
        command = [options.ucx, "-c", LINT, scratch]
        output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rows = [json.loads(line) for line in output.splitlines() if line.startswith("[")]
    version = rows.pop(0)[1]
    counts: dict[str, Counter[str]] = {"before": Counter(), "after": Counter()}
    files: dict[str, dict[str, set[str]]] = {"before": defaultdict(set), "after": defaultdict(set)}
    messages: dict[str, str] = {}
    for side, number, code, line, message in rows:
        counts[side][code] += 1
        files[side][code].add(number)
        messages.setdefault(code, message)
        if side == "after" and options.show:
            print(f"{places[int(number)]}:{line}: [{code}] {message}", file=sys.stderr)
    print("# What an outside linter finds in the converted files\n")
    print(
        "Made by `python benchmarks/ucx.py FOLDER --ucx PYTHON > benchmarks/ucx.md` over checkouts of the development\n"
        f"repositories: the linters of databricks-labs-ucx {version}, for standard compute, over the {len(places)} files that\n"
        "come out `resolved`, as they were and as they are.\n"
    )
    print("| UCX's code | before: files | advice | after: files | advice | for instance |")
    print("|---|---:|---:|---:|---:|---|")
    for code in sorted(messages, key=lambda code: (-len(files["before"][code]), code)):
        cells = [f"{len(files[side][code])} | {counts[side][code]}" for side in ("before", "after")]
        print(f"| {code} | {' | '.join(cells)} | {messages[code][:90].replace('|', '/')} |")
    print(
        "\n`direct-filesystem-access` is said of every `s3://` path: Unity Catalog reads those through an external location, and\n"
        "the setting `paths` maps them to volumes. It names more of them afterwards because it knows `spark.read`, not Glue.\n"
        "`cannot-autofix-table-reference` is said of SQL that is put together at run time; its names get their catalog from the\n"
        "session's `USE` or from a finding. `--show` names every line."
    )


if __name__ == "__main__":
    main()
