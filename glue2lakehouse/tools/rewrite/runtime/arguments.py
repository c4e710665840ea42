"""Job arguments with all that Glue's function does."""

import argparse


class GlueArgumentError(Exception):
    """A job argument is missing or malformed."""


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        raise GlueArgumentError(message)


def resolved_options(argv, names):
    """Return the named job arguments from `argv` as a dict of strings, as Glue's getResolvedOptions does.

    Every name is required except TempDir; hyphens become underscores; unknown arguments are ignored; the last of repeated
    ones counts. The keys that Glue always adds are there as well, with the values of a job without bookmarks.
    """
    parser = _Parser()
    for name in names:
        parser.add_argument("--" + name, required=name not in ("TempDir", "RedshiftTempDir"))
    hidden = ("JOB_ID", "JOB_RUN_ID", "SECURITY_CONFIGURATION", "encryption-type", "enable-data-lineage", "TempDir",
              "RedshiftTempDir", "job-bookmark-from", "job-bookmark-to")  # fmt: skip
    for name in hidden:
        if name not in names:
            parser.add_argument("--" + name)
    parser.add_argument("--job-bookmark-option", default="job-bookmark-disable")
    found = vars(parser.parse_known_args(argv[1:])[0])
    found["TempDir"] = found["RedshiftTempDir"] = found["TempDir"] or found["RedshiftTempDir"]
    return found
