"""The process that writes a release; it has never contained a record.

TensorFlow numbers functions by a counter of the process, and a SavedModel has
these numbers: from a process that has trained, they would reveal how often
something was traced, and so how many private records there are. Here only the
import of libraries comes before the export, so that every byte of the files
follows from this process's input.
"""

import pathlib
import sys

import tensorflow as tf

from dpgan_tf import images
from dpgan_tf.claim import release_names
from dpgan_tf.data import class_names
from dpgan_tf.data.tables import schema_text
from dpgan_tf.models import guide as guides
from dpgan_tf.privacy import durable
from dpgan_tf.release import export
from dpgan_tf.release import grids
from dpgan_tf.release import sample_files
from dpgan_tf.release import sample_writers
from dpgan_tf.release import sampling
from dpgan_tf.run import assembly
from dpgan_tf.run.stages import release_contents

_NUM_SAMPLES = 100
_SAMPLE_SEED = 0


def write(folder: pathlib.Path, contents: release_contents.Contents) -> None:
    """Write the generator and a hundred of its examples.

    Images are written as one picture; rows as a table, with the public names of
    its columns, or its schema, in a separate file. Names of classes have a
    file, too.

    Args:
      folder: an empty folder.
      contents: contents of the release.
    """
    recipe, form = contents.recipe, contents.form
    generator = assembly.build_generator(recipe, form)
    generator.set_weights(contents.weights)
    directory = sampling.generator_directory(folder)
    export.export_generator(
        generator,
        directory,
        latent_dim=recipe.networks.latent_dim,
        num_classes=assembly.num_classes(recipe, form),
        first_label=recipe.data.first_label,
        class_shares=contents.class_shares,
        largest_count=form.largest,
        schema=contents.schema,
        guide=contents.guide and guides.Guide(contents.guide),
        pixels=contents.pixels,
    )
    made = sampling.load_generator(directory, schema=contents.schema)
    if form.is_table:
        _write_rows(folder, made, contents)
    else:
        grid = grids.grid(made, seed=_SAMPLE_SEED)
        images.save_grid(
            grid.images, folder / release_names.PICTURE, columns=grid.columns
        )
    if contents.classes:
        durable.create(
            folder / release_names.CLASSES,
            class_names.to_bytes(contents.classes),
        )


def _write_rows(
    folder: pathlib.Path,
    made: sampling.ExportedGenerator,
    contents: release_contents.Contents,
) -> None:
    if contents.schema is None:
        name, text = release_names.COLUMNS, "\n".join(contents.columns) + "\n"
    else:
        name, text = (
            release_names.SCHEMA,
            schema_text.to_text(contents.schema),
        )
    durable.create(folder / name, text.encode())
    sample_files.write(
        [made.all_samples(_NUM_SAMPLES, _SAMPLE_SEED)],
        folder / release_names.ROWS,
        num_samples=_NUM_SAMPLES,
        names=sample_writers.Names(
            columns=contents.columns, schema=contents.schema
        ),
    )


def main() -> None:
    """Write the contents on standard input into the command line's folder."""
    assembly.prepare_arithmetic()
    # One thread adds in one order.
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    contents = release_contents.from_bytes(sys.stdin.buffer.read())
    write(pathlib.Path(sys.argv[1]), contents)


if __name__ == "__main__":
    main()
