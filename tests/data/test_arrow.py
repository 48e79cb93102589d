"""PyArrow is needed for tables alone, and whoever lacks it is told."""

import sys

import pandas
import pytest

from dpgan_tf import errors
from dpgan_tf.data import arrow


def test_what_is_missing_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(errors.UserError, match="need PyArrow .*pip install"):
        arrow.module()


READERS = {"csv": arrow.csv_batches, "parquet": arrow.parquet_batches}


@pytest.mark.parametrize("ending", READERS)
def test_batches_have_all_rows_in_order(tmp_path, ending):
    path = tmp_path / f"rows.{ending}"
    frame = pandas.DataFrame({"a": range(300_000), "b": 1})
    write = {"csv": frame.to_csv, "parquet": frame.to_parquet}[ending]
    write(path, index=False)
    found = list(READERS[ending](path))
    assert len(found) > 1
    assert {names for names, _ in found} == {("a", "b")}
    values = [value for _, (a, _) in found for value in a.tolist()]
    assert values == list(range(300_000))
