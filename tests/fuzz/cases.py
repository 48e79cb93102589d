"""What is fuzzed: small valid files, and the code that reads them.

A case prepares a folder once. For each input one of its files is changed, the
case reads them, and the file is put back.
"""

import contextlib
import dataclasses
import functools
import gzip
import json
import pathlib
import random
from collections.abc import Callable

import numpy as np
from PIL import Image

from dpgan_tf import run_files
from dpgan_tf.claim import card_check
from dpgan_tf.claim import check as claim_check
from dpgan_tf.claim import claim as claims
from dpgan_tf.claim import sample_check
from dpgan_tf.claim import schema_check
from dpgan_tf.config import presets
from dpgan_tf.config import text as config_text
from dpgan_tf.config.parts import kinds
from dpgan_tf.papers import kept
from dpgan_tf.privacy import errors
from dpgan_tf.privacy import hash_chain
from dpgan_tf.privacy.ledger import ledger as ledgers
from dpgan_tf.privacy.register import register as registers
from dpgan_tf.run import clusters
from tests.claim import releases
from tests.data import files as data_files
from tests.data.tables import examples as schemas
from tests.data.tables import tables
from tests.fuzz import json_mutations
from tests.fuzz import mutations
from tests.fuzz import zip_mutations
from tests.privacy import ledgers as headers
from tests.privacy.register import examples as register_examples

Mutation = Callable[[bytes, random.Random, list[bytes]], bytes]

_MUTATIONS: dict[str, Mutation] = {
    ".json": json_mutations.mutate,
    ".jsonl": json_mutations.mutate_lines,
    ".npz": zip_mutations.mutate,
    ".png": mutations.mutate_png,
    ".csv": mutations.mutate_text,
    ".txt": mutations.mutate_text,
    ".md": mutations.mutate_text,
}


@dataclasses.dataclass(frozen=True)
class Case:
    """Files, and a function that reads them.

    Attributes:
      files: files that are changed, one at a time.
      read: function that reads all of them.
      mutation: mutation of a file; None to choose it by the name's ending.
    """

    files: list[pathlib.Path]
    read: Callable[[], object]
    mutation: Mutation | None = None

    @functools.cached_property
    def contents(self) -> list[bytes]:
        """What the files hold when they are valid."""
        return [path.read_bytes() for path in self.files]

    def input(self, rng: random.Random) -> tuple[pathlib.Path, bytes]:
        """Return one of the files, and what is to be put there."""
        number = rng.randrange(len(self.files))
        path = self.files[number]
        mutation = self.mutation or _MUTATIONS.get(
            path.suffix, mutations.mutate
        )
        return path, mutation(self.contents[number], rng, self.contents)

    def run(self, path: pathlib.Path, content: bytes) -> None:
        """Read the files, one of which has another content."""
        before = self.contents[self.files.index(path)]
        path.write_bytes(content)
        try:
            self.read()
        finally:
            path.write_bytes(before)


def _write(folder, name, content) -> pathlib.Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if not isinstance(content, bytes):
        content = json.dumps(content, indent=1).encode()
    path.write_bytes(content)
    return path


def claim(folder):
    run = releases.make_run(folder / "run", summary_noise_multiplier=4.0)
    path = run / "release" / "privacy.json"

    def read():
        claim_check.check_release(run / "release")
        run_files.read_json(path, claims.SHOWN)

    return Case([path], read)


def prices(folder):
    """Claims whose numbers fit each other, and are as odd as can be."""
    run = releases.make_run(folder / "run")
    path = run / "release" / "privacy.json"
    honest = json.loads(path.read_text())

    def mutation(content, rng, others):
        def some(low, high):
            return 10 ** rng.uniform(low, high)

        near = rng.random() < 0.5
        n = int(some(0, 18)) or 1
        m = min(n, int(some(0, 18)) or 1)
        k = int(some(0, 3 if near else 15))
        sigma = some(-2, 3) if near else some(-307, 307)
        changes = {
            "accountant": rng.choice(("rdp", "pld")),
            "num_examples": n,
            "expected_batch_size": m,
            "sampling_probability": m / n,
            "num_groups": k,
            "noise_multiplier": sigma,
            "effective_noise_multiplier": sigma / k**0.5,
            "num_steps": int(some(0, 5 if near else 18)),
            "target_delta": some(-15, 0) if near else some(-320, 0),
            "target_epsilon": some(-3, 3) if near else some(-320, 307),
        }
        if rng.random() < 0.3:
            changes["summary_noise_multiplier"] = some(-300, 300)
        return json.dumps(honest | changes).encode()

    def read():
        claim_check.check_release(run / "release")

    return Case([path], read, mutation)


