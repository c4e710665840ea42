"""Convert and check real Glue repositories, and write what became of their files as Markdown.

    python benchmarks/corpus.py FOLDER > benchmarks/corpus.md

FOLDER holds one checked-out repository a sub-folder. The page has a part for standard compute, the default of `migrate`, and
one for classic; `--compute` names others. A Glue file is a Python file or notebook that uses Glue by the meaning of its names.
It counts as resolved when the rules leave no blocker and the independent checks (`tools/checks`) reach the evidence `resolved`;
as handed off when a blocker names the reason; as silent when the checks miss something that no finding names.
"""

import argparse
import pathlib
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from glue2lakehouse.domain import Compute, Evidence, Finding, Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import check
from glue2lakehouse.tools.rewrite import Conversion, convert_project, render_compat
from glue2lakehouse.tools.source import open_source, read_all_units

PACKAGES = ("awsglue", "awsgluedq", "awsglueml")


def convert(repository: pathlib.Path, settings: Settings) -> list[tuple[Conversion, Evidence, list[Finding]]]:
    """Return each Glue file's conversion, evidence and blockers."""
    files: dict[str, str] = {}
    unread: list[Finding] = []
    with open_source(str(repository)) as tree:
        for unit in read_all_units(tree.files):
            if isinstance(unit, Finding):
                unread.append(unit)
            else:
                files[unit.path] = unit.code
    conversions = list(convert_project(files, settings))
    after = {conversion.path: conversion.after for conversion in conversions}
    after["glue_compat.py"] = render_compat(frozenset().union(*(c.compat for c in conversions)), settings)
    found = []
    for conversion in conversions:
        if not conversion.uses_glue:
            continue
        checked = check(
            conversion.before, conversion.after, conversion.path, files, after, conversion.findings, settings
        )
        every = [*conversion.findings, *checked.findings]
        found.append((conversion, checked.evidence, [f for f in every if f.severity is Severity.BLOCKER]))
    for finding in unread:
        text = (repository / finding.path).read_bytes().decode("utf-8", "replace") if finding.path else ""
        if finding.severity is Severity.BLOCKER and any(package in text for package in PACKAGES):
            found.append((Conversion(finding.path, text, text, uses_glue=True), Evidence.NONE, [finding]))
    return found


@dataclass
class Outcome:
    """What became of all files on one compute: counts by repository, and files by reason."""

    compute: Compute
    rows: list[tuple[str, Counter[str]]] = field(default_factory=list)
    reasons: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    examples: dict[tuple[str, str], str] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def total(self) -> Counter[str]:
        """The counts over all repositories."""
        return sum((counts for _, counts in self.rows), Counter())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--compute", type=Compute, nargs="+", default=[Compute.STANDARD, Compute.CLASSIC])
    options = parser.parse_args()
    print("# What becomes of real Glue repositories\n")
    print(
        "Made by `python benchmarks/corpus.py FOLDER > benchmarks/corpus.md` over checkouts of the development repositories"
    )
    print(
        "(`git clone` each beside the others); one core, checks included. A file is *resolved* where no blocker is left and the"
    )
    print(
        "independent checks reach the evidence `resolved`, else it is *handed off* with a blocker that names the reason."
    )
    for compute in options.compute:
        report(measure(options.folder, compute))


def measure(folder: pathlib.Path, compute: Compute) -> Outcome:
    """Convert and check every repository for one compute."""
    settings, outcome = Settings(compute=compute), Outcome(compute)
    start = time.perf_counter()
    for repository in sorted(path for path in folder.iterdir() if path.is_dir()):
        print(compute.value, repository.name, file=sys.stderr)
        counts: Counter[str] = Counter()
        for conversion, evidence, blockers in convert(repository, settings):
            resolved = not blockers and evidence.level >= Evidence.RESOLVED.level
            counts["files"] += 1
            counts["resolved" if resolved else "review"] += 1
            counts["caught"] += any(f.rule in ("check-vanished", "check-appeared") for f in blockers)
            counts["silent"] += not resolved and not blockers
            counts["unparsable"] += any(f.rule in ("unparsable", "parse") for f in blockers)
            for finding in blockers:
                key = (finding.rule, " ".join(finding.action.split()))
                outcome.reasons[key].add(f"{repository.name}/{conversion.path}")
                outcome.examples[key] = finding.message
        if counts:
            outcome.rows.append((repository.name, counts))
    outcome.seconds = time.perf_counter() - start
    return outcome


def report(outcome: Outcome) -> None:
    """Print one compute's part of the page."""
    total = outcome.total
    files, resolved = total["files"], total["resolved"]
    print(f"\n## On {outcome.compute.value} compute\n")
    print(
        f"{files} Glue files in {len(outcome.rows)} repositories: {resolved} ({resolved / files:.0%}) resolved, {total['review']}"
    )
    print(
        f"({total['review'] / files:.0%}) handed off, {total['silent']} silently incomplete. {total['unparsable']} of the files handed off are no valid"
    )
    print(
        f"Python. In {total['caught']} files the independent checks refused what the rules had thought complete. {outcome.seconds:.0f} s.\n"
    )
    print("| repository | Glue files | resolved | handed off | of these, by the checks |\n|---|---:|---:|---:|---:|")
    for name, counts in [*outcome.rows, ("**all**", total)]:
        print(f"| {name} | {counts['files']} | {counts['resolved']} | {counts['review']} | {counts['caught']} |")
    print(f"\nThe 20 most common reasons for a hand-off on {outcome.compute.value} compute:\n")
    print("| files | rule | for instance | what would remove it |\n|---:|---|---|---|")
    ranked = sorted(outcome.reasons.items(), key=lambda item: (-len(item[1]), item[0]))
    for (rule, action), paths in ranked[:20]:
        example = " ".join(outcome.examples[rule, action].split()).replace("|", "\\|")
        print(f"| {len(paths)} | {rule} | {example[:90]} | {action.replace('|', chr(92) + '|')} |")


if __name__ == "__main__":
    main()
