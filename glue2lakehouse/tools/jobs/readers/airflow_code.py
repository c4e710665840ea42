"""Runs the part of a DAG file that makes tasks, on its syntax tree: assignments, loops over known values, with, functions.

Airflow: core-concepts (DAGs, tasks, TaskGroups, TaskFlow). Nothing of the file is executed. What is not known becomes `Open`; a task that
is made for an unknown number of times or under an unknown condition says so in its `doubt`.
"""

import ast
import itertools
from typing import Any

from glue2lakehouse.tools.jobs.readers.airflow_values import (
    Dag,
    Delta,
    Group,
    Label,
    Moment,
    Open,
    OpenText,
    Task,
    Timetable,
    Zone,
    tasks_in,
)
from glue2lakehouse.tools.jobs.readers.plain_python import PlainPython

_TASKS = ("Operator", "Sensor")
_MOST_MAPPED = 100
_NO_VALUE = object()
_UNITS = {"weeks": 604800, "days": 86400, "hours": 3600, "minutes": 60, "seconds": 1}


class Loaded(PlainPython):
    """The DAGs of a file; tasks outside of any DAG are those of `loose`. `odd` are orders that are not understood, by line."""

    def __init__(self, tree: ast.Module, name: str) -> None:
        super().__init__()
        self.loose = Dag(name, 1)
        self.dags: list[Dag] = []
        self.odd: list[tuple[int, str]] = []
        self._dag = self.loose
        self._groups: list[Group] = []
        self._classes: dict[str, tuple[str, str]] = {}
        self._given: dict[str, dict[str, Any]] = {}
        self._read: set[int] = set()
        self._tree = tree
        self._body(tree.body)
        for function in [each for each in self._names.values() if isinstance(each, ast.FunctionDef)]:
            if _decorator(function, "dag") is not None and not any(dag.line == function.lineno for dag in self.dags):
                self._call_function(function, [], {}, function.lineno)

    def unread(self, operators: frozenset[str]) -> list[tuple[int, str]]:
        """Return the places that name one of these operators and that nothing above has read, by line."""
        types = [getattr(node, name, None) for node in ast.walk(self._tree) for name in ("annotation", "returns")]
        for part in [inner for held in types if isinstance(held, ast.AST) for inner in ast.walk(held)]:
            self._read.add(id(part))
        found: dict[int, str] = {}
        for node in ast.walk(self._tree):
            if (
                isinstance(node, ast.Name | ast.Attribute)
                and id(node) not in self._read
                and isinstance(node.ctx, ast.Load)
            ):
                name = ast.unparse(node).rpartition(".")[2]
                if self._classes.get(name, (name, ""))[0] in operators:
                    found.setdefault(
                        node.lineno,
                        f"{name} is used here in a way that is not read; the tasks that it makes are left out",
                    )
        return sorted(found.items())

    def _do_ImportFrom(self, node: ast.ImportFrom) -> None:
        """An operator may have another name in this file."""
        super()._do_ImportFrom(node)
        for alias in node.names:
            if alias.asname and alias.name.endswith(_TASKS):
                self._classes[alias.asname] = (alias.name, "")

    def _do_ClassDef(self, node: ast.ClassDef) -> None:
        """A class that is made of an operator here makes its tasks; what it adds to it is not read."""
        bases = [ast.unparse(base).rpartition(".")[2] for base in node.bases]
        self._read |= set(map(id, node.bases))
        base = next((self._classes.get(name, (name, ""))[0] for name in bases if self._is_operator(name)), "")
        if base:
            adds = any(isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) for each in node.body)
            what = f"is of class {node.name}, which changes what {base} does; that is not read"
            self._classes[node.name] = (base, what if adds else "")

    def _do_Assign(self, node: ast.Assign) -> None:
        """An operator may get another name, and arguments that all of its tasks have."""
        value, more = node.value, {}
        if isinstance(value, ast.Call) and ast.unparse(value.func).rpartition(".")[2] == "partial" and value.args:
            more = {keyword.arg: self._value(keyword.value) for keyword in value.keywords if keyword.arg}
            value = value.args[0]
        name = ast.unparse(value).rpartition(".")[2] if isinstance(value, ast.Name | ast.Attribute) else ""
        if not self._is_operator(name):
            super()._do_Assign(node)
            return
        self._read.add(id(value))
        base, change = self._classes.get(name, (name, ""))
        for target in node.targets:
            self._classes[ast.unparse(target)] = (base, change)
            self._given[ast.unparse(target)] = {**self._given.get(name, {}), **more}

    def _is_operator(self, name: str) -> bool:
        return name in self._classes or name.endswith(_TASKS)

    def _do_With(self, node: ast.With) -> None:
        dag, groups = self._dag, list(self._groups)
        for item in node.items:
            value = self._value(item.context_expr)
            if isinstance(value, Dag):
                self._dag, self._groups = value, []
            elif isinstance(value, Group):
                self._groups = [*self._groups, value]
            if item.optional_vars is not None:
                self._bind(item.optional_vars, value)
        self._body(node.body)
        self._dag, self._groups = dag, groups

    def _of_Attribute(self, node: ast.Attribute) -> Any:
        if ast.unparse(node.value).endswith("TriggerRule"):
            return node.attr.lower()
        held = self._value(node.value)
        if isinstance(held, Task) and node.attr in ("output", "task_id"):
            return held if node.attr == "output" else held.id
        return Open(ast.unparse(node))

    def _context(self, called: str, node: ast.Call, positional: list[Any], given: dict[str, Any]) -> Any:
        if called == "TaskGroup":
            name = given.get("group_id", positional[0] if positional else "")
            defaults = given.get("default_args")
            return Group(name if isinstance(name, str) else "", defaults=defaults if isinstance(defaults, dict) else {})
        name = given.get("dag_id", positional[0] if positional else None)
        dag = Dag(name if isinstance(name, str) else self.loose.name, node.lineno, given)
        self.dags.append(dag)
        return dag

    def _task(self, operator: str, line: int, positional: list[Any], given: dict[str, Any]) -> Task:
        name = given.get("task_id", positional[0] if positional else None)
        known = name if isinstance(name, str) else f"task_{line}"
        dag = given["dag"] if isinstance(given.get("dag"), Dag) else self._dag
        prefix = "".join(f"{group.name}." for group in self._groups if group.name)
        taken = {task.id for task in dag.tasks}
        whole = prefix + known
        while whole in taken:
            # As Airflow itself does for a TaskFlow function that is called again.
            stem, _, number = whole.rpartition("__")
            whole = f"{stem}__{int(number) + 1}" if stem and number.isdigit() else f"{whole}__1"
        task = Task(whole, operator, line, given, self._doubts[-1] if self._doubts else "")
        dag.tasks.append(task)
        for group in reversed(self._groups):
            group.tasks.append(task)
            task.given = {**group.defaults, **task.given}
        named = given.get("task_group")
        if isinstance(named, Group) and named not in self._groups:
            named.tasks.append(task)
        dag.edges += [(before, task) for before in tasks_in({k: v for k, v in given.items() if k != "task_group"})]
        return task

    def _task_of(self, called: str, line: int, positional: list[Any], given: dict[str, Any]) -> Task:
        operator, change = self._classes.get(called, (called, ""))
        given = {**self._given.get(called, {}), **given}
        if not change:
            return self._task(operator, line, positional, given)
        with self._doubted(change):
            return self._task(operator, line, positional, given)

    def _mapped(self, called: str, node: ast.Call, positional: list[Any], given: dict[str, Any]) -> Any:
        """`Operator.partial(…).expand(…)` is one task for each element; over unknown ones it is one task here, and a doubt."""
        owner = node.func.value if isinstance(node.func, ast.Attribute) else node
        if called == "partial":
            self._read.add(id(owner))
            return ("partial", ast.unparse(owner).rpartition(".")[2], given, node.lineno)
        held = self._value(owner)
        if isinstance(held, tuple) and held and held[0] == "partial":
            turns = _turns(called, positional, given)
            if turns is not None:
                return [self._task_of(held[1], held[3], [], {**held[2], **turn}) for turn in turns]
            with self._doubted(
                "is mapped over values (expand), one run for each; it was read once: use a for_each_task"
            ):
                more = {name: Open("expand") for name in given}
                return self._task_of(held[1], held[3], [], {**held[2], **more})
        return Open(ast.unparse(node))

    def _called(self, called: str, node: ast.Call, positional: list[Any], given: dict[str, Any]) -> Any:
        if called in ("DAG", "TaskGroup"):
            return self._context(called, node, positional, given)
        if self._is_operator(called):
            self._read.add(id(node.func))
            return self._task_of(called, node.lineno, positional, given)
        if called in ("expand", "expand_kwargs", "partial") and isinstance(node.func, ast.Attribute):
            return self._mapped(called, node, positional, given)
        if called in ("set_downstream", "set_upstream") and positional and isinstance(node.func, ast.Attribute):
            held = self._value(node.func.value)
            sides = (held, positional[0]) if called == "set_downstream" else (positional[0], held)
            self._edge(node, *sides)
            return None
        if called == "override" and isinstance(node.func, ast.Attribute):
            return self._value(node.func.value)
        if called == "chain":
            for left, right in itertools.pairwise(positional):
                pairs = zip(left, right, strict=True) if _alike(left, right) else [(left, right)]
                for one, other in pairs:
                    self._edge(node, one, other)
            return None
        if called == "cross_downstream" and len(positional) == 2:
            self._edge(node, *positional)
            return None
        if called == "Label":
            return Label()
        made = self._value_made(called, node, positional, given)
        return super()._called(called, node, positional, given) if made is _NO_VALUE else made

    def _value_made(self, called: str, node: ast.Call, positional: list[Any], given: dict[str, Any]) -> Any:
        """Return the value of Airflow's own that a call makes: a variable, a span or moment of time, a zone; `_NO_VALUE` for others."""
        if ast.unparse(node.func) in ("Variable.get", "models.Variable.get") and not given.get("deserialize_json"):
            name = positional[0] if positional else given.get("key")
            text = ast.unparse(node)
            return OpenText(text, f"{{{{ var.value.{name} }}}}") if isinstance(name, str) else Open(text)
        if called == "timedelta" or called == "duration":
            values = dict(zip(("days", "seconds"), positional, strict=False)) | given
            known = all(name in _UNITS and isinstance(value, int | float) for name, value in values.items())
            return Delta(sum(_UNITS[name] * value for name, value in values.items())) if known else NotImplemented
        if called in ("timezone", "ZoneInfo", "gettz", "Timezone") and positional and isinstance(positional[0], str):
            return Zone(positional[0])
        if called == "Param":
            return given.get("default", positional[0] if positional else None)
        if called in ("CronTriggerTimetable", "CronDataIntervalTimetable"):
            cron, zone = [*positional, given.get("cron")][0], given.get("timezone", [*positional, "UTC", "UTC"][1])
            zone = zone.name if isinstance(zone, Zone) else zone
            more = given.keys() - {"cron", "timezone"}
            known = isinstance(cron, str) and isinstance(zone, str) and not more
            return Timetable(str(cron), str(zone)) if known else NotImplemented
        if called in ("datetime", "days_ago", "today", "yesterday", "instance"):
            name = _zone_of(
                called,
                self._value(node.func.value) if isinstance(node.func, ast.Attribute) else None,
                positional,
                given,
            )
            return NotImplemented if name is None else Moment(name)
        return _NO_VALUE

    def _call_function(self, function: ast.FunctionDef, positional: list[Any], given: dict[str, Any], line: int) -> Any:
        task = _decorator(function, "task")
        if task is not None:
            named = {"task_id": function.name, **self._keywords(task)}
            return self._task("@task", line, [], {**named, "arguments": [*positional, *given.values()]})
        dag, groups = self._dag, list(self._groups)
        decorated = _decorator(function, "dag")
        if decorated is not None:
            keywords = self._keywords(decorated)
            name = keywords.get("dag_id")
            self._dag = Dag(name if isinstance(name, str) else function.name, function.lineno, keywords)
            self.dags.append(self._dag)
            self._groups = []
        group = Group(function.name) if _decorator(function, "task_group") is not None else None
        if group is not None:
            self._groups = [*self._groups, group]
        returned = super()._call_function(function, positional, given, line)
        self._dag, self._groups = dag, groups
        return group if group is not None else returned

    def _keywords(self, decorator: ast.expr) -> dict[str, Any]:
        if not isinstance(decorator, ast.Call):
            return {}
        first = {"dag_id": self._value(decorator.args[0])} if decorator.args else {}
        return first | {keyword.arg: self._value(keyword.value) for keyword in decorator.keywords if keyword.arg}

    def _relate(self, node: ast.AST, left: Any, right: Any) -> Any:
        if isinstance(left, Label) or isinstance(right, Label):
            return right if isinstance(left, Label) else left
        forward = isinstance(getattr(node, "op", None), ast.RShift)
        self._edge(node, *((left, right) if forward else (right, left)))
        return right

    def _edge(self, node: Any, left: Any, right: Any) -> None:
        befores, laters = tasks_in(left), tasks_in(right)
        for side, found in ((left, befores), (right, laters)):
            if not found and side != []:
                self.odd.append(
                    (
                        node.lineno,
                        f"the order of {side.text if isinstance(side, Open) else ast.unparse(node)} is not read",
                    )
                )
        dag = self._dag if self._dag is not self.loose else self._home(befores) or self._dag
        dag.edges += [(before, later) for before in befores for later in laters]

    def _home(self, found: list[Task | Group]) -> Dag | None:
        """The DAG of tasks that were given it by `dag=`, where an order stands outside of any `with`."""
        wanted = {task for item in found for task in (item.tasks if isinstance(item, Group) else [item])}
        return next((dag for dag in self.dags if wanted & set(dag.tasks)), None)


