"""AWS calls through boto3: they stay and need credentials; those with a counterpart in Databricks are told with it.

AWS: the boto3 clients. On Databricks a job has no IAM role by itself: it gets one from an instance profile or from a Unity
Catalog service credential.
"""

import ast
import re
from collections.abc import Iterator

from glue2lakehouse.domain import Certainty, Finding, Severity
from glue2lakehouse.tools.rewrite.aws.around import client_errors, said, schema_code, stays
from glue2lakehouse.tools.rewrite.aws.counterparts import COUNTERPARTS, LOOKED_UP
from glue2lakehouse.tools.rewrite.aws.tags import job_tags
from glue2lakehouse.tools.rewrite.aws.upkeep import SECRET_WRITES, secret, set_aside, upkeep
from glue2lakehouse.tools.rewrite.compute import shown
from glue2lakehouse.tools.rewrite.kinds.stubs import BOTO3_MAKERS, LOOK_UPS, PAGED
from glue2lakehouse.tools.rewrite.mapping.names import quote_name, table_code
from glue2lakehouse.tools.rewrite.options import quoted
from glue2lakehouse.tools.rewrite.rule import NOT_LITERAL, Answer, Example, GlueCall, Piece, Rewrite, Rule, Use, code
from glue2lakehouse.tools.rewrite.sql.views import views_of


