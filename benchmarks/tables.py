"""Results as Markdown tables."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Cells = Mapping[str, Mapping[str, Any]]
Row = Sequence[str]


def markdown(content: Mapping[str, Any]) -> str:
    """Return all tables that have results, after a line about the machine.

    Args:
      content: content of a results file.
    """
    parts = [_machine(content)]
    for title, words, numbers, rows_of in _TABLES:
        rows = list(rows_of(content["cells"]))
        if rows:
            parts.append(f"{title}\n\n{table(words, numbers, rows)}")
    return "\n\n".join(parts)


def table(words: Row, numbers: Row, rows: Sequence[Row]) -> str:
    """Return a Markdown table.

    Args:
      words: names of the first columns, aligned left.
      numbers: names of the other columns, aligned right.
      rows: rows with a text per column.
    """
    rules = ["---"] * len(words) + ["---:"] * len(numbers)
    lines = [[*words, *numbers], rules, *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _machine(content):
    known = content["machine"].items()
    facts = ", ".join(f"{name} {value}" for name, value in known if value)
    return f"`{content['command']}`, {content['date']}: {facts}."


def _of_kind(cells: Cells, kind: str) -> Iterator[tuple[Row, dict, Any]]:
    """Yield the rest of the name, the settings and the result of each cell."""
    for name, cell in cells.items():
        first, *rest = name.split("/")
        if first == kind:
            yield rest, cell["settings"], cell["result"]


def _summary_rows(cells: Cells) -> Iterator[Row]:
    for _, settings, result in _of_kind(cells, "speed"):
        forms, reference = result["forms"], result["reference"]
        ghost = forms["private_ghost"]
        vectorized = forms.get("private_vectorized")
        yield (
            settings["case"],
            str(settings["batch"]),
            _ms(ghost["ms"]),
            _ms(vectorized["ms"]) if vectorized else "-",
            f"{_ms(forms[reference]['ms'])} ({reference})",
            f"{ghost['ratio']:.2f}",
        )


def _form_rows(cells: Cells) -> Iterator[Row]:
    for _, settings, result in _of_kind(cells, "speed"):
        where = settings["case"], str(settings["batch"])
        for form, found in result["forms"].items():
            yield (
                *where,
                form,
                _ms(found["ms"]),
                _range(found["ms_quartiles"], _ms),
                f"{found['ratio']:.2f}",
                _range(found["ratio_quartiles"], "{:.2f}".format),
            )
        for form, why in result["left_out"].items():
            yield *where, form, f"left out: {why}", "", "", ""


def _memory_rows(cells: Cells) -> Iterator[Row]:
    for _, settings, result in _of_kind(cells, "memory"):
        where = settings["case"], str(settings["batch"]), settings["form"]
        if "left_out" in result:
            yield *where, f"left out: {result['left_out']}", ""
        else:
            yield (*where, f"{result['needed']:.0f}", f"{result['peak']:.0f}")


def _iteration_rows(cells: Cells) -> Iterator[Row]:
    for (preset,), _, result in _of_kind(cells, "iteration"):
        for part, found in result.items():
            yield (
                preset,
                part,
                _ms(found["ms"]),
                _range(found["ms_quartiles"], _ms),
                f"{100 * found['share']:.1f}%",
            )


def _check_rows(cells: Cells) -> Iterator[Row]:
    for (peer, case), _, result in _of_kind(cells, "check"):
        yield peer, case, f"{result['largest_difference']:.1e}"


def _ms(value: float) -> str:
    return f"{value:.3g}" if value < 100 else f"{value:,.0f}"


def _range(quartiles: Sequence[float], text: Callable[[float], str]) -> str:
    return " to ".join(text(value) for value in quartiles)


_TABLES = (
    (
        "Milliseconds of one critic step: private, and the fastest without "
        "privacy.",
        ("critic", "batch"),
        ("ghost", "vectorized", "not private", "ghost / not private"),
        _summary_rows,
    ),
    (
        "All forms: medians, and their ratios to the fastest without privacy, "
        "with quartiles.",
        ("critic", "batch", "form"),
        ("ms", "quartiles", "ratio", "quartiles"),
        _form_rows,
    ),
    (
        "Peak memory in MiB: needed besides the libraries, the model and the "
        "records; and of the whole process.",
        ("critic", "batch", "form"),
        ("needed", "process"),
        _memory_rows,
    ),
    (
        "One generator iteration. Parts were timed alone, one after another; "
        "the whole overlaps some of them, so `other` can be negative.",
        ("preset", "part"),
        ("ms", "quartiles", "share"),
        _iteration_rows,
    ),
    (
        "Clipped sums of the same records: largest difference from ours, "
        "relative to the largest entry.",
        ("peer", "critic"),
        ("difference",),
        _check_rows,
    ),
)
