"""Event files: in a folder of any name, readable once they are closed."""

import pytest
import tensorflow as tf

from dpgan_tf.report import curves
from dpgan_tf.run.callbacks import event_files


@pytest.mark.parametrize("name", ["logs", "a [b] *?", "run=1,2", "\u00fc x"])
def test_what_was_written_is_read_whatever_the_folder_is_called(tmp_path, name):
    folder = tmp_path / "new" / name
    writer = event_files.EventWriter(folder)
    for step, value in ((3, 0.5), (4, -2.0)):
        with writer.as_default(step=step):
            tf.summary.scalar("private/x", value)
    writer.close()
    (written,) = folder.iterdir()
    assert written.name.startswith("events.out.tfevents.")
    assert curves.read(folder) == {"private/x": [(3, 0.5), (4, -2.0)]}


def test_a_folder_has_the_files_of_all_that_wrote_there(tmp_path):
    for step in (1, 2):
        writer = event_files.EventWriter(tmp_path)
        with writer.as_default(step=step):
            tf.summary.scalar("x", float(step))
        writer.close()
    assert curves.read(tmp_path)["x"] == [(1, 1.0), (2, 2.0)]


def test_nothing_is_written_beside_a_writer_that_is_not_entered(tmp_path):
    writer = event_files.EventWriter(tmp_path)
    tf.summary.scalar("x", 1.0, step=1)
    writer.close()
    assert curves.read(tmp_path) == {}
