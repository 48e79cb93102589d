"""Computes a whole table, cell by cell, and writes it as JSON and Markdown."""

import dataclasses
import itertools
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.evaluation import score_text
from dpgan_tf.papers import cells
from dpgan_tf.papers import few_labels
from dpgan_tf.papers import provenance
from dpgan_tf.papers import schema
from dpgan_tf.papers import workshop as workshops


def finished_part(
    table: schema.Table,
    workshop: workshops.Workshop,
    *,
    seeds: Sequence[int],
) -> schema.Table:
    """Return the table without its unfinished rows.

    Args:
      table: a table of scores.
      workshop: where cells are computed.
      seeds: seeds as in `score_table_of`.

    Raises:
      UserError: if no row is finished.
    """
    rows = tuple(
        row
        for row in table.rows
        if all(
            cells.is_finished(workshop, row, seed=seed)
            for seed in seeds_of(row, seeds)
        )
    )
    if not rows:
        raise errors.UserError(
            f"{workshop.runs_dir}: no row of the table is computed; leave out "
            "--finished."
        )
    if len(rows) == len(table.rows):
        return table
    note = f"Unfinished: {len(rows)} of {len(table.rows)} rows are computed."
    return dataclasses.replace(table, rows=rows, notes=(*table.notes, note))


def some_rows(table: schema.Table, names: Sequence[str]) -> schema.Table:
    """Return the table with some of its rows, in the table's order.

    Args:
      table: a table of scores.
      names: names of rows; none for all.

    Raises:
      UserError: if the table has no row of such a name.
    """
    known = [row.name for row in table.rows]
    for name in names:
        if name not in known:
            raise errors.UserError(
                f"--rows={name}: {table.name} has no such row; choose from "
                f"{', '.join(known)}."
            )
    if not names:
        return table
    rows = tuple(row for row in table.rows if row.name in names)
    return dataclasses.replace(table, rows=rows)


def seeds_of(row: schema.Row, seeds: Sequence[int]) -> Sequence[int]:
    """Return the seeds of a row: one for real records, none for cited values.

    Args:
      row: a table's row.
      seeds: the table's seeds.
    """
    if row.kind == schema.CITED:
        return []
    return seeds[:1] if row.kind == schema.REAL else seeds[: row.most_seeds]


def score_table_of(
    table: schema.Table,
    workshop: workshops.Workshop,
    *,
    seeds: Sequence[int],
) -> dict:
    """Compute a table of scores.

    Args:
      table: a table of scores.
      workshop: where cells are computed.
      seeds: seeds of every row but the real one.

    Returns:
      The content for `write`.
    """
    rows = []
    for row in table.rows:
        its_seeds = seeds_of(row, seeds)
        found = [cells.scores(workshop, row, seed=seed) for seed in its_seeds]
        values = _collected(cell["values"] for cell in found)
        rows.append(
            {"name": row.name, "title": row.title, "paper": dict(row.paper)}
            | _row(found, its_seeds, values)
        )
    columns = _columns([row["values"] for row in rows])
    return _content(table.title, columns, rows, table.notes, workshop)


