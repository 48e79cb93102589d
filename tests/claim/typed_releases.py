"""A run whose release has typed columns, without any training."""

from dpgan_tf.claim import schema_check
from dpgan_tf.data.tables import schema_text
from dpgan_tf.release import typed_writers
from tests import tiny_table
from tests.claim import releases
from tests.release import test_typed_writers as shared


def make(run_dir):
    """Turn the release of a run into one of typed columns."""
    release = run_dir / "release"
    (release / "samples.png").unlink(missing_ok=True)
    text = schema_text.to_text(tiny_table.SCHEMA)
    (release / "schema.json").write_text(text, "utf-8")
    typed_writers.write_csv(
        [tiny_table.samples(100)],
        release / "samples.csv",
        shared.NAMES,
        num_samples=100,
    )
    renew(run_dir)
    return run_dir


def card(run_dir, **changes):
    """Return the card of a run's typed columns."""
    values = {
        "form": schema_check.form_of(tiny_table.SCHEMA),
        "schema": tiny_table.SCHEMA,
        "scores": [],
    }
    return releases.card_of(releases.claim_of(run_dir), **values | changes)


def renew(run_dir, edit=lambda text: text, **changes):
    """Write the card, changed by hand, and the claim of all files."""
    text = edit(card(run_dir, **changes))
    releases.edit_card(run_dir, lambda _: text)