class AwsCalls(Rule):
    """What only keeps the Glue catalog up to date goes, a secret that has a scope comes from there; other calls stay.

    What takes the place of one that stays is said once for each call and file.
    """

    name = "aws-calls"
    glue = tuple(f"boto3.{name}" for name in (*COUNTERPARTS, *SECRET_WRITES))
    example = Example(
        before="import boto3\nfrom awsglue.context import GlueContext\n\nspark = GlueContext().spark_session\n"
        'glue = boto3.client("glue")\nspark.table("sales.orders").show()\nglue.start_crawler(Name="orders")\n',
        after="import boto3\nfrom pyspark.sql import SparkSession\n\nspark = SparkSession.builder.getOrCreate()\n"
        'spark.table("main.sales.orders").show()\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """A crawler that is waited for stays: its state is asked for elsewhere."""
        call.drop_everything()
        if not views_of(call.place.world).uses_glue:
            return ()
        if call.name.startswith("boto3.s3.") and _moved(call):
            return ()
        instead = upkeep(call) or secret(call) or job_tags(call) or set_aside(call)
        if instead is not None or said(call, call.name):
            return instead or ()
        return stays(call, call.name) or ()

    def refer(self, use: Use) -> Answer:
        """A method that is handed on is called sooner or later."""
        told = stays(use, use.name) if views_of(use.place.world).uses_glue else None
        return told if told is not None and told.severity is not Severity.INFO and not said(use, use.name) else ()


class AwsPages(Rule):
    """Pages of an operation, and waiting for its end, are told as the operation itself."""

    name = "aws-pages"
    glue = tuple(
        f"boto3.{service}.{name}"
        for service in sorted({each.partition(".")[0] for each in COUNTERPARTS} - {"glue"})
        for name in ("get_paginator", "get_waiter")
    )
    example = None

    def rewrite(self, call: GlueCall) -> Answer:
        """A waiter has the name of no operation and says nothing; the operation before it does."""
        call.drop_everything()
        given = call.node.args[0] if call.node.args else next((k.value for k in call.node.keywords), None)
        name = f"{call.name.rpartition('.')[0]}.{call.literal(given)}"
        if not views_of(call.place.world).uses_glue or name.removeprefix("boto3.") not in COUNTERPARTS:
            return ()
        if (name.startswith("boto3.s3.") and _moved(call)) or said(call, name):
            return ()
        return stays(call, name) or ()

    def refer(self, use: Use) -> Answer:
        """A method that is handed on has no operation yet."""
        return ()


_TABLE = {"get_table": "Name", "get_partitions": "TableName"}
_PAGES = {"MaxResults", "NextToken", "PaginationConfig"}


class CatalogLookUps(Rule):
    """Tables and schemas are looked up in Unity Catalog, through helpers that answer in the shape of Glue's client."""

    name = "catalog-look-ups"
    glue = (
        "boto3.glue.get_paginator",
        *(f"boto3.glue.{name}" for name in LOOK_UPS),
        *(f"boto3.glue.pages.{name}.paginate" for name in LOOK_UPS),
    )
    example = Example(
        before="import boto3\nfrom awsglue.context import GlueContext\n\nspark = GlueContext().spark_session\n"
        'glue = boto3.client("glue")\n'
        'table = glue.get_table(DatabaseName="sales", Name="orders")["Table"]\n'
        'names = [each["Name"] for each in glue.get_tables(DatabaseName="sales")["TableList"]]\n'
        'spark.table("sales.orders").show()\n',
        after="import boto3\nfrom pyspark.sql import SparkSession\nfrom glue_compat import get_table, get_tables\n\n"
        "spark = SparkSession.builder.getOrCreate()\n"
        'table = get_table("main.sales.orders")["Table"]\n'
        'names = [each["Name"] for each in get_tables("main.sales")["TableList"]]\n'
        'spark.table("main.sales.orders").show()\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """Another account's catalog and an expression to filter by are handed back."""
        call.drop_everything()
        if not views_of(call.place.world).uses_glue:
            return ()
        if call.leaf == "get_paginator":
            return self._paginator(call)
        paged = call.leaf == "paginate"
        name = call.name.split(".")[3 if paged else 2]
        given = {keyword.arg: keyword.value for keyword in call.node.keywords}
        wanted = {
            "get_table": {"DatabaseName", "Name"},
            "get_tables": {"DatabaseName"},
            "get_database": {"Name"},
            "get_databases": set[str](),
            "get_partitions": {"DatabaseName", "TableName"},
        }[name]
        errors = client_errors(call)
        if (
            call.node.args
            or not wanted <= set(given) <= wanted | _PAGES
            or (
                # A paginator that is kept somewhere has no error classes at hand.
                paged and errors is not None and not isinstance(call.receiver, ast.Call)
            )
        ):
            severity = Severity.WARNING if "CatalogId" in given and name != "get_partitions" else Severity.BLOCKER
            return call.place.finding(call.node, severity, f"`{name}` of the AWS service glue is called", LOOKED_UP)
        where: Piece = quoted(quote_name(call.settings.catalog))
        if name in ("get_table", "get_partitions"):
            where = table_code(call, given["DatabaseName"], given[_TABLE[name]])[0]
        elif name in ("get_tables", "get_database"):
            where = schema_code(call, given["DatabaseName" if name == "get_tables" else "Name"])
        if errors is not None:
            where = code("{where}, errors={errors}", where=where, errors=errors)
        names: tuple[str, ...] = (name,)
        template = "[{name}({where})]" if paged else "{name}({where})"
        if paged and not _gone_through(call):
            names, template = (name, "AwsPages"), "AwsPages([{name}({where})])"
        return Rewrite(
            code(template, name=name, where=where),
            certainty=Certainty.CONDITIONAL,
            condition="the code asks for the values of partitions that hold rows only"
            if name == "get_partitions"
            else "Unity Catalog has the tables, and the code asks for names, types, keys and locations only",
            imports=tuple(f"from glue_compat import {each}" for each in names),
            compat=names,
            findings=(call.info(f"`{shown(call)}` looks in Unity Catalog now", ""), *_cut(call, given)),
        )

    def _paginator(self, call: GlueCall) -> Answer:
        operation = call.literal(call.node.args[0]) if call.node.args else None
        if operation in PAGED:
            return call.info(f"`{shown(call)}`: its pages are one answer of a helper", "")
        severity, counterpart = COUNTERPARTS.get(f"glue.{operation}", (None, ""))
        if severity is None or said(call, f"boto3.glue.{operation}"):
            return ()
        return call.place.finding(call.node, severity, f"`{operation}` of the AWS service glue is called", counterpart)

    def refer(self, use: Use) -> Answer:
        """A look-up that is handed on stays one of the Glue catalog; a paginator has no operation yet."""
        if use.leaf in ("get_paginator", "paginate") or not views_of(use.place.world).uses_glue:
            return ()
        return use.blocker(f"`{use.leaf}` of the AWS service glue is handed on", "call it here, then convert again")


def _gone_through(call: GlueCall) -> bool:
    """Whether the pages are only gone through where they are asked for."""
    above = call.place.parents.get(call.node)
    return isinstance(above, ast.For | ast.comprehension) and above.iter is call.node


def _cut(call: GlueCall, given: dict[str | None, ast.expr]) -> Iterator[Finding]:
    """Yield a warning where only the first answers were wanted, since all of them come in one page."""
    config = call.literal(given.get("PaginationConfig"))
    paged = not given.keys() & {"PaginationConfig"} or (isinstance(config, dict) and "MaxItems" not in config)
    if not paged or ("MaxResults" in given and "NextToken" not in call.place.module.source):
        yield call.warning(
            f"`{shown(call)}` gives all there is, in one page", "cut the list where only the first are wanted"
        )


def _moved(call: GlueCall) -> dict[str, str]:
    """Return the S3 prefixes that the settings map to somewhere else."""
    paths = call.settings.paths.items()
    return {
        prefix: place for prefix, place in paths if prefix.startswith("s3") and prefix.rstrip("/") != place.rstrip("/")
    }


_OWN = {"aws_access_key_id", "aws_session_token", "endpoint_url", "profile_name"}


def _asks_for(call: GlueCall, service: str) -> bool:
    """Whether the project names a service, where a client is made for one that is not known."""
    return any(re.search(rf"""["']{service}["']""", module.source) for module in call.place.world.modules.values())


def _as_somebody_else(call: GlueCall) -> bool:
    """Whether a client, or the session that makes it, is given credentials or an address of its own."""
    given = {keyword.arg for keyword in call.node.keywords}
    session = call.value_of(call.receiver) if "Session" in call.name else None
    sessions = [session] if isinstance(session, ast.Call) else call.place.nodes if "Session" in call.name else []
    for node in sessions:
        if isinstance(node, ast.Call) and call.place.world.callees.get(node, "") in (
            "boto3.Session",
            "boto3.session.Session",
        ):
            given |= {keyword.arg for keyword in node.keywords}
    return bool(given & _OWN)


_ON_VOLUMES = {"client": "S3OnVolumes", "resource": "S3ResourceOnVolumes"}


class AwsClients(Rule):
    """A client stays; which credentials it needs is said once for each service and file.

    Where the settings say that S3 prefixes have moved into volumes, a helper around the client finds their objects there.
    """

    name = "aws-clients"
    glue = tuple(BOTO3_MAKERS)
    example = None

    def rewrite(self, call: GlueCall) -> Answer:
        """A prefix that has moved to somewhere else than a volume is a warning: the client asks S3 for it."""
        given = call.node.args[0] if call.node.args else next(
            (k.value for k in call.node.keywords if k.arg == "service_name"), None)  # fmt: skip
        service = call.literal(given)
        call.drop_everything()
        where = f"the AWS service {service}" if isinstance(service, str) else "an AWS service"
        if not views_of(call.place.world).uses_glue:
            return ()
        if service == "s3" and (moved := _moved(call)):
            return self._on_volumes(call, moved)
        if (service == "glue" or (service is NOT_LITERAL and _asks_for(call, "glue"))) and _as_somebody_else(call):
            call.place.memory.setdefault("clients told", set()).add(call.node)  # type: ignore[attr-defined]
            return call.warning(
                f"`{shown(call)}` has credentials, or an address, of its own: what is asked of it is asked of Unity Catalog now",
                "see that the catalog behind them is the one that was migrated, not that of another account",
            )
        if service is NOT_LITERAL and _moved(call) and _asks_for(call, "s3"):
            return call.warning(
                f"objects of {', '.join(_moved(call))} are somewhere else now, and `{shown(call)}` may ask S3 for them",
                "make the client of S3 by its name, then convert again",
            )
        if said(call, where):
            return ()
        call.place.memory.setdefault("clients told", set()).add(call.node)  # type: ignore[attr-defined]
        named = {keyword.arg for keyword in call.node.keywords} & {"region_name", None}
        region = (
            ""
            if named or service == "s3" or len(call.node.args) > 1 or "Session" in call.name
            else "; set AWS_DEFAULT_REGION there"
        )
        return call.info(
            f"{where} is called (`{shown(call)}`), with the credentials of whoever runs the job",
            f"give the compute an instance profile, or use a Unity Catalog service credential that may call it{region}",
        )

    def _on_volumes(self, call: GlueCall, moved: dict[str, str]) -> Answer:
        in_volumes = {prefix: place for prefix, place in moved.items() if place.startswith("/Volumes/")}
        notes = tuple(
            call.warning(
                f"objects of {prefix} are in {place} now, and `{shown(call)}` asks S3 for them", "ask the new place"
            )
            for prefix, place in moved.items()
            if prefix not in in_volumes
        )
        around = call.place.parents.get(call.node)
        name = _ON_VOLUMES[call.leaf]
        if not in_volumes or (isinstance(around, ast.Call) and ast.unparse(around.func) == name):
            return notes
        mapping = ", ".join(f"{quoted(prefix)}: {quoted(place)}" for prefix, place in in_volumes.items())
        made = code("{name}({client}, {{{mapping}}})", name=name, client=call.text(call.node), mapping=mapping)
        told = call.info(f"`{shown(call)}` finds objects of {', '.join(in_volumes)} in volumes now", "")
        return Rewrite(
            made,
            certainty=Certainty.CONDITIONAL,
            condition="the code asks for names, sizes, times and contents of objects only, and no key ends with a slash",
            imports=(f"from glue_compat import {name}",),
            compat=(name,),
            findings=(told, *notes),
        )

    def refer(self, use: Use) -> Answer:
        """The function itself needs nothing."""
        return ()
