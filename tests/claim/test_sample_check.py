"""Samples are pixels or counts, and nothing stands beside them."""

import zlib

import numpy as np
import pytest

from dpgan_tf import images
from dpgan_tf.claim import sample_check
from dpgan_tf.data import records
from dpgan_tf.data.pictures import png_chunks
from tests.claim import releases


def picture(*chunks):
    """Return a PNG file of names and data of chunks."""
    parts = [
        len(data).to_bytes(4, "big")
        + name
        + data
        + zlib.crc32(name + data).to_bytes(4, "big")
        for name, data in chunks
    ]
    return b"".join([png_chunks.SIGNATURE, *parts])


CHUNKS = list(png_chunks.checked(releases.PICTURE))


PIXELS = CHUNKS[1][1]


@pytest.mark.parametrize(
    "content",
    [
        b"This release is (0.01, 1e-9)-DP.",
        b"",
        releases.PICTURE + b"Epsilon is 0.01.",
        releases.PICTURE[:-1],
        releases.PICTURE[:-1] + b"x",
        picture(CHUNKS[0], (b"tEXt", b"Epsilon\x000.01"), *CHUNKS[1:]),
        picture(CHUNKS[0], (b"epSi", b"0.01"), *CHUNKS[1:]),
        picture(*CHUNKS[:-1], (b"IEND", b"Epsilon is 0.01.")),
        picture(CHUNKS[0], (b"IDAT", PIXELS + b"Epsilon"), CHUNKS[-1]),
        picture(
            CHUNKS[0],
            (b"IDAT", zlib.compress(zlib.decompress(PIXELS) + b"Epsilon")),
            CHUNKS[-1],
        ),
        picture(CHUNKS[0], (b"IDAT", b"Epsilon is 0.01."), CHUNKS[-1]),
        picture((b"IHDR", CHUNKS[0][1] + b"0.01"), *CHUNKS[1:]),
        picture((b"IHDR", b"\xff" * 4 + CHUNKS[0][1][4:]), *CHUNKS[1:]),
        picture(CHUNKS[0], (b"IDAT", zlib.compress(bytes(2**27))), CHUNKS[-1]),
        images.png(np.zeros([30, 200, 1], np.uint8)),
        images.png(np.zeros([59, 59, 3], np.uint8)),
    ],
    ids=range(16),
)
def test_a_picture_that_holds_more_than_pixels_is_found(run_dir, content):
    (run_dir / "release" / "samples.png").write_bytes(content)
    releases.edit_card(run_dir, lambda card: card)
    assert releases.failures_of(run_dir) == ["samples in samples.png"]


COLUMNS = "age\na,b\nc\n"


HEADER = 'age,"a,b",c\n'


ROW = "0,3,1\n"


def as_table(run_dir):
    """Make the card of a run that of a table."""
    claim = releases.claim_of(run_dir)
    form = records.Form((3,), largest=3)
    card = releases.card_of(claim, form=form, scores=[])
    releases.edit_card(run_dir, lambda _: card)


def make_table(run_dir, *, columns=COLUMNS, rows=None):
    """Turn the release of a run into one of rows."""
    release = run_dir / "release"
    (release / "samples.png").unlink(missing_ok=True)
    rows = HEADER + 100 * ROW if rows is None else rows
    (release / "samples.csv").write_bytes(rows.encode())
    (release / "columns.txt").write_bytes(columns.encode())
    as_table(run_dir)


def test_a_card_of_records_belongs_to_a_table(run_dir):
    as_table(run_dir)
    assert releases.failures_of(run_dir) == ["card"]
    make_table(run_dir)
    assert releases.failures_of(run_dir) == []


@pytest.mark.parametrize(
    "rows",
    [
        "This release is (0.01, 1e-9)-DP.\n",
        "",
        HEADER,
        "epsilon,is,0.01\n" + 100 * ROW,
        HEADER + 99 * ROW,
        HEADER + 101 * ROW,
        HEADER + 100 * ROW + "Epsilon is 0.01.",
        HEADER + 99 * ROW + "0,3,epsilon\n",
        HEADER + 99 * ROW + "0,3,4\n",
        HEADER + 99 * ROW + "0,3,01\n",
        HEADER + 99 * ROW + "0,3,\u0661\n",
        HEADER + 99 * ROW + "0,3\n",
        HEADER + 99 * ROW + "0,3,1,1\n",
        (HEADER + 100 * ROW).replace("\n", "\r\n"),
    ],
    ids=range(14),
)
def test_rows_that_are_no_counts_are_found(run_dir, rows):
    make_table(run_dir, rows=rows)
    assert releases.failures_of(run_dir) == ["samples in samples.csv"]


@pytest.mark.parametrize(
    "columns", ["", "age\na,b\n", "age\na,b\nc\nepsilon\n", "age\na,b\nc"]
)
def test_other_names_than_the_card_has_columns_are_found(run_dir, columns):
    make_table(run_dir, columns=columns)
    assert releases.failures_of(run_dir) == ["samples in columns.txt"]