def card(folder):
    run = releases.make_run(folder / "run")
    claim = releases.claim_of(run)
    path = run / "release" / "MODEL_CARD.md"
    return Case([path], lambda: card_check.problem_of(path.read_bytes(), claim))


def ledger(folder):
    run = releases.make_run(folder / "run", summary_noise_multiplier=4.0)
    opened = ledgers.Ledger.open(
        releases.ledger_path(run), config_hash=releases.CONFIG_HASH
    )
    opened.begin_summary("e" * 64)
    opened.begin_attempt("f" * 64)
    opened.reserve(20)
    opened.settle(7)
    path = releases.ledger_path(run)
    return Case([path], lambda: ledgers.read(path))


def sealed_ledger(folder):
    """A changed ledger whose hashes fit again, as a forger makes it."""
    case = ledger(folder)

    def read():
        claim_check.check_run(folder / "run")

    return Case(case.files, read, _resealed)


def _sealed(entries):
    head, lines = "0" * 64, []
    for entry in entries:
        if isinstance(entry, dict):
            entry.pop("hash", None)
            entry["previous_hash"] = head
            head = entry["hash"] = hash_chain.hash_of(entry)
        lines.append(hash_chain.canonical_json(entry).encode() + b"\n")
    return b"".join(lines)


def register(folder):
    """A register of two runs, one of which is settled."""
    path = register_examples.create(folder / "all.jsonl")
    for number in (1, 2):
        chosen = register_examples.plan(summary=20.0)
        register_examples.reserve(path, number, chosen)
    with registers.opened(path) as book:
        made = ledgers.Ledger.create(
            folder / "ledger",
            header=headers.header(
                noise_multiplier=4.0,
                effective_noise_multiplier=2.0,
                summary_noise_multiplier=20.0,
            ),
        )
        made.begin_attempt("a" * 64)
        book.settle(register_examples.name(1), folder / "ledger")

    def read():
        chain = registers.read(path)
        chain.policy.spent(chain.charged)

    return Case([path], read)


def sealed_register(folder):
    """A changed register whose hashes fit again."""
    case = register(folder)
    return Case(case.files, case.read, _resealed)


def _resealed(content, rng, others):
    entries = [json.loads(line) for line in content.splitlines()]
    number = rng.randrange(len(entries))
    entries[number] = json_mutations.changed_value(entries[number], rng)
    with contextlib.suppress(errors.LedgerError):  # NaN has no canon.
        return _sealed(entries)
    return content


def config(folder):
    paths = [
        _write(folder, f"{name}.json", presets.get(name).to_json().encode())
        for name in ("mnist", "dpgan_ehr", "mnist_features")
    ]
    changed = []
    return _OnlyChanged(
        paths, lambda: [config_text.read(path) for path in changed], changed
    )


def settings(folder):
    """Values of --set, a NAME=VALUE in each line."""
    base = presets.get("mnist")
    lines = [f"{key}={value}" for key, value in kinds.flat(base).items()]

    def mutation(content, rng, others):
        line = rng.choice(content.splitlines())
        return mutations.mutate_text(line, rng, others)

    path = _write(folder, "settings.txt", "\n".join(lines).encode())

    def read():
        for line in path.read_bytes().decode("utf-8", "replace").splitlines():
            name, _, value = line.partition("=")
            config_text.change(base, {name: value})

    return Case([path], read, mutation)


