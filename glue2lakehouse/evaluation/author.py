"""The author of a case as a model: asked for a section, it checks and submits what stands in the golden conversion.

As a careful model would, it names what the check says has vanished; whether that may go is for the checks to say.

No provider's model is reachable where the cases are made. Its answers, recorded, show offline whether sections, prompts, tools,
checks and execution carry a right answer through; they say nothing about how often a live model is right.
"""

import ast
import re
from collections.abc import Sequence

from glue2lakehouse.agents.converter import SUBMIT
from glue2lakehouse.agents.dialogue import Answer, Heard, Message, Tool, ToolCall, Usage

_SECTION = re.compile(r"^File `(?P<path>[^`]+)`, section `(?P<name>[^`]+)`", re.MULTILINE)
_DRAFT = re.compile(r"^The section as the rules left it:\n```python\n(?P<code>.*?)\n```$", re.MULTILINE | re.DOTALL)
_VANISHED = re.compile(r"^line (\d+) \(critical\) \[[\w-]+\] vanished: (.+)$", re.MULTILINE)
_FINDING = re.compile(r"^(\d+)\. line \d+ \[", re.MULTILINE)


CHECK = "check_draft"


class Author:
    """Answers from the golden files (path -> text); what the prompt does not say, it does not know."""

    def __init__(self, golden: dict[str, str], name: str = "author") -> None:
        self._golden = golden
        self.name = name

    def ask(self, messages: Sequence[Message], tools: Sequence[Tool] = (), heard: Heard | None = None) -> Answer:
        """Check, then submit the golden section and settle the findings that the prompt lists; as a reader, see nothing wrong."""
        offered = {tool.name for tool in tools}
        if SUBMIT not in offered:
            (name,) = offered
            return _call(name, {"issues": []})
        text = next(message.text for message in reversed(messages) if message.role == "user")
        place, draft = _SECTION.search(text), _DRAFT.search(text)
        if place is None or draft is None:
            return Answer(message=Message(role="assistant", text="I was shown no section to convert."))
        golden = self._golden.get(place["path"], "")
        code = _section(golden, place["name"], draft["code"])
        draft_arguments: dict[str, object] = {
            "converted_code": code,
            "imports": [line for line in _imports(golden) if line not in code.split("\n")],
        }
        if messages[-1].role != "tool":
            return _call(CHECK, draft_arguments)
        arguments: dict[str, object] = {
            **draft_arguments,
            "left_out": [
                {"line": int(line), "what": what, "why": "The golden conversion does the same without it"}
                for line, what in _VANISHED.findall(messages[-1].text)
            ],
            "settled": [int(number) for number in _FINDING.findall(text)],
            "transformations_applied": ["Wrote the section as in the golden conversion"],
        }
        return _call(SUBMIT, arguments)


def _call(name: str, arguments: dict[str, object]) -> Answer:
    call = ToolCall(id="1", name=name, arguments=arguments)
    return Answer(message=Message(role="assistant", calls=(call,)), usage=Usage(calls=1, cost_usd=None))


def _section(golden: str, name: str, draft: str) -> str:
    tree = ast.parse(golden)
    wanted = set(name.split(", "))
    defined = [
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name in wanted
    ]
    if "module" in wanted or not defined:
        return _without_head(golden, draft)
    lines = golden.split("\n")
    first = min(min([node.lineno, *(one.lineno for one in node.decorator_list)]) for node in defined)
    return "\n".join(lines[first - 1 : max(node.end_lineno or node.lineno for node in defined)])


def _without_head(golden: str, draft: str) -> str:
    """Leave out the comments before the first statement: a section begins with that."""
    lines, begins = golden.rstrip("\n").split("\n"), draft.lstrip().startswith("#")
    while lines and not begins and (lines[0].startswith("#") or not lines[0].strip()):
        lines.pop(0)
    return "\n".join(lines)


def _imports(golden: str) -> list[str]:
    tree = ast.parse(golden)
    return [ast.unparse(node) for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
