"""The names under which Spark has the Glue Data Catalog, as the settings of jobs and sessions give them: `spark.sql.catalog.NAME…`.

Iceberg: Spark configuration, catalogs; AWS: using the Iceberg framework in Glue.
"""

import re
from collections.abc import Iterable

from glue2lakehouse.tools.jobs.definitions import Definitions

_SETTING = re.compile(
    r"spark\.sql\.catalog\.(\w+)\.(catalog-impl|type|glue\.id|glue\.account-id)\s*=\s*[\"']?([\w.\-⟦⟧]+)"
)
_GLUES = {"catalog-impl": "org.apache.iceberg.aws.glue.gluecatalog", "type": "glue"}


def glue_catalogs(confs: Iterable[str]) -> frozenset[str]:
    """Return the catalogs, in lower case, that are Glue's own in all of these `--conf` texts; one of another account is none."""
    ours: set[str] = set()
    others: set[str] = set()
    for name, key, value in (found for text in confs for found in _SETTING.findall(text)):
        (ours if _GLUES.get(key) == value.lower() else others).add(name.lower())
    return frozenset(ours - others)


def catalogs_of(definitions: Definitions) -> frozenset[str]:
    """Return the catalogs that the jobs of a project have for Glue's; modules that several jobs share know them all."""
    return glue_catalogs(job.arguments.get("--conf", "") for job in definitions.jobs)
