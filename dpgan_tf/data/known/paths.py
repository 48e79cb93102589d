"""Files and folders that are data sets as they are, named by their paths."""

import pathlib
from collections.abc import Sequence

from dpgan_tf.data import idx
from dpgan_tf.data import npz
from dpgan_tf.data import registry
from dpgan_tf.data.health import table_files
from dpgan_tf.data.pictures import source as picture_source
from dpgan_tf.data.pictures import stored


def _is_npz(path: pathlib.Path) -> bool:
    return path.name.lower().endswith(".npz")


def _hint_of_idx(path: pathlib.Path, names: Sequence[str]) -> str:
    if names or "ubyte" not in path.name.lower():
        return ""
    return f"is one of the IDX files; give its folder, {path.parent}."


def _hint_of_npz(path: pathlib.Path, names: Sequence[str]) -> str:
    if not names:
        return "holds arrays; give it as --dataset." * _is_npz(path)
    arrays = [path / name for name in names if _is_npz(path / name)]
    if not arrays:
        return ""
    shown = picture_source.show(arrays[0])
    return f"holds arrays; give one file, such as {shown}."


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
        load=lambda folder, data_dir: idx.load(folder),
        hint=_hint_of_idx,
    ),
    registry.Source(
        name="an .npz file",
        matches=lambda path: path.is_file() and _is_npz(path),
        load=lambda path, data_dir: npz.load(path),
        hint=_hint_of_npz,
    ),
)
