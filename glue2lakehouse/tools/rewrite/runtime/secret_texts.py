"""Secrets as the AWS clients for Secrets Manager and Systems Manager answer, from a Databricks secret scope."""


def get_secret_value(scope, key):
    """Answer as secretsmanager.get_secret_value does for a secret of text: its SecretString."""
    return {"SecretString": _secret(scope, key)}


def get_parameter(scope, key):
    """Answer as ssm.get_parameter does: the Value of the Parameter."""
    return {"Parameter": {"Value": _secret(scope, key)}}


def _secret(scope, key):
    from databricks.sdk.runtime import dbutils

    return dbutils.secrets.get(scope, key)
