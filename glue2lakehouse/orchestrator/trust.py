"""Settings that come with a source, as far as that is to be trusted.

A folder on this machine is its user's own. What was cloned from a URL is somebody's: its configuration file may describe the
migration, and may not name code to run, a model to send code to, or places on this machine to read and write.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path

import yaml

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.settings import FILE_NAME, Settings
from glue2lakehouse.tools.source import SourceTree
from glue2lakehouse.tools.source.clone import looks_like_git_url

SettingsOf = Settings | Callable[[Path], Settings]
"""Settings, or what makes them from the root folder of the opened source."""

RULE = "untrusted-setting"
NEVER_FROM_A_CLONE = ("plugins", "home", "model", "mapping")


def settings_for(settings: SettingsOf, tree: SourceTree) -> tuple[Settings, tuple[Finding, ...]]:
    """Return the settings of a source, and a warning for each that its own file may not make.

    Raises SettingsError as `load_settings` does.
    """
    if not callable(settings):
        return settings, ()
    file = tree.root / FILE_NAME
    if not looks_like_git_url(tree.location) or not file.is_file():
        return settings(tree.root), ()
    text = "" if file.is_symlink() else file.read_text(encoding="utf-8", errors="replace")
    kept, ignored = _without(text)
    with tempfile.TemporaryDirectory(prefix="glue2lakehouse-settings-") as folder:
        Path(folder, FILE_NAME).write_text(kept, encoding="utf-8")
        return settings(Path(folder)), tuple(_ignored(name, line) for name, line in ignored)


def _without(text: str) -> tuple[str, list[tuple[str, int]]]:
    """Return the file without what it may not say, and the names and lines of that; what is no YAML stays to be told."""
    try:
        node, loaded = yaml.compose(text, Loader=yaml.SafeLoader), yaml.safe_load(text)
    except yaml.YAMLError:
        return text, []
    if not isinstance(loaded, dict) or not isinstance(node, yaml.MappingNode):
        return text, []
    lines = {str(key.value): key.start_mark.line + 1 for key, _ in node.value}
    ignored = [(name, lines.get(name, 0)) for name in NEVER_FROM_A_CLONE if name in loaded]
    kept = {name: value for name, value in loaded.items() if name not in NEVER_FROM_A_CLONE}
    return (yaml.safe_dump(kept) if kept else "") if ignored else text, ignored


def _ignored(name: str, line: int) -> Finding:
    return Finding(
        rule=RULE,
        severity=Severity.WARNING,
        path=FILE_NAME,
        line=line,
        message=f"'{name}' is ignored, because the source was cloned from a URL and could name anything",
        action="read the file; if you trust it, clone the repository yourself and give the folder, or use --config",
    )
