"""Whether an answer is what a page shows of it.

`{name}` stands for a text that differs each time: where it is shown first it is learnt, after that
it has to be the same. `…` stands for what a page leaves out: some text, the other members of an
object, or the other values of a list. Everything else has to be equal.
"""

import re
from typing import Any

Json = Any
Known = dict[str, str]

MORE = "…"
OPEN = re.compile(r"\{(\w+)\}|…")


def filled(shown: Json, known: Known) -> Json:
    """What is sent for what is shown. Raises KeyError for a name that was not learnt."""
    if isinstance(shown, dict):
        return {name: filled(value, known) for name, value in shown.items()}
    if isinstance(shown, list):
        return [filled(value, known) for value in shown]
    if not isinstance(shown, str):
        return shown
    return OPEN.sub(lambda found: known[found[1]], shown)


def compare(shown: Json, real: Json, known: Known, place: str = "") -> None:
    """Learn the names in `shown` into `known`. Raises AssertionError where the two differ."""
    if isinstance(shown, str) and isinstance(real, str):
        _compare_texts(shown, real, known, place)
    elif isinstance(shown, dict) and isinstance(real, dict):
        named = shown.keys() - {MORE}
        assert named <= real.keys(), f"{place}: no {sorted(named - real.keys())}"
        left_out = sorted(real.keys() - named)
        assert bool(left_out) == (MORE in shown), f"{place}: left out {left_out}"
        for name in sorted(named, key=list(shown).index):
            compare(shown[name], real[name], known, f"{place}/{name}")
    elif isinstance(shown, list) and isinstance(real, list):
        values = shown[:-1] if shown and shown[-1] == MORE else shown
        assert (len(values) < len(real)) == (values is not shown), f"{place}: {len(real)} values"
        assert len(values) <= len(real), f"{place}: {len(real)} values"
        for number, value in enumerate(values):
            compare(value, real[number], known, f"{place}/{number}")
    else:
        same = shown == real and isinstance(shown, bool) == isinstance(real, bool)
        assert same, f"{place}: {real!r}, not {shown!r}"


def _compare_texts(shown: str, real: str, known: Known, place: str) -> None:
    pattern, end = "", 0
    for found in OPEN.finditer(shown):
        pattern += re.escape(shown[end : found.start()])
        name, end = found[1], found.end()
        if name is None:
            pattern += "(?:.+)"
        elif name in known:
            pattern += re.escape(known[name])
        else:
            pattern += f"(?P<{name}>.+)"
    alike = re.fullmatch(pattern + re.escape(shown[end:]), real, re.DOTALL)
    assert alike, f"{place}: {real!r}, not {shown!r}"
    known |= alike.groupdict()
