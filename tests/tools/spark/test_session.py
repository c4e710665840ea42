"""One place makes Spark sessions: small, quiet, with Delta, and clear about what is missing."""

import os
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from glue2lakehouse.errors import RuntimeUnavailable
from glue2lakehouse.tools.spark import delta_jars, java_home
from glue2lakehouse.tools.spark import session as session_module
from glue2lakehouse.tools.spark.jars import DELTA_VERSION

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

PACKAGE = Path(session_module.__file__).parent


def test_the_pyspark_here_is_the_one_that_delta_was_built_for() -> None:
    import pyspark

    assert pyspark.__version__ == "4.2.0"
    session_module.check_pyspark()


def test_a_java_of_the_environment_is_preferred(tmp_path: Path) -> None:
    fake = tmp_path / "bin" / "java"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\necho 'openjdk version \"21.0.1\" 2024' >&2\n")
    fake.chmod(0o755)
    assert java_home({"JAVA_HOME": str(tmp_path), "PATH": ""}) == tmp_path


def test_an_old_java_is_passed_over_for_the_bundled_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    fake = tmp_path / "bin" / "java"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\necho 'java version \"1.8.0_292\"' >&2\n")
    fake.chmod(0o755)
    assert java_home({"JAVA_HOME": str(tmp_path), "PATH": ""}) == tmp_path / "cache" / "glue2lakehouse" / "java"


def test_the_bundled_java_starts_with_the_flag_that_spark_adds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    home = java_home({"PATH": ""})
    flags = ["--add-modules=jdk.incubator.vector", "-version"]
    said = subprocess.run([home / "bin" / "java", *flags], capture_output=True, text=True, check=True)
    assert 'version "21' in said.stderr


def test_no_java_at_all_is_a_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("glue2lakehouse.tools.spark.java.find_spec", lambda name: None)
    with pytest.raises(RuntimeUnavailable, match=r"Java 17 or later and none was found.*JAVA_HOME"):
        java_home({"PATH": ""})


def test_jars_that_are_there_need_no_network(tmp_path: Path) -> None:
    folder = tmp_path / "jars"
    folder.mkdir()
    for name in ("delta-spark_4.2_2.13", "delta-storage"):
        (folder / f"io.delta_{name}-{DELTA_VERSION}.jar").touch()
    assert [jar.parent for jar in delta_jars(tmp_path)] == [folder, folder]


def test_jars_that_cannot_be_had_are_a_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = tmp_path / "bin" / "java"
    fake.parent.mkdir()
    fake.write_text(
        "#!/bin/sh\necho 'openjdk version \"17.0.1\"' >&2\n"
        'case "$*" in *-version*) exit 0;; esac\necho "Server access error at nowhere" >&2; exit 1\n'
    )
    fake.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(
        RuntimeUnavailable, match=r"cannot be had from Maven Central: Server access error.*put them into"
    ):
        delta_jars(tmp_path / "ivy")


def test_databricks_connect_over_pyspark_is_a_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = tmp_path / "databricks_connect-17.0.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: databricks-connect\nVersion: 17.0.0\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(RuntimeUnavailable, match=r"overwritten by databricks-connect 17\.0\.0.*pip uninstall"):
        session_module.check_pyspark()


def test_no_registry_address_is_written_down() -> None:
    for file in [*PACKAGE.glob("*.py"), *PACKAGE.glob("*.xml")]:
        assert not re.search(r"https?://", file.read_text()), file


@pytest.mark.spark
def test_a_delta_table_is_written_merged_and_read(spark: "SparkSession") -> None:
    spark.range(3).write.format("delta").saveAsTable("numbers")
    spark.sql("MERGE INTO numbers t USING (SELECT 7L id) s ON t.id = s.id WHEN NOT MATCHED THEN INSERT *")
    assert sorted(row.id for row in spark.table("numbers").collect()) == [0, 1, 2, 7]


@pytest.mark.spark
def test_the_session_is_small_and_leaves_the_environment_alone(spark: "SparkSession") -> None:
    assert spark.conf.get("spark.sql.shuffle.partitions") == "2"
    assert spark.conf.get("spark.sql.session.timeZone") == "UTC"
    assert "SPARK_LOCAL_IP" not in os.environ
