"""What a guide for apps shows: requests with their answers, waits, and the inside of links."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

# JSON of every type.
Json = Any

STEP = re.compile(
    r"^```http\n(?P<http>.*?)^```$"
    r"|^```json\n(?P<inside>.*?)^```$"
    r"|^<!-- (?P<count>\d+) (?P<unit>minute|hour|day)s? later -->$"
    r"|^```(?P<other>.*)$",
    re.MULTILINE | re.DOTALL,
)
HEADER = re.compile(r"([A-Za-z-]+): (.+)")
REQUEST = re.compile(r"(GET|POST|PUT|PATCH|DELETE) (/\S*)")
OPERATION = re.compile(r"^\| `(\w+)` \| `([A-Z]+ /\S*)` \|", re.MULTILINE)
ANSWER = re.compile(r"HTTP/1\.1 (\d{3})")


@dataclass(frozen=True, slots=True)
class Message:
    """The headers that are shown, and the JSON, if there is any."""

    headers: Mapping[str, str]
    body: Json = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request, and the answer that it gets."""

    method: str
    target: str
    sent: Message
    status: int
    told: Message


@dataclass(frozen=True, slots=True)
class InsideOfLink:
    """The payload of the share link that was answered last."""

    payload: Json


Step = Exchange | InsideOfLink | timedelta


def steps_of(page: str) -> Iterator[Step]:
    """Everything on a page that can be tried, in order.

    Raises ValueError for a block that cannot be read, and for one of another kind: nothing that
    looks like an example stands there untried.
    """
    for found in STEP.finditer(page):
        if found["http"] is not None:
            yield exchange_of(found["http"])
        elif found["inside"] is not None:
            yield InsideOfLink(json.loads(found["inside"]))
        elif found["count"] is not None:
            yield timedelta(**{found["unit"] + "s": int(found["count"])})
        else:
            raise ValueError(f"a block that nobody tries: {found['other']}")


def operations_in(page: str) -> dict[str, str]:
    """Name, method and path of each operation in the tables of a page."""
    return dict(OPERATION.findall(page))


def exchange_of(text: str) -> Exchange:
    """A request, an empty line, an answer. Raises ValueError."""
    first, gap, second = text.partition("\n\n")
    if not gap:
        raise ValueError(f"no answer: {text}")
    asked, _, sent = first.partition("\n")
    answered, _, told = second.partition("\n")
    request, answer = REQUEST.fullmatch(asked), ANSWER.fullmatch(answered)
    if request is None or answer is None:
        raise ValueError(f"no request or no status: {text}")
    return Exchange(request[1], request[2], _message(sent), int(answer[1]), _message(told))


def _message(text: str) -> Message:
    headers, lines = {}, text.strip("\n").split("\n")
    while lines and (header := HEADER.fullmatch(lines[0])):
        headers[header[1]] = header[2]
        lines.pop(0)
    rest = "\n".join(lines)
    return Message(headers, json.loads(rest) if rest else None)