def _zone_of(called: str, owner: Any, positional: list[Any], given: dict[str, Any]) -> str | None:
    """Return the time zone of a moment, empty where it says none; None where it is computed."""
    at = {"datetime": 7, "today": 0, "yesterday": 0, "instance": 1}.get(called, len(positional))
    zone = given.get("tz", given.get("tzinfo", positional[at] if len(positional) > at else None))
    if zone is None and called == "instance" and positional:
        return positional[0].zone if isinstance(positional[0], Moment) else None
    zone = owner if zone is None and isinstance(owner, Zone) else zone
    if isinstance(zone, Open):
        return "UTC" if zone.text.rpartition(".")[2].lower() == "utc" else None
    return zone.name if isinstance(zone, Zone) else zone if isinstance(zone, str) else "" if zone is None else None


def _turns(called: str, positional: list[Any], given: dict[str, Any]) -> list[dict[str, Any]] | None:
    """Return what each mapped task is given, None where the values are not all known."""
    if called == "expand_kwargs":
        turns = positional[0] if len(positional) == 1 else None
        return turns if isinstance(turns, list) and turns and all(isinstance(each, dict) for each in turns) else None
    if not given or not all(isinstance(value, list) and value for value in given.values()):
        return None
    rows = list(itertools.product(*given.values()))
    return [dict(zip(given, row, strict=True)) for row in rows] if len(rows) <= _MOST_MAPPED else None


def _alike(left: Any, right: Any) -> bool:
    return isinstance(left, list) and isinstance(right, list) and len(left) == len(right)


def _decorator(function: ast.FunctionDef, name: str) -> ast.expr | None:
    """Return a decorator `@name`, `@name(…)` or `@name.kind(…)` of a function."""
    for decorator in function.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if ast.unparse(called).split(".")[0] == name:
            return decorator
    return None
