"""A folder with a prepared table, such as prepare-data made of patients."""

from dpgan_tf.data import registry
from dpgan_tf.data.health import table_files

SOURCES = (
    registry.Source(
        name="a folder of a prepared table",
        load=lambda folder, data_dir: table_files.load(folder),
        is_at=table_files.is_table,
    ),
)
