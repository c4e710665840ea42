"""The rules, in one place and in order; a test compares this tuple with the folder."""

from difflib import get_close_matches
from functools import cache

from glue2lakehouse.errors import PluginError
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite.plugins import plugin_rules
from glue2lakehouse.tools.rewrite.rule import Rule
from glue2lakehouse.tools.rewrite.rules.added_members import AddedMembers
from glue2lakehouse.tools.rewrite.rules.apply_mapping import ApplyMapping
from glue2lakehouse.tools.rewrite.rules.arguments import JobArguments
from glue2lakehouse.tools.rewrite.rules.aws import AwsCalls, AwsClients, AwsPages, CatalogLookUps
from glue2lakehouse.tools.rewrite.rules.aws_jobs import JobRuns
from glue2lakehouse.tools.rewrite.rules.catalog_writes import CatalogWrites
from glue2lakehouse.tools.rewrite.rules.collection import (
    CollectionMembers,
    FlatMapCollection,
    MapCollection,
    SelectFromCollection,
    SplitFrames,
)
from glue2lakehouse.tools.rewrite.rules.combine import Join, MergeFrames, Union
from glue2lakehouse.tools.rewrite.rules.context import Context, ContextMembers, FrameAttributes, GlueNames
from glue2lakehouse.tools.rewrite.rules.data_quality import DataQuality
from glue2lakehouse.tools.rewrite.rules.error_records import ErrorRecords
from glue2lakehouse.tools.rewrite.rules.fields import DropFields, RenameField, SelectFields
from glue2lakehouse.tools.rewrite.rules.file_names import FileNames
from glue2lakehouse.tools.rewrite.rules.frame_session import FrameSession
from glue2lakehouse.tools.rewrite.rules.from_rdd import FromRdd
from glue2lakehouse.tools.rewrite.rules.glue_types import Record, SchemaMethods, SchemaTypes
from glue2lakehouse.tools.rewrite.rules.hadoop_settings import HadoopSettings
from glue2lakehouse.tools.rewrite.rules.handoff import HandOff
from glue2lakehouse.tools.rewrite.rules.internals import ColumnFunctions, Descriptions, Utilities
from glue2lakehouse.tools.rewrite.rules.java_catalog import JavaCatalog
from glue2lakehouse.tools.rewrite.rules.jdbc_conf import JdbcConf
from glue2lakehouse.tools.rewrite.rules.job import JobLifecycle
from glue2lakehouse.tools.rewrite.rules.lake_formats import LakeFormats
from glue2lakehouse.tools.rewrite.rules.logger import GlueLogger, JvmLogger
from glue2lakehouse.tools.rewrite.rules.nested import DynamoJson, Relationalize, Spigot, Unbox, Unnest
from glue2lakehouse.tools.rewrite.rules.nulls import DropNullFields
from glue2lakehouse.tools.rewrite.rules.paths import MappedPaths
from glue2lakehouse.tools.rewrite.rules.plain_methods import FrameSchema, Partitioning, PlainMethods
from glue2lakehouse.tools.rewrite.rules.purge import Purge
from glue2lakehouse.tools.rewrite.rules.rdd import RddEnds, RddTakers
from glue2lakehouse.tools.rewrite.rules.read_catalog import ReadCatalog
from glue2lakehouse.tools.rewrite.rules.read_options import ReadOptions
from glue2lakehouse.tools.rewrite.rules.records import Filter, Map, MapPartitions
from glue2lakehouse.tools.rewrite.rules.resolve_choice import ResolveChoice
from glue2lakehouse.tools.rewrite.rules.session_views import GlobalViews, ServerlessCache
from glue2lakehouse.tools.rewrite.rules.sink import Sink
from glue2lakehouse.tools.rewrite.rules.snowflake import SnowflakeJvm
from glue2lakehouse.tools.rewrite.rules.source import Source
from glue2lakehouse.tools.rewrite.rules.spark_context import ContextCalls, ContextItself
from glue2lakehouse.tools.rewrite.rules.sql_context import SessionBuilder, SqlContext, SqlContextMembers
from glue2lakehouse.tools.rewrite.rules.sql_names import SqlNames
from glue2lakehouse.tools.rewrite.rules.streaming import ForEachBatch, IngestionTime, ReadStream
from glue2lakehouse.tools.rewrite.rules.studio import StudioHelpers
from glue2lakehouse.tools.rewrite.rules.table_names import TableNames
from glue2lakehouse.tools.rewrite.rules.to_df import FromDF, ToDF
from glue2lakehouse.tools.rewrite.rules.transactions import Transactions
from glue2lakehouse.tools.rewrite.rules.write import WriteCatalog, WriteConnection, WriteOptions

RULES: tuple[type[Rule], ...] = (
    Context,
    ContextMembers,
    GlueNames,
    FrameAttributes,
    FrameSession,
    AddedMembers,
    JobArguments,
    JobLifecycle,
    GlueLogger,
    JvmLogger,
    SnowflakeJvm,
    ToDF,
    FromDF,
    FromRdd,
    ReadCatalog,
    ReadOptions,
    Source,
    WriteOptions,
    WriteConnection,
    WriteCatalog,
    Sink,
    Transactions,
    JdbcConf,
    Purge,
    ApplyMapping,
    ResolveChoice,
    SelectFields,
    DropFields,
    RenameField,
    Filter,
    Map,
    MapPartitions,
    DropNullFields,
    Join,
    Union,
    MergeFrames,
    SplitFrames,
    SelectFromCollection,
    CollectionMembers,
    MapCollection,
    FlatMapCollection,
    Relationalize,
    Unnest,
    Unbox,
    DynamoJson,
    Spigot,
    ErrorRecords,
    PlainMethods,
    Partitioning,
    FrameSchema,
    ForEachBatch,
    ReadStream,
    IngestionTime,
    DataQuality,
    StudioHelpers,
    SqlNames,
    JavaCatalog,
    TableNames,
    FileNames,
    LakeFormats,
    MappedPaths,
    SqlContext,
    SqlContextMembers,
    SessionBuilder,
    ContextItself,
    ContextCalls,
    HadoopSettings,
    RddEnds,
    RddTakers,
    GlobalViews,
    ServerlessCache,
    AwsClients,
    AwsCalls,
    AwsPages,
    CatalogLookUps,
    CatalogWrites,
    JobRuns,
    SchemaTypes,
    SchemaMethods,
    Record,
    ColumnFunctions,
    Descriptions,
    Utilities,
    HandOff,
)


@cache
def _table(plugins: tuple[str, ...]) -> dict[str, Rule]:
    ours = {name: rule for rule in (kind() for kind in RULES) for name in rule.glue}
    theirs = {name: rule for rule in plugin_rules(plugins) for name in rule.glue}
    for name, rule in theirs.items():
        if name.startswith("awsglue.") and name not in ours:
            meant = get_close_matches(name, ours, n=1)
            raise PluginError(
                f"the rule `{rule.name}` answers for {name}, which Glue does not have"
                + (
                    f"; is {meant[0]} meant?"
                    if meant
                    else "; `glue2lakehouse explain RULE` names what rules answer for"
                )
            )
    return ours | theirs


def rules_by_name(settings: Settings) -> dict[str, Rule]:
    """Return the rule that answers for each qualified name; a team's own comes before ours. Raises PluginError."""
    return _table(settings.plugins)
