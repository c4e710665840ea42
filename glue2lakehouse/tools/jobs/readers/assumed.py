"""Values that a deployment may give and that only a default says here: they are taken, and told."""

from collections.abc import Collection, Mapping

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.jobs.model import Place


def defaults_taken(
    place: Place, whose: str, defaults: Mapping[str, object], action: str, chosen: Collection[str] = ()
) -> Finding:
    """Name the defaults that were taken; by those in `chosen` a definition is another one, or not there at all."""
    taken = ", ".join(f"{name}={value}" for name, value in sorted(defaults.items()))
    by = f"; conditions and mappings choose by {', '.join(sorted(chosen))}" if chosen else ""
    return Finding(
        rule="definition-defaults",
        severity=Severity.WARNING if chosen else Severity.INFO,
        path=place.path,
        line=place.line,
        message=f"the defaults of {whose} were taken: {taken}{by}",
        action=action,
    )
