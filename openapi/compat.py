"""What changed between two OpenAPI files for clients that exist already.

    python openapi/compat.py OLD.json NEW.json      breaking changes, a line each; exit 1 if any
    python openapi/compat.py --publish              openapi.json becomes what later ones are held to

What a client sends must stay accepted, and what it reads must stay there: so a member that
becomes required, an enum value that goes and a bound that narrows break requests, and a member
that goes, or need not come any more, breaks answers. Unions are compared member by member.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# Parts of an OpenAPI file, nested dicts and lists of every JSON type: hence Any.
Part = Mapping[str, Any]

HERE = Path(__file__).parent
OPENAPI, PUBLISHED = HERE / "openapi.json", HERE / "published.json"
PREFIX = "#/components/schemas/"
LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems")
UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")
EXACT = ("format", "pattern", "const", "multipleOf", "uniqueItems")
WORDS = ("description", "summary", "examples", "example", "title")
FIRST_ERROR = "400"


def breaks(old: Part, new: Part) -> list[str]:
    """Every change that breaks a client of `old`, a line each, sorted."""
    return sorted(set(Comparison(old, new).of_operations()))


@dataclass
class Comparison:
    """Two files side by side; pairs of components are compared once in each direction."""

    old: Part
    new: Part
    seen: set[tuple[str, str, bool]] = field(default_factory=set)

    def of_operations(self) -> Iterator[str]:
        """What breaks, operation by operation."""
        if _schemes(self.old) != _schemes(self.new):
            yield "everywhere: callers prove who they are in another way"
        for path, methods in self.old["paths"].items():
            for method, old in methods.items():
                place = f"{method.upper()} {path}"
                new = self.new["paths"].get(path, {}).get(method)
                if new is None:
                    yield f"{place}: is gone"
                else:
                    yield from (f"{place}: {each}" for each in self._operation(old, new))

    def _operation(self, old: Part, new: Part) -> Iterator[str]:
        if old["operationId"] != new["operationId"]:
            yield f"{old['operationId']} has another name"
        if _is_public(old) and not _is_public(new):
            yield "is no longer public"
        yield from self._parameters(old, new)
        yield from self._body(old.get("requestBody"), new.get("requestBody"))
        for status, response in old["responses"].items():
            if status in new["responses"]:
                answer = new["responses"][status]
                gone = response.get("headers", {}).keys() - answer.get("headers", {}).keys()
                yield from (f"{status} header {name} is gone" for name in gone)
                yield from self._contents(response, answer, status, sent=False)
            elif status < FIRST_ERROR:
                yield f"{status} is gone"

    def _parameters(self, old: Part, new: Part) -> Iterator[str]:
        before = {(each["in"], each["name"]): each for each in old.get("parameters", ())}
        after = {(each["in"], each["name"]): each for each in new.get("parameters", ())}
        for key, parameter in after.items():
            required = parameter.get("required", False)
            if key not in before:
                if required:
                    yield f"parameter {key[1]} is new and required"
                continue
            if required and not before[key].get("required", False):
                yield f"parameter {key[1]} became required"
            place = f"parameter {key[1]}"
            yield from self._schema(before[key]["schema"], parameter["schema"], place, sent=True)
        yield from (f"parameter {name} is gone" for _, name in before.keys() - after.keys())

    def _body(self, old: Part | None, new: Part | None) -> Iterator[str]:
        if new and new.get("required") and not (old and old.get("required")):
            yield "a body became required"
        if old and not new:
            yield "the body is gone"
        if old and new:
            yield from self._contents(old, new, "body", sent=True)

    def _contents(self, old: Part, new: Part, place: str, *, sent: bool) -> Iterator[str]:
        for media_type, content in old.get("content", {}).items():
            other = new.get("content", {}).get(media_type)
            if other is None:
                yield f"{place} {media_type} is gone"
            elif "schema" in content and "schema" in other:
                yield from self._schema(content["schema"], other["schema"], place, sent=sent)

    def _schema(self, old: Part, new: Part, place: str, *, sent: bool) -> Iterator[str]:
        names = old.get("$ref", ""), new.get("$ref", "")
        if names != ("", ""):
            if (*names, sent) in self.seen:
                return
            self.seen.add((*names, sent))
            place = names[0].removeprefix(PREFIX) or place
        if sent and names[0] in _options(resolved(new, self.new)):
            new = old  # a body became one of several: what was sent is still taken
        old, new = resolved(old, self.old), resolved(new, self.new)
        yield from (f"{place} {each}" for each in _plain_breaks(old, new, sent=sent))
        yield from self._members(old, new, place, sent=sent)
        yield from self._union(old, new, place, sent=sent)
        if "items" in old and "items" in new:
            yield from self._schema(old["items"], new["items"], f"{place}[]", sent=sent)

    def _members(self, old: Part, new: Part, place: str, *, sent: bool) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        required = set(new.get("required", ())), set(old.get("required", ()))
        if sent:
            yield from (f"{place}.{name} became required" for name in required[0] - required[1])
        else:
            left = (required[1] - required[0]) & after.keys()
            yield from (f"{place}.{name} need not be there any more" for name in left)
        yield from (f"{place}.{name} is gone" for name in before.keys() - after.keys())
        for name in before.keys() & after.keys():
            yield from self._schema(before[name], after[name], f"{place}.{name}", sent=sent)

    def _union(self, old: Part, new: Part, place: str, *, sent: bool) -> Iterator[str]:
        before = old.get("discriminator", {}).get("mapping", {})
        after = new.get("discriminator", {}).get("mapping", {})
        if before and after and _tag(old) != _tag(new):
            yield f"{place} is told apart by {_tag(new)}"
        yield from (f"{place} no longer knows {tag}" for tag in before.keys() - after.keys())
        if not sent and before:
            yield from (f"{place} may be {tag}" for tag in after.keys() - before.keys())
        for tag in before.keys() & after.keys():
            options = {"$ref": before[tag]}, {"$ref": after[tag]}
            yield from self._schema(*options, f"{place} {tag}", sent=sent)


def resolved(schema: Part, document: Part) -> Part:
    """The schema itself, or the component that it refers to."""
    if "$ref" not in schema:
        return schema
    found: Part = document["components"]["schemas"][schema["$ref"].removeprefix(PREFIX)]
    return found


def _schemes(document: Part) -> list[Any]:
    """How callers prove who they are, whatever the schemes are called."""
    schemes = document["components"].get("securitySchemes", {}).values()
    return [{key: value for key, value in each.items() if key not in WORDS} for each in schemes]


def _is_public(operation: Part) -> bool:
    """Whether a stranger may call it, also where a token that is sent counts for something."""
    security = operation.get("security")
    return security is not None and (security == [] or {} in security)


def _tag(union: Part) -> str:
    """The member that tells the options of a union apart."""
    name: str = union["discriminator"]["propertyName"]
    return name


def _options(schema: Part) -> Iterator[str]:
    """References to the members of a union."""
    yield from schema.get("discriminator", {}).get("mapping", {}).values()


def _plain_breaks(old: Part, new: Part, *, sent: bool) -> Iterator[str]:
    """Types, enums, bounds and forms. A request must not get narrower, an answer not wider."""
    narrow, wide = (old, new) if sent else (new, old)
    lost = _types(narrow) - _types(wide)
    if lost:
        told = "no longer takes" if sent else "may now be"
        yield f"{told} {', '.join(sorted(lost))}"
    yield from _enum_breaks(old, new, sent=sent)
    if sent and old.get("default") != new.get("default"):
        yield "default changed"
    for key in (*LOWER, *UPPER):
        if _is_narrower(key, narrow=wide.get(key), wide=narrow.get(key)):
            yield f"{key} is {'narrower' if sent else 'wider'}"
    for key in EXACT:
        if old.get(key) != new.get(key) and (not sent or key in new):
            yield f"{key} changed"


def _enum_breaks(old: Part, new: Part, *, sent: bool) -> Iterator[str]:
    """A new value in an answer breaks nobody: clients tolerate those they do not know."""
    if "enum" in new and sent:
        gone = set(old.get("enum", ())) - set(new["enum"])
        yield from (f"no longer takes {value}" for value in sorted(gone))
        if "enum" not in old and _types(old):
            yield "takes listed values only"
    if "enum" in old and "enum" not in new and not sent:
        yield "may now be a value that is not listed"


def _is_narrower(key: str, *, narrow: float | None, wide: float | None) -> bool:
    if narrow is None:
        return False
    if wide is None:
        return True
    return narrow > wide if key in LOWER else narrow < wide


def _types(schema: Part) -> set[str]:
    kinds = schema.get("type", [])
    return set(kinds if isinstance(kinds, list) else [kinds])


def stripped(part: Any) -> Any:
    """A file without its words and examples, which bind nobody."""
    if isinstance(part, dict):
        kept = {key: stripped(value) for key, value in part.items()}
        return {key: v for key, v in kept.items() if key not in WORDS or isinstance(v, dict)}
    return [stripped(each) for each in part] if isinstance(part, list) else part


def publish() -> None:
    """Hold later files to the present one."""
    document = stripped(json.loads(OPENAPI.read_text(encoding="utf-8")))
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    PUBLISHED.write_text(text + "\n", encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Exit status: 0 nothing breaks, 1 something does, 2 wrong use."""
    match arguments:
        case ["--publish"]:
            publish()
            return 0
        case [old, new]:
            files = [json.loads(Path(each).read_text(encoding="utf-8")) for each in (old, new)]
        case _:
            sys.stderr.write(f"{__doc__}\n")
            return 2
    found = breaks(files[0], files[1])
    sys.stdout.write("".join(f"{each}\n" for each in found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
