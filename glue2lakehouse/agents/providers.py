"""The chat models behind a URI, as LangChain has them; nothing is sent before the first question.

Each package is an extra of its own. What is missing (a package, a key, a login) is one line that says what to do.
"""

import os
from typing import Any

from glue2lakehouse.errors import ModelUnavailable
from glue2lakehouse.settings import Settings

MAX_OUTPUT_TOKENS = 8192
_EXTRAS = {
    "databricks": "databricks",
    "openai": "openai",
    "http": "openai",
    "https": "openai",
    "anthropic": "anthropic",
    "bedrock": "bedrock",
}
_EXAMPLES = "databricks:ENDPOINT, openai:MODEL, anthropic:MODEL, bedrock:MODEL, http://HOST/v1#MODEL or recorded:FOLDER"
_LONGEST_CONNECT_SECONDS = 10.0


def name_of(uri: str) -> str:
    """Return the model's own name in a URI, by which it is priced and recorded."""
    scheme, _, rest = uri.partition(":")
    if scheme in ("http", "https"):
        return rest.partition("#")[2] or "default"
    return rest.partition("#")[2] or "recorded" if scheme == "recorded" else rest


def chat_of(uri: str, settings: Settings) -> Any:
    """Return the LangChain chat model of a URI. Raises ModelUnavailable in one line when it cannot be had."""
    os.environ.setdefault("LANGSMITH_TRACING", "false")
    scheme, _, rest = uri.partition(":")
    if not rest:
        raise ModelUnavailable(f"{uri}: is no model; write {_EXAMPLES}")
    try:
        return _OPENERS.get(scheme, _other)(uri, rest, settings)
    except ImportError as error:
        extra = _EXTRAS.get(scheme)
        missing = f"'glue2lakehouse[{extra}]'" if extra else f"langchain langchain-{scheme.replace('_', '-')}"
        raise ModelUnavailable(f"{uri}: needs a package: pip install {missing}") from error


def _limits(settings: Settings) -> dict[str, Any]:
    # We try again ourselves (`agents.limits`): tries of the client would be neither limited nor counted.
    return {"max_retries": 0, "temperature": 0.0, "max_tokens": MAX_OUTPUT_TOKENS}


def _timeout(settings: Settings) -> Any:
    """A server that answers may take its time; one that is not there is given up soon."""
    import httpx

    longest = settings.model_timeout_seconds
    return httpx.Timeout(longest, connect=min(longest, _LONGEST_CONNECT_SECONDS))


def _databricks(uri: str, endpoint: str, settings: Settings) -> Any:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.core import Config
    from databricks_langchain import ChatDatabricks

    try:
        # Without this, a host that does not answer is asked for its configuration for 300 seconds, by every client anew.
        workspace = WorkspaceClient(config=Config(retry_timeout_seconds=1, http_timeout_seconds=10))
    except ValueError as error:
        reason = str(error).splitlines()[0][:160]
        raise ModelUnavailable(
            f"{uri}: no Databricks login: {reason}; set DATABRICKS_HOST and DATABRICKS_TOKEN"
        ) from error
    seconds = settings.model_timeout_seconds
    return ChatDatabricks(endpoint=endpoint, workspace_client=workspace, timeout=seconds, **_limits(settings))


def _server(uri: str, rest: str, settings: Settings) -> Any:
    from langchain_openai import ChatOpenAI

    key = os.environ.get("OPENAI_API_KEY") or "none"
    address = uri.partition("#")[0]
    # Servers of many kinds: usage in a stream is asked for, which LangChain does by itself at OpenAI's own address only.
    return ChatOpenAI(
        base_url=address, model=name_of(uri), api_key=key, timeout=_timeout(settings), stream_usage=True,
        **_limits(settings),
    )  # fmt: skip


def _openai(uri: str, model: str, settings: Settings) -> Any:
    from langchain_openai import ChatOpenAI

    _need_key(uri, "OPENAI_API_KEY")
    return ChatOpenAI(model=model, timeout=_timeout(settings), stream_usage=True, **_limits(settings))


def _anthropic(uri: str, model: str, settings: Settings) -> Any:
    from langchain_anthropic import ChatAnthropic

    _need_key(uri, "ANTHROPIC_API_KEY")
    return ChatAnthropic(model=model, timeout=settings.model_timeout_seconds, **_limits(settings))


def _bedrock(uri: str, model: str, settings: Settings) -> Any:
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError
    from langchain_aws import ChatBedrockConverse

    seconds = settings.model_timeout_seconds
    connect = min(seconds, _LONGEST_CONNECT_SECONDS)
    limits = Config(read_timeout=seconds, connect_timeout=connect, retries={"total_max_attempts": 1})
    try:
        return ChatBedrockConverse(model_id=model, config=limits, temperature=0.0, max_tokens=MAX_OUTPUT_TOKENS)
    except (BotoCoreError, ValueError) as error:
        reason = str(error).splitlines()[0][:160]
        raise ModelUnavailable(f"{uri}: no AWS session: {reason}; set AWS_REGION and a profile or keys") from error


def _other(uri: str, model: str, settings: Settings) -> Any:
    """Any provider that LangChain knows by name; its own environment variables hold the key."""
    from langchain.chat_models import init_chat_model

    provider = uri.partition(":")[0]
    try:
        return init_chat_model(
            model, model_provider=provider, timeout=settings.model_timeout_seconds, **_limits(settings)
        )
    except (ValueError, TypeError) as error:
        reason = " ".join(str(error).split())[:160]
        raise ModelUnavailable(f"{uri}: '{provider}' cannot be opened: {reason}; write {_EXAMPLES}") from error


_OPENERS = {
    "databricks": _databricks,
    "openai": _openai,
    "http": _server,
    "https": _server,
    "anthropic": _anthropic,
    "bedrock": _bedrock,
}


def _need_key(uri: str, variable: str) -> None:
    if not os.environ.get(variable):
        raise ModelUnavailable(f"{uri}: needs {variable} in the environment")
