"""Errors of Glue's catalog, for handlers that tell them apart by class or by code."""

import re

from botocore.exceptions import ClientError

_CODES = {
    r"\[(TABLE_OR_VIEW|TABLE|SCHEMA)_ALREADY_EXISTS|\[PARTITIONS_ALREADY_EXIST": "AlreadyExistsException",
    r"\[(TABLE_OR_VIEW|SCHEMA|PARTITIONS)_NOT_FOUND": "EntityNotFoundException",
}


def _glue_error(error, operation, errors=None):
    """Return Glue's error for one of Spark's that says the same, else the error itself.

    `errors` are the `exceptions` of an AWS client, whose classes a handler names; without them it is a plain ClientError.
    """
    text = str(error)
    code = next((code for pattern, code in _CODES.items() if re.match(pattern, text)), "")
    if not code:
        return error
    told = {"Error": {"Code": code, "Message": text.splitlines()[0]}, "ResponseMetadata": {"HTTPStatusCode": 400}}
    return getattr(errors, code, ClientError)(told, operation)
