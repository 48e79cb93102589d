"""The graph gives the values that NumPy does, without this package."""

import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from dpgan_tf.data.tables import columns
from dpgan_tf.data.tables import decoding
from dpgan_tf.data.tables import output_names
from dpgan_tf.data.tables import schema as schemas
from dpgan_tf.release import sampling
from dpgan_tf.release import typed_graph
from dpgan_tf.release import typed_npz
from tests import tiny_table

_FRESH_PROCESS = """
import sys
import numpy as np
import tensorflow as tf
loaded = tf.saved_model.load(sys.argv[1])
made = loaded.signatures["sample"](
    num=tf.constant(300), seed=tf.constant(3, tf.int64)
)
arrays = {name: tensor.numpy() for name, tensor in made.items()}
texts = {n: a for n, a in arrays.items() if a.dtype == object}
for name, array in texts.items():
    arrays[name] = np.array([text.decode() for text in array], str)
np.savez(sys.argv[2], **arrays)
assert not any(name.split(".")[0] == "dpgan_tf" for name in sys.modules)
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Return what a process with TensorFlow alone gets of the signature."""
    path = tmp_path_factory.mktemp("served") / "made.npz"
    directory = sampling.generator_directory(tiny_table.release())
    subprocess.run(
        [sys.executable, "-c", _FRESH_PROCESS, str(directory), str(path)],
        check=True,
        cwd=path.parent,
        capture_output=True,
    )
    with np.load(path, allow_pickle=False) as arrays:
        return dict(arrays)


def test_a_fresh_process_gets_the_values_of_this_package(served):
    made = tiny_table.samples()
    table = decoding.decode(tiny_table.SCHEMA, made.examples, made.places)
    expected = typed_npz.arrays(table)
    assert set(served) == set(expected)
    for name, array in expected.items():
        if array.dtype.kind == "M":
            array = np.where(np.isnat(array), "", np.datetime_as_string(array))
        assert served[name].dtype.kind == array.dtype.kind
        np.testing.assert_array_equal(served[name], array, err_msg=name)


def test_every_cell_is_among_the_samples():
    """Else equality of the values would say nothing about some."""
    assert tiny_table.samples().examples.any(axis=0).all()


def test_columns_have_their_types(served):
    kinds = {name: array.dtype.str for name, array in served.items()}
    assert kinds["age"] == "<i8" and kinds["latent"] == "<f4"
    assert kinds["died"] == "|b1" and kinds["admitted"] == "<U10"
    assert np.isnan(served["creatinine"]).sum() > 10
    flag = output_names.flag("creatinine")
    np.testing.assert_array_equal(np.isnan(served["creatinine"]), served[flag])


def _one(column, cells):
    """Return what the graph gives for rows in some cells of a column."""
    schema = schemas.Schema(columns=(column,))
    rows = tf.one_hot(cells, schema.num_cells, dtype=tf.uint8)
    places = tf.fill(
        [len(cells), len(decoding.ordered(schema))],
        tf.constant(0.5, tf.float64),
    )
    found = typed_graph.picked(schema, rows, places)
    return typed_graph.columns(schema, found)


def test_a_table_may_have_a_single_column():
    found = _one(columns.Boolean(name="a", missing=True), [1, 0, 2])
    assert found["a"].numpy().tolist() == [True, False, False]
    assert found["a is missing"].numpy().tolist() == [False, False, True]
    found = _one(columns.Number(name="a", edges=(0.0, 1.0, 3.0)), [1, 0])
    assert found["a"].numpy().tolist() == [2.0, 0.5]


def test_what_is_drawn_has_the_form_that_is_said():
    made = tiny_table.samples()
    found = typed_graph.picked(
        tiny_table.SCHEMA,
        tf.constant(made.examples),
        tf.constant(made.places),
    )
    for name, spec in typed_graph.specs(tiny_table.SCHEMA, 300).items():
        assert spec.is_compatible_with(found[name]), name


@pytest.mark.parametrize("num", [0, 1, 129])
def test_fewer_rows_are_the_first_of_more(num):
    directory = sampling.generator_directory(tiny_table.release())
    sample = tf.saved_model.load(str(directory)).signatures["sample"]
    some, more = (
        sample(num=tf.constant(n), seed=tf.constant(3, tf.int64))
        for n in (num, 200)
    )
    for name, tensor in some.items():
        np.testing.assert_array_equal(tensor, more[name][:num])
