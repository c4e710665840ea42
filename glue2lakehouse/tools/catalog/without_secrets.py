"""Keep what names a place, drop what opens it: addresses without users and passwords, properties without secrets.

A password may hold any character, so that nothing is cut out of an address but what is known to be harmless is kept.
"""

import re
from collections.abc import Mapping

# Names of parameters of an address that say where something is; of any other not even the name is kept.
_HARMLESS = frozenset(
    "database databasename db schema warehouse servicename sid encrypt ssl sslmode usessl requiressl tls replicaset".split()
)
_SECRET = frozenset("user username uid password pwd token secret accesstoken".split())
_SCHEME = re.compile(r"(?i)^(?:jdbc:[a-z0-9]+:(?:thin:|oci:)?|[a-z][a-z0-9+.\-]*:)?(?://)?")
_PARAMETERS = re.compile(r"[?;]")
_TELLS = re.compile(r"(?i)passw|pwd|secret(?!.?id$)|token|credential|access.?key|private.?key")


def address(text: str) -> str:
    """Return an address with `…` for users, passwords and all parameters that are not known to be harmless."""
    scheme = _SCHEME.match(text)
    start = scheme.end() if scheme else 0
    cut = _PARAMETERS.search(text, start)
    end = cut.start() if cut else len(text)
    if "@" in text[end:]:
        # Either a password before the host holds a ? or ;, or a parameter holds an @: nobody can tell where the host is.
        return text[:start] + "…"
    before, at, place = text[start:end].rpartition("@")
    return text[:start] + ("…" if before else "") + at + place + _parameters(text[end:])


def without_secrets(given: Mapping[str, str]) -> dict[str, str]:
    """Return properties, with `…` as the value of each whose name speaks of a secret."""
    return {name: "…" if value and _TELLS.search(name) else value for name, value in given.items()}


def _parameters(text: str) -> str:
    told = ""
    for separator, name, value in re.findall(r"([?;&])([^=?;&]*)(=[^?;&]*)?", text):
        if name.lower() in _HARMLESS and value:
            told += f"{separator}{name}{value}"
        elif name.lower() in _SECRET and value:
            told += f"{separator}{name}=…"
        elif not told.endswith("…"):
            told += f"{separator}…"
    return told