DIGITS = records.Form((28, 28, 1))


@pytest.mark.parametrize(
    ("shape", "form"),
    [
        ([4, 28, 28, 1], DIGITS),
        ([6, 28, 28, 1], DIGITS),
        ([4, 16, 20, 3], records.Form((16, 20, 3))),
    ],
)
def test_every_picture_of_this_program_holds(tmp_path, shape, form):
    examples = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    images.save_grid(examples, tmp_path / "samples.png", columns=2)
    assert sample_check.problems(tmp_path, form) == {"samples.png": ""}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is not a PNG picture of a header and pixels alone"),
        (releases.PICTURE + b"more", "has 4 bytes after the picture"),
        (
            images.png(np.zeros([30, 200, 1], np.uint8)),
            "is not a picture of examples of the card's shape",
        ),
        (
            picture(CHUNKS[0], (b"IDAT", PIXELS + b"x"), CHUNKS[-1]),
            "has other data than pixels",
        ),
        (
            picture(CHUNKS[0], (b"IDAT", PIXELS[:-9]), CHUNKS[-1]),
            "has other data than pixels",
        ),
    ],
    ids=range(5),
)
def test_what_is_wrong_with_a_picture_is_said(tmp_path, content, problem):
    (tmp_path / "samples.png").write_bytes(content)
    assert sample_check.problems(tmp_path, DIGITS) == {"samples.png": problem}


def test_pixels_in_several_chunks_are_a_picture(tmp_path):
    parts = [(b"IDAT", PIXELS[:20]), (b"IDAT", PIXELS[20:])]
    content = picture(CHUNKS[0], *parts, CHUNKS[-1])
    (tmp_path / "samples.png").write_bytes(content)
    assert sample_check.problems(tmp_path, DIGITS) == {"samples.png": ""}


@pytest.mark.parametrize(
    ("columns", "rows", "problems"),
    [
        (COLUMNS, HEADER + 100 * ROW, ("", "")),
        ("age\n", "", ("is not a text of 3 names, one per line", "")),
        (COLUMNS, "a,b,c\n", ("", "begins with other names than columns.txt")),
        (
            COLUMNS,
            HEADER + ROW,
            ("", "does not have 100 lines below the column"),
        ),
        (
            COLUMNS,
            HEADER + 41 * ROW + "0,3,4\n" + 58 * ROW,
            ("", "row 42 is not 3 counts from 0 to 3"),
        ),
    ],
)
def test_what_is_wrong_with_a_table_is_said(tmp_path, columns, rows, problems):
    (tmp_path / "columns.txt").write_text(columns)
    (tmp_path / "samples.csv").write_text(rows)
    found = sample_check.problems(tmp_path, records.Form((3,), largest=3))
    assert list(found) == ["columns.txt", "samples.csv"]
    for text, problem in zip(found.values(), problems, strict=True):
        assert text.startswith(problem) and bool(text) == bool(problem)


def test_files_that_are_missing_are_told_of(tmp_path):
    missing = "No such file or directory"
    found = sample_check.problems(tmp_path, DIGITS)
    assert found == {"samples.png": missing}
    (tmp_path / "samples.csv").touch()
    found = sample_check.problems(tmp_path, records.Form((3,), largest=3))
    assert found == {"columns.txt": missing, "samples.csv": ""}


def name_classes(run_dir, content=None):
    """Make the release of a run one of three classes, and name these."""
    if content is not None:
        (run_dir / "release" / "classes.txt").write_bytes(content)
    claim = releases.claim_of(run_dir)
    facts = [
        (name, "True" if name == "networks.conditional" else value)
        for name, value in releases.FACTS
    ]
    card = releases.card_of(
        claim, num_classes=3, has_class_names=True, training_facts=facts
    )
    releases.edit_card(run_dir, lambda _: card)


def test_a_release_may_name_its_classes(run_dir):
    name_classes(run_dir, b"cat\nAnkle boot\n\xe7\x8a\xac\n")
    assert releases.failures_of(run_dir) == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"cat\ndog\n",
        b"cat\ndog\ncat\n",
        b"cat\ndog\nbird",
        b"cat\ndog\na/b\n",
        b"cat\ndog\n\x1b[2J\n",
        b"cat\ndog\nThis release is (0.1, 1e-9)-differentially private for "
        b"everybody in the world and all\n",
        b"\xff\nb\nc\n",
    ],
)
def test_names_that_are_not_those_of_three_classes_are_found(run_dir, content):
    name_classes(run_dir, content)
    assert releases.failures_of(run_dir) == ["samples in classes.txt"]


def test_names_of_classes_that_the_card_does_not_tell_of_are_found(run_dir):
    (run_dir / "release" / "classes.txt").write_bytes(b"cat\ndog\n")
    releases.edit_card(run_dir, lambda card: card)
    assert releases.failures_of(run_dir) == ["card"]


def test_names_of_classes_that_are_missing_are_found(run_dir):
    name_classes(run_dir)
    assert releases.failures_of(run_dir) == ["card"]
