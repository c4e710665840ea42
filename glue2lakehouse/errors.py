"""The errors that callers may meet.

    Glue2LakehouseError
    ├── UsageError               the caller asked for something that cannot be (exit code 2)
    │   ├── SourceNotFound       no such folder, file or Git repository
    │   ├── OutputNotEmpty       the output folder holds files that we did not write
    │   └── SettingsError        the configuration file, environment or flags do not make sense
    └── RunError                 the run could not go on (exit code 1)
        ├── SourceUnreadable     a source exists but cannot be cloned or listed
        ├── StoreError           the metadata tables cannot be read or written
        ├── ModelUnavailable     the chat model's endpoint does not answer
        ├── ModelRefused         the model turned one request down (too long, not allowed)
        ├── BudgetSpent          the next call could cost more than is left
        ├── RuntimeUnavailable   Java, Spark or Delta is needed and not there
        ├── CatalogError         a catalog or cloud API refuses or does not answer
        ├── PluginError          a team's own rule cannot be loaded
        └── ProjectBusy          another run holds the project

What concerns one entity is a `domain.Finding`, never an exception.
"""


class Glue2LakehouseError(Exception):
    """Root of the tree; its text is one line: what, where, and what next."""

    exit_code = 1


class UsageError(Glue2LakehouseError):
    """The caller asked for something that cannot be."""

    exit_code = 2


class SourceNotFound(UsageError):
    """No such folder, file or Git repository."""


class OutputNotEmpty(UsageError):
    """The output folder holds files that this tool did not write."""


class SettingsError(UsageError):
    """The configuration file, the environment or the flags do not make sense."""


class RunError(Glue2LakehouseError):
    """The run could not go on."""


class SourceUnreadable(RunError):
    """A source exists but cannot be cloned or listed."""


class StoreError(RunError):
    """The metadata tables cannot be read or written."""


class ModelUnavailable(RunError):
    """The chat model's endpoint does not answer."""


class ModelRefused(RunError):
    """The model turned one request down: too long, not allowed, not understood."""


class BudgetSpent(RunError):
    """The next call to a model could cost more than is left of the project's cap."""


class RuntimeUnavailable(RunError):
    """Java, Spark or Delta is needed and not there."""


class CatalogError(RunError):
    """A catalog or a cloud API refuses or does not answer."""


class PluginError(RunError):
    """A team's own rule cannot be loaded."""


class ProjectBusy(RunError):
    """Another run holds the project."""
