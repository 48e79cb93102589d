"""The sections that may be published: claim, data, samples, budget, use."""

import dataclasses
import pathlib
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from dpgan_tf import run_files
from dpgan_tf.claim import about
from dpgan_tf.claim import claim as claims
from dpgan_tf.claim import plain_words
from dpgan_tf.claim import risk as risks
from dpgan_tf.claim import text as claim_text
from dpgan_tf.data.tables import schema as schemas
from dpgan_tf.release import sample_files
from dpgan_tf.release import sampling
from dpgan_tf.report import curves
from dpgan_tf.report import markup
from dpgan_tf.report import pictures
from dpgan_tf.report import sample_rows
from dpgan_tf.report import trade_off


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Run:
    """What a page shows of a run.

    Attributes:
      claim: content of `privacy.json`.
      generator: the released generator.
      release: folder of the release.
      logs: curves by tag.
      schema: schema of typed columns; None for images and counts.
      variety: variety of images that teaches best; 1 for none.
    """

    claim: Mapping[str, Any]
    generator: sampling.ExportedGenerator
    release: pathlib.Path
    logs: Mapping[str, curves.Curve]
    schema: schemas.Schema | None = None
    variety: float = 1.0

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
        *(_rows(run) if run.is_table else _images(run)),
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
    if run.variety == 1:
        return _samples_at(run, 1.0)
    looks = f"<h3>Variety 1, looks best</h3>{_samples_at(run, 1.0)}"
    teaches = f"Variety {run.variety:g}, named as the best for teaching"
    return f"{looks}<h3>{teaches}</h3>{_samples_at(run, run.variety)}"


def _samples_at(run: Run, variety: float) -> str:
    generator = run.generator
    found = pictures.of_classes(generator, variety=variety)
    if not found:
        said = "Samples of the released generator."
        if generator.num_classes:
            said += " Some class is too rare among them for a row of its own."
        return markup.paragraph(said) + markup.pixels(
            pictures.samples(generator, variety=variety), "samples"
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


def _rows(run: Run) -> Iterator[markup.Section]:
    if run.schema is None:
        body = sample_rows.counts(run.generator, run.release)
    else:
        body = sample_rows.typed(run.generator, run.schema)
    yield markup.Section(name="samples", title="Samples", body=body)


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
    if run.variety != 1:
        lines.append(
            f"dpgan generate {where} --num_samples=1000 "
            f"--variety={run.variety:g} --output=varied.npz"
        )
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
