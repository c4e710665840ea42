"""The operations of AWS services as each language writes them: `start_job_run`, `startJobRun`, `StartJobRun`, `start-job-run`."""

import re

_CLI = r"\baws\s+(?:--\S+(?:[ =]\S+)?\s+)*{service}\s+"

CODE = (".py", ".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts", ".java", ".kt", ".scala", ".groovy", ".go", ".cs", ".rb",
        ".php", ".rs", ".sh", ".bash", ".zsh", ".ps1", ".bat", ".cmd", ".mk", ".just", ".yml", ".yaml", ".hcl", "Makefile", "makefile",
        "Jenkinsfile", "justfile", "Justfile", "Rakefile")  # fmt: skip
"""How the names of files end that may call AWS, or hold the commands of a deployment."""


_WORDS = ("glue", "athena", "lakeformation", "lake-formation")


def names_a_service(text: str) -> bool:
    """Tell cheaply whether a text is worth looking at: it names Glue, Athena or Lake Formation."""
    lowered = text.lower()
    return any(word in lowered for word in _WORDS)


def calls(operations: str) -> re.Pattern[str]:
    """Return what finds a call of one of these operations, named in snake case and split by blanks, through an SDK."""
    names = operations.split()
    pascal = "|".join(map(_pascal, names))
    methods = "|".join([*names, *(_pascal(name)[0].lower() + _pascal(name)[1:] for name in names)])
    return re.compile(rf"\.(?:{methods})\s*\(|\.(?:{pascal})(?:Async)?\s*\(|\bnew (?:{pascal})Command\s*\(")


def commands(service: str, operations: str) -> re.Pattern[str]:
    """Return what finds one of these operations on the command line of AWS."""
    return re.compile(_CLI.format(service=service) + rf"(?:{'|'.join(operations.replace('_', '-').split())})\b")


def _pascal(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))
