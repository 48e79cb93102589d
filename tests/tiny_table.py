"""A schema with a column of each kind, and a generator of its rows."""

import atexit
import functools
import json
import pathlib
import shutil
import tempfile

import numpy as np

from dpgan_tf.claim import claim as claims
from dpgan_tf.data.tables import columns
from dpgan_tf.data.tables import schema as schemas
from dpgan_tf.data.tables import schema_text
from dpgan_tf.models import row_networks
from dpgan_tf.release import export
from dpgan_tf.release import sampling
from tests import tiny_generator

SCHEMA = schemas.Schema(
    columns=(
        columns.Category(
            name="größe, a/b.c",
            values=("klein", 'a "b", c', "=1+1"),
            missing=True,
        ),
        columns.Boolean(name="died", words=("no", "yes")),
        columns.Boolean(name="ICU", missing=True),
        columns.Integer(name="age", edges=(1, 20, 65, 110), points=(0,)),
        columns.Integer(name="num", edges=(-5, 0, 5), missing=True),
        columns.Number(
            name="creatinine",
            edges=(0.0, 0.5, 1.1, 20.0),
            decimals=1,
            missing=True,
        ),
        columns.Number(name="latent", edges=(-2.5, 0.0, 4.0), points=(1.5,)),
        columns.Date(name="admitted", edges=(17897, 18262, 18627)),
        columns.Date(name="born", edges=(-25567, 0, 11016), missing=True),
        columns.DateTime(
            name="seen", edges=(1546300800, 1577836800, 1609459199)
        ),
        columns.Codes(name="icd", codes=("I10", "E11", "ü,1")),
    )
)
"""Names are hard: other ones of signatures, and marks of paths and of CSV."""


def build(schema=SCHEMA, *, seed=0):
    """Return a generator of a schema's rows; every cell is drawn often."""
    model = row_networks.build_table_generator(
        schema.num_cells,
        latent_dim=tiny_generator.LATENT_DIM,
        width=4,
        blocks=schema.blocks,
    )
    rng = np.random.default_rng(seed)
    model.set_weights(
        [rng.normal(size=weight.shape, scale=0.3) for weight in model.weights]
    )
    return model


@functools.cache
def release():
    """Return a release's folder, not to be changed: generator and schema."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tiny_table"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    export.export_generator(
        build(),
        sampling.generator_directory(folder),
        latent_dim=tiny_generator.LATENT_DIM,
        largest_count=1,
        schema=SCHEMA,
    )
    (folder / "schema.json").write_text(schema_text.to_text(SCHEMA), "utf-8")
    claim = {"statement": "as it is", "epsilon": 1.5, "delta": 1e-5}
    (folder / claims.FILE_NAME).write_text(json.dumps(claim))
    return folder


@functools.cache
def generator():
    """Return the generator of the release."""
    directory = sampling.generator_directory(release())
    return sampling.load_generator(directory, schema=SCHEMA)


@functools.cache
def samples(num=300, seed=3):
    """Return samples of the release, not to be changed."""
    return generator().all_samples(num, seed)