def tf_config(folder):
    value = {
        "cluster": {"chief": ["a:1"], "worker": ["b:2222", "[::1]:3"]},
        "task": {"type": "worker", "index": 1},
    }
    path = _write(folder, "tf_config.json", value)

    def read():
        text = path.read_bytes().decode("utf-8", "surrogateescape")
        clusters.read_tf_config(text)

    return Case([path], read)


def scores(folder):
    from dpgan_tf.evaluation import score_text

    row = {
        "num_images": 60_000,
        "inception_score": 8.7,
        "class_shares": [0.1] * 10,
        "fid_classifier": None,
        "left_out": {"downstream": "needs labels"},
    }
    report = {
        "dataset": "mnist",
        "scores": {"real_train": row, "released": row},
        "classifier": {"test_accuracy": 0.99},
        "paper": {"real": 9.96},
    }
    rows = {"codes_per_row": 3.0, "num_rows": 5, "left_out": {}}
    of_table = {"origin": "a table", "scores": {"released": rows}}
    paths = [
        _write(folder, "scores.json", report),
        _write(folder, "table/scores.json", of_table),
    ]

    changed = []

    def read():
        for path in changed:
            found = run_files.read_json(path, score_text.report_kind())
            score_text.text(found)
            score_text.cells(found)
            score_text.card_rows(found)

    return _OnlyChanged(paths, read, changed)


def run_description(folder):
    from dpgan_tf.run import data as run_data

    value = {
        "public_fraction": 0.02,
        "example_shape": [28, 28, 1],
        "largest": 0,
        "num_classes": 10,
        "columns": ["401", "402"],
        "fingerprint_salt": "ab" * 32,
    }
    path = _write(folder, "data.json", value)

    def read():
        found = run_files.read_json(path, run_data.DESCRIPTION)
        assert run_data.form_of(found).shape
        run_data.columns_of(found)

    return Case([path], read)


def cell(folder):
    path = folder / "cell.json"
    kept.keep(path, ["key"], lambda: {"score": 1.0}, command="fuzz")
    return Case([path], lambda: kept.find(path, ["key"]))


def shard_plan(folder):
    from dpgan_tf.release import sample_shards

    plan = sample_shards.Plan(
        num_samples=5_000, num_shards=2, seed=3, generator="a" * 64
    )
    path = _write(folder, "o.npz.shards.json", dataclasses.asdict(plan))
    output = folder / "o.npz"

    def read():
        sample_shards.begun_seed(output)
        sample_shards.is_unfinished(output)
        sample_shards._claim(output, plan, overwrite=True)

    return Case([path], read)


def idx(folder):
    from dpgan_tf.data import idx

    plain = data_files.write_idx_folder(folder / "plain")
    zipped = data_files.write_idx_folder(folder / "gz", suffix=".gz")
    paths = [*sorted(plain.iterdir()), *sorted(zipped.iterdir())]
    return Case(paths, lambda: [idx.load(plain), idx.load(zipped)])


def npz(folder):
    from dpgan_tf.data import npz

    images, labels = data_files.images(20), data_files.labels(20)
    paths = [folder / "plain.npz", folder / "zipped.npz"]
    np.savez(paths[0], images=images, labels=labels)
    np.savez_compressed(
        paths[1],
        x_train=images,
        y_train=labels,
        x_test=images[:5],
        y_test=labels[:5],
    )
    paths.append(folder / "floats.npz")
    np.savez(paths[2], images=images[:5].astype(np.float32) / 255)
    paths.append(folder / "named.npz")
    names = np.array([f"class {number}" for number in range(10)])
    np.savez(paths[3], images=images, labels=labels, class_names=names)
    paths.append(folder / "rows.npz")
    rows = np.tile(images.reshape(20, -1) > 99, [9, 1])
    columns = np.array([f"c{i}" for i in range(rows.shape[1])])
    np.savez(paths[4], records=rows, columns=columns)
    return Case(paths, lambda: [npz.load(path) for path in paths])


def arrays(folder):
    from dpgan_tf.data import npy

    path = folder / "images.npy"
    np.save(path, data_files.images(20))
    return Case([path], lambda: npy.load(path))


