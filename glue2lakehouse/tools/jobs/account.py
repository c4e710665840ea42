"""Definitions from an AWS account through boto3: paginated, throttled by botocore's adaptive retries, resumable.

AWS Glue API: GetJobs, GetTriggers, ListWorkflows + BatchGetWorkflows, GetCrawlers, GetConnections, GetClassifiers,
ListBlueprints + BatchGetBlueprints, GetSecurityConfigurations, GetTags.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.errors import CatalogError
from glue2lakehouse.tools.jobs.build import build
from glue2lakehouse.tools.jobs.definitions import Definitions
from glue2lakehouse.tools.jobs.model import Kind, Origin, Place

SCANS: tuple[tuple[Kind, str, str, dict[str, Any]], ...] = (
    (Kind.JOB, "get_jobs", "Jobs", {}),
    (Kind.TRIGGER, "get_triggers", "Triggers", {}),
    (Kind.WORKFLOW, "list_workflows", "Workflows", {}),
    (Kind.CRAWLER, "get_crawlers", "Crawlers", {}),
    (Kind.CONNECTION, "get_connections", "ConnectionList", {"HidePassword": True}),
    (Kind.CLASSIFIER, "get_classifiers", "Classifiers", {}),
    (Kind.BLUEPRINT, "list_blueprints", "Blueprints", {}),
    (Kind.SECURITY_CONFIGURATION, "get_security_configurations", "SecurityConfigurations", {}),
)
_BATCHES = {
    Kind.WORKFLOW: ("batch_get_workflows", "Workflows"),
    Kind.BLUEPRINT: ("batch_get_blueprints", "Blueprints"),
}
_BATCH_SIZE = 25
_TAGGED = (Kind.JOB, Kind.TRIGGER, Kind.WORKFLOW)
# Neither of these is a refusal of one call: waiting, or a login, mends all of them.
_STOPS = {
    "ThrottlingException": "throttles all the same", "Throttling": "throttles all the same",
    "RequestLimitExceeded": "throttles all the same", "TooManyRequestsException": "throttles all the same",
    "UnrecognizedClientException": "does not know these credentials", "InvalidClientTokenId": "does not know these credentials",
    "ExpiredTokenException": "says that the credentials have expired", "ExpiredToken": "says that the credentials have expired",
    "InvalidSignatureException": "does not accept the signature of these credentials",
}  # fmt: skip


def glue_client(region: str | None = None, profile: str | None = None, *, service: str = "glue") -> Any:
    """Return a client, of Glue or another service, that waits and tries again when AWS throttles it."""
    import boto3
    from botocore.config import Config

    config = Config(retries={"mode": "adaptive", "max_attempts": 10}, read_timeout=60, connect_timeout=10)
    return boto3.Session(profile_name=profile, region_name=region).client(service, config=config)


def scan_account(
    client: Any, *, account: str = "", state: Path | None = None, progress: Callable[[str, int], None] | None = None
) -> Definitions:
    """Read all definitions of the client's account and region; tags too, where the account's number is given.

    With `state`, each page is written to that file as soon as it is read: a scan that was cut short goes on after the
    last page, and a finished one is read from the file. A call that AWS refuses becomes a finding, and the rest goes on.
    Raises CatalogError where AWS cannot be asked at all, or throttles all the same.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    found = Definitions()
    where = f"aws:{client.meta.region_name}"
    log = _Log(state, f"{account} {where}")
    for kind, call, key, arguments in SCANS:
        try:
            items = list(_scan(client, kind, call, key, arguments, log, account))
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code"))
            if code in _STOPS:
                raise CatalogError(
                    f"{where}: {call}: AWS {_STOPS[code]} ({code}); repeat the scan, it goes on"
                ) from error
            found.findings.append(_refused(where, kind, call, str(error)))
            continue
        except BotoCoreError as error:
            raise CatalogError(f"{where}: {call}: {error}; name a --region and a --profile, or log in") from error
        except NotImplementedError as error:
            found.findings.append(_refused(where, kind, call, str(error)))
            continue
        if progress:
            progress(kind, len(items))
        for item in items:
            _take(found, kind, item, where)
    return found


