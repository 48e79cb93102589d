"""Scores as text, for a terminal and for a model card."""

import functools
import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from dpgan_tf import run_files
from dpgan_tf.claim import card_words
from dpgan_tf.claim import variety as varieties
from dpgan_tf.evaluation import column_metrics
from dpgan_tf.evaluation import metrics as metrics_lib
from dpgan_tf.evaluation import row_metrics
from dpgan_tf.evaluation import score_notes
from dpgan_tf.privacy import untrusted_json

PUBLIC_BENCHMARKS = ("mnist", "fashion_mnist")
"""Data sets whose records are public: scores need no protection."""

_SHARE = "class_shares"
_VARIETY = "variety"
_LEAST_WIDTH = 26


@functools.cache
def rows_kind() -> untrusted_json.Kind:
    """Return the form of scores in a file, by the name of what was scored.

    Each entry holds values by name, and the number of images or rows.
    """
    value = untrusted_json.either(untrusted_json.NUMBER, untrusted_json.NULL)
    known: dict[str, untrusted_json.Kind] = dict.fromkeys(_titles(), value)
    known[_SHARE] = untrusted_json.either(
        untrusted_json.list_of(untrusted_json.NUMBER), untrusted_json.NULL
    )
    return untrusted_json.map_of(
        untrusted_json.either(
            *(
                untrusted_json.record(
                    {
                        "left_out": untrusted_json.map_of(untrusted_json.TEXT),
                        number: untrusted_json.COUNT,
                    },
                    optional=known,
                    others=untrusted_json.ANY,
                )
                for number in ("num_images", "num_rows")
            )
        )
    )


@functools.cache
def report_kind() -> untrusted_json.Kind:
    """Return the form of a report of `run_scores.score_run` in a file."""
    value = untrusted_json.either(untrusted_json.NUMBER, untrusted_json.NULL)
    of_images = {
        "scores": rows_kind(),
        "classifier": untrusted_json.either(
            untrusted_json.NULL,
            untrusted_json.record(
                {"test_accuracy": value}, others=untrusted_json.ANY
            ),
        ),
        "paper": untrusted_json.map_of(untrusted_json.NUMBER),
    }
    of_rows = {"scores": rows_kind(), "origin": untrusted_json.TEXT}

    def problem_of(report: Any) -> str:
        is_of_images = type(report) is dict and "classifier" in report
        fields = of_images if is_of_images else of_rows
        return untrusted_json.record(
            fields,
            optional={"target": untrusted_json.TEXT, _VARIETY: varieties.KIND},
            others=untrusted_json.ANY,
        ).problem_of(report)

    return untrusted_json.Kind("a report of scores", problem_of)


def read(files: run_files.RunFiles) -> dict[str, Any]:
    """Read the scores of a run.

    Args:
      files: files of a run that has scores.

    Returns:
      A report of `run_scores.score_run`.

    Raises:
      UserError: if they are damaged.
    """
    return run_files.read_json(
        files.scores,
        report_kind(),
        remedy=f"compute them again with `evaluate --run_dir={files.root}`",
    )


def text(report: Mapping) -> str:
    """Return the scores as text, with the paper's if there are any.

    Args:
      report: result of `run_scores.score_run`.
    """
    rows = _titled(report)
    chosen = _with_arrows(columns(rows.values()))
    parts = ["\n".join(_lines(rows, some)) for some in _in_parts(chosen, 6)]
    if any(row.get(_SHARE) for row in rows.values()):
        parts.append("\n".join(_share_lines(rows)))
    return "\n\n".join([*parts, score_notes.footnote(report)])


def cells(report: Mapping) -> tuple[list[str], list[list[str]]]:
    """Return the scores as rows below a header with arrows to the better.

    Args:
      report: result of `run_scores.score_run`.
    """
    rows = _titled(report)
    chosen = _with_arrows(columns(rows.values()))
    lines = [
        [title, *(number(row.get(value)) for value, _ in chosen)]
        for title, row in rows.items()
    ]
    return ["", *(title for _, title in chosen)], lines


