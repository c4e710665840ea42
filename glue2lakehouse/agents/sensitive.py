"""Find secrets and personal data in source code: what `detect-secrets` knows, and patterns of our own.

Its entropy detectors are left out: in this code they take every third file's context names and paths for secrets.
Ours look at Spark and JDBC options, connection strings and personal data. Each pattern names its group `value`; checksums keep
order numbers from counting as cards or accounts.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

_NAMES = (
    r"pass(?:word|wd|phrase|code)?|pwd|secret(?:[_-]?(?:access)?[_-]?key)?|(?:api|access|account|shared|private|storage)[_-]?key"
    r"|token|credentials?|client[_-]?secret|sfpassword|pem[_-]?private[_-]?key|connection[_-]?string"
)
_QUOTED = r"""[rbuf]{0,2}(?P<quote>["'])(?P<value>[^"'\n]{3,})(?P=quote)"""


class Found(NamedTuple):
    """Where a sensitive value stands in a text, and what it is: `SECRET`, `EMAIL`, `PERSON`, `CARD`, `ACCOUNT`, `PHONE`."""

    start: int
    end: int
    kind: str


def _luhn(text: str) -> bool:
    digits = [int(letter) for letter in text if letter.isdigit()]
    doubled = sum(sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
    return len(set(digits)) > 1 and (doubled + sum(digits[::-2])) % 10 == 0


def _iban(text: str) -> bool:
    plain = text.replace(" ", "")
    turned = plain[4:] + plain[:4]
    return 15 <= len(plain) <= 34 and int("".join(str(int(letter, 36)) for letter in turned)) % 97 == 1


def _literal(text: str) -> bool:
    """A value that is filled in later (`{x}`, `${x}`, `%s`, `<x>`) hides nothing."""
    return not re.fullmatch(r"\s*(?:\$?\{.*\}|<.*>|%\(?\w*\)?s?|\*+)\s*", text)


def _no_path(text: str) -> bool:
    return text.count("/") <= 3


def _any(text: str) -> bool:
    return True


# Kind, words of which one has to be in the lower-cased text (so that most patterns cost nothing), pattern, further test.
_PATTERNS: tuple[tuple[str, tuple[str, ...], re.Pattern[str], Callable[[str], bool]], ...] = (
    ("SECRET", ("private key",), re.compile(r"(?P<value>-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z))"), _any),
    # password = "value", "password": "value"
    ("SECRET", ("pass", "pwd", "secret", "key", "token", "credential", "connection"), re.compile(rf"""(?i)(?:{_NAMES})["']?\s*\]?\s*(?::\s*str\s*)?(?:=>?|:)\s*{_QUOTED}"""), _literal),
    # .option("password", "value"), conf.set("fs.s3a.secret.key", "value")
    ("SECRET", ("pass", "pwd", "secret", "key", "token", "credential"), re.compile(
        rf"""(?i)\b(?:option|set|config|put|setdefault|add_header|setProperty)\(\s*["'][^"'\n]*(?:{_NAMES}|secret\.key|access\.key)["']"""
        rf"""\s*,\s*{_QUOTED}"""), _literal),
    # jdbc:…;password=value and AccountKey=value
    ("SECRET", ("pass", "pwd", "secret", "token", "key", "sig", "sharedaccess"), re.compile(
        r"""(?i)[;?&"'](?:password|pwd|passwd|secret|token|accountkey|sharedaccesskey|sharedaccesssignature|sig|api_?key)"""
        r"""=(?P<value>[^;&\s"'{}]{3,})"""), _literal),
    # scheme://user:value@host and jdbc:oracle:thin:user/value@host
    ("SECRET", ("://",), re.compile(r"""(?i)\b[a-z][a-z0-9+.-]*://[^\s/:@"']*:(?P<value>[^\s/@"'{}]{2,})@"""), _literal),
    ("SECRET", ("jdbc:oracle",), re.compile(r"""(?i)\bjdbc:oracle:\w+:[^\s/:@"']+/(?P<value>[^\s/@"'{}]{2,})@"""), _literal),
    ("SECRET", ("bearer", "basic"), re.compile(r"(?i)\b(?:bearer|basic)\s+(?P<value>(?=[a-z._~+/-]*\d)[a-z0-9._~+/-]{12,}=*)"), _any),
    ("SECRET", ("akia", "asia", "aida", "aroa"), re.compile(r"\b(?P<value>(?:AKIA|ASIA|AIDA|AROA)[A-Z0-9]{12,})\b"), _any),
    ("SECRET", ("dapi",), re.compile(r"\b(?P<value>dapi[0-9a-f]{32}(?:-\d)?)\b"), _any),
    ("SECRET", ("eyj",), re.compile(r"\b(?P<value>eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)"), _any),
    # An AWS secret access key: forty characters of base64 that mix cases and digits.
    ("SECRET", (), re.compile(
        r"(?<![A-Za-z0-9/+=])(?P<value>(?=[A-Za-z0-9/+]*[a-z])(?=[A-Za-z0-9/+]*[A-Z])(?=[A-Za-z0-9/+]*\d)[A-Za-z0-9/+]{40})"
        r"(?![A-Za-z0-9/+=])"), _no_path),
    ("EMAIL", ("@",), re.compile(r"(?P<value>\b[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}\b)"), _any),
    ("PERSON", ("-",), re.compile(r"(?<![\d-])(?P<value>(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4})(?![\d-])"), _any),
    ("ACCOUNT", (), re.compile(r"\b(?P<value>[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?)\b"), _iban),
    ("CARD", (), re.compile(r"(?<![\w.-])(?P<value>(?:\d[ -]?){12,18}\d)(?![\w.-])"), _luhn),
    ("PHONE", ("+", "(", "-"), re.compile(
        r"(?<![\w.+-])(?P<value>\+\d{1,3}[ .-]?(?:\(\d{1,4}\)[ .-]?)?\d{2,4}(?:[ .-]?\d{2,4}){2,4}"
        r"|\(\d{3}\) ?\d{3}-\d{4}|\d{3}-\d{3}-\d{4})(?![\w-])"), _any),
)  # fmt: skip

_DETECTORS = {
    "artifactory.ArtifactoryDetector": "a",
    "aws.AWSKeyDetector": "a",
    "azure_storage_key.AzureStorageKeyDetector": "accountkey",
    "cloudant.CloudantDetector": "cloudant",
    "discord.DiscordBotTokenDetector": ".",
    "github_token.GitHubTokenDetector": "gh",
    "gitlab_token.GitLabTokenDetector": "gl",
    "ibm_cloud_iam.IbmCloudIamDetector": "ibm",
    "ibm_cos_hmac.IbmCosHmacDetector": "ibm",
    "jwt.JwtTokenDetector": "eyj",
    "mailchimp.MailchimpDetector": "-us",
    "npm.NpmDetector": "npm",
    "openai.OpenAIDetector": "t3blbkfj",
    "pypi_token.PypiTokenDetector": "pypi-",
    "sendgrid.SendGridDetector": "sg.",
    "slack.SlackDetector": "",
    "softlayer.SoftlayerDetector": "s",
    "square_oauth.SquareOAuthDetector": "sq0",
    "stripe.StripeDetector": "k_",
    "telegram_token.TelegramBotTokenDetector": ":",
    "twilio.TwilioKeyDetector": "",
}
_HIDDEN_ALREADY = re.compile(r"REDACTED_[A-Z]+_\d+")


def find_sensitive(text: str) -> list[Found]:
    """Return where sensitive values stand, in order and without overlaps; where two overlap the longer one counts."""
    found = [*_own(text), *_theirs(text)]
    kept: list[Found] = []
    for item in sorted(found, key=lambda item: (item.start - item.end, item.start)):
        if not _HIDDEN_ALREADY.search(text, item.start, item.end) and all(
            item.end <= other.start or item.start >= other.end for other in kept
        ):
            kept.append(item)
    return sorted(kept)


def _own(text: str) -> Iterator[Found]:
    lowered = text.lower()
    for kind, needles, pattern, counts in _PATTERNS:
        if needles and not any(needle in lowered for needle in needles):
            continue
        for match in pattern.finditer(text):
            if counts(match["value"]):
                yield Found(match.start("value"), match.end("value"), kind)


def _theirs(text: str) -> Iterator[Found]:
    lowered = text.lower()
    for needle, detector in _detectors():
        if needle not in lowered:
            continue
        for value in detector.analyze_string(text):
            start = text.find(value)
            while start >= 0:
                yield Found(start, start + len(value), "SECRET")
                start = text.find(value, start + len(value))


@cache
def _detectors() -> tuple[tuple[str, Any], ...]:
    from importlib import import_module

    made = []
    for name, needle in _DETECTORS.items():
        module, _, kind = name.partition(".")
        made.append((needle, getattr(import_module(f"detect_secrets.plugins.{module}"), kind)()))
    return tuple(made)
