"""How much a sandboxed script may use, and what is said when it wants more."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

LimitName = Literal["wall clock", "cpu", "memory", "processes", "disk"]
MIB = 1024 * 1024


class Limits(BaseModel):
    """Limits of one run; everything that the run starts (Spark's JVM, Python workers) counts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    wall_seconds: float = Field(default=300, gt=0)
    cpu_seconds: float = Field(default=600, gt=0)
    memory_mib: int = Field(default=4096, gt=0, description="resident memory that is not shared, of all processes")
    processes: int = Field(default=64, gt=0)
    disk_mib: int = Field(default=1024, gt=0, description="size of the scratch folder, and of any one file")


class Usage(BaseModel):
    """What a run used at one moment, in the units of `Limits`."""

    wall_seconds: float = 0
    cpu_seconds: float = 0
    memory_mib: float = 0
    processes: int = 0
    disk_mib: float = 0


def limit_hit(usage: Usage, limits: Limits) -> LimitName | None:
    """Return the first limit that is exceeded, None when all hold."""
    if usage.processes > limits.processes:
        return "processes"
    if usage.memory_mib > limits.memory_mib:
        return "memory"
    if usage.disk_mib > limits.disk_mib:
        return "disk"
    if usage.cpu_seconds > limits.cpu_seconds:
        return "cpu"
    return "wall clock" if usage.wall_seconds > limits.wall_seconds else None


def describe_limit(name: LimitName, limits: Limits) -> str:
    """Say in one line which limit stopped the run, with its value."""
    allowed = {
        "wall clock": f"{limits.wall_seconds:g} s",
        "cpu": f"{limits.cpu_seconds:g} s of CPU time",
        "memory": f"{limits.memory_mib} MiB",
        "processes": f"{limits.processes} processes",
        "disk": f"{limits.disk_mib} MiB in the scratch folder",
    }
    return f"the {name} limit of the sandbox was hit: more than {allowed[name]}"
