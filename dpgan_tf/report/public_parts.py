"""The sections that may be published: claim, data, samples, budget, use."""

import dataclasses
import pathlib
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.claim import about
from dpgan_tf.claim import claim as claims
from dpgan_tf.claim import plain_words
from dpgan_tf.claim import risk as risks
from dpgan_tf.claim import text as claim_text
from dpgan_tf.data.tables import decoding
from dpgan_tf.data.tables import schema as schemas
from dpgan_tf.data.tables import writing
from dpgan_tf.release import sample_files
from dpgan_tf.release import sampling
from dpgan_tf.report import curves
from dpgan_tf.report import markup
from dpgan_tf.report import pictures
from dpgan_tf.report import trade_off

_NUM_ROWS = 12
_NUM_TYPED, _MOST_COLUMNS, _LONGEST = 4, 60, 40
_SEED = 1


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Run:
    """What a page shows of a run.

    Attributes:
      claim: content of `privacy.json`.
      generator: the released generator.
      release: folder of the release.
      logs: curves by tag.
      schema: schema of typed columns; None for images and counts.
    """

    claim: Mapping[str, Any]
    generator: sampling.ExportedGenerator
    release: pathlib.Path
    logs: Mapping[str, curves.Curve]
    schema: schemas.Schema | None = None

    @property
    def is_table(self) -> bool:
        """Whether records are rows and not pictures."""
        return self.generator.largest_count > 0


def sections(run: Run) -> list[markup.Section]:
    """Return the sections up to the budget.

    Args:
      run: the run.
    """
    return [
        _claim(run.claim),
        *_risk(run.claim),
        _data(run),
        *([_rows(run)] if run.is_table else _images(run)),
        *_budget(run.logs),
    ]


def _claim(claim) -> markup.Section:
    words = plain_words.sentences(claim)
    statement = markup.escape(claim["statement"])
    plain = ""
    if words:
        plain = (
            "<h3>For readers without mathematics</h3>"
            f"{markup.table(plain_words.answers(claim))}"
            f"<h3>In plain words</h3>{markup.items(words)}<h3>Exactly</h3>"
        )
    body = f"{plain}<p><strong>{statement}</strong></p>" + markup.details(
        "The numbers of the claim", _numbers(claim)
    )
    return markup.Section(
        name="claim", title="The privacy statement", body=body
    )


def _risk(claim) -> Iterator[markup.Section]:
    if claim[risks.FIELD] is None:
        return
    png = trade_off.picture(
        claims.plan_of(claim, num_steps=claim["num_steps"]),
        epsilon=claim["epsilon"],
        delta=claim["delta"],
    )
    noun = claim_text.noun(claim)
    said = (
        f"The best test for a {noun}, among those who have the release: how "
        "many it finds of those that are there, against how many it wrongly "
        "accuses of those that are not. The lowest line is that of guessing, "
        "and the highest one all that epsilon and delta alone would promise."
    )
    yield markup.Section(
        name="risk",
        title="What a test can find",
        body=markup.paragraph(said)
        + markup.picture(png, "detections against false alarms")
        + markup.table(plain_words.numbers(claim[risks.FIELD])),
    )


def _numbers(claim) -> str:
    prices = claim["epsilon_by_accountant"] or {}
    delta = claim["delta"]
    facts = [
        ("delta", "none" if delta is None else f"{delta!r}"),
        *(
            (f"epsilon, {name.upper()}", claim_text.rounded_up(e, 4))
            for name, e in prices.items()
        ),
        ("noisy critic steps charged", f"{claim['num_steps']:,}"),
        ("steps lost in a crash", f"{claim['num_steps_lost']:,}"),
        ("steps that trained the critic", f"{claim['num_steps_kept']:,}"),
        ("sampling probability", f"{claim['sampling_probability']:.6g}"),
        ("number of groups", str(claim["num_groups"])),
        (
            "effective noise multiplier",
            f"{claim['effective_noise_multiplier']:.6g}",
        ),
    ]
    if (summary := claim.get("summary_noise_multiplier")) is not None:
        facts.append(("noise multiplier of the summary", f"{summary:.6g}"))
    return markup.table(facts)


def _data(run: Run) -> markup.Section:
    shape = " x ".join(map(str, run.generator.example_shape))
    facts = about.rows(run.claim, is_table=run.is_table)
    if run.schema is not None:
        facts.append(("columns", f"{len(run.schema.columns):,}"))
        facts.append(("cells", f"{run.schema.num_cells:,}"))
    elif run.is_table:
        facts.append(("columns", f"{run.generator.example_shape[0]:,}"))
        facts.append(("largest count", str(run.generator.largest_count)))
    else:
        facts.append(("height, width, channels", shape))
    if run.generator.num_classes:
        facts.append(("classes, declared", f"{run.generator.num_classes:,}"))
    return markup.Section(
        name="data", title="Data and release", body=markup.table(facts)
    )