def counts(folder):
    import pyarrow
    from pyarrow import parquet

    from dpgan_tf.data import count_table

    text, binary = folder / "rows.csv", folder / "rows.parquet"
    text.write_text("a,b\n" + 60 * "1,0\n0,1\n")
    rows = [number % 2 for number in range(120)]
    parquet.write_table(pyarrow.table({"a": rows, "b": rows}), binary)
    paths = [text, binary]
    return Case(paths, lambda: [count_table.load(path) for path in paths])


def schema(folder):
    """A schema, as people write it and in its canonical text."""
    from dpgan_tf.data.tables import schema_text

    path = _write(folder, "schema.json", json.loads(schemas.everything()))
    found = schema_text.read(path)
    canonical = _write(
        folder, "canonical.json", schema_text.to_text(found).encode()
    )
    changed = []

    def read():
        for one in changed:
            found = schema_text.read(one)
            again = schema_text.parse(schema_text.to_text(found), source="a")
            assert again == found
            assert len(found.cells) == found.num_cells

    return _OnlyChanged([path, canonical], read, changed)


def typed_release(folder):
    """A release's schema, card and samples, none of which is trusted."""
    from dpgan_tf.data.tables import schema_text
    from tests.claim import typed_cards

    run = releases.make_run(folder / "run")
    release = run / "release"
    found = schema_text.parse(schemas.everything(), source="a")
    claim = releases.claim_of(run)
    paths = [
        _write(release, "schema.json", schema_text.to_text(found).encode()),
        _write(release, "samples.csv", typed_cards.samples(found)),
        _write(
            release, "MODEL_CARD.md", typed_cards.card(claim, found).encode()
        ),
    ]

    def read():
        declared, _ = schema_check.read(release)
        content = paths[2].read_bytes()
        if not card_check.problem_of(content, claim, declared) and declared:
            form = card_check.form(content.decode(), declared)
            sample_check.problems(release, form, declared)

    read()
    return Case(paths, read)


def condition(folder):
    """The text of a condition of rows."""
    from dpgan_tf.data.tables import schema_text
    from dpgan_tf.release import conditions

    found = schema_text.parse(schemas.everything(), source="a")
    text = b'sex=F,age=1..,"icd=I10",admitted=..2019-02-03,creatinine=missing'
    path = _write(folder, "where.txt", text)
    return Case(
        [path],
        lambda: conditions.parse(
            path.read_bytes().decode("utf-8", "replace"), found
        ),
    )


def rows_of_a_schema(folder):
    """Tables that are read by a schema, and drafted from."""
    import pyarrow
    from pyarrow import parquet

    from dpgan_tf.data.tables import drafting
    from dpgan_tf.data.tables import reading

    rows = tables.rows(60)
    paths = [folder / "a.csv", folder / "b.csv", folder / "c.parquet"]
    tables.write(paths[0], rows)
    tables.write(paths[1], rows, separator="\t", encoding="utf-16")
    values = dict(zip(tables.HEADER, zip(*rows, strict=True), strict=True))
    parquet.write_table(pyarrow.table(values), paths[2])
    changed = []

    def read():
        for path in changed:
            drafting.of_public(path)
            reading.load(path, schema=tables.SCHEMA, outside="other")

    return _OnlyChanged(paths, read, changed)


def codebook(folder):
    from dpgan_tf.data.tables import drafting

    lines = (
        "name,type,values,least,most,bins,missing,most_rows",
        "sex,category,F;M,,,,true,",
        "age,integer,,0,110,22,,",
        "seen,date,,2019-01-01,2019-12-31,12,,",
        "person,unit,,,,,,3",
    )
    path = _write(folder, "book.csv", "\n".join(lines).encode())
    return Case([path], lambda: drafting.of_public(path))


def classes(folder):
    from dpgan_tf.release import sample_files

    path = folder / "classes.txt"
    path.write_text("cat\nAnkle boot\n")
    return Case([path], lambda: sample_files.read_classes(folder))


