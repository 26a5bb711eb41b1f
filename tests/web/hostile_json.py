"""Texts that are no JSON as it is read here, and others that look so and are."""

from typing import Any

from app.web.json_reading import MOST_VALUES

REFUSED = {
    "empty": b"",
    "blank": b"  \n",
    "byte order mark": b'\xef\xbb\xbf{"a":1}',
    "utf-16": '{"a":1}'.encode("utf-16-le"),
    "latin-1": b'{"a":"\xe9"}',
    "overlong": b'{"a":"\xc0\xaf"}',
    "surrogate as bytes": b'{"a":"\xed\xa0\x80"}',
    "NaN": b'{"a":NaN}',
    "Infinity": b"[Infinity]",
    "negative Infinity": b"[-Infinity]",
    "1e400": b"[1e400]",
    "-1e400": b"[-1e400]",
    "1E+0400": b"[1E+0400]",
    "member twice": b'{"a":1,"a":1}',
    "member twice below": b'[{"b":{"a":1,"c":2,"a":3}}]',
    "member twice by escape": b'{"a":1,"\\u0061":2}',
    "number of 41 characters": b"[" + b"1" * 41 + b"]",
    "fraction of 41 characters": b"[0." + b"1" * 39 + b"]",
    "lone high surrogate": b'["\\ud800"]',
    "lone low surrogate": b'["\\uDC00x"]',
    "surrogates in the wrong order": b'["\\ude00\\ud83d"]',
    "lone surrogate as a name": b'{"\\ud800":1}',
    "lone surrogate in a list without a name": b'{"":["\\ud800"]}',
    "half pair behind an escaped backslash": b'["\\\\ud83d\\ude00"]',
    "NUL by escape": b'["a\\u0000b"]',
    "NUL behind two backslashes": b'["\\\\\\u0000"]',
    "NUL raw": b'["a\x00b"]',
    "line feed raw": b'["a\nb"]',
    "garbage behind": b"{} x",
    "two values": b"{}{}",
    "comma at the end": b"[1,]",
    "comma behind the last member": b'{"a":1,}',
    "single quotes": b"{'a':1}",
    "comment": b"[1 /* one */]",
    "plus": b"[+1]",
    "leading zero": b"[01]",
    "hexadecimal": b"[0x1]",
    "bare point": b"[.5]",
    "form feed as blank": b"[\x0c1]",
    "unclosed": b'{"a":[1',
    "unopened": b"]",
    "wrong closer": b"[1}",
    "33 levels": b"[" * 33 + b"]" * 33,
    "33 levels of objects": b'{"a":' * 33 + b"1" + b"}" * 33,
    "33 levels behind masked brackets": b'["]]]]","\\"[",' + b"[" * 32 + b"]" * 32 + b"]",
    "50,001 values": b"[" + b",".join([b"1"] * MOST_VALUES) + b"]",
    "50,001 empty containers": b"[" + b",".join([b"{}"] * MOST_VALUES) + b"]",
}

TAKEN = {
    "32 levels": b"[" * 32 + b"]" * 32,
    "32 levels and 40 wide": b"[" + b",".join([b"[" * 31 + b"]" * 31] * 40) + b"]",
    "50,000 values": b"[" + b",".join([b"1"] * (MOST_VALUES - 1)) + b"]",
    "50,000 empty containers": b"[" + b",".join([b"[ ]"] * (MOST_VALUES - 1)) + b"]",
    "number of 40 characters": b"[" + b"1" * 40 + b"]",
    "1e308": b"[1e308]",
    "-0": b"[-0]",
    "brackets in texts": b'["[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[","\\"[[[[","\\\\"]',
    "a hundred thousand commas in a text": b'["' + b"," * 200_000 + b'"]',
    "surrogate pair": b'["\\ud83d\\ude00"]',
    "escaped backslash before u0000": b'["\\\\u0000"]',
    "escaped backslash before a surrogate": b'["\\\\ud800"]',
    "byte order mark inside a text": '["\ufeff"]'.encode(),
    "divider of digits in a text": b'["' + b"-" * 60 + b"9" * 60 + b'"]',
    "scalar": b"true",
    "blanks around": b" \t\r\n[1] \n",
}


def depth(value: Any) -> int:
    """Levels of containers, counted the plain way."""
    if not isinstance(value, list | dict):
        return 0
    inner = value.values() if isinstance(value, dict) else value
    return 1 + max((depth(each) for each in inner), default=0)
