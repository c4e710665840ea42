"""Glue job, trigger, workflow and crawler definitions to a Databricks Asset Bundle."""

from glue2lakehouse.tools.jobs.account import glue_client, scan_account
from glue2lakehouse.tools.jobs.bundle.check import check_bundle
from glue2lakehouse.tools.jobs.bundle.writer import BundleJob, BundleResult, write_bundle
from glue2lakehouse.tools.jobs.definitions import Definitions
from glue2lakehouse.tools.jobs.facts import JobFacts, facts_for_script
from glue2lakehouse.tools.jobs.fields import Accounted, Outcome, account
from glue2lakehouse.tools.jobs.read import match_scripts, read_definitions
from glue2lakehouse.tools.jobs.scripts import match_script

__all__ = [
    "Accounted",
    "BundleJob",
    "BundleResult",
    "Definitions",
    "JobFacts",
    "Outcome",
    "account",
    "check_bundle",
    "facts_for_script",
    "glue_client",
    "match_script",
    "match_scripts",
    "read_definitions",
    "scan_account",
    "write_bundle",
]
