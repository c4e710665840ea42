"""Evidence 0 and 1: a conversion parses, and everything in it resolves (names, imports, no Glue left, nothing lost).

Deterministic and independent of the rewrite rules; `python -m glue2lakehouse.tools.checks BEFORE AFTER` audits folders.
"""

from glue2lakehouse.tools.checks.check import RULES, CheckResult, check

__all__ = ["RULES", "CheckResult", "check"]
