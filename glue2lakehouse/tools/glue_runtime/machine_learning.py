"""`awsglueml.transforms`: models and detectors that AWS runs; none of them can be had here, and each says so."""

from typing import Any, NoReturn

from glue2lakehouse.tools.glue_runtime.refusals import refuse

_MODEL = "its model lives in AWS; run this job on Glue, or replace the step"


class EntityDetector:
    """Personal data detection with AWS-managed detectors."""

    def detect(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse."""
        refuse("awsglueml.transforms.EntityDetector.detect", "its detectors are AWS-managed")

    def classify_columns(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse."""
        refuse("awsglueml.transforms.EntityDetector.classify_columns", "its detectors are AWS-managed")

    classifyColumns = classify_columns


class _Refusing:
    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse."""
        refuse(f"awsglueml.transforms.{cls.__name__}.apply", _MODEL)

    def __call__(self, *args: Any, **kwargs: Any) -> NoReturn:
        self.apply()


class FindMatches(_Refusing):
    """Record matching with a trained transform."""


class FindIncrementalMatches(_Refusing):
    """Incremental record matching."""


class FillMissingValues(_Refusing):
    """Imputation by a model."""
