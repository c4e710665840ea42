"""What a DAG file holds when Airflow loads it: DAGs, groups, tasks, their order, and values that are not known."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Open:
    """A value that only a running Airflow knows."""

    text: str


@dataclass(frozen=True)
class OpenText(Open):
    """A text with Airflow's variables in it, as a template would ask for them."""

    template: str


@dataclass(frozen=True)
class Delta:
    """A timedelta, in seconds."""

    seconds: float


@dataclass(frozen=True)
class Zone:
    """A time zone."""

    name: str


@dataclass(frozen=True)
class Moment:
    """A datetime; of it only the time zone counts."""

    zone: str


@dataclass(frozen=True)
class Timetable:
    """A cron expression with a time zone of its own."""

    cron: str
    zone: str


@dataclass(frozen=True)
class Label:
    """A label at an edge."""


@dataclass(eq=False)
class Dag:
    """One DAG: its own arguments, its tasks, and which stands before which."""

    name: str
    line: int
    given: dict[str, Any] = field(default_factory=dict)
    tasks: list["Task"] = field(default_factory=list)
    edges: list[tuple["Task | Group", "Task | Group"]] = field(default_factory=list)

    @property
    def defaults(self) -> dict[str, Any]:
        """The default arguments of its tasks."""
        held = self.given.get("default_args")
        return held if isinstance(held, dict) else {}


@dataclass(eq=False)
class Group:
    """A TaskGroup: an order with it means its first or its last tasks."""

    name: str
    tasks: list["Task"] = field(default_factory=list)
    defaults: dict[str, Any] = field(default_factory=dict)


@dataclass(eq=False)
class Task:
    """One task: the class of its operator, the arguments that it was given, and the doubts about how often it is there."""

    id: str
    operator: str
    line: int
    given: dict[str, Any]
    doubt: str = ""


def tasks_in(value: Any) -> list[Task | Group]:
    """Return the tasks and groups anywhere in a value."""
    if isinstance(value, Task | Group):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [task for item in value for task in tasks_in(item)] if isinstance(value, list) else []


def order_of(dag: Dag) -> dict[Task, list[Task]]:
    """Return for each task those that it waits for, with groups resolved to their first and last tasks."""
    before: dict[Task, list[Task]] = {task: [] for task in dag.tasks}
    plain = [(left, right) for left, right in dag.edges if isinstance(left, Task) and isinstance(right, Task)]
    for left, right in dag.edges:
        inner_left = _ends(left, plain, last=True)
        for later in _ends(right, plain, last=False):
            known = before.setdefault(later, [])
            known += [task for task in inner_left if task not in known]
    return before


def _ends(value: Task | Group, plain: list[tuple[Task, Task]], *, last: bool) -> list[Task]:
    if isinstance(value, Task):
        return [value]
    inside = set(value.tasks)
    covered = {pair[0 if last else 1] for pair in plain if pair[0] in inside and pair[1] in inside}
    return [task for task in value.tasks if task not in covered]
