"""The files of a release follow from what its process is given."""

import numpy as np

from dpgan_tf.config import text as config_text
from dpgan_tf.data import records
from dpgan_tf.run import assembly
from dpgan_tf.run.stages import release_contents
from dpgan_tf.run.stages import release_process


def test_the_graph_tells_nothing_of_how_the_run_went(finished, tmp_path):
    """It is that of other weights, whatever was traced on the way to these."""
    recipe = config_text.from_json((finished / "run/config.json").read_text())
    form = records.Form((28, 28, 1))
    made = assembly.build_generator(recipe, form)
    release_process.write(
        tmp_path,
        release_contents.Contents(
            recipe=recipe,
            form=form,
            columns=(),
            weights=[np.ones(weight.shape) for weight in made.weights],
        ),
    )
    name = "generator/1/saved_model.pb"
    released = (finished / "run/release" / name).read_bytes()
    assert released == (tmp_path / name).read_bytes()
