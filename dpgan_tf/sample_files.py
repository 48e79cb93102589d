"""Write samples to one .npz file or to a folder of PNG files, as they come."""

import os
import pathlib
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterable

import numpy as np

from dpgan_tf import errors
from dpgan_tf import images as images_lib
from dpgan_tf import sampling

_PNG_NAME = re.compile(r"\d+(_class\d+)?\.png")


def require_writable(output: str | os.PathLike, *, overwrite: bool) -> None:
    """Raise if samples could not be written, before any are made.

    Args:
      output: the .npz file or the folder of PNG files to write.
      overwrite: whether an earlier output may be replaced. A folder is
        replaced only if it holds nothing but numbered PNG files.

    Raises:
      UserError: naming the output and the remedy.
    """
    path = pathlib.Path(output)
    if path.suffix not in ("", ".npz"):
        raise errors.UserError(
            f"--output={path}: expected FILE.npz, or a folder for PNG files."
        )
    if not path.exists():
        return
    if path.is_dir() == (path.suffix == ".npz"):
        raise errors.UserError(
            f"--output={path}: exists and is another kind of file; choose "
            "another name."
        )
    if not overwrite:
        raise errors.UserError(
            f"--output={path}: exists; choose another name or add --overwrite."
        )
    if path.is_dir() and not all(
        _PNG_NAME.fullmatch(entry.name) for entry in path.iterdir()
    ):
        raise errors.UserError(
            f"--output={path}: holds other files than numbered PNG files; "
            "choose another folder."
        )


def write(
    batches: Iterable[sampling.Samples],
    output: str | os.PathLike,
    *,
    num_samples: int,
    image_shape: tuple[int, ...],
) -> None:
    """Write samples batch by batch; the output appears when it is complete.

    Args:
      batches: what to write.
      output: an .npz file with "images" (uint8) and, if there are any, "labels"
        (int64); else a folder of PNG files, with the class in their names.
      num_samples: images in all batches together.
      image_shape: (height, width, channels).
    """
    path = pathlib.Path(output)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        prefix=f".{path.name}.", dir=path.parent
    ) as folder:
        temporary = pathlib.Path(folder) / "written"
        if path.suffix == ".npz":
            _write_npz(batches, temporary, (num_samples, *image_shape))
        else:
            _write_pngs(batches, temporary, num_samples=num_samples)
            if path.exists():
                shutil.move(path, pathlib.Path(folder) / "replaced")
        temporary.replace(path)


def _write_npz(batches, path, shape):
    header = {"descr": "|u1", "fortran_order": False, "shape": shape}
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("images.npy", "w", force_zip64=True) as member,
    ):
        np.lib.format.write_array_header_1_0(member, header)
        labels = []
        for batch in batches:
            member.write(images_lib.to_uint8(batch.images).tobytes())
            labels += [] if batch.labels is None else [batch.labels]
        member.close()
        if labels:
            with archive.open("labels.npy", "w") as member:
                np.lib.format.write_array(member, np.concatenate(labels))


def _write_pngs(batches, folder, *, num_samples):
    folder.mkdir()
    digits = len(str(num_samples - 1))
    number = 0
    for batch in batches:
        for i, image in enumerate(batch.images):
            what = "" if batch.labels is None else f"_class{batch.labels[i]}"
            images_lib.save_png(image, folder / f"{number:0{digits}}{what}.png")
            number += 1