def summary(folder):
    from dpgan_tf.run.summary import private_summary

    of_rows = presets.get("dpgan_ehr")
    of_classes = presets.get("mnist_features")
    files = [run_files.RunFiles(folder / name) for name in ("rows", "classes")]
    for one in files:
        one.private.mkdir(parents=True)
    rows = {"moments.mean": np.full(3, 0.5), "moments.pairs": np.zeros([3, 3])}
    np.savez(files[0].summary, **rows)
    arrays = {
        "pixels.ends": np.array([0.25, 0.75]),
        "projection.center": np.zeros(4),
        "projection.directions": np.zeros([4, 2]),
        "features.means": np.zeros([2, 2]),
        "features.products": np.zeros([2, 1, 1]),
        "guide.kernel": np.zeros([4, 2]),
        "guide.bias": np.zeros(2),
    }
    np.savez(files[1].summary, **arrays)
    return Case(
        [one.summary for one in files],
        lambda: [
            private_summary.read(recipe, one)
            for recipe, one in zip((of_rows, of_classes), files, strict=True)
        ],
    )


def classifier(folder):
    import keras

    from dpgan_tf.evaluation import classifier_cache

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    path = folder / "classifier.npz"
    classifier_cache.write(path, model, test_accuracy=0.5)
    return Case([path], lambda: classifier_cache.read(path, model))


def picture(folder):
    from dpgan_tf.data.pictures import decoding as picture

    paths = []
    for mode in ("RGB", "L", "P", "RGBA", "I;16", "1", "LA"):
        path = folder / f"{mode.replace(';', '')}.png"
        Image.new(mode, (12, 9)).save(path)
        paths.append(path)
    for kind in ("jpeg", "gif", "bmp", "tiff", "webp", "ppm", "tga", "pcx"):
        paths.append(folder / f"a.{kind}")
        Image.effect_noise((16, 9), 50).convert("RGB").save(paths[-1])

    def read():
        for path in changed:
            picture.prepare_file(path, size=8, channels=3)
            _typed(
                lambda path=path: picture.decode(
                    path.read_bytes(), shape=(9, 12, 3)
                )
            )

    changed = []
    return _OnlyChanged(paths, read, changed)


def _typed(function):
    from dpgan_tf.data.pictures import decoding as picture

    try:
        return function()
    except picture.UnusablePictureError:
        return None


class _OnlyChanged(Case):
    """A case whose files have nothing to do with each other."""

    def __init__(self, files, read, changed):
        super().__init__(files, read)
        object.__setattr__(self, "changed", changed)

    def run(self, path, content):
        self.changed[:] = [path]
        super().run(path, content)


def picture_folder(folder):
    """A folder whose files have names and contents of all kinds."""
    from dpgan_tf.data.known import own_pictures

    root = folder / "pictures"
    picture = _write(folder, "a.png", b"")
    Image.new("RGB", (4, 4)).save(picture)
    path = _write(folder, "names.txt", b"cats/a.png\ndogs/b.png\ncats/c.png")

    def read():
        _write_tree(root, path.read_bytes(), picture.read_bytes())
        source = own_pictures.open_source(root)
        assert source.identity
        for unit in range(source.num_units):
            list(source.pictures_of(unit))

    return Case([path], read, mutations.mutate_text)


def _write_tree(root, names, content):
    import os
    import shutil

    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    top = os.fsencode(root)
    for name in names.split(b"\n")[:50]:
        parts = [
            p[:200] for p in name.split(b"/") if p not in (b"", b"..", b".")
        ]
        with contextlib.suppress(OSError, ValueError):
            path = os.path.join(top, *parts[:5])
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(content)


def picture_store(folder):
    from dpgan_tf.data import sources
    from tests.data.pictures import pets

    pets.write_pictures(folder / "pets", 12)
    with pets.here(unit_size=1_024):
        pets.build(folder / "pets", folder / "pets_8")
    store = folder / "pets_8"
    paths = sorted(path for path in store.iterdir() if path.is_file())

    def read():
        dataset = sources.load(str(store), data_dir=folder)
        for images in (dataset.train_images, dataset.test_images):
            if images is not None:
                images[:20]

    return Case(paths, read)


