"""Job arguments, with optional ones: getResolvedOptions alone knows only required names."""

import sys

from awsglue.utils import getResolvedOptions


def resolve_options(required, optional=None):
    """Return the arguments of the job; optional ones fall back to the given defaults."""
    optional = optional or {}
    given = [name for name in optional if f"--{name}" in sys.argv]
    args = getResolvedOptions(sys.argv, list(required) + given)
    return {**optional, **args}
