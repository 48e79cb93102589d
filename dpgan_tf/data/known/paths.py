"""Files and folders that are data sets themselves, named by their paths."""

from dpgan_tf.data import idx
from dpgan_tf.data import npy
from dpgan_tf.data import npz
from dpgan_tf.data import registry
from dpgan_tf.data.health import table_files
from dpgan_tf.data.pictures import stored

SOURCES = (
    registry.Source(
        name="a folder of prepared pictures",
        matches=stored.is_store,
        is_kept=True,
        load=lambda folder, data_dir: stored.load(folder),
    ),
    registry.Source(
        name="a folder of a prepared table",
        matches=table_files.is_table,
        is_kept=True,
        load=lambda folder, data_dir: table_files.load(folder),
    ),
    registry.Source(
        name="a folder of IDX files",
        matches=idx.is_folder,
        load=lambda folder, data_dir, **how: idx.load(folder, **how),
        declared=("first_label", "num_classes"),
    ),
    registry.Source(
        name="an .npz file",
        matches=lambda path: (
            path.is_file() and path.name.lower().endswith(".npz")
        ),
        load=lambda path, data_dir, **how: npz.load(path, **how),
        declared=("first_label", "num_classes", "largest_count"),
    ),
    registry.Source(
        name="an .npy file of images",
        matches=lambda path: (
            path.is_file() and path.name.lower().endswith(".npy")
        ),
        load=lambda path, data_dir: npy.load(path),
    ),
)
