"""Random rows of the schema of `examples`, and the cells that they are in.

The cells are found value by value, from the declaration alone: an oracle for
the reader, which looks at all rows at once.
"""

import datetime
import random

from dpgan_tf.data.tables import schema_text
from tests.data.tables import examples

SCHEMA = schema_text.parse(examples.everything(), source="examples")
HEADER = (*SCHEMA.names, SCHEMA.unit)


def rows(num=400, *, seed=0):
    """Return rows of text, each a list with the person last."""
    rng = random.Random(seed)
    return [[*_values(rng), f"p{rng.randrange(num // 2)}"] for _ in range(num)]


def write(path, some, *, separator=",", header=HEADER, encoding="utf-8"):
    """Write rows as a text file, and return its path."""
    lines = [separator.join(row) for row in (header, *some)]
    path.write_text("\n".join(lines) + "\n", encoding=encoding)
    return path


def names_of_cells(row):
    """Return the names of the cells that a row is in, as a set."""
    sex, age, creatinine, died, admitted, seen, icd = row[:7]
    day = datetime.date.fromisoformat(admitted)
    hour = datetime.datetime.fromisoformat(seen).replace(minute=0, second=0)
    last = hour + datetime.timedelta(seconds=3_599)
    first = max(day.replace(day=1), datetime.date(2019, 1, 15))
    next_month = (day.replace(day=1) + datetime.timedelta(days=32)).replace(
        day=1
    )
    end = next_month - datetime.timedelta(days=1)
    return {
        f"sex={sex or 'missing'}",
        f"age={_age(int(age))}",
        f"creatinine={_creatinine(creatinine)}",
        f"died={died}",
        f"admitted={first} to {end}",
        f"seen={hour.isoformat()} to {last.isoformat()}",
        *(f"icd={code}" for code in icd.split(";") if code),
    }


def _values(rng):
    day = datetime.date(2019, 1, 15) + datetime.timedelta(rng.randrange(351))
    second = datetime.timedelta(seconds=rng.randrange(86_400))
    seen = datetime.datetime(2019, 1, 1) + second
    return [
        rng.choice(["F", "M", "X", ""]),
        str(rng.choice([0, 110, rng.randrange(111)])),
        rng.choice(["", "0", "0.5", "20", f"{rng.uniform(0, 20):.2f}"]),
        rng.choice(["no", "yes"]),
        day.isoformat(),
        seen.isoformat(),
        rng.choice(["", "I10", "J44", "I10;J44", "J44;I10"]),
    ]


def _age(age):
    """Return the name of a bin of 20 from 1 to 110, or of the point 0."""
    starts = [1 + i * 110 // 20 for i in range(20)] + [111]
    for low, high in zip(starts, starts[1:], strict=False):
        if low <= age < high:
            return f"{low} to {high - 1}"
    return "0"


def _creatinine(text):
    if not text:
        return "missing"
    for low, high in ((0, 0.5), (0.5, 1), (1, 2), (2, 20.01)):
        if low <= float(text) < high:
            return f"{low:.1f} to {min(high, 20):.1f}"
    raise AssertionError(text)
