"""The text of MODEL_CARD.md: the claim, its limits, how to sample."""

from collections.abc import Mapping, Sequence
from typing import Any

from dpgan_tf.claim import about
from dpgan_tf.claim import card as claim_card
from dpgan_tf.claim import card_words
from dpgan_tf.claim import column_rows
from dpgan_tf.claim import variety
from dpgan_tf.data import records
from dpgan_tf.data.tables import schema as schemas

ABOUT_TITLE = "What it is"
SETTINGS_TITLE = "How it was trained"
SCORES_TITLE = "Quality"

CLASSES_LINE = "# classes.txt names the classes, in the order of their labels."

SCHEMA_LINK = "[schema.json](schema.json)"

_SCORES_WARNING = (
    "**Not covered by epsilon.** These scores come from a classifier that was "
    "trained on the real records, including private ones, without noise. Leave "
    "this section out if that matters."
)
_USE = """\
Only TensorFlow is needed. In this folder:

```python
import tensorflow as tf

generator = tf.saved_model.load("generator/1")
sample = generator.signatures["sample"]
{sample}

latent = tf.random.normal([16, {latent_dim}])
serve = generator.signatures["serving_default"]
{serve}
```

One seed gives the same examples each time; a smaller number gives the first of
a larger one. The seed is unrelated to the noise of training. A SavedModel is a
program: check its hash against `privacy.json` first."""


def model_card(
    claim: Mapping[str, Any],
    *,
    latent_dim: int,
    num_classes: int = 0,
    first_label: int = 0,
    has_class_names: bool = False,
    form: records.Form,
    schema: schemas.Schema | None = None,
    training_facts: Sequence[tuple[str, str]] = (),
    scores: Sequence[tuple[str, str, str]] = (),
) -> str:
    """Return the model card of a release.

    Args:
      claim: content of `privacy.json`. Its file hashes are not used, since the
        card is one of the hashed files.
      latent_dim: length of a latent vector.
      num_classes: number of classes of a conditional generator, else 0.
      first_label: number of the first class.
      has_class_names: whether classes.txt names the classes.
      form: the form of an example.
      schema: schema of typed columns; None for images and counts.
      training_facts: public settings to show, (name, value).
      scores: quality scores, (name, value, note). They are published with the
        card, and epsilon does not cover them.

    Returns:
      Markdown.
    """
    kind = "record" if form.is_table else "image"
    best = variety.best_of(training_facts)
    sections = [
        (ABOUT_TITLE, _about_section(claim, is_table=form.is_table)),
        ("Samples", _samples_section(form, schema)),
        ("The privacy claim", claim_card.section(claim)),
        (SETTINGS_TITLE, _facts_section(claim, training_facts)),
        (
            "How to use it",
            _USE.format(
                sample=_sample_lines(form, schema, best),
                latent_dim=latent_dim,
                serve=_serve_lines(
                    num_classes,
                    first_label,
                    has_class_names=has_class_names,
                    form=form,
                ),
            )
            + ("" if form.is_table else f"\n\n{variety.words(best)}"),
        ),
    ]
    if scores:
        sections.insert(4, (SCORES_TITLE, _scores_section(scores, best)))
    if schema is not None:
        sections.append((column_rows.TITLE, column_rows.section(schema)))
    body = "\n\n".join(f"## {title}\n\n{text}" for title, text in sections)
    return f"# Differentially private {kind} generator\n\n{body}\n"


def _samples_section(form, schema):
    if schema is not None:
        return (
            "[samples.csv](samples.csv) holds a hundred rows, and "
            f"{SCHEMA_LINK} declares their columns."
        )
    if form.is_table:
        return (
            "[samples.csv](samples.csv) holds a hundred records, "
            "[columns.txt](columns.txt) the names of the columns."
        )
    return "![Samples of the generator](samples.png)"


def _sample_lines(form, schema, best):
    shape = ", ".join(str(size) for size in form.shape)
    call = "sample(\n    num=tf.constant(16), seed=tf.constant(0, tf.int64)\n)"
    if schema is not None:
        return (
            f"columns = {call}\n# A tensor [16] for each column, by its name."
        )
    if form.is_table:
        what = f"uint8 [16, {shape}] from 0 to {form.largest}"
        return f'records = {call}["records"]  # {what}'
    return (
        f'images = {call}["images"]  # float32 [16, {shape}] in [-1, 1]\n'
        f"{variety.lines(best)}"
    )


def _serve_lines(num_classes, first_label, *, has_class_names, form):
    if form.blocks:
        return (
            'probabilities = serve(latent=latent)["probabilities"]\n'
            f"# float32 [16, {form.shape[0]}]: `sample` draws one cell of each "
            "column,\n# and each code, by them."
        )
    if form.is_table:
        return (
            'probabilities = serve(latent=latent)["probabilities"]\n'
            "# `sample` draws each column of a record by its probability."
        )
    if not num_classes:
        return 'images = serve(latent=latent)["images"]'
    first = f"{first_label} + " if first_label else ""
    return (
        f"label = {first}tf.range(16, dtype=tf.int64) % {num_classes}\n"
        'images = serve(latent=latent, label=label)["images"]\n'
        '# `sample` returns the labels of its images as "labels".'
        + f"\n{CLASSES_LINE}"
        * has_class_names
    )


def claim_rows(claim: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the settings rows that show the claim's numbers.

    Args:
      claim: content of `privacy.json`.
    """
    return [
        ("noisy critic steps charged", f"{claim['num_steps']:,}"),
        ("steps lost in a crash", f"{claim['num_steps_lost']:,}"),
        ("steps that trained the critic", f"{claim['num_steps_kept']:,}"),
        *about.unit_rows(claim),
        ("sampling probability", f"{claim['sampling_probability']:.6g}"),
        ("noise multiplier per group", f"{claim['noise_multiplier']:.6g}"),
        ("number of groups", str(claim["num_groups"])),
        (
            "effective noise multiplier",
            f"{claim['effective_noise_multiplier']:.6g}",
        ),
        ("noise sampler", claim["noise_sampler"]),
    ]


def _about_section(claim, *, is_table):
    return _table(("what", ""), about.rows(claim, is_table=is_table))


def _facts_section(claim, training_facts):
    return _table(("setting", "value"), [*claim_rows(claim), *training_facts])


def _scores_section(scores, best):
    table = _table(("score", "value", "note"), scores)
    names = {name for name, *_ in scores}
    titles = card_words.scored(best).values()
    meanings = "\n".join(
        f"- {score.shown}: {score.meaning}"
        for score in card_words.SCORES
        if score.meaning
        and not names.isdisjoint(f"{score.shown}, {title}" for title in titles)
    )
    return f"{_SCORES_WARNING}\n\n{table}\n\n{meanings}"


def _table(header, rows):
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
