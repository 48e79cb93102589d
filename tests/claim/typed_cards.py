"""Card and samples of typed columns, made without a generator."""

import csv
import io

import numpy as np

from dpgan_tf.claim import schema_check
from dpgan_tf.data.tables import decoding
from dpgan_tf.data.tables import writing
from tests.claim import releases


def card(claim, schema, **changes):
    """Return the card of a schema's columns."""
    form = schema_check.form_of(schema)
    values = {"form": form, "schema": schema, "scores": []}
    return releases.card_of(claim, **values | changes)


def samples(schema, *, num_rows=100):
    """Return the bytes of a file of samples."""
    rng = np.random.default_rng(0)
    rows = [
        np.eye(size, dtype=np.uint8)[rng.integers(0, size, num_rows)]
        if size > 1
        else rng.integers(0, 2, [num_rows, 1], np.uint8)
        for size in schema.blocks
    ]
    places = rng.random([num_rows, len(decoding.ordered(schema))])
    table = decoding.decode(schema, np.concatenate(rows, axis=1), places)
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(schema.names)
    writer.writerows(writing.rows(schema, table))
    return file.getvalue().encode()
