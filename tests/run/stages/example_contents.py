"""Contents of releases, with the same weights each time."""

import numpy as np

from dpgan_tf.data import records
from dpgan_tf.data.tables import schema_text
from dpgan_tf.privacy.summary import classifier
from dpgan_tf.privacy.summary import scattering
from dpgan_tf.run import assembly
from dpgan_tf.run.stages import release_contents
from tests import tiny_run
from tests import tiny_table


def made(folder, form, *, with_guide=False, columns=(), **changes):
    """Return contents with the same weights each time."""
    recipe = tiny_run.recipe(folder, **changes)
    rng = np.random.default_rng(0)
    generator = assembly.build_generator(recipe, form)
    guide = None
    if with_guide:
        size = scattering.num_features(form.shape)
        guide = classifier.Linear(
            kernel=rng.normal(size=[size, form.num_classes]),
            bias=rng.normal(size=[form.num_classes]),
        )
    return release_contents.Contents(
        recipe=recipe,
        form=form,
        columns=columns,
        weights=[rng.uniform(0, 1, w.shape) for w in generator.weights],
        guide=guide,
    )


def labelled(folder):
    form = records.Form((28, 28, 1), num_classes=10)
    return made(folder, form, with_guide=True, networks__conditional=True)


def rows(folder):
    form = records.Form((7,), largest=1)
    return made(folder, form, columns=tuple("abcdefg"))


def typed(folder):
    """Return contents of typed columns: one of each kind."""
    schema = tiny_table.SCHEMA
    form = records.Form((schema.num_cells,), largest=1, blocks=schema.blocks)
    text = schema_text.to_text(schema)
    return made(folder, form, columns=schema.cells, data__schema=text)
