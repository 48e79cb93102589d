"""A folder of IDX files, as MNIST is published."""

from dpgan_tf.data import idx
from dpgan_tf.data import registry


def _hint(path, names):
    if names or "ubyte" not in path.name.lower():
        return ""
    return f"is one of the IDX files; give its folder, {path.parent}."


SOURCES = (
    registry.Source(
        name="a folder of IDX files",
        load=lambda folder, data_dir: idx.load(folder),
        is_at=idx.is_folder,
        hint=_hint,
    ),
)
