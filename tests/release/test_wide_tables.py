"""Schemas of thousands of cells or columns are released in seconds."""

import time

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.data.tables import columns
from dpgan_tf.data.tables import decoding
from dpgan_tf.data.tables import schema as schemas
from dpgan_tf.models import row_networks
from dpgan_tf.release import export
from dpgan_tf.release import sampling
from dpgan_tf.release import typed_npz

_DAYS = tuple(range(17_000, 17_000 + 30 * 12, 30))


def _mixed():
    """Return 60 columns: 59 of 1,718 cells together, and one of 1,250 codes."""
    words = tuple(f"w{i}" for i in range(56))
    seconds = tuple(86_400 * day for day in _DAYS)
    one = {
        "word": lambda name: columns.Category(
            name=name, values=words, missing=True
        ),
        "whole": lambda name: columns.Integer(
            name=name, edges=tuple(range(30)), missing=True
        ),
        "real": lambda name: columns.Number(
            name=name, edges=tuple(range(26)), decimals=1, missing=True
        ),
        "yes": lambda name: columns.Boolean(name=name),
        "day": lambda name: columns.Date(name=name, edges=_DAYS),
        "second": lambda name: columns.DateTime(
            name=name, edges=seconds, missing=True
        ),
    }
    counts = (15, 10, 15, 5, 5, 9)
    codes = tuple(f"{100 + i // 10}.{i % 10}" for i in range(1_250))
    return (
        *(
            make(f"{kind} {i}")
            for (kind, make), count in zip(one.items(), counts, strict=True)
            for i in range(count)
        ),
        columns.Codes(name="icd", codes=codes),
    )


def _wide():
    return tuple(columns.Boolean(name=f"b{i}") for i in range(3_000))


class _Clock:
    """Tells what took how long."""

    def __init__(self):
        self._start = time.perf_counter()

    def tell(self, what):
        now = time.perf_counter()
        print(f"{what}: {now - self._start:.2f} s")
        self._start = now


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "num_cells"), [(_mixed, 2_968), (_wide, 6_000)]
)
def test_a_large_schema_is_exported_loaded_and_sampled(
    tmp_path, make, num_cells
):
    schema = schemas.Schema(columns=make())
    assert schema.num_cells == num_cells
    generator = row_networks.build_table_generator(
        num_cells, latent_dim=64, width=256, blocks=schema.blocks
    )
    directory, clock = tmp_path / "1", _Clock()
    export.export_generator(
        generator, directory, latent_dim=64, largest_count=1, schema=schema
    )
    clock.tell("export")
    size = (directory / "saved_model.pb").stat().st_size
    print(f"graph: {size / 1e6:.2f} MB")
    assert size < 8e6
    made = sampling.load_generator(directory, schema=schema)
    clock.tell("load")
    rows = made.all_samples(12_800, 3)
    clock.tell("12,800 samples")
    table = decoding.decode(schema, rows.examples, rows.places)
    clock.tell("decode")
    sample = tf.saved_model.load(str(directory)).signatures["sample"]
    clock.tell("load for TensorFlow alone")
    found = sample(num=tf.constant(12_800), seed=tf.constant(3, tf.int64))
    clock.tell("12,800 samples of the signature")
    for name, array in typed_npz.arrays(table).items():
        if array.dtype.kind == "M":
            array = np.where(np.isnat(array), "", np.datetime_as_string(array))
        if array.dtype.kind == "U":
            array = np.char.encode(array, "utf-8").astype(object)
        np.testing.assert_array_equal(found[name], array, err_msg=name)
