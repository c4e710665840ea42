"""Glue definitions as one typed model, whatever they were read from; every field of the source is kept.

Field names are those of the Glue API (botocore's service model). What the model does not know stays in
`model_extra` and becomes a finding.
"""

from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_pascal

from glue2lakehouse.tools.jobs.values import Amount, Arguments, Count, Flag, Structure, Text, Texts


class Kind(StrEnum):
    """The sorts of definitions that are read."""

    JOB = "job"
    TRIGGER = "trigger"
    WORKFLOW = "workflow"
    CRAWLER = "crawler"
    CONNECTION = "connection"
    CLASSIFIER = "classifier"
    BLUEPRINT = "blueprint"
    SECURITY_CONFIGURATION = "security configuration"
    TABLE = "table"
    DATABASE = "database"
    CHAIN = "chain"


class Origin(StrEnum):
    """Where a definition was read."""

    API = "AWS API"
    JSON = "exported JSON"
    CLOUDFORMATION = "CloudFormation"
    TERRAFORM = "Terraform"
    STEP_FUNCTIONS = "Step Functions"
    AIRFLOW = "Airflow"


class Place(BaseModel):
    """A file, relative to the source root, and a 1-based line; line 0 stands for the whole file."""

    model_config = ConfigDict(frozen=True)

    path: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path


class OpenReference(BaseModel):
    """A value that the source does not hold: it becomes a variable of the bundle."""

    model_config = ConfigDict(frozen=True)

    name: str
    text: str = Field(description="the expression as the source has it")
    place: Place
    secret: bool = False
    also: tuple[Place, ...] = Field(default=(), description="other files that leave a value of this name open")


class Part(BaseModel):
    """A structure inside a definition."""

    model_config = ConfigDict(extra="allow", alias_generator=to_pascal, populate_by_name=True)


class Definition(Part):
    """One Glue object: its fields, and where each of them stands."""

    kind: Kind = Field(exclude=True)
    name: Text
    place: Place = Field(exclude=True)
    origin: Origin = Field(exclude=True)
    address: str = Field(default="", exclude=True, description="logical id or Terraform address, where there is one")
    lines: dict[str, int] = Field(default_factory=dict, exclude=True, description="dotted field -> line")
    set_aside: dict[str, str] = Field(default_factory=dict, exclude=True, description="field of the wrong shape -> why")

    def at(self, field: str) -> int:
        """Return the line of a dotted field, or of the nearest thing around it."""
        while field:
            if field in self.lines:
                return self.lines[field]
            field = field.rpartition(".")[0]
        return self.place.line

    def fields(self) -> dict[str, Any]:
        """Return what the source says, and nothing else, under the names of the Glue API."""
        return self.model_dump(by_alias=True, exclude_unset=True)


class ExecutionProperty(Part):
    """How many runs may overlap."""

    max_concurrent_runs: Count = 1


class Command(Part):
    """What a job runs."""

    name: Text = "glueetl"
    script_location: Text = ""
    python_version: Text = ""
    runtime: Text = ""


class Connections(Part):
    """Names of the connections of a job."""

    connections: Texts = []


class NotificationProperty(Part):
    """After how many minutes a delay is told."""

    notify_delay_after: Count | None = None


class GlueJob(Definition):
    """A Glue job, as get-job returns it."""

    kind: Literal[Kind.JOB] = Field(default=Kind.JOB, exclude=True)
    command: Command = Command()
    role: Text = ""
    description: Text = ""
    job_mode: Text = "SCRIPT"
    job_run_queuing_enabled: Flag = False
    execution_property: ExecutionProperty = ExecutionProperty()
    default_arguments: Arguments = {}
    non_overridable_arguments: Arguments = {}
    connections: Connections = Connections()
    max_retries: Count = 0
    allocated_capacity: Count | None = None
    timeout: Count | None = None
    max_capacity: Amount | None = None
    worker_type: Text = ""
    number_of_workers: Count | None = None
    security_configuration: Text = ""
    notification_property: NotificationProperty = NotificationProperty()
    glue_version: Text = ""
    code_gen_configuration_nodes: Structure = {}
    execution_class: Text = "STANDARD"
    source_control_details: Structure = {}
    maintenance_window: Text = ""
    tags: Arguments = {}
    script: str = Field(default="", exclude=True, description="path of its script in the source, empty if not found")

    @property
    def arguments(self) -> dict[str, str]:
        """The arguments of a run that gives none: the non-overridable ones win."""
        return {**self.default_arguments, **self.non_overridable_arguments}


class Action(Part):
    """What a trigger starts."""

    job_name: Text = ""
    crawler_name: Text = ""
    arguments: Arguments = {}
    timeout: Count | None = None
    security_configuration: Text = ""
    notification_property: NotificationProperty = NotificationProperty()


class Condition(Part):
    """A state of a job or crawler that a trigger waits for."""

    logical_operator: Text = "EQUALS"
    job_name: Text = ""
    crawler_name: Text = ""
    state: Text = ""
    crawl_state: Text = ""

    @property
    def watched(self) -> tuple[str, str]:
        """Kind and name of what is waited for."""
        return (Kind.JOB, self.job_name) if self.job_name else (Kind.CRAWLER, self.crawler_name)

    @property
    def awaited(self) -> str:
        """The state that is waited for."""
        return self.state or self.crawl_state


class Predicate(Part):
    """The conditions of a trigger."""

    logical: Text = "AND"
    conditions: list[Condition] = []


class EventBatch(Part):
    """How many events start a run, or after how many seconds from the first."""

    batch_size: Count = 1
    batch_window: Count | None = None


