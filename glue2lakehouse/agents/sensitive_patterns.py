"""What secrets and personal data look like in source code: patterns of our own, each with its group `value`.

They look at Spark and JDBC options, connection strings, literals beside telling names, and personal data. Checksums keep order
numbers from counting as cards or accounts. Too much is better than too little: what is hidden comes back in the answer.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

_NAMES = (
    r"pass(?:word|wd|phrase|code)?|pwd|secret(?:[_-]?(?:access)?[_-]?key)?|(?:api|access|account|shared|private|storage)[_-]?key"
    r"|token|credentials?|client[_-]?secret|sfpassword|pem[_-]?private[_-]?key|connection[_-]?string"
)
# Names beside which a value counts even where it stands without quotes.
_BARE_NAMES = r"password|passwd|passphrase|pwd|secret(?:[_-]?(?:access)?[_-]?key)?|(?:api|access|account)[_-]?key|token"
_VALUE = r"(?P<value>(?:(?!(?P=quote))(?:\\.|[^\\\n])){3,})"
_QUOTED = rf"""[rbuf]{{0,2}}(?P<quote>\\?["']){_VALUE}(?P=quote)"""
# Not further than the next word: `"bearer " + token` has no value.
CONTINUED = re.compile(rf"""\s*(?:\+|\\\n)?\s*{_QUOTED.replace("{3,}", "+")}""")


class Pattern(NamedTuple):
    """A pattern for one kind; a text without any of the `needles` in lower case is not searched."""

    kind: str
    needles: tuple[str, ...]
    pattern: re.Pattern[str]
    counts: Callable[[str], bool]


def _luhn(text: str) -> bool:
    digits = [int(letter) for letter in text if letter.isdigit()]
    doubled = sum(sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
    return len(set(digits)) > 1 and (doubled + sum(digits[::-2])) % 10 == 0


def _iban(text: str) -> bool:
    plain = text.replace(" ", "")
    turned = plain[4:] + plain[:4]
    return 15 <= len(plain) <= 34 and int("".join(str(int(letter, 36)) for letter in turned)) % 97 == 1


def _dni(text: str) -> bool:
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(text[:8]) % 23] == text[-1]


def _literal(text: str) -> bool:
    """A value that is filled in later (`{x}`, `${x}`, `%s`, `<x>`) hides nothing."""
    return not re.fullmatch(r"\s*(?:\$?\{.*\}|<.*>|%\(?\w*\)?s?|\*+)\s*", text)


def _bare(text: str) -> bool:
    """Outside of quotes a value has a digit or a sign in it, or it may be a name of the program."""
    return _literal(text) and bool(re.search(r"[\d!#%&?@^~]", text))


def _no_path(text: str) -> bool:
    return text.count("/") <= 3


def _mixed(text: str) -> bool:
    """Encoded bytes have capitals, small letters and digits; a hash, a path and a name have not all."""
    return all(re.search(part, text) for part in ("[a-z]", "[A-Z]", r"\d")) and text.count("/") <= len(text) // 8


def _any(text: str) -> bool:
    return True


_SECRET_WORDS = ("pass", "pwd", "secret", "key", "token", "credential", "connection")

PATTERNS: tuple[Pattern, ...] = tuple(Pattern(*row) for row in (
    ("SECRET", ("private key",), re.compile(r"(?P<value>-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z))"), _any),
    # password = "value", "password": "value", password = ("value"), {\"password\": \"value\"}
    ("SECRET", _SECRET_WORDS, re.compile(rf"""(?i)(?:{_NAMES})(?:\\?["'])?\s*\]?\s*(?::\s*str\s*)?(?:=>?|:)\s*\(?\s*{_QUOTED}"""), _literal),
    ("SECRET", _SECRET_WORDS, re.compile(
        rf"""(?i)(?:{_NAMES})["']?\s*\]?\s*(?::\s*str\s*)?(?:=|:)\s*\(?\s*[rbuf]{{0,2}}(?P<quote>\"{{3}}|'{{3}})(?P<value>[\s\S]{{3,}}?)(?P=quote)"""), _literal),
    # .option("password", "value"), conf.set("fs.s3a.secret.key", "value"), os.getenv("DB_PASSWORD", "value")
    ("SECRET", _SECRET_WORDS, re.compile(
        rf"""(?i)\b(?:option|set|config|put|setdefault|add_header|setProperty|get|getenv|pop)\(\s*["'][^"'\n]*(?:{_NAMES}|secret\.key|access\.key)["']"""
        rf"""\s*,\s*{_QUOTED}"""), _literal),
    # parser.add_argument("--password", default="value") and ["--password", "value"]
    ("SECRET", _SECRET_WORDS, re.compile(rf"""(?i)["'][^"'\n]*(?:{_NAMES})["']\s*,[^()\n]*?\bdefault\s*=\s*{_QUOTED}"""), _literal),
    ("SECRET", _SECRET_WORDS, re.compile(rf"""(?i)["']--?[\w-]*(?:{_NAMES})["']\s*,\s*{_QUOTED}"""), _literal),
    # In texts and comments: password: value, password=value, the password is value, <password>value</password>
    ("SECRET", _SECRET_WORDS, re.compile(rf"""(?i)(?:{_BARE_NAMES})\s*[:=]\s*(?P<value>[^\s"'`{{}}$<>,;()\[\]]{{5,}}+)(?![(\[])"""), _bare),
    ("SECRET", ("pass", "pwd", "secret", "token"), re.compile(r"""(?i)\b(?:password|passwd|pwd|secret|token)\s+(?:is|was)\s+["']?(?P<value>[^\s"',;]{4,})"""), _bare),
    ("SECRET", ("pass", "pwd", "secret", "token"), re.compile(r"(?i)<(?P<tag>[\w.-]*(?:password|passwd|pwd|secret|token))>(?P<value>[^<\n]{3,})</(?P=tag)>"), _literal),
    # CREATE USER u IDENTIFIED BY 'value', ALTER ROLE r PASSWORD 'value'
    ("SECRET", ("identified", "password"), re.compile(rf"""(?i)\b(?:identified\s+by(?:\s+password)?|password)\s+{_QUOTED}"""), _literal),
    # jdbc:…;password=value and AccountKey=value
    ("SECRET", ("pass", "pwd", "secret", "token", "key", "sig", "sharedaccess"), re.compile(
        r"""(?i)[;?&"'](?:password|pwd|passwd|secret|token|accountkey|sharedaccesskey|sharedaccesssignature|sig|api_?key)"""
        r"""=(?P<value>[^;&\s"'{}]{3,})"""), _literal),
    # scheme://user:value@host and jdbc:oracle:thin:user/value@host
    ("SECRET", ("://",), re.compile(r"""(?i)\b[a-z][a-z0-9+.-]*://[^\s/:@"']*:(?P<value>[^\s/@"'{}]{2,})@"""), _literal),
    ("SECRET", ("jdbc:oracle",), re.compile(r"""(?i)\bjdbc:oracle:\w+:[^\s/:@"']+/(?P<value>[^\s/@"'{}]{2,})@"""), _literal),
    ("SECRET", ("bearer", "basic"), re.compile(r"(?i)\b(?:bearer|basic)\s+(?P<value>(?:(?=[a-z._~+/-]*\d)[a-z0-9._~+/-]{12,}|[a-z0-9._~+/-]{20,})=*)"), _any),
    ("SECRET", ("bearer", "basic"), re.compile(rf"""(?i)\b(?:bearer|basic)\s*["']\s*\+\s*{_QUOTED}"""), _literal),
    ("SECRET", ("akia", "asia", "aida", "aroa"), re.compile(r"\b(?P<value>(?:AKIA|ASIA|AIDA|AROA)[A-Z0-9]{12,})\b"), _any),
    ("SECRET", ("dapi",), re.compile(r"\b(?P<value>dapi[0-9a-f]{32}(?:-\d)?)\b"), _any),
    ("SECRET", ("aiza",), re.compile(r"\b(?P<value>AIza[\w-]{35})(?![\w-])"), _any),
    ("SECRET", ("eyj",), re.compile(r"\b(?P<value>eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)"), _any),
    # An AWS secret access key: forty characters of base64 that mix cases and digits.
    ("SECRET", (), re.compile(
        r"(?<![A-Za-z0-9/+])(?P<value>(?=[A-Za-z0-9/+]*[a-z])(?=[A-Za-z0-9/+]*[A-Z])(?=[A-Za-z0-9/+]*\d)[A-Za-z0-9/+]{40})"
        r"(?![A-Za-z0-9/+=])"), _no_path),
    # Encoded bytes: keys, certificates, files.
    ("BLOB", (), re.compile(r"(?<![A-Za-z0-9/+])(?P<value>[A-Za-z0-9/+]{64,}={0,2})(?![A-Za-z0-9/+=])"), _mixed),
    ("EMAIL", ("@",), re.compile(r"(?P<value>\b[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}\b)"), _any),
    ("PERSON", ("-",), re.compile(r"(?<![\d-])(?P<value>(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4})(?![\d-])"), _any),
    ("PERSON", (), re.compile(r"\b(?P<value>[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D])\b"), _any),
    ("PERSON", (), re.compile(r"\b(?P<value>\d{8}[A-Z])\b"), _dni),
    ("PERSON", ("-",), re.compile(r"\b(?P<value>\d{3}\.\d{3}\.\d{3}-\d{2})\b"), _any),
    ("PERSON", ("ssn", "social", "national", "passport", "tax", "nino", "cpf", "dni", "aadhaar", "insee"), re.compile(
        r"""(?i)(?:ssn|social_?security(?:_?(?:no|number))?|national_?id(?:_?(?:no|number))?|passport(?:_?(?:no|number))?|tax_?id|nino|cpf|dni|aadhaar|insee)"""
        r"""["']?\s*\]?\s*(?:==?|:)\s*["'](?P<value>(?=[^"'\n]*\d{4})[\w .-]{6,22})["']"""), _any),
    ("ACCOUNT", (), re.compile(r"\b(?P<value>[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?)\b"), _iban),
    ("CARD", (), re.compile(r"(?<![\w.-])(?P<value>(?:\d[ -]?){12,18}\d)(?![\w.-])"), _luhn),
    ("PHONE", ("+", "(", "-"), re.compile(
        r"(?<![\w.+-])(?P<value>\+\d{1,3}[ .-]?(?:\(\d{1,4}\)[ .-]?)?\d{2,4}(?:[ .-]?\d{2,4}){2,4}"
        r"|\(\d{3}\) ?\d{3}-\d{4}|\d{3}-\d{3}-\d{4})(?![\w-])"), _any),
    ("PHONE", ("0",), re.compile(r"""(?<=["'])(?P<value>0\d{2,4}[ /-]\d{5,9})(?=["'])"""), _any),
    ("PHONE", ("phone", "mobile", "tel", "fax"), re.compile(
        r"""(?i)(?:phone|mobile|tel|fax)(?:_?(?:no|number))?["']?\s*\]?\s*(?:==?|:)\s*["'](?P<value>[+\d(][\d ()./-]{5,}\d)["']"""), _any),
))  # fmt: skip
