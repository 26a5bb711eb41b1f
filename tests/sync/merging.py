"""How two versions of an entry become one, and what has to be said of the difference."""

from collections.abc import Iterable
from typing import Any

Content = dict[str, Any]  # The client's members of an entry, JSON values without null.
MADE_BY_SERVER = frozenset(
    ("id", "revision", "created_at", "updated_at", "local_date", "retrospective", "result")
)


def content_of(entry: dict[str, Any]) -> Content:
    """The members of a read entry that a client may write."""
    return {name: value for name, value in entry.items() if name not in MADE_BY_SERVER}


def merged(base: Content, local: Content, remote: Content, sent: Iterable[Content]) -> Content:
    """Three-way by member; where both sides changed one, the local value stands.

    A value that was `sent` and is the server's now was taken from here: it counts as the base.
    """
    result: Content = {}
    for name in {**remote, **local}:
        mine, theirs = local.get(name), remote.get(name)
        taken = any(each.get(name) == theirs for each in sent)
        value = mine if taken or mine != base.get(name) else theirs
        if value is not None:
            result[name] = value
    return result


def held_of(sent: Content, entry: dict[str, Any]) -> Content:
    """What of `sent` stands in the entry that the server made of it.

    All of it, unless the server had lost the entry and took changed members for the whole: what
    was not among them is no base then.
    """
    return {name: value for name, value in sent.items() if _holds(entry.get(name), value)}


def taken_of(base: Content, sent: Iterable[Content], entry: dict[str, Any]) -> Content | None:
    """What was sent and all of whose changes stand in the server's entry; None where none is."""
    for each in sent:
        changed = [name for name in {**base, **each} if base.get(name) != each.get(name)]
        if changed and all(entry.get(name) == each.get(name) for name in changed):
            return each
    return None


def _holds(there: Any, value: Any) -> bool:
    """Whether a member is there, and all of its own members if it is an object."""
    if isinstance(value, dict):
        return isinstance(there, dict) and value.keys() <= there.keys()
    return there is not None


def patch_between(base: Content, local: Content) -> Content:
    """The merge patch (RFC 7396) from `base` to `local`: objects merge, so theirs is nested."""
    patch: Content = {}
    for name in {**base, **local}:
        before, after = base.get(name), local.get(name)
        if isinstance(before, dict) and isinstance(after, dict):
            inner = patch_between(before, after)
            if inner:
                patch[name] = inner
        elif before != after:
            patch[name] = after
    return patch
