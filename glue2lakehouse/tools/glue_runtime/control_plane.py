"""Parts of the library that only steer AWS: `awsglue.devutils`, `awsglue.scripts`, blueprints. They refuse."""

from typing import Any

from glue2lakehouse.tools.glue_runtime.refusals import refuse


class GlueJobUtils:
    """Makes and lists Glue jobs from a development endpoint."""

    def __init__(self, glue_context: Any) -> None:
        refuse("awsglue.devutils.GlueJobUtils", "it steers jobs on AWS and touches no data")


class Refused:
    """A class of AWS's control plane."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        refuse(f"awsglue {type(self).__name__}", "it describes resources on AWS and touches no data")


class Command(Refused):
    """A job's command."""


class Connections(Refused):
    """A job's connections."""


class ExecutionProperty(Refused):
    """A job's limits."""


class Workflow(Refused):
    """A blueprint's workflow."""


class Entities(Refused):
    """What a blueprint's workflow is made of."""


class Job(Refused):
    """A blueprint's or development endpoint's job."""


class Crawler(Refused):
    """A blueprint's crawler."""
