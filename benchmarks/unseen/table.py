"""The table: what a recipe reaches, beside the recipe to compare with."""

from collections.abc import Sequence
from typing import Any

from benchmarks.unseen import cells
from benchmarks.unseen import changes
from dpgan_tf.evaluation import score_text

_MOST_LOST = 3.0
"""Most points of accuracy that a recipe may lose."""

_CNN = "downstream_cnn"
_NUMBERS = (_CNN, "fid_classifier", "precision", "recall")
_HEADER = (
    *("records", "n", "classes"),
    *("CNN", "FID", "precision", "recall", "CNN of real images"),
    *("CNN to compare with", "points lost", "within 3"),
)


def markdown(
    bench: cells.Bench, rows: Sequence[cells.Cell], *, reference: str
) -> str:
    """Return a table with a row for each cell; what is not computed is "-".

    Args:
      bench: where cells are computed.
      rows: cells of one recipe, epsilon and number of samples.
      reference: name of the recipe to compare with.

    Raises:
      UserError: if a file of scores is damaged.
    """
    lines = [_HEADER, ["---"] + ["---:"] * (len(_HEADER) - 1)]
    origins = set()
    for cell in rows:
        against = cell.reference(reference)
        pair = bench.find(cell), bench.find(against)
        origins |= {_origin(found) for found in pair if found is not None}
        title = changes.CHANGES[cell.change].title
        is_same = against == cell
        lines.append([title, *_row(*pair, is_same=is_same)])
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    notes = [*_notes(rows[0], reference), *sorted(origins)]
    bullets = "\n".join(f"- {note}" for note in notes)
    return f"{table}\n\n{bullets}\n"


def _row(
    found: dict | None, against: dict | None, *, is_same: bool
) -> list[str]:
    """Return the texts of a row but its title."""
    values = found["values"] if found else {}
    ours = values.get("samples", {})
    accuracy = ours.get(_CNN)
    best = against["values"]["samples"].get(_CNN) if against else None
    lost = "-", "-"
    if accuracy is not None and best is not None and not is_same:
        points = 100 * (best - accuracy)
        lost = f"{points:.1f}", "yes" if points <= _MOST_LOST else "no"
    return [
        *(_count(values.get(f"num_{what}")) for what in ("records", "classes")),
        *(score_text.number(ours.get(name)) for name in _NUMBERS),
        score_text.number(values.get("real", {}).get(_CNN)),
        score_text.number(best),
        *lost,
    ]


def _count(value: int | None) -> str:
    return "-" if value is None else f"{value:,}"


def _notes(cell: cells.Cell, reference: str) -> list[str]:
    return [
        f"Recipe {cell.recipe} at epsilon {cell.epsilon:g}; "
        f"{cell.num_samples:,} samples, at the variety that teaches best by "
        "their recipe. CNN: accuracy of a network that saw "
        "samples alone on 10,000 images that were held apart and changed "
        "likewise (those of the classes that are left). Real images: as many "
        "in place of the samples, or all that there are.",
        f"Compared with recipe {reference} on as many unchanged records of the "
        "same classes. A change can make the task itself harder: compare with "
        "real images, too.",
        "FID, precision and recall by a classifier of the changed records: "
        "they compare within a row's records only.",
    ]


def _origin(found: dict[str, Any]) -> str:
    source = found["from"]
    return (
        f"Commit {source['commit']}, {source['date']}, {source['cores']} "
        f"cores, tensorflow {source['tensorflow']}: `{source['command']}`."
    )
