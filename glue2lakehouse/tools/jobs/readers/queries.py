"""SQL that stands in a definition and not in a file: it is told, since nothing converts it from there.

AWS provider: aws_athena_named_query. CloudFormation: AWS::Athena::NamedQuery.
"""

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.jobs.model import Place

IN_TERRAFORM = "aws_athena_named_query"
IN_CLOUDFORMATION = "AWS::Athena::NamedQuery"


def unread_query(place: Place, name: str) -> Finding:
    """Return the finding for a saved query of Athena."""
    return Finding(
        rule="definition-query",
        severity=Severity.WARNING,
        path=place.path,
        line=place.line,
        message=f"'{name}' holds a query of Athena, which is not converted from here",
        action="save its text as a .sql file with `-- sql_dialect: athena` in the first line, and migrate again",
    )
