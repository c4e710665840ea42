"""What the converter of a script needs to know from the jobs that run it."""

import re
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict

from glue2lakehouse.tools.jobs.definitions import Definitions
from glue2lakehouse.tools.jobs.model import GlueConnection, GlueJob

_OPTION = "--job-bookmark-option"
BOOKMARKS_ON = frozenset({"job-bookmark-enable", "job-bookmark-pause"})


class JobFacts(BaseModel):
    """The facts about one script; each is None or empty where no definition states it."""

    model_config = ConfigDict(frozen=True)

    jobs: tuple[str, ...] = ()
    glue_version: str | None = None
    bookmarks_enabled: bool | None = None
    bookmarks_paused: bool = False
    default_arguments: dict[str, str] = {}
    connections: tuple[str, ...] = ()
    disagree: tuple[str, ...] = ()


def facts_for_script(definitions: Definitions, path: str) -> JobFacts:
    """Return the facts about the script at `path`, joined over all jobs that run it.

    Where they disagree, the oldest Glue version and the enabled bookmark count, since both ask for more care;
    `disagree` names what they disagree on. A bookmark option that a trigger or another
    orchestrator sets for its runs counts as the job's own.
    """
    jobs = [job for job in definitions.jobs if job.script == path]
    if not jobs:
        return JobFacts()
    versions = sorted({version for job in jobs if (version := known_version(job.glue_version))}, key=float)
    options = {option for job in jobs for option in _bookmark_options(definitions, job)}
    arguments: dict[str, str] = {}
    for job in reversed(jobs):
        arguments |= job.arguments
    same = all(job.arguments.get(name) == value for job in jobs for name, value in arguments.items())
    differing = {"glue_version": len(versions) > 1, "bookmarks": len(options) > 1, "arguments": not same}
    return JobFacts(
        jobs=tuple(job.name for job in jobs),
        glue_version=versions[0] if versions else None,
        bookmarks_enabled=_enabled(options),
        bookmarks_paused="job-bookmark-pause" in options,
        default_arguments=arguments,
        connections=tuple(dict.fromkeys(name for job in jobs for name in job.connections.connections)),
        disagree=tuple(word for word, differs in differing.items() if differs),
    )


def _bookmark_options(definitions: Definitions, job: GlueJob) -> list[str]:
    options = [job.arguments.get(_OPTION, "job-bookmark-disable"), *_may_hold_it(job.arguments)]
    if _OPTION not in job.non_overridable_arguments:
        runs = [(run.job_name, run.arguments) for trigger in definitions.triggers for run in trigger.actions]
        runs += [(step.job_name, step.arguments) for chain in definitions.chains for step in chain.steps]
        for arguments in (arguments for name, arguments in runs if name == job.name):
            options += [arguments[_OPTION]] if _OPTION in arguments else []
            options += _may_hold_it(arguments)
    return options


def _may_hold_it(arguments: Mapping[str, str]) -> list[str]:
    """Return the maps among these arguments that only a deployment knows and that count over the option, if one is given."""
    names = list(arguments)
    return [name for name in names[names.index(_OPTION) + 1 if _OPTION in names else 0 :] if "⟦" in name]


def _enabled(options: set[str]) -> bool | None:
    """True where one run may have them on, a deployment's variable included; None for what is no option, else False."""
    if options & BOOKMARKS_ON or any("⟦" in option for option in options):
        return True
    return False if options == {"job-bookmark-disable"} else None


def known_version(stated: str) -> str | None:
    """Return a Glue version as AWS spells it, `4.0`; None for what is none, such as the placeholder of a variable."""
    found = re.fullmatch(r"(\d+)(\.\d+)?", stated)
    return found and found[1] + (found[2] or ".0")


def connectors_of(definitions: Definitions) -> dict[str, dict[str, str]]:
    """Return the Glue connections that name a connector's class; a scope of the connection's name stands for its secret."""
    found = {}
    for connection in (item for item in definitions.items if isinstance(item, GlueConnection)):
        held = {key.upper(): value for key, value in connection.connection_properties.items()}
        name = held.get("CONNECTOR_CLASS_NAME", "")
        if re.fullmatch(r"\w+(\.\w+)*", name):
            found[connection.name] = {"className": name} | (
                {"secretId": connection.name} if "SECRET_ID" in held else {}
            )
    return found
