"""What the page about serving has a reader run, runs."""

import re
import shutil
import subprocess
import sys

import numpy as np
import pytest

import dpgan_tf
from dpgan_tf.data.tables import columns
from dpgan_tf.data.tables import schema as schemas
from dpgan_tf.release import conditions
from tests import tiny_table
from tests.docs import pages

PAGE = pages.DOCS / "serving.md"


def _section():
    text = PAGE.read_text("utf-8")
    return text.split("## Typed columns")[1].split("## On the command")[0]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("serving")
    release = folder / "runs" / "visits" / "release"
    shutil.copytree(tiny_table.release(), release)
    return folder


def test_typed_columns_need_tensorflow_alone(folder):
    code, _ = re.findall(r"```python\n(.*?)```", _section(), re.DOTALL)
    more = (
        "import sys\n"
        "assert 'dpgan_tf' not in sys.modules\n"
        "texts = ('größe, a/b.c', 'age', 'born', 'icd')\n"
        "for name in texts:\n"
        "    np.save(name.replace('/', '-'), np.ma.getdata(table[name]))\n"
        "np.save('missing', table['born'].mask)\n"
        "assert table['seen'].dtype.kind == 'M'\n"
    )
    subprocess.run(
        [sys.executable, "-c", code + more],
        check=True,
        cwd=folder,
        capture_output=True,
    )
    frame = dpgan_tf.load(tiny_table.release()).sample(1_000, seed=0)
    np.testing.assert_array_equal(np.load(folder / "age.npy"), frame["age"])
    np.testing.assert_array_equal(np.load(folder / "icd.npy"), frame["icd"])
    np.testing.assert_array_equal(
        np.load(folder / "missing.npy"), frame["born"].isna()
    )
    np.testing.assert_array_equal(
        np.load(folder / "born.npy"), frame["born"].to_numpy()
    )


SCHEMA = schemas.Schema(
    columns=(
        columns.Category(name="sex", values=("F", "M")),
        columns.Category(name="ward", values=("A, left", "B")),
        columns.Boolean(name="died", words=("no", "yes")),
        columns.Integer(name="age", edges=(0, 110)),
        columns.Number(name="creatinine", edges=(0.0, 20.0), missing=True),
        columns.Date(name="admitted", edges=(17897, 18627)),
        columns.Codes(name="icd", codes=("I10", "E11")),
    )
)


def test_the_conditions_of_the_page_are_conditions():
    rows = _section().split("| part | rows |\n|---|---|\n")[1].split("\n\n")[0]
    parts = re.findall(r"`([^`]*=[^`]*)`", rows)
    assert len(parts) == 9
    for part in parts:
        assert conditions.parse(part, SCHEMA).masks
    together = conditions.parse(",".join(parts), SCHEMA)
    assert {name for name, _ in together.masks} == set(SCHEMA.names)