def _images(run: Run) -> Iterator[markup.Section]:
    generator = run.generator
    yield markup.Section(name="samples", title="Samples", body=_samples(run))
    classes = " and the class stays" if generator.num_classes else ""
    yield markup.Section(
        name="interpolation",
        title="Interpolation between samples",
        body=markup.paragraph(
            "In each row the latent vector moves from one to another"
            f"{classes}. Smooth changes speak against a generator that "
            "repeats single pictures."
        )
        + markup.pixels(pictures.interpolation(generator), "interpolation"),
    )


def _samples(run: Run) -> str:
    generator = run.generator
    found = pictures.of_classes(generator)
    if not found:
        said = "Samples of the released generator."
        if generator.num_classes:
            said += " Some class is too rare among them for a row of its own."
        return markup.paragraph(said) + markup.pixels(
            pictures.samples(generator), "samples"
        )
    said = (
        f"{pictures.NUM_OF_A_CLASS} samples of the released generator for each "
        "class."
    )
    if len(found) < generator.num_classes:
        said += (
            f" These are the first {len(found)} of "
            f"{generator.num_classes:,} classes."
        )
    strips = "".join(
        markup.figure(name, markup.pixels(png, f"samples of {name}"))
        for name, png in zip(_classes(run), found, strict=False)
    )
    return f'{markup.paragraph(said)}<div class="classes">{strips}</div>'


def _classes(run: Run) -> list[str]:
    """Return the classes' names, with the numbers that labels have."""
    first = run.generator.first_label
    numbers = range(first, first + run.generator.num_classes)
    names = sample_files.read_classes(run.release)
    if not names:
        return [f"class {number}" for number in numbers]
    return [
        f"{name} (class {number})"
        for name, number in zip(names, numbers, strict=True)
    ]


def _rows(run: Run) -> markup.Section:
    body = _counts(run) if run.schema is None else _typed(run, run.schema)
    return markup.Section(name="samples", title="Samples", body=body)


def _typed(run: Run, schema: schemas.Schema) -> str:
    """Return the values of a few rows, a column in each line."""
    made = run.generator.all_samples(_NUM_TYPED, _SEED)
    table = decoding.decode(schema, made.examples, made.places)
    columns = schema.columns[:_MOST_COLUMNS]
    lines = [
        (
            errors.printable(column.name, largest=_LONGEST),
            *(
                errors.printable(text, largest=_LONGEST)
                for text in writing.texts(column, table[column.name])
            ),
        )
        for column in columns
    ]
    said = f"{_NUM_TYPED} rows of the released generator."
    if len(columns) < len(schema.columns):
        said += f" These are the first {len(columns)} columns."
    header = ("", *(f"row {i + 1}" for i in range(_NUM_TYPED)))
    return markup.paragraph(said) + markup.table(
        lines, header=header, css="numbers"
    )


def _counts(run: Run) -> str:
    names = sample_files.read_columns(run.release)
    lines = []
    for row in run.generator.all_samples(_NUM_ROWS, _SEED).examples:
        present = [
            names[j] if row[j] == 1 else f"{names[j]} x {row[j]}"
            for j in row.nonzero()[0]
        ]
        lines.append((str(len(lines) + 1), ", ".join(present)))
    said = f"{_NUM_ROWS} rows of the released generator."
    table = markup.table(lines, header=("", "columns that are not 0"))
    return markup.paragraph(said) + table


def _budget(logs) -> Iterator[markup.Section]:
    epsilon = curves.chosen(logs, {"budget/epsilon": "epsilon"})
    if epsilon:
        picture = curves.plot(epsilon, title="Budget spent", unit="epsilon")
        yield markup.Section(
            name="budget",
            title="Budget",
            body=markup.paragraph(
                "Epsilon after each private step, by the claim's accountant."
            )
            + markup.picture(picture, "epsilon against steps"),
        )


def next_commands(
    run: Run, *, files: run_files.RunFiles | None = None
) -> markup.Section:
    """Return the section of what can be done next.

    Args:
      run: the run.
      files: the run's files, for its curator; None for others, who have the
        release alone.
    """
    where = "--release_dir=release"
    output = "samples.csv" if run.is_table else "samples.npz"
    if files is not None:
        where = f"--run_dir={shlex.quote(str(files.root))}"
    lines = [
        f"dpgan verify {where}",
        f"dpgan generate {where} --num_samples=1000 --output={output}",
    ]
    if files is not None:
        lines += [
            f"dpgan evaluate {where}",
            f"dpgan report {where} --for_release --output=report.html",
        ]
    said = "Check the claim, and draw any number of samples at no further cost."
    return markup.Section(
        name="next",
        title="Next",
        body=markup.paragraph(said) + markup.code("\n".join(lines)),
    )
