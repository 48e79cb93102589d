"""Tables of whole runs, and of the operations of a step."""

import collections
import statistics
from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks import table_parts

_LEAST_SECONDS = 0.1
"""Shorter stages are left out of the table."""

_LEAST_SHARE = 0.005
"""Operations with a smaller share of a step's time are added up."""

_OTHERS = "others"


def _groups(
    cells: table_parts.Cells,
) -> Mapping[table_parts.Row, list[Mapping[str, Any]]]:
    """Return the results of whole runs that differ in their seed alone."""
    groups: dict[table_parts.Row, list] = collections.defaultdict(list)
    for _, settings, result in table_parts.of_kind(cells, "run"):
        key = (
            f"{settings['package']} ({settings['commit']})",
            settings["data"],
            " ".join([settings["recipe"], *_changes(settings)]),
            f"{settings['epsilon']:g}",
        )
        groups[key].append(result)
    return groups


def _changes(settings: Mapping[str, Any]) -> list[str]:
    return [f"{key}={value}" for key, value in settings["changes"].items()]


def _run_rows(cells: table_parts.Cells) -> Iterator[table_parts.Row]:
    for key, results in _groups(cells).items():
        accuracies = [result["accuracy"] for result in results]
        yield (
            *key,
            str(len(results)),
            table_parts.ms(_median(results, "seconds")),
            table_parts.between(
                [result["seconds"] for result in results], table_parts.ms
            ),
            table_parts.ms(_median(results, "cpu_seconds")),
            "-"
            if None in accuracies
            else table_parts.between(accuracies, "{:.2%}".format),
            f"{_median(results, 'peak'):,.0f}",
            ", ".join(sorted({_precision(result) for result in results})),
        )


def _precision(result: Mapping[str, Any]) -> str:
    """Return the precision that a run kept; older ones had no choice."""
    return result["recipe"]["networks"].get("precision", "float32")


def _median(results, name) -> float:
    return statistics.median(result[name] for result in results)


def _stage_rows(cells: table_parts.Cells) -> Iterator[table_parts.Row]:
    for (package, _, recipe, _), results in _groups(cells).items():
        whole = statistics.fmean(result["seconds"] for result in results)
        for stage in dict.fromkeys(s for r in results for s in r["stages"]):
            seconds = statistics.fmean(
                result["stages"].get(stage, 0.0) for result in results
            )
            if seconds >= _LEAST_SECONDS:
                share = f"{seconds / whole:.1%}"
                yield package, recipe, stage, f"{seconds:.1f}", share


def _profile_rows(cells: table_parts.Cells) -> Iterator[table_parts.Row]:
    for _, settings, result in table_parts.of_kind(cells, "profile"):
        where = settings["case"], str(settings["batch"]), settings["form"]
        whole = result["ms"]
        yield *where, "whole step", table_parts.ms(whole), "", ""
        small = {"ms": 0.0, "count": 0.0}
        for kind, found in result["ops"].items():
            if found["ms"] < _LEAST_SHARE * whole:
                small = {name: small[name] + found[name] for name in small}
            else:
                yield *where, f"`{kind}`", *_shown(found, whole)
        yield *where, _OTHERS, *_shown(small, whole)


def _shown(found: Mapping[str, float], whole: float) -> table_parts.Row:
    return (
        table_parts.ms(found["ms"]),
        f"{found['count']:.0f}",
        f"{found['ms'] / whole:.1%}",
    )


TABLES = (
    (
        "Whole runs, from nothing to a release: median and range of seconds; "
        "and the share of real test images that a fixed small network names "
        "rightly once it has seen their samples.",
        ("package", "data", "recipe", "epsilon"),
        (
            *("runs", "seconds", "range", "CPU seconds"),
            *("accuracy", "peak, MiB", "precision"),
        ),
        _run_rows,
    ),
    (
        "Their stages: means of seconds, without those of stages within them.",
        ("package", "recipe", "stage"),
        ("seconds", "share"),
        _stage_rows,
    ),
    (
        "Operations of one critic step, by the profiler. They run on several "
        "threads: the shares of the step's time may add up to more than 100%.",
        ("critic", "batch", "form", "operation"),
        ("ms", "times", "of the step"),
        _profile_rows,
    ),
)
"""Title, names of the columns of words and of numbers, rows."""