def _columns(values: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the title of every value that some row has, by its name."""
    columns = dict(score_text.columns(values))
    if any(schema.SMALL_DELTA in of_row for of_row in values):
        columns[schema.SMALL_DELTA] = "epsilon at delta 1/(n ln n)"
    return columns


def labels_table_of(
    table: schema.LabelsTable,
    workshop: workshops.Workshop,
    *,
    seeds: Sequence[int],
) -> dict:
    """Compute a table of accuracies from few labels and many samples.

    Args:
      table: a table of accuracies.
      workshop: where cells are computed.
      seeds: seeds of every cell.

    Returns:
      The content for `write`.
    """
    setting = workshop.few_labels or table.setting
    rows = []
    for num_labels, paper in table.paper.items():
        found = _few_labels_cells(
            table, workshop, seeds, num_labels=num_labels, setting=setting
        )
        values = {
            name: [cell["values"]["accuracy"] for cell in of_row]
            for name, of_row in found.items()
        }
        rows.append(
            {
                "name": str(num_labels),
                "title": f"{num_labels:,} labels",
                "paper": dict(paper),
            }
            | _row(itertools.chain(*found.values()), seeds, values)
        )
    titles = {row.name: row.title for row in table.rows}
    notes = [
        "Labels come from public records, disjoint from the private ones; the "
        f"final share of samples in a batch is {setting.final_share:g}; every "
        "cell has the same number of steps."
    ]
    if any(row.recipe.networks.conditional for row in table.rows):
        notes.append(
            "C2 sees the class requested from a conditional GAN, and the GAN "
            "was trained on all labels of its records."
        )
    columns = {"supervised": "labels alone"} | titles
    return _content(table.title, columns, rows, notes, workshop)


def _row(found, seeds, values) -> dict[str, Any]:
    """Return the fields of a row that come from its cells."""
    found = list(found)
    return {
        "seeds": list(seeds),
        "seconds": [cell["seconds"] for cell in found],
        "commits": sorted({cell["from"]["commit"] for cell in found}),
        "values": values,
    }


def _content(title, columns, rows, notes, workshop) -> dict[str, Any]:
    """Return the content for `write`."""
    return {
        "title": title,
        "columns": columns,
        "rows": rows,
        "notes": list(notes),
        "from": provenance.describe(workshop.command),
    }


def _few_labels_cells(
    table: schema.LabelsTable,
    workshop: workshops.Workshop,
    seeds: Sequence[int],
    **asked: Any,
) -> dict[str, list[dict]]:
    """Return the cells for a number of labels: by column, one per seed."""
    labels_alone = [
        few_labels.supervised(workshop, table.rows[0], seed=seed, **asked)
        for seed in seeds
    ]
    return {"supervised": labels_alone} | {
        row.name: [
            few_labels.semi(workshop, row, seed=seed, **asked) for seed in seeds
        ]
        for row in table.rows
    }


def write(name: str, content: dict, results_dir: pathlib.Path) -> list[str]:
    """Write a table as JSON and Markdown; without columns as JSON only.

    Args:
      name: base name of the files.
      content: result of `score_table_of` or `labels_table_of`.
      results_dir: folder to write to.

    Returns:
      The paths of the written files.
    """
    results_dir.mkdir(parents=True, exist_ok=True)
    as_json = results_dir / f"{name}.json"
    run_files.write_json(as_json, content)
    if "columns" not in content:
        return [str(as_json)]
    as_markdown = results_dir / f"{name}.md"
    as_markdown.write_text(markdown(content), encoding="utf-8")
    return [str(as_json), str(as_markdown)]


def markdown(content: dict) -> str:
    """Return a table as Markdown: our values, the paper's in brackets.

    Args:
      content: result of `score_table_of` or `labels_table_of`.
    """
    columns = content["columns"]
    header = ["", *columns.values(), "seeds", "minutes"]
    lines = [header, ["---"] + ["---:"] * (len(header) - 1)]
    for row in content["rows"]:
        values = [
            _cell(row["values"].get(name), row["paper"].get(name))
            for name in columns
        ]
        minutes = f"{sum(row['seconds']) / 60:.0f}"
        lines.append([row["title"], *values, str(len(row["seeds"])), minutes])
    table = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
    source = content["from"]
    commits = sorted({c for row in content["rows"] for c in row["commits"]})
    notes = [
        "Mean and standard deviation over the seeds; the paper's value in "
        "brackets.",
        *content["notes"],
        f"Command: `{source['command']}`, {source['date']}, {source['cores']} "
        f"cores, tensorflow {source['tensorflow']}; cells computed at commit "
        f"{', '.join(commits)}.",
    ]
    bullets = "\n".join(f"- {note}" for note in notes)
    return f"# {content['title']}\n\n{table}\n\n{bullets}\n"


def _collected(cells_values) -> dict[str, list]:
    """Return the values of each number over the seeds."""
    collected: dict[str, list] = {}
    for values in cells_values:
        for name, value in values.items():
            if isinstance(value, int | float):
                collected.setdefault(name, []).append(value)
    return collected


def _cell(values, paper) -> str:
    text = "-"
    if values:
        text = score_text.number(float(np.mean(values)))
        if len(values) > 1:
            text += f" ± {score_text.number(float(np.std(values, ddof=1)))}"
    return text if paper is None else f"{text} ({paper:g})"
