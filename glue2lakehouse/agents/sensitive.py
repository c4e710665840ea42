"""Find secrets and personal data in source code: what `detect-secrets` knows, and patterns of our own.

Its entropy detectors are left out: in this code they take every third file's context names and paths for secrets.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any, NamedTuple

from glue2lakehouse.agents.sensitive_patterns import CONTINUED, PATTERNS


class Found(NamedTuple):
    """Where a sensitive value stands in a text, and what it is: `SECRET`, `BLOB`, `EMAIL`, `PERSON`, `CARD`, …"""

    start: int
    end: int
    kind: str


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


@lru_cache(maxsize=1024)
def find_sensitive(text: str) -> tuple[Found, ...]:
    """Return where sensitive values stand, in order and without overlaps; where two overlap the longer one counts."""
    found = [*_own(text), *_theirs(text)]
    kept: list[Found] = []
    for item in sorted(found, key=lambda item: (item.start - item.end, item.start)):
        if not _HIDDEN_ALREADY.search(text, item.start, item.end) and all(
            item.end <= other.start or item.start >= other.end for other in kept
        ):
            kept.append(item)
    return tuple(sorted(kept))


def _own(text: str) -> Iterator[Found]:
    lowered = text.lower()
    for one in PATTERNS:
        if one.needles and not any(needle in lowered for needle in one.needles):
            continue
        for match in one.pattern.finditer(text):
            if not one.counts(match["value"]):
                continue
            yield Found(match.start("value"), match.end("value"), one.kind)
            # "abc" + "def": the rest of the same value.
            while "quote" in one.pattern.groupindex and (more := CONTINUED.match(text, match.end())):
                yield Found(more.start("value"), more.end("value"), one.kind)
                match = more


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
