"""Changes of a JSON text that leave most of it JSON."""

import copy
import json
import random

from tests.fuzz import mutations

_NUMBERS = (
    *("0", "-1", "1", "2", "-0.0", "0.5", "1e-320", "1e-9", "1e308", "1e999"),
    *("NaN", "Infinity", "-Infinity", "9" * 18, "9" * 30, "9" * 5_000),
    *("2147483648", "9223372036854775808", "30.0", "1E5", "0.1e", "01"),
)
_TEXTS = (
    *("", "a", "\n", "\x1b[2J", "\u202e", "é", "x" * 10_000, "0" * 64, "rdp"),
    *("../..", "/dev/zero", "os", "antigravity", "none", "-1", "1e999"),
)
_RAW = (
    *('"\\ud800"', '"\\u0000"', "'a'", "true", "false", "null", "[]", "{}"),
    *("[" * 50 + "]" * 50, "[" * 100_000, '{"a":' * 100_000, "[1,]", "//"),
    *('{"a": 1, "a": 2}', "[[], {}]", "[null]", '""', "undefined"),
)


class _Raw(str):
    """Text that stands for itself."""


def mutate(content: bytes, rng: random.Random, others: list[bytes]) -> bytes:
    """Return a copy of a JSON text with one to three changes.

    Args:
      content: JSON.
      rng: source of all choices.
      others: valid files, pieces of which are put in.
    """
    if rng.random() < 0.2:
        return mutations.mutate(content, rng, others)
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return mutations.mutate(content, rng, others)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        value = _changed(copy.deepcopy(value), rng)
    return _written(value).encode("utf-8", "surrogatepass")


def mutate_lines(content: bytes, rng: random.Random, others: list[bytes]):
    """Return a copy of a text of one JSON value a line, with changes."""
    lines = content.splitlines(keepends=True)
    number = rng.randrange(len(lines))
    what = rng.randrange(5)
    if what == 0:
        lines[number] = mutate(lines[number], rng, others) + b"\n"
    elif what == 1:
        lines.insert(number, rng.choice(lines))
    elif what == 2:
        del lines[number]
    elif what == 3:
        rng.shuffle(lines)
    else:
        return mutations.mutate(content, rng, others)
    return b"".join(lines)


def changed_value(value, rng: random.Random):
    """Return a JSON value with one change that JSON can hold."""
    value = _changed(copy.deepcopy(value), rng)
    try:
        return json.loads(_written(value))
    except (ValueError, RecursionError):
        return value if not isinstance(value, _Raw) else None


def _changed(value, rng):
    places = list(_places(value))
    parent, key = rng.choice(places) if places else (None, None)
    if parent is None:
        return _other(value, rng)
    what = rng.randrange(6)
    if what <= 2:
        parent[key] = _other(parent[key], rng)
    elif what == 3:
        del parent[key]
    elif isinstance(parent, dict):
        new = rng.choice((*_TEXTS, *parent))
        if what == 4:
            parent[new] = parent.pop(key)
        else:
            parent[_Raw(json.dumps(str(key)))] = _other(parent[key], rng)
    else:
        parent.extend([parent[key]] * rng.choice((1, 2, 1_000)))
    return value


def _places(value):
    """Yield every container and key below a value."""
    items = ()
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    for key, item in items:
        yield value, key
        yield from _places(item)


def _other(value, rng):
    what = rng.randrange(6)
    if what == 0:
        return rng.choice(_TEXTS)
    if what == 1:
        return _Raw(rng.choice(_RAW))
    if what == 2:
        return [value] * rng.choice((0, 1, 3))
    if what == 3:
        return {rng.choice(_TEXTS): value}
    return _Raw(rng.choice(_NUMBERS))


def _written(value):
    """Return JSON in which raw parts stand as they are."""
    if isinstance(value, _Raw):
        return str(value)
    if isinstance(value, dict):
        pairs = [
            f"{k if isinstance(k, _Raw) else json.dumps(k)}: {_written(v)}"
            for k, v in value.items()
        ]
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_written, value)) + "]"
    return json.dumps(value)