def picture_unit(folder):
    """What a preparation left that was stopped."""
    from dpgan_tf.data.known import own_pictures
    from dpgan_tf.data.pictures import store as picture_store
    from dpgan_tf.data.pictures import units as picture_units
    from tests.data.pictures import pets

    pets.write_pictures(folder / "pets", 4)
    source = own_pictures.open_source(folder / "pets")
    partial = folder / "pets_8.partial"
    partial.mkdir()
    plan = pets.PLAN
    picture_store._claim(partial, source, plan)
    report = {
        "labels": {"train": [0, 1, 1], "test": [0]},
        "identities": {"train": [2**63, 1, 7], "test": [0]},
        "persons": {"train": [2**63, 1, 1], "test": [0]},
        "num_bytes": {"train": 300, "test": 100},
        "checksums": {"train": "a" * 64, "test": "b" * 64},
        "changes": {"enlarged": 2},
        "unusable": {"x.png": "is damaged"},
    }
    paths = [
        _write(partial, "unit-00000.json", report),
        partial / "plan.json",
    ]

    def read():
        picture_store._claim(partial, source, plan)
        unit = picture_units.read(partial, 0, num_classes=2)
        picture_store._add_up([unit], source)
        picture_store._of_all([unit], "labels")

    return Case(paths, read)


def examples(folder):
    """TFRecord and ArrayRecord files of examples."""
    import tensorflow as tf
    from array_record.python import array_record_module

    from dpgan_tf.data.known import own_pictures
    from dpgan_tf.data.pictures import folder as picture_folder

    made = [picture_folder.serialized_example(b"png", i % 2) for i in range(4)]
    for name in ("tf", "array"):
        (folder / name).mkdir()
    paths = [folder / "tf/a.tfrecord", folder / "array/a.array_record"]
    with tf.io.TFRecordWriter(str(paths[0])) as writer:
        for example in made:
            writer.write(example)
    writer = array_record_module.ArrayRecordWriter(
        str(paths[1]), "group_size:1"
    )
    for example in made:
        writer.write(example)
    writer.close()
    changed = []

    def read():
        for path in changed:
            source = own_pictures.open_source(path.parent, num_classes=2)
            list(source.pictures_of(0))

    return _OnlyChanged(paths, read, changed)


def example(folder):
    """One record of a store, as bytes of protobuf and PNG."""
    from dpgan_tf.data.pictures import decoding as pictures
    from dpgan_tf.data.pictures import folder as picture_folder
    from dpgan_tf.data.pictures import stored as stored_pictures

    picture = _write(folder, "a.png", b"")
    Image.new("RGB", (8, 8)).save(picture)
    made = picture_folder.serialized_example(picture.read_bytes(), 1)
    path = _write(folder, "example.pb", made)

    def read():
        _typed(
            lambda: pictures.decode(
                stored_pictures._png(path.read_bytes()), shape=(8, 8, 3)
            )
        )

    return Case([path], read)


def table(folder):
    from dpgan_tf.data import datasets
    from dpgan_tf.data.health import table_files

    rows = np.random.default_rng(0).integers(0, 2, [9, 3], np.uint8)
    dataset = datasets.TableDataset(
        name="t",
        train_rows=rows,
        test_rows=rows[:3],
        columns=("401", "402", "V01"),
        largest=1,
        origin="fuzz",
    )
    table_files.write(folder / "t", dataset, report={"left_out": 3})
    paths = sorted((folder / "t").iterdir())
    return Case(paths, lambda: table_files.load(folder / "t"))


def mimic(folder):
    from dpgan_tf.data.health import mimic
    from tests.data.health import test_mimic

    paths = []
    for name in ("plain", "gz"):
        (folder / name).mkdir()
        test_mimic.write(folder / name)
        paths += sorted((folder / name).iterdir())
    for path in paths[2:]:
        content = gzip.compress(path.read_bytes(), mtime=0)
        path.unlink()
        path.with_name(path.name + ".gz").write_bytes(content)
    paths[2:] = sorted((folder / "gz").iterdir())
    changed = []

    def read():
        for path in changed:
            mimic.read(path.parent, codes=test_mimic.CODES)

    return _OnlyChanged(paths, read, changed)