def described(report: Mapping) -> list[card_words.Score]:
    """Return direction and sentence of each score, in the order of `cells`.

    Args:
      report: result of `run_scores.score_run`.
    """
    is_better = _of_all(lambda metric: metric.larger_is_better)
    sentences = _of_all(lambda metric: metric.sentences)
    return [
        card_words.Score(title, is_better.get(value), sentences.get(value, ""))
        for value, title in columns(_titled(report).values())
    ]


def card_rows(report: Mapping) -> list[tuple[str, str, str]]:
    """Return (name, value, note) of every score, for the model card.

    Args:
      report: result of `run_scores.score_run`.
    """
    rows = _titled(report)
    return [
        (
            f"{card_words.score(title).shown}, {scored}",
            number(row[value]),
            _number_of(row),
        )
        for value, title in columns(rows.values())
        for scored, row in rows.items()
        if value in row
    ]


def _number_of(row) -> str:
    if "num_rows" in row:
        return f"{row['num_rows']:,} rows"
    return f"{row['num_images']:,} images"


def number(value: float | None) -> str:
    """Return a score with three or four digits, or "-" if undefined.

    Args:
      value: a metric's value.
    """
    if value is None or not math.isfinite(value):
        return "-"
    return f"{value:.3f}" if abs(value) < 2 else f"{value:.2f}"


def variety(report: Mapping) -> float:
    """Return the variety of the rows that are not at 1; 1 if there are none.

    Args:
      report: result of `run_scores.score_run`.
    """
    return report.get(_VARIETY, 1)


def _titled(report):
    """Return the scores by the title of what was scored, in order."""
    scores = report["scores"]
    titles = card_words.scored(variety(report))
    return {
        title: scores[name] for name, title in titles.items() if name in scores
    }


def columns(rows: Collection[Mapping]) -> list[tuple[str, str]]:
    """Return the name and title of every value that some row has.

    Args:
      rows: values by name.
    """
    return [
        (value, title)
        for value, title in _titles().items()
        if any(value in row for row in rows)
    ]


def _with_arrows(chosen: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return names and titles, with an arrow to the better in each title."""
    is_better = _of_all(lambda metric: metric.larger_is_better)
    return [
        (value, title + card_words.ARROWS[is_better.get(value)])
        for value, title in chosen
    ]


def _titles() -> dict[str, str]:
    """Return the title of every value that a table shows, by its name."""
    return _of_all(lambda metric: metric.columns)


def _of_all(said: Callable[[metrics_lib.Metric], Mapping]) -> dict[str, Any]:
    """Return an attribute of all metrics' values, by the value's name."""
    rooms = (metrics_lib, row_metrics, column_metrics)
    every = [metric for room in rooms for metric in room.every().values()]
    return {k: v for metric in every for k, v in said(metric).items()}


def _in_parts(columns: Sequence, size: int) -> Iterator[Sequence]:
    for start in range(0, len(columns), size):
        yield columns[start : start + size]


def _lines(rows, columns) -> Iterator[str]:
    widths = [max(len(title), 6) + 2 for _, title in columns]
    first = _width(rows)
    yield " " * first + "".join(
        f"{title:>{width}}"
        for (_, title), width in zip(columns, widths, strict=True)
    )
    for scored, row in rows.items():
        cells = [
            f"{number(row.get(value)):>{width}}"
            for (value, _), width in zip(columns, widths, strict=True)
        ]
        yield f"{scored:{first}}" + "".join(cells)


def _share_lines(rows) -> Iterator[str]:
    yield "Share of images in each class"
    for scored, row in rows.items():
        if row.get(_SHARE):
            cells = "".join(f"{share:5.2f}" for share in row[_SHARE])
            yield f"{scored:{_width(rows)}}{cells}"


def _width(titles: Collection[str]) -> int:
    """Return the width of the first column."""
    return max(_LEAST_WIDTH, 2 + max(map(len, titles), default=0))
