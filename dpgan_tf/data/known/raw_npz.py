"""An .npz file of images, and of labels if there are any."""

from dpgan_tf.data import npz
from dpgan_tf.data import registry
from dpgan_tf.data.pictures import source as picture_source


def _has_suffix(path):
    return str(path).lower().endswith(".npz")


def _hint(path, names):
    if not names:
        is_one = _has_suffix(path)
        return "holds arrays; give it as --dataset." if is_one else ""
    arrays = list(filter(_has_suffix, names))
    if not arrays:
        return ""
    shown = picture_source.show(path / arrays[0])
    return f"holds arrays; give one file, such as {shown}."


SOURCES = (
    registry.Source(
        name="an .npz file",
        load=lambda path, data_dir: npz.load(path),
        is_at=lambda path: path.is_file() and _has_suffix(path),
        hint=_hint,
    ),
)