class GlueTrigger(Definition):
    """A trigger. `state` is empty where the source does not say whether it is active."""

    kind: Literal[Kind.TRIGGER] = Field(default=Kind.TRIGGER, exclude=True)
    type: Text = "ON_DEMAND"
    state: Text = ""
    description: Text = ""
    workflow_name: Text = ""
    schedule: Text = ""
    actions: list[Action] = []
    predicate: Predicate = Predicate()
    event_batching_condition: EventBatch | None = None
    start_on_creation: Flag | None = None
    tags: Arguments = {}
    arrival_url: Text = Field(default="", exclude=True, description="S3 prefix whose events start it, where known")
    timezone: Text = Field(default="UTC", exclude=True, description="of its schedule; Glue's own triggers are in UTC")

    @property
    def active(self) -> bool | None:
        """Whether it fires; None where the source leaves it to the deployment."""
        if self.state in ("ACTIVATED", "ACTIVATING"):
            return True
        if self.state:
            return False
        return True if self.start_on_creation is True else None


class GlueWorkflow(Definition):
    """A workflow; its triggers name it."""

    kind: Literal[Kind.WORKFLOW] = Field(default=Kind.WORKFLOW, exclude=True)
    description: Text = ""
    default_run_properties: Arguments = {}
    max_concurrent_runs: Count | None = None
    tags: Arguments = {}


class GlueCrawler(Definition):
    """A crawler."""

    kind: Literal[Kind.CRAWLER] = Field(default=Kind.CRAWLER, exclude=True)
    role: Text = ""
    description: Text = ""
    targets: Structure = {}
    database_name: Text = ""
    classifiers: Texts = []
    recrawl_policy: Structure = {}
    schema_change_policy: Structure = {}
    lineage_configuration: Structure = {}
    lake_formation_configuration: Structure = {}
    table_prefix: Text = ""
    schedule: Structure | Text = {}
    configuration: Any = None
    crawler_security_configuration: Text = ""
    tags: Arguments = {}

    @property
    def cron(self) -> str:
        """The schedule's expression, empty without one."""
        found = self.schedule if isinstance(self.schedule, str) else self.schedule.get("ScheduleExpression", "")
        return str(found or "")


class GlueConnection(Definition):
    """A connection. Property values that are secrets are masked when it is read."""

    kind: Literal[Kind.CONNECTION] = Field(default=Kind.CONNECTION, exclude=True)
    description: Text = ""
    connection_type: Text = "JDBC"
    match_criteria: Texts = []
    connection_properties: Arguments = {}
    spark_properties: Arguments = {}
    athena_properties: Arguments = {}
    python_properties: Arguments = {}
    physical_connection_requirements: Structure = {}
    authentication_configuration: Structure = {}
    tags: Arguments = {}


class GlueClassifier(Definition):
    """A classifier; one of its four forms is set."""

    kind: Literal[Kind.CLASSIFIER] = Field(default=Kind.CLASSIFIER, exclude=True)
    csv_classifier: Structure = {}
    grok_classifier: Structure = {}
    json_classifier: Structure = {}
    xml_classifier: Structure = Field(default={}, alias="XMLClassifier")


class GlueBlueprint(Definition):
    """A blueprint: a generator of workflows."""

    kind: Literal[Kind.BLUEPRINT] = Field(default=Kind.BLUEPRINT, exclude=True)
    description: Text = ""
    blueprint_location: Text = ""
    parameter_spec: Any = None


class GlueSecurityConfiguration(Definition):
    """A security configuration."""

    kind: Literal[Kind.SECURITY_CONFIGURATION] = Field(default=Kind.SECURITY_CONFIGURATION, exclude=True)
    encryption_configuration: Structure = {}


class CatalogObject(Definition):
    """A database or table of the Data Catalog; its conversion is the work of `tools/ddl`."""

    kind: Literal[Kind.TABLE, Kind.DATABASE] = Field(exclude=True)


class Step(BaseModel):
    """One job run of a chain that another orchestrator starts."""

    key: str
    job_name: str = ""
    crawler_name: str = ""
    arguments: dict[str, str] = {}
    after: tuple[str, ...] = ()
    run_if: str = "ALL_SUCCESS"
    retries: int | None = None
    timeout_seconds: int | None = None
    retry_seconds: int | None = Field(default=None, description="how long it waits before it is tried again")
    retry_timeouts: bool = Field(default=False, description="whether a run that timed out is tried again, too")
    run_timeout: int | None = Field(
        default=None, description="minutes that the run may take, over the job's own timeout"
    )
    notify_after: int | None = Field(default=None, description="minutes after which a run that goes on is told")
    line: int = 0


class Chain(Definition):
    """A state machine or a DAG that starts Glue jobs: the jobs and their order."""

    kind: Literal[Kind.CHAIN] = Field(default=Kind.CHAIN, exclude=True)
    steps: tuple[Step, ...] = ()
    schedule: str = Field(default="", description="AWS cron or rate expression, empty without one")
    timezone: str = "UTC"
    active: bool | None = None
    timeout_seconds: int | None = None
    max_concurrent_runs: int | None = None
    emails: tuple[str, ...] = Field(default=(), description="who is told of a failed step")
    inputs: dict[str, str] = Field(default={}, description="what its schedule gives it as input")


MODELS: dict[Kind, type[Definition]] = {
    Kind.JOB: GlueJob,
    Kind.TRIGGER: GlueTrigger,
    Kind.WORKFLOW: GlueWorkflow,
    Kind.CRAWLER: GlueCrawler,
    Kind.CONNECTION: GlueConnection,
    Kind.CLASSIFIER: GlueClassifier,
    Kind.BLUEPRINT: GlueBlueprint,
    Kind.SECURITY_CONFIGURATION: GlueSecurityConfiguration,
    Kind.TABLE: CatalogObject,
    Kind.DATABASE: CatalogObject,
}
