"""`awsglue.job.Job`: the handle of a job's bookmark state."""

from typing import Any, ClassVar

from glue2lakehouse.tools.glue_runtime.arguments import BOOKMARK_OPTIONS
from glue2lakehouse.tools.glue_runtime.bookmarks import DISABLE
from glue2lakehouse.tools.glue_runtime.run import present


class Job:
    """Reads the state at init, saves it at commit; without commit the next run reads the same again."""

    _initialized: ClassVar[bool] = False

    def __init__(self, glue_context_or_spark_session: Any) -> None:
        self.glue_context = glue_context_or_spark_session

    def init(self, job_name: str, args: dict[str, Any] | None = None) -> None:
        """Load the bookmark state of the job; `args` says whether bookmarks are enabled."""
        given = args or {}
        option = given.get("job_bookmark_option") or given.get("job-bookmark-option") or DISABLE
        present().bookmarks.init(job_name, str(option))
        Job._initialized = True

    def commit(self) -> None:
        """Save the state of every source that was read."""
        present().bookmarks.commit()

    def isInitialized(self) -> bool:
        """Tell whether init was called."""
        return Job._initialized

    @classmethod
    def continuation_options(cls) -> list[str]:
        """Return the names of the continuation option."""
        return ["continuation-option", "continuation-enabled", "continuation-readonly", "continuation-ignore"]

    @classmethod
    def job_bookmark_options(cls) -> list[str]:
        """Return the names of the bookmark option and of its values."""
        return ["job-bookmark-option", *BOOKMARK_OPTIONS]

    @classmethod
    def job_bookmark_range_options(cls) -> list[str]:
        """Return the names of a paused bookmark's range."""
        return ["job-bookmark-from", "job-bookmark-to"]

    @classmethod
    def id_params(cls) -> list[str]:
        """Return the names of the run's ids."""
        return ["--JOB_NAME", "--JOB_ID", "--JOB_RUN_ID", "--SECURITY_CONFIGURATION"]

    @classmethod
    def encryption_type_options(cls) -> list[str]:
        """Return the names of the encryption option and of its values."""
        return ["encryption-type", "sse-s3"]

    @classmethod
    def data_lineage_options(cls) -> list[str]:
        """Return the names of the lineage option and of its values."""
        return ["enable-data-lineage", "true", "false"]
