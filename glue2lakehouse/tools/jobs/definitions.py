"""All the definitions of a project, in the order of its files, and what could not be read of them."""

from pydantic import BaseModel, Field

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.jobs.model import (
    Chain,
    Definition,
    GlueCrawler,
    GlueJob,
    GlueTrigger,
    GlueWorkflow,
    Kind,
    OpenReference,
    Place,
)


class Definitions(BaseModel):
    """Everything that was read, in the order of the files, and what could not be."""

    items: list[Definition] = []
    findings: list[Finding] = []
    references: dict[str, OpenReference] = {}
    copies: list[Place] = Field(default=[], description="where the same definition stands once more")
    seen: int = Field(default=0, description="definitions that the sources hold, read or not")

    def of(self, *kinds: Kind) -> list[Definition]:
        """Return the definitions of these kinds."""
        return [item for item in self.items if item.kind in kinds]

    @property
    def jobs(self) -> list[GlueJob]:
        """The jobs."""
        return [item for item in self.items if isinstance(item, GlueJob)]

    @property
    def triggers(self) -> list[GlueTrigger]:
        """The triggers."""
        return [item for item in self.items if isinstance(item, GlueTrigger)]

    @property
    def workflows(self) -> list[GlueWorkflow]:
        """The workflows."""
        return [item for item in self.items if isinstance(item, GlueWorkflow)]

    @property
    def crawlers(self) -> list[GlueCrawler]:
        """The crawlers."""
        return [item for item in self.items if isinstance(item, GlueCrawler)]

    @property
    def chains(self) -> list[Chain]:
        """The state machines and DAGs that start Glue jobs."""
        return [item for item in self.items if isinstance(item, Chain)]

    def find(self, kind: Kind, name: str, near: str = "") -> Definition | None:
        """Return the definition of that name; of several, the one whose file is nearest to `near`."""
        named = [item for item in self.items if item.kind == kind and item.name == name]
        return max(named, key=lambda item: _common(item.place.path, near), default=None)

    def add(self, other: "Definitions") -> None:
        """Take over what another reader found."""
        self.items += other.items
        self.findings += other.findings
        for name, reference in other.references.items():
            known = self.references.setdefault(name, reference)
            if known.text != reference.text:
                self.findings.append(_shared(known, reference))
            places = {known.place.path, *(place.path for place in known.also)}
            if reference.place.path not in places:
                self.references[name] = known.model_copy(update={"also": (*known.also, reference.place)})
        self.seen += other.seen


def _common(left: str, right: str) -> int:
    """Count the leading folders that two paths share; the whole path counts one more."""
    pairs = zip(left.split("/"), right.split("/"), strict=False)
    return next((count for count, pair in enumerate(pairs) if pair[0] != pair[1]), len(right.split("/")))


def _shared(known: OpenReference, other: OpenReference) -> Finding:
    return Finding(
        rule="definition-variables",
        severity=Severity.BLOCKER,
        path=other.place.path,
        line=other.place.line,
        message=f"variable {other.name} stands for {other.text} here and for {known.text} in {known.place}",
        action="give the two different names, or write out the value of one of them",
    )
