"""The sections that depend on private records without noise."""

from collections.abc import Iterator, Mapping

from dpgan_tf import run_files
from dpgan_tf.evaluation import score_text
from dpgan_tf.report import curves
from dpgan_tf.report import markup

_CURVES = (
    (
        "inception",
        "Inception score against steps",
        "Inception score of 2,048 samples",
        {"private/score/inception_score": "Inception score"},
    ),
    (
        "diversity",
        "Diversity against steps",
        "relative to real images",
        {
            "private/score/diversity": "mean of the classes",
            "private/score/diversity_worst": "worst class",
        },
    ),
    (
        "loss",
        "Critic loss",
        "mean of a batch",
        {"private/mean_loss": "critic loss"},
    ),
    (
        "clipping",
        "Clipping",
        "share of records",
        {"private/clipped_fraction_0": "clipped in the first group"},
    ),
)


def scores(
    files: run_files.RunFiles, *, is_private: bool
) -> Iterator[markup.Section]:
    """Yield the section of the scores, if there are any.

    Args:
      files: the run's files.
      is_private: whether the records are private.
    """
    if not files.scores.exists():
        return
    report = score_text.read(files)
    described = score_text.described(report)
    _, lines = score_text.cells(report)
    scored, *values = zip(*lines, strict=True)
    table = markup.table(
        [
            (score.shown, *numbers)
            for score, numbers in zip(described, values, strict=True)
        ],
        header=("", *scored),
        css="numbers",
        notes=[score.meaning for score in described],
    )
    said = "↑ higher is better, ↓ lower is better. Read several together."
    yield markup.Section(
        name="scores",
        title="Scores",
        body=markup.paragraph(said)
        + table
        + markup.paragraph(score_text.footnote(report)),
        is_private=is_private,
    )


def sections(
    files: run_files.RunFiles, logs: Mapping[str, curves.Curve]
) -> Iterator[markup.Section]:
    """Yield the sections of curves and of real records beside samples.

    Args:
      files: the run's files.
      logs: curves by tag.
    """
    for name, title, unit, tags in _CURVES:
        found = curves.chosen(logs, tags)
        if found:
            png = curves.plot(found, title=title, unit=unit)
            yield _private(name, title, markup.picture(png, title))
    if files.histograms.exists():
        yield _private(
            "histograms",
            "Columns, in real training rows and in samples",
            markup.paragraph(
                "Share of rows with each value, or in each interval of "
                "numbers. Of many words the most frequent real ones are shown."
            )
            + markup.picture(files.histograms.read_bytes(), "columns"),
        )
    if files.associations.exists():
        yield _private(
            "associations",
            "Pairs of columns, in held-out rows and in samples",
            markup.paragraph(
                "Cramer's V of each pair: 0 for independent columns, 1 if one "
                "tells the other. White in the difference is right."
            )
            + markup.picture(files.associations.read_bytes(), "pairs"),
        )
    if files.comparison.exists():
        yield _private(
            "comparison",
            "Columns and pairs of columns against held-out rows",
            markup.paragraph(
                "Frequency of each column and correlation of each pair, in "
                "real training rows and in samples."
            )
            + markup.picture(files.comparison.read_bytes(), "comparison"),
        )
    if files.neighbours.exists():
        yield _private(
            "neighbours",
            "Samples next to their nearest training images",
            markup.paragraph(
                "Each row shows a sample, then its nearest training images, "
                "the nearest first, by a classifier's features, or by pixels "
                "if there is no classifier. A sample that equals one of them "
                "repeats a record."
            )
            + markup.pixels(files.neighbours.read_bytes(), "neighbours"),
        )


def _private(name: str, title: str, body: str) -> markup.Section:
    return markup.Section(name=name, title=title, body=body, is_private=True)
