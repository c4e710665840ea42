"""`databricks.yml`: the bundle's name, its variables and its targets.

Databricks: dev-tools/bundles/settings. A target in development mode pauses every schedule and marks every name, so a first
deployment starts nothing.
"""

import posixpath
from typing import Any

from pydantic import BaseModel, ConfigDict

from glue2lakehouse.tools.jobs.bundle.draft import Context, Variable, identifier
from glue2lakehouse.tools.jobs.bundle.emit import Path, to_yaml


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class BundleVariable(_Strict):
    """One entry of `variables`; without a default, a deployment has to give it."""

    description: str
    default: str | None = None


class Workspace(_Strict):
    """Where a target is deployed to."""

    root_path: str | None = None


class Target(_Strict):
    """One entry of `targets`."""

    mode: str
    default: bool | None = None
    workspace: Workspace | None = None
    variables: dict[str, str] | None = None


class BundleName(_Strict):
    """The `bundle` mapping."""

    name: str


class Artifact(_Strict):
    """One entry of `artifacts`: a wheel that a deployment builds."""

    type: str
    path: str
    build: str


class BundleRoot(_Strict):
    """`databricks.yml`, as far as this writer uses it."""

    bundle: BundleName
    include: list[str]
    artifacts: dict[str, Artifact] | None = None
    variables: dict[str, BundleVariable]
    targets: dict[str, Target]


def write_root(project: str, context: Context) -> str:
    """Return the text of databricks.yml."""
    variables = {
        "catalog": Variable("Unity Catalog catalog of the migrated tables", context.settings.catalog),
        "runtime_engine": Variable("STANDARD, or PHOTON once the results have been compared", "STANDARD"),
        **dict(sorted(context.variables.items())),
    }
    root = BundleRoot(
        bundle=BundleName(name=identifier(project)),
        include=["resources/*.yml"],
        artifacts=_artifacts(context) or None,
        variables={name: BundleVariable(description=v.description, default=v.default) for name, v in variables.items()},
        targets={
            "dev": Target(mode="development", default=True),
            "prod": Target(
                mode="production",
                workspace=Workspace(root_path="/Workspace/Shared/.bundle/${bundle.name}/${bundle.target}"),
            ),
        },
    )
    values: dict[str, Any] = root.model_dump(exclude_none=True)
    comments: dict[Path, str] = {
        ("targets", "dev"): "names are marked and schedules paused until you deploy to prod",
        ("targets", "prod"): "before it goes live: set run_as to a service principal",
        ("variables", "runtime_engine"): "off for the comparison run: Photon may add up floats in another order",
        **{
            ("variables", name): "no default: give it with --var, in BUNDLE_VAR_… or under a target"
            for name, v in variables.items()
            if v.default is None
        },
        (
            "artifacts",
            "libraries",
        ): "what the Glue jobs brought along as --extra-py-files; needs pip on the machine that deploys",
    }
    head = "Written by glue2lakehouse. Try it: databricks bundle validate -t dev"
    return to_yaml(values, comments, head)


def _artifacts(context: Context) -> dict[str, Artifact]:
    folders = sorted({posixpath.dirname(place) for place in context.used.values()})
    return {
        identifier(f"libraries_{folder}" if folder else "libraries"): Artifact(
            type="whl",
            path="/".join(filter(None, ("./src", folder))),
            build="python -m pip wheel --no-deps -w dist .",
        )
        for folder in folders
    }
