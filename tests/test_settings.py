"""A mistake in the settings is told in one line that says where, what, and what to write; none is passed over."""

import re
from pathlib import Path

import pytest

from glue2lakehouse.errors import SettingsError
from glue2lakehouse.settings import FILE_NAME, load_settings

MISTAKES = {
    "an unknown name": ("catalogue: x", "catalogue: there is no such setting; is catalog meant?"),
    "a name like none": ("zzz: x", "zzz: there is no such setting; the README lists them"),
    "a word for a number": ("workers: many", "workers: has to be a whole number, not 'many'"),
    "a value that is none": ("compute: huge", "compute: has to be 'classic', 'standard' or 'serverless', not 'huge'"),
    "a word for lines": ("schemas: sales", "schemas: has to be `name: value` lines, not 'sales'"),
    "a list for a text": ("project: [a]", "project: has to be a text, not ['a']"),
    "too much": ("confidence_threshold: 3", "confidence_threshold: has to be less than or equal to 1, not 3"),
    "no path": ("paths: {lake: /Volumes/x}", "paths: 'lake' names no path; write s3://bucket/prefix"),
    "no model": ("model: gpt", "model: 'gpt' is no model; write PROVIDER:MODEL, such as openai:gpt-4o, or http://HOST/v1#MODEL"),
    "no version": ("glue_version: latest", "glue_version: 'latest' is no version of Glue, such as 4.0"),
    "no catalog": ("catalog: 'my cat'", "catalog: 'my cat' is no name of a catalog: blanks, dots and slashes are not allowed"),
    "a table without its database": ("tables: {orders: a.b.c}", "tables: 'orders' names no table; write database.table"),
    "an action on no table": ("table_actions: {orders: skip}", "table_actions: 'orders' names no table; write database.table"),
    "a target of two parts": ("tables: {a.b: c.d}", "tables: 'c.d' for a.b is no full name; write catalog.schema.table"),
}  # fmt: skip
UNREADABLE = {
    "twice": ("catalog: a\ncatalog: b\n", ":2: is no YAML: catalog stands here a second time"),
    "twice inside": ("schemas:\n  a: b\n  a: c\n", ":3: is no YAML: a stands here a second time"),
    "no YAML": ("catalog: [\n", ":2: is no YAML: "),
    "a list": ("- a\n", ": expected `name: value` lines, found list"),
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / FILE_NAME


@pytest.mark.parametrize(("line", "told"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_with_its_setting(file: Path, line: str, told: str) -> None:
    file.write_text(line + "\n")
    with pytest.raises(SettingsError) as caught:
        load_settings(file, {})
    assert str(caught.value) == f"{file}: {told}"


@pytest.mark.parametrize(("text", "told"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_that_cannot_be_read_is_told_with_its_line(file: Path, text: str, told: str) -> None:
    file.write_text(text)
    with pytest.raises(SettingsError) as caught:
        load_settings(file, {})
    assert str(caught.value).startswith(f"{file}{told}")


def test_a_version_may_be_written_as_a_number(file: Path) -> None:
    for line, version in (("glue_version: 4.0", "4.0"), ("glue_version: 5", "5.0"), ("glue_version: '3.0'", "3.0")):
        file.write_text(line + "\n")
        assert load_settings(file, {}).glue_version == version


def test_a_mistake_in_the_environment_or_a_flag_is_not_told_of_the_file(file: Path) -> None:
    file.write_text("catalog: lake\n")
    with pytest.raises(SettingsError, match=r"^environment variable GLUE2LAKEHOUSE_COMPUTE: compute: has to be"):
        load_settings(file, {"GLUE2LAKEHOUSE_COMPUTE": "huge"})
    with pytest.raises(SettingsError, match=r"^command line: model: 'gpt' is no model"):
        load_settings(file, {}, model="gpt")


def test_what_windows_saves_is_read_or_named(file: Path) -> None:
    file.write_bytes("catalog: lake\r\n".encode("utf-8-sig"))
    assert load_settings(file, {}).catalog == "lake"
    file.write_bytes("catalog: lake\n".encode("utf-16"))
    with pytest.raises(SettingsError, match="is no UTF-8 text; save it as UTF-8"):
        load_settings(file, {})


def test_a_missing_mapping_file_is_told_with_what_writes_it(file: Path) -> None:
    file.write_text("mapping: nowhere.csv\n")
    with pytest.raises(
        SettingsError, match=r"nowhere.csv: there is no such mapping file; `glue2lakehouse map` writes one"
    ):
        load_settings(file, {})


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("schemas: {raw: a, RAW: b}", "schemas: 'RAW' is given twice, in two spellings"),
        ("tables: {a.b: x.y.z, A.b: x.y.w}", "tables: 'A.b' is given twice, in two spellings"),
        ("paths: {s3://a: s3://b, s3a://a/: s3://c}", "paths: 's3a://a/' is given twice, in two spellings"),
        ("schemas: {raw: main.a}", "schemas: 'main.a' for raw is no name of a schema; the catalog is a setting of its own"),
        ("schemas: {glue.raw: a}", "schemas: 'glue.raw' names no database of Glue; write it without a catalog"),
    ],
)  # fmt: skip
def test_a_name_that_would_have_no_effect_is_refused(file: Path, line: str, told: str) -> None:
    file.write_text(line + "\n")
    with pytest.raises(SettingsError, match=re.escape(told)):
        load_settings(file, {})


def test_two_spellings_with_one_answer_are_no_mistake(file: Path) -> None:
    file.write_text("paths: {s3://a: s3://b, s3a://a: s3://b}\n")
    assert load_settings(file, {}).path_for("s3n://a/x") == "s3://b/x"


def test_yaml_may_merge_and_may_have_odd_keys(file: Path) -> None:
    file.write_text("<<: {catalog: lake, glue_version: 5.0}\ncatalog: pond\n")
    assert (load_settings(file, {}).catalog, load_settings(file, {}).glue_version) == ("pond", "5.0")
    file.write_text("? [a, b]\n: 1\n")
    with pytest.raises(SettingsError, match="is no YAML"):
        load_settings(file, {})


def test_names_of_glue_are_found_in_any_case(file: Path) -> None:
    file.write_text("schemas: {Sales: gold}\ntables: {Raw.Orders: main.x.y}\ntable_actions: {Raw.Orders: skip}\n")
    settings = load_settings(file, {})
    assert (settings.schema_for("sales"), settings.schema_for("SALES")) == ("gold", "gold")
    assert (settings.table_for("raw", "orders"), settings.table_for("RAW", "Orders")) == ("main.x.y", "main.x.y")
    assert settings.action_for("raw", "orders") == "skip"
