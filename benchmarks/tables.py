"""Results as Markdown tables."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchmarks import run_tables
from benchmarks import scale_tables
from benchmarks import table_parts

Row = table_parts.Row


def markdown(content: Mapping[str, Any]) -> str:
    """Return all tables that have results, after a line about the machine.

    Args:
      content: content of a results file.
    """
    titled = by_title(content).items()
    parts = [f"{title}\n\n{text}" for title, text in titled if text]
    return "\n\n".join([machine(content), *parts])


def by_title(content: Mapping[str, Any]) -> dict[str, str]:
    """Return each table by its title; an empty text where it has no results.

    Args:
      content: content of a results file.
    """
    found = {}
    for title, words, numbers, rows_of in _TABLES:
        rows = list(rows_of(content["cells"]))
        found[title] = table(words, numbers, rows) if rows else ""
    return found


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


def machine(content: Mapping[str, Any]) -> str:
    """Return a line: the command, its date, the machine and the commit.

    Args:
      content: content of a results file.
    """
    known = content["machine"].items()
    facts = ", ".join(f"{name} {value}" for name, value in known if value)
    return f"`{content['command']}`, {content['date']}: {facts}."


def _summary_rows(cells: table_parts.Cells) -> Iterator[Row]:
    for _, settings, result in table_parts.of_kind(cells, "speed"):
        forms, reference = result["forms"], result["reference"]
        ghost = forms["private_ghost"]
        vectorized = forms.get("private_vectorized")
        yield (
            settings["case"],
            str(settings["batch"]),
            table_parts.ms(ghost["ms"]),
            table_parts.ms(vectorized["ms"]) if vectorized else "-",
            f"{table_parts.ms(forms[reference]['ms'])} ({reference})",
            f"{ghost['ratio']:.2f}",
        )


def _form_rows(cells: table_parts.Cells) -> Iterator[Row]:
    for _, settings, result in table_parts.of_kind(cells, "speed"):
        where = settings["case"], str(settings["batch"])
        for form, found in result["forms"].items():
            yield (
                *where,
                form,
                table_parts.ms(found["ms"]),
                table_parts.between(found["ms_quartiles"], table_parts.ms),
                f"{found['ratio']:.2f}",
                table_parts.between(found["ratio_quartiles"], "{:.2f}".format),
            )
        for form, why in result["left_out"].items():
            yield *where, form, f"left out: {why}", "", "", ""


def _memory_rows(cells: table_parts.Cells) -> Iterator[Row]:
    for _, settings, result in table_parts.of_kind(cells, "memory"):
        where = settings["case"], str(settings["batch"]), settings["form"]
        if "left_out" in result:
            yield *where, f"left out: {result['left_out']}", ""
        else:
            yield (*where, f"{result['needed']:.0f}", f"{result['peak']:.0f}")


def _iteration_rows(cells: table_parts.Cells) -> Iterator[Row]:
    for (preset,), _, result in table_parts.of_kind(cells, "iteration"):
        for part, found in result.items():
            yield (
                preset,
                part,
                table_parts.ms(found["ms"]),
                table_parts.between(found["ms_quartiles"], table_parts.ms),
                f"{100 * found['share']:.1f}%",
            )


def _check_rows(cells: table_parts.Cells) -> Iterator[Row]:
    for (peer, case), _, result in table_parts.of_kind(cells, "check"):
        yield peer, case, f"{result['largest_difference']:.1e}"


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
    *run_tables.TABLES,
    *scale_tables.TABLES,
)
