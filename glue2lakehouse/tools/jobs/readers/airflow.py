"""The order of Glue jobs in an Airflow or MWAA DAG, by reading its syntax tree; the rest of the DAG is findings.

Airflow: apache-airflow-providers-amazon, GlueJobOperator (formerly AwsGlueJobOperator).
"""

import ast
import itertools
from collections.abc import Iterable
from typing import Any

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.jobs.cron import unix_to_aws
from glue2lakehouse.tools.jobs.model import Chain, Definitions, Origin, Place, Step
from glue2lakehouse.tools.jobs.readers.intrinsics import reference_name

_GLUE = frozenset({"GlueJobOperator", "AwsGlueJobOperator"})
_EMPTY = frozenset({"DummyOperator", "EmptyOperator"})
_PRESETS = {
    "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *", "@quarterly": "0 0 1 */3 *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *",
}  # fmt: skip
_RUN_IF = {
    "all_success": "ALL_SUCCESS", "all_done": "ALL_DONE", "one_success": "AT_LEAST_ONE_SUCCESS",
    "all_failed": "ALL_FAILED", "one_failed": "AT_LEAST_ONE_FAILED", "none_failed": "NONE_FAILED",
}  # fmt: skip
_KNOWN = frozenset({"task_id", "job_name", "script_args", "retries", "trigger_rule", "dag", "wait_for_completion"})
_DAG_KNOWN = frozenset(
    {"dag_id", "schedule", "schedule_interval", "catchup", "description", "doc_md", "tags", "default_args"}
)
_DAG_TIMES = frozenset({"start_date", "end_date"})
_CREATES = frozenset({"script_location", "iam_role_name", "create_job_kwargs", "s3_bucket", "job_desc", "num_of_dpus"})


def looks_like_dag(text: str) -> bool:
    """Say whether a Python text may be a DAG that starts Glue jobs."""
    return "GlueJobOperator" in text and "airflow" in text


def read_dag(path: str, text: str) -> Definitions:
    """Read the Glue tasks of a DAG file and the order among them. A file that does not parse is a finding."""
    found = Definitions(seen=1)
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        found.findings.append(
            _finding(path, error.lineno or 0, f"the DAG does not parse: {error.msg}", Severity.BLOCKER)
        )
        return found
    dag = _Dag(path)
    dag.visit(tree)
    if not dag.glue:
        found.seen = 0
        return found
    found.items.append(dag.chain())
    found.findings += dag.findings
    return found


