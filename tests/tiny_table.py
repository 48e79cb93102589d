"""A schema with a column of each kind, and a generator of its rows."""

import numpy as np

from dpgan_tf.data.tables import columns
from dpgan_tf.data.tables import schema as schemas
from dpgan_tf.models import row_networks
from tests import tiny_generator

SCHEMA = schemas.Schema(
    columns=(
        columns.Category(
            name="größe, a/b",
            values=("klein", 'a "b", c', "=1+1"),
            missing=True,
        ),
        columns.Boolean(name="died", words=("no", "yes")),
        columns.Boolean(name="ICU", missing=True),
        columns.Integer(name="age", edges=(1, 20, 65, 110), points=(0,)),
        columns.Integer(name="num", edges=(-5, 5), missing=True),
        columns.Number(
            name="creatinine", edges=(0, 0.5, 1.1, 20), decimals=1, missing=True
        ),
        columns.Number(name="latent", edges=(-2.5, 0, 4), points=(1.5,)),
        columns.Date(name="admitted", edges=(17897, 18262, 18627)),
        columns.Date(name="born", edges=(-25567, 0, 11016), missing=True),
        columns.DateTime(
            name="seen", edges=(1546300800, 1577836800, 1609459199)
        ),
        columns.Codes(name="icd", codes=("I10", "E11", "ü,1"), separator=";"),
    )
)


def build(schema=SCHEMA, *, seed=0):
    """Return a generator of a schema's rows, with weights that vary."""
    model = row_networks.build_table_generator(
        schema.num_cells,
        latent_dim=tiny_generator.LATENT_DIM,
        width=4,
        blocks=schema.blocks,
    )
    rng = np.random.default_rng(seed)
    model.set_weights(
        [rng.normal(size=w.shape, scale=0.5) for w in model.weights]
    )
    return model
