"""Layout advice for tables: `advise(TableFacts, TableUses)`, `recommend(name, format, …)`, `uses_of(code)`, and `measure` for figures on sample rows."""

from glue2lakehouse.tools.optimize.advise import Advice, advise
from glue2lakehouse.tools.optimize.facts import TableFacts, TableUses
from glue2lakehouse.tools.optimize.queries import recommend
from glue2lakehouse.tools.optimize.uses import uses_of

__all__ = ["Advice", "TableFacts", "TableUses", "advise", "recommend", "uses_of"]
