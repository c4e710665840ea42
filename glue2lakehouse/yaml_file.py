"""A YAML file that a person wrote: what is wrong with it is said in one line, and a name that stands twice is refused."""

from pathlib import Path
from typing import Any

import yaml

from glue2lakehouse.errors import SettingsError


def read_yaml(file: Path) -> Any:
    """Return what a file holds. Raises SettingsError with the place and the mistake."""
    try:
        return yaml.load(file.read_text(encoding="utf-8-sig"), Loader=_Loader)
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read: {error.strerror}; check the path") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{file}: is no UTF-8 text; save it as UTF-8") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{file}:{mark.line + 1}" if mark is not None else str(file)
        said = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise SettingsError(f"{where}: is no YAML: {said}") from error


class _Loader(yaml.SafeLoader):
    """Refuses a name that stands twice, of which YAML would take the last without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Return the mapping; raises YAMLError at the second of two equal names."""
        seen: set[Any] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag == "tag:yaml.org,2002:merge":
                continue
            name = self.construct_object(key, deep=True)
            if name in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{name} stands here a second time", key.start_mark)
            seen.add(name)
        return super().construct_mapping(node, deep)
