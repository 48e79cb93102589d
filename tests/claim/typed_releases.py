"""A run whose release has typed columns, without any training."""

from dpgan_tf.data.tables import schema_text
from tests import tiny_table
from tests.claim import releases
from tests.claim import typed_cards


def make(run_dir):
    """Turn the release of a run into one of typed columns."""
    release = run_dir / "release"
    (release / "samples.png").unlink(missing_ok=True)
    text = schema_text.to_text(tiny_table.SCHEMA)
    (release / "schema.json").write_text(text, "utf-8")
    (release / "samples.csv").write_bytes(
        typed_cards.samples(tiny_table.SCHEMA)
    )
    renew(run_dir)
    return run_dir


def card(run_dir, schema=tiny_table.SCHEMA, **changes):
    """Return the card of a run's typed columns."""
    return typed_cards.card(releases.claim_of(run_dir), schema, **changes)


def renew(run_dir, edit=lambda text: text, **changes):
    """Write the card, changed by hand, and the claim of all files."""
    text = edit(card(run_dir, **changes))
    releases.edit_card(run_dir, lambda _: text)