def mimic_patients(folder):
    from dpgan_tf.data.health import mimic_patients as patients
    from dpgan_tf.data.health import mimic_schemas
    from dpgan_tf.data.health import stays
    from tests.data.health import mimic_layouts

    schema = mimic_schemas.mimic_4()
    mimic_layouts.write(folder, mimic_layouts.FOUR)

    def read():
        found = patients.read(folder, schema=schema, births=stays.BY_YEAR)
        assert all(len(row) == len(schema.columns) for row in found.rows)

    return Case(sorted(folder.iterdir()), read)


def adult(folder):
    from dpgan_tf.data.census import adult_schema
    from dpgan_tf.data.known import adult
    from tests.data.known import adult_files

    adult_files.write(folder, num={"train": 3, "test": 3})
    paths = []
    for name in ("adult.data", "adult.test"):
        path = folder / f"{name}.csv"
        paths.append((folder / name).rename(path))
    declared, changed = adult_schema.build(), []

    def read():
        for path in changed:
            adult.read(path, declared)

    return _OnlyChanged(paths, read, changed)


def codes(folder):
    from dpgan_tf.data.health import icd9

    path = _write(folder, "codes.txt", b"401-405, 428 # heart\nV01-V91\nE800\n")
    return Case([path], lambda: icd9.read_codes(path))


def columns(folder):
    from dpgan_tf.release import sample_files

    path = _write(folder, sample_files.COLUMNS, b"401\n402\nV01\n")
    return Case([path], lambda: sample_files.read_columns(folder))


def tfds_copy(folder):
    from dpgan_tf.data import tfds_store
    from tests.data import test_tfds_store

    small = test_tfds_store._dataset(4, 2)
    target = tfds_store.write(small, data_dir=folder)
    paths = sorted(path for path in target.iterdir() if path.is_file())
    return Case(paths, lambda: tfds_store.read("mnist", data_dir=folder))


def graph(folder):
    from dpgan_tf.release import export
    from dpgan_tf.release import graph_safety
    from tests import tiny_generator

    export.export_generator(tiny_generator.build(), folder / "1", latent_dim=3)
    path = folder / "1" / "saved_model.pb"
    return Case([path], lambda: graph_safety.check(folder / "1"))


CASES: dict[str, tuple[Callable[[pathlib.Path], Case], float]] = {
    "claim": (claim, 0.05),
    "prices": (prices, 0.01),
    "card": (card, 0.04),
    "ledger": (ledger, 0.05),
    "sealed_ledger": (sealed_ledger, 0.04),
    "register": (register, 0.03),
    "sealed_register": (sealed_register, 0.03),
    "config": (config, 0.04),
    "settings": (settings, 0.05),
    "tf_config": (tf_config, 0.05),
    "scores": (scores, 0.05),
    "run_description": (run_description, 0.05),
    "cell": (cell, 0.04),
    "shard_plan": (shard_plan, 0.04),
    "idx": (idx, 0.05),
    "npz": (npz, 0.05),
    "arrays": (arrays, 0.01),
    "counts": (counts, 0.015),
    "schema": (schema, 0.03),
    "rows_of_a_schema": (rows_of_a_schema, 0.01),
    "typed_release": (typed_release, 0.02),
    "condition": (condition, 0.02),
    "codebook": (codebook, 0.015),
    "classes": (classes, 0.005),
    "summary": (summary, 0.03),
    "classifier": (classifier, 0.03),
    "picture": (picture, 0.05),
    "picture_folder": (picture_folder, 0.01),
    "picture_store": (picture_store, 0.01),
    "picture_unit": (picture_unit, 0.05),
    "examples": (examples, 0.005),
    "example": (example, 0.03),
    "table": (table, 0.03),
    "mimic": (mimic, 0.03),
    "mimic_patients": (mimic_patients, 0.02),
    "adult": (adult, 0.01),
    "codes": (codes, 0.04),
    "columns": (columns, 0.01),
    "tfds_copy": (tfds_copy, 0.0025),
    "graph": (graph, 0.0125),
}
"""How to make a case, and its share of all inputs."""
