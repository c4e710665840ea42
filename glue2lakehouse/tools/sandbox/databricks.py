"""What a Databricks job finds in its process and local Spark lacks: `dbutils` and `spark`."""

import builtins
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


_CREDENTIAL = re.compile(r"(^|[/_.-])(user(name)?|password|pwd)$", re.IGNORECASE)


def give_dbutils(
    session: "SparkSession", secrets: dict[str, dict[str, str]], local: Callable[[str], Path] = Path
) -> None:
    """Offer `dbutils` and `spark` as names and through `pyspark.dbutils` and `databricks.sdk.runtime`.

    `local` finds the file or folder that an s3:// path stands for.
    """
    dbutils = local_dbutils(secrets, local)
    builtins.__dict__.update({"dbutils": dbutils, "spark": session, "display": print})
    module: Any = ModuleType("pyspark.dbutils")
    module.DBUtils = lambda *_: dbutils
    sys.modules["pyspark.dbutils"] = module
    runtime: Any = ModuleType("databricks.sdk.runtime")
    runtime.dbutils, runtime.spark = dbutils, session
    sys.modules["databricks.sdk.runtime"] = runtime


def local_dbutils(secrets: dict[str, dict[str, str]], local: Callable[[str], Path] = Path) -> Any:
    """Return a `dbutils` with secrets from a dictionary, widgets from the job arguments, and no notebooks."""

    def get_secret(scope: str, key: str) -> str:
        try:
            return secrets[scope][key]
        except KeyError:
            if _CREDENTIAL.search(key):
                # A local database asks for none.
                return "sandbox"
            raise LookupError(f"no secret {scope}/{key}; add DIR/secrets/{scope}/{key}") from None

    def get_widget(name: str, default: str | None = None) -> str | None:
        flag = f"--{name}"
        return sys.argv[sys.argv.index(flag) + 1] if flag in sys.argv[:-1] else default

    def remove(path: str, recurse: bool = False) -> bool:
        place = local(path.removeprefix("file:"))
        if place.is_dir() and recurse:
            shutil.rmtree(place)
        else:
            place.unlink(missing_ok=True)
        return True

    def list_files(path: str) -> list[Any]:
        return [_file(place) for place in sorted(local(path.removeprefix("file:")).iterdir())]

    def list_secrets(scope: str) -> list[Any]:
        return [SimpleNamespace(key=key) for key in secrets.get(scope, ())]

    return SimpleNamespace(
        secrets=SimpleNamespace(get=get_secret, list=list_secrets),
        widgets=SimpleNamespace(get=get_widget, text=lambda *_: None, dropdown=lambda *_: None),
        fs=SimpleNamespace(rm=remove, ls=list_files),
        jobs=SimpleNamespace(
            taskValues=SimpleNamespace(set=lambda **_: None, get=lambda **given: given.get("default"))
        ),
        notebook=SimpleNamespace(exit=sys.exit),
    )


def _file(place: Path) -> Any:
    facts = place.stat()
    return SimpleNamespace(
        path=str(place), name=place.name, size=facts.st_size, modificationTime=int(facts.st_mtime * 1000),
        isDir=place.is_dir, isFile=place.is_file,
    )  # fmt: skip