class _Dag(ast.NodeVisitor):
    def __init__(self, path: str) -> None:
        self.path = path
        self.findings: list[Finding] = []
        self.names: dict[str, Any] = {}
        self.tasks: dict[str, ast.Call] = {}
        self.dicts: dict[str, dict[str, Any]] = {}
        self.lists: dict[str, list[str]] = {}
        self.glue: dict[str, ast.Call] = {}
        self.edges: set[tuple[str, str]] = set()
        self.dag_call: ast.Call | None = None
        self.dag_name = path.rpartition("/")[2].removesuffix(".py")
        self._loops = 0

    def visit_For(self, node: ast.AST) -> None:
        self._loops += 1
        self.generic_visit(node)
        self._loops -= 1

    visit_While = visit_ListComp = visit_GeneratorExp = visit_DictComp = visit_For

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Call) and _called(decorator) == "dag":
                self.dag_call, self.dag_name = self.dag_call or decorator, node.name
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        target = node.targets[0]
        if isinstance(target, ast.Name):
            if isinstance(node.value, ast.Call) and _called(node.value).endswith(("Operator", "Sensor")):
                self._task(target.id, node.value)
                return
            if isinstance(node.value, ast.List | ast.Tuple):
                self.lists[target.id] = self._ends(node.value)
            if isinstance(node.value, ast.Dict):
                self.dicts[target.id] = self._literals(node.value)
            value = self._value(node.value)
            if value is not None:
                self.names[target.id] = value
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.BinOp):
            self._ends(node.value)
            return
        if isinstance(node.value, ast.Call):
            self._statement(node.value)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = _called(node)
        if name == "DAG":
            self.dag_call = self.dag_call or node
        elif name in ("TaskGroup", "expand", "partial"):
            self._tell(node, f"{ast.unparse(node.func)} makes tasks whose order is not read", Severity.BLOCKER)
        elif name.endswith(("Operator", "Sensor")) and node not in self.tasks.values():
            self._task(self._text(_keyword(node, "task_id")) or f"task_{node.lineno}", node)
        self.generic_visit(node)

    def _statement(self, call: ast.Call) -> None:
        name = _called(call)
        if name == "chain":
            groups = [self._ends(argument) for argument in call.args]
            for left, right in itertools.pairwise(groups):
                self._order(left, right)
        elif name == "cross_downstream" and len(call.args) == 2:
            self._order(self._ends(call.args[0]), self._ends(call.args[1]))
        elif isinstance(call.func, ast.Attribute) and call.args and name in ("set_downstream", "set_upstream"):
            sides = self._ends(call.func.value), self._ends(call.args[0])
            self._order(*(sides if name == "set_downstream" else sides[::-1]))

    def _task(self, variable: str, call: ast.Call) -> None:
        self.tasks[variable] = call
        name = _called(call)
        if name not in _GLUE:
            if name not in _EMPTY:
                self._tell(call, f"task '{self._id(variable)}' ({name}) was left out of the job", Severity.BLOCKER)
            return
        self.glue[variable] = call
        if self._loops:
            self._tell(call, f"task '{self._id(variable)}' is made in a loop; it was read once", Severity.BLOCKER)

    def _ends(self, node: ast.expr) -> list[str]:
        """Return the tasks that an expression stands for, and note the order of each `>>` and `<<` in it."""
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.RShift | ast.LShift):
            left, right = self._ends(node.left), self._ends(node.right)
            self._order(*((left, right) if isinstance(node.op, ast.RShift) else (right, left)))
            return right
        if isinstance(node, ast.List | ast.Tuple):
            return [end for item in node.elts for end in self._ends(item)]
        if isinstance(node, ast.Call) and _called(node).endswith(("Operator", "Sensor")):
            variable = self._text(_keyword(node, "task_id")) or f"task_{node.lineno}"
            if node not in self.tasks.values():
                self._task(variable, node)
            return [variable]
        if isinstance(node, ast.Name):
            return self.lists.get(node.id) or [node.id]
        self._tell(node, f"the order of {ast.unparse(node)} is not read", Severity.BLOCKER)
        return []

    def _order(self, left: Iterable[str], right: Iterable[str]) -> None:
        after = list(right)
        self.edges |= {(before, later) for before in left for later in after}

    def chain(self) -> Chain:
        """Return the chain; tasks that are no Glue jobs are passed through, so the order among jobs stays."""
        for name in sorted({name for edge in self.edges for name in edge} - self.tasks.keys()):
            finding = _finding(
                self.path, 0, f"'{name}' stands in the order of tasks, but what it is was not found", Severity.BLOCKER
            )
            self.findings.append(finding)
        steps = tuple(self._step(variable, call) for variable, call in self.glue.items())
        schedule, active = self._schedule()
        line = self.dag_call.lineno if self.dag_call else 1
        return Chain(
            name=self._dag_id(), place=Place(path=self.path, line=line), origin=Origin.AIRFLOW,
            steps=steps, schedule=schedule, active=active,
        )  # fmt: skip

    def _step(self, variable: str, call: ast.Call) -> Step:
        job = self._text(_keyword(call, "job_name"))
        if not job:
            self._tell(call, f"task '{self._id(variable)}': the name of its job is computed", Severity.BLOCKER)
        self._other_arguments(variable, call)
        rule = self._text(_keyword(call, "trigger_rule")) or "all_success"
        if rule not in _RUN_IF:
            self._tell(call, f"task '{self._id(variable)}': trigger_rule '{rule}' has no run_if", Severity.BLOCKER)
        own = _keyword(call, "retries")
        retries = self._value(own) if own is not None else self._defaults().get("retries")
        return Step(
            key=reference_name(self._id(variable)), job_name=job, arguments=self._script_args(variable, call),
            after=tuple(reference_name(self._id(name)) for name in self._before(variable)),
            run_if=_RUN_IF.get(rule, "ALL_SUCCESS"), retries=retries if isinstance(retries, int) else None, line=call.lineno,
        )  # fmt: skip

    def _before(self, variable: str, seen: frozenset[str] = frozenset()) -> list[str]:
        names: dict[str, None] = {}
        for before in sorted(left for left, right in self.edges if right == variable and left not in seen):
            inner = [before] if before in self.glue else self._before(before, seen | {variable})
            names |= dict.fromkeys(inner)
        return list(names)

    def _script_args(self, variable: str, call: ast.Call) -> dict[str, str]:
        node = _keyword(call, "script_args")
        given = self._value(node) if node is not None else {}
        if isinstance(given, dict) and all(isinstance(value, str | int | float) for value in given.values()):
            for key, value in given.items():
                if "{{" in str(value):
                    self._tell(
                        call, f"task '{self._id(variable)}': {key} holds an Airflow template, {value}", Severity.BLOCKER
                    )
            return {str(key): str(value) for key, value in given.items() if "{{" not in str(value)}
        self._tell(call, f"task '{self._id(variable)}': its script_args are computed", Severity.BLOCKER)
        return {}

    def _other_arguments(self, variable: str, call: ast.Call) -> None:
        for keyword in call.keywords:
            name = keyword.arg or "**"
            if name == "wait_for_completion" and self._value(keyword.value) is not True:
                self._tell(
                    call, f"task '{self._id(variable)}' does not wait for its job; Databricks does", Severity.WARNING
                )
            elif name in _CREATES:
                self._tell(
                    call,
                    f"task '{self._id(variable)}' also defines the job ({name}); it is no definition here",
                    Severity.WARNING,
                )
            elif name not in _KNOWN:
                self._tell(
                    call, f"task '{self._id(variable)}': {name} is Airflow's own and was left out", Severity.INFO
                )

    def _defaults(self) -> dict[str, Any]:
        node = _keyword(self.dag_call, "default_args") if self.dag_call else None
        if isinstance(node, ast.Name):
            return self.dicts.get(node.id, {})
        return self._literals(node) if isinstance(node, ast.Dict) else {}

    def _literals(self, node: ast.Dict) -> dict[str, Any]:
        """Return the entries of a dict that are literal; the others, dates for instance, do not take them along."""
        return {str(self._value(key)): self._value(item) for key, item in zip(node.keys, node.values, strict=True)}

    def _tell_dag(self, call: ast.Call) -> None:
        for keyword in call.keywords:
            text = ast.unparse(keyword.value)
            if keyword.arg in _DAG_TIMES and "tz" not in text and "timezone" not in text:
                self._tell(call, f"the DAG's {keyword.arg} ({text}) was left out", Severity.INFO)
            elif keyword.arg not in _DAG_KNOWN:
                self._tell(call, f"the DAG's {keyword.arg or '**'} ({text}) was left out", Severity.WARNING)
        left = sorted(set(self._defaults()) - {"retries", "owner", "depends_on_past", "start_date", "email"})
        if left:
            self._tell(call, f"of the DAG's default_args {', '.join(left)} were left out", Severity.INFO)
        if self._defaults().get("depends_on_past") is True:
            self._tell(
                call,
                "depends_on_past has no counterpart: a run does not wait for the last one's success",
                Severity.WARNING,
            )

    def _schedule(self) -> tuple[str, bool | None]:
        if self.dag_call is None:
            return "", None
        self._tell_dag(self.dag_call)
        node = next(
            (found for word in ("schedule", "schedule_interval") if (found := _keyword(self.dag_call, word))), None
        )
        if node is None or (isinstance(node, ast.Constant) and node.value is None):
            return "", None
        text = self._text(node)
        expression = unix_to_aws(_PRESETS.get(text, text))
        if expression is None:
            self._tell(
                node, f"schedule {ast.unparse(node)} has no cron form; the job has no schedule", Severity.BLOCKER
            )
            return "", None
        if _keyword(self.dag_call, "catchup") is None or self._value(_keyword(self.dag_call, "catchup")) is True:
            self._tell(node, "catchup starts the runs that were missed; Databricks does not", Severity.WARNING)
        return expression, None

    def _dag_id(self) -> str:
        call = self.dag_call
        if call is None:
            return self.dag_name
        named = _keyword(call, "dag_id") or (call.args[0] if call.args else None)
        return self._text(named) or self.dag_name

    def _id(self, variable: str) -> str:
        call = self.tasks.get(variable)
        return (self._text(_keyword(call, "task_id")) if call else "") or variable

    def _text(self, node: ast.expr | None) -> str:
        value = self._value(node)
        return value if isinstance(value, str) else ""

    def _value(self, node: ast.expr | None) -> Any:
        if node is None:
            return None
        if isinstance(node, ast.Name):
            return self.names.get(node.id)
        if isinstance(node, ast.Dict):
            return {self._value(key): self._value(item) for key, item in zip(node.keys, node.values, strict=True)}
        if isinstance(node, ast.JoinedStr):
            parts = [self._value(part.value if isinstance(part, ast.FormattedValue) else part) for part in node.values]
            return "".join(map(str, parts)) if None not in parts else None
        if isinstance(node, ast.Attribute):
            return node.attr.lower() if ast.unparse(node).startswith("TriggerRule.") else None
        try:
            return ast.literal_eval(node)
        except ValueError:
            return None

    def _tell(self, node: ast.expr, what: str, severity: Severity) -> None:
        self.findings.append(_finding(self.path, node.lineno, what, severity))


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def _finding(path: str, line: int, what: str, severity: Severity) -> Finding:
    return Finding(
        rule="airflow-dag",
        severity=severity,
        path=path,
        line=line,
        message=what,
        action="complete the tasks of this job in its resources file, or keep the DAG and start the Databricks jobs from it",
    )