class _Log:
    """The pages that were read so far: one JSON line for each page, below a line that says of what."""

    def __init__(self, file: Path | None, source: str) -> None:
        self.file = file
        self.pages: dict[str, list[dict[str, Any]]] = {}
        rows = file.read_text(encoding="utf-8").splitlines() if file is not None and file.exists() else []
        known = [page for row in rows if (page := _page(row)) is not None]
        if known and known[0].get("source") != source:
            raise CatalogError(f"{file}: belongs to a scan of {known[0].get('source')}; delete it to start anew")
        for page in known[1:]:
            self.pages.setdefault(page["call"], []).append(page)
        if file is not None:
            # What was half written when the last scan ended is cut off.
            file.parent.mkdir(parents=True, exist_ok=True)
            kept = known or [{"source": source}]
            file.write_text("".join(json.dumps(page) + "\n" for page in kept), encoding="utf-8")

    def write(self, call: str, items: list[Any], token: str | None) -> None:
        page = {"call": call, "items": items, "next": token}
        if self.file is not None:
            with self.file.open("a", encoding="utf-8") as out:
                out.write(json.dumps(page, default=str) + "\n")


def _page(row: str) -> dict[str, Any] | None:
    try:
        page = json.loads(row)
    except json.JSONDecodeError:
        return None
    return page if isinstance(page, dict) else None


def _scan(
    client: Any, kind: Kind, call: str, key: str, arguments: dict[str, Any], log: _Log, account: str
) -> Iterator[Any]:
    pages = log.pages.get(call, [])
    for page in pages:
        yield from page["items"]
    token = pages[-1]["next"] if pages else None
    if pages and token is None:
        return
    while True:
        page = getattr(client, call)(**arguments, **({"NextToken": token} if token else {}))
        items = _with_tags(client, kind, _whole(client, kind, page.get(key) or []), account)
        token = page.get("NextToken") or None
        log.write(call, items, token)
        yield from items
        if token is None:
            return


def _whole(client: Any, kind: Kind, items: list[Any]) -> list[Any]:
    """Fetch the definitions where the list call returns names only."""
    if kind not in _BATCHES:
        return items
    call, key = _BATCHES[kind]
    return [
        item
        for start in range(0, len(items), _BATCH_SIZE)
        for item in getattr(client, call)(Names=items[start : start + _BATCH_SIZE]).get(key, [])
    ]


def _with_tags(client: Any, kind: Kind, items: list[Any], account: str) -> list[Any]:
    """Add the tags, which only their own call returns."""
    from botocore.exceptions import ClientError

    if not account or kind not in _TAGGED:
        return items
    for item in items:
        arn = f"arn:{client.meta.partition}:glue:{client.meta.region_name}:{account}:{kind}/{item['Name']}"
        try:
            tags = client.get_tags(ResourceArn=arn).get("Tags", {})
        except ClientError as error:
            if str(error.response.get("Error", {}).get("Code")) in _STOPS:
                raise
            item["TagsRefused"] = str(error).splitlines()[0]
            continue
        if tags:
            item["Tags"] = tags
    return items


def _take(found: Definitions, kind: Kind, item: dict[str, Any], where: str) -> None:
    found.seen += 1
    name = str(item.get("Name") or "")
    built = build(kind, json.loads(json.dumps(item, default=str)), Place(path=f"{where}/{kind}/{name}"), Origin.API)
    if isinstance(built, Finding):
        found.findings.append(built)
    else:
        found.items.append(built)


def _refused(where: str, kind: Kind, call: str, why: str) -> Finding:
    return Finding(
        rule="account-scan",
        severity=Severity.WARNING,
        path=where,
        line=0,
        message=f"{call} was refused, so no {kind} was read: {why.splitlines()[0] if why else 'no reason given'}",
        action=f"allow glue:{''.join(word.title() for word in call.split('_'))} to this role and scan again",
    )
