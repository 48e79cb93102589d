"""What somebody can do to a release or a run, and what the check says of it."""

import contextlib
import functools
import hashlib
import json
import os
import pathlib
import re
import shutil
import tempfile
import zlib

import numpy as np
import pytest
from absl import flags

from dpgan_tf import images
from dpgan_tf.claim import check as claim_check
from dpgan_tf.claim import claim as claims
from dpgan_tf.commands import verify
from dpgan_tf.data import records
from dpgan_tf.data.pictures import png_chunks
from tests.claim import releases
from tests.privacy import odd_files

GRAPH = "generator/1/saved_model.pb"


def with_setting(card, *, name, value):
    """Return a card with another value of one setting."""
    return re.sub(rf"\| {name} \| .* \|", f"| {name} | {value} |", card)


@pytest.mark.parametrize(
    "edit",
    [
        lambda card: card + "\nThis release is (0.01, 1e-9)-DP.\n",
        lambda card: card + "\n",
        lambda card: card.rstrip("\n"),
        lambda card: card + "\n## Privacy\n\nEpsilon is 0.1 after review.\n",
        lambda card: "Epsilon is 0.001.\n\n" + card,
        lambda card: card.replace("\n", "\r\n"),
        lambda card: card + card,
        lambda card: card.replace(
            "| groups |", "| epsilon | 0.1 |\n| groups |"
        ),
        lambda card: card.replace(
            "| groups |", "| groups | 4 |\n| epsilon | 0.1 |\n| more |"
        ),
        lambda card: card.replace("mnist_quick", "0.1 | epsilon"),
        lambda card: card.replace("mnist_quick", "epsilon is 0.1"),
        lambda card: card.replace("mnist_quick", "with_delta_zero"),
        lambda card: card.replace("| False |", "| False |\n| preset | a |"),
        lambda card: card.replace("| False |", "| False |\n\nDelta is 0."),
        *(
            functools.partial(with_setting, name=name, value=value)
            for name, value in (
                ("summary", "eps_0_01_dp_1e_9"),
                ("preset", "fully_anonymous_and_dp_at_0_01"),
                ("preset", "0"),
                ("clipping", "certified_anonymized_gdpr_safe"),
                ("clipping", "None"),
                ("objective", "safe"),
                ("networks.conditional", "True"),
                ("networks.conditional", "0"),
                ("networks.latent_scale", "\u0661\u0662"),
                ("networks.latent_scale", "0.10"),
                ("networks.latent_scale", "1e0"),
                ("networks.latent_scale", "-1.0"),
                ("networks.latent_scale", "nan"),
                ("networks.latent_scale", "True"),
                ("public_fraction", "1.5"),
                ("public_fraction", "9" * 18 + ".0"),
                ("num_critic_steps", "4.0"),
                ("num_critic_steps", "04"),
                ("num_critic_steps", "None"),
                ("num_critic_steps", "none_needed"),
                ("generator_ema_correction", "yes"),
            )
        ),
        lambda card: re.sub(r"\| summary \|.*\n", "", card),
        lambda card: re.sub(r"\| preset \|.*\n", "", card),
        lambda card: re.sub(r"\| feature_weight \|.*\n", "", card),
        lambda card: re.sub(r"(\| preset .*\n)(\| .*\n)", r"\2\1", card),
        lambda card: card.replace("JS score", "epsilon 0.1"),
        lambda card: card.replace("| - |", "| epsilon 0.1 |"),
        lambda card: card.replace("100 images", "100 images, epsilon 0.1"),
        lambda card: card.replace("100 images |", "100 images | 0.1 |"),
        lambda card: card.replace("!['", "![epsilon 0.1"),
        lambda card: card.replace("![Samples", "![Epsilon 0.1: samples"),
        lambda card: card.replace("Not covered:", "Not covered: nothing."),
        lambda card: card.replace("**This", "<!-- epsilon 0.1 -->**This"),
        lambda card: card.replace("This release", "This\u200b release"),
        lambda card: card.replace("30", "3", 1),
        lambda card: card.replace("[16, 3]", "[16, 0]"),
        lambda card: card.replace("float32 [16, 28", "float32 [16, 28]; [16"),
        lambda card: "",
    ],
)
def test_a_card_that_says_anything_else_is_found(run_dir, edit):
    before = (run_dir / "release" / "MODEL_CARD.md").read_text()
    releases.edit_card(run_dir, edit)
    after = (run_dir / "release" / "MODEL_CARD.md").read_bytes()
    if after != before.encode():
        assert releases.failures_of(run_dir) == ["card"]


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


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe",
        b"\x00" * 99,
        b"",
        b"label = tf.range(16, " * 45_000,
        b"\n## Quality\n" * 80_000,
        b"\n## Quality\n\n" + b"| " * 500_000,
        b"float32 [16, " * 80_000,
    ],
    ids=range(7),
)
def test_a_card_of_anything_is_a_finding_at_once(run_dir, content):
    (run_dir / "release" / "MODEL_CARD.md").write_bytes(content)
    releases.write_claim(run_dir)
    assert releases.failures_of(run_dir) == ["card"]


def facts(**changes):
    """Return the settings of a card, with changes."""
    values = dict(releases.FACTS)
    values |= {
        key.replace("__", "."): str(value) for key, value in changes.items()
    }
    return list(values.items())


@pytest.mark.parametrize(
    "changes",
    [
        {"scores": []},
        {
            "num_classes": 10,
            "training_facts": facts(networks__conditional=True),
        },
        {
            "latent_dim": 128,
            "num_classes": 3,
            "training_facts": facts(
                networks__conditional=True, networks__latent_scale=1
            ),
        },
        {"training_facts": facts(name="other", data__public_fraction=1e-05)},
        {
            "training_facts": facts(
                summary="pairs", steps__critic_learning_rate=1e20
            )
        },
        {
            "scores": [
                ("FID-classifier, real test part", "12.345", "1,000 rows")
            ]
        },
    ],
)
def test_every_card_of_this_program_holds(run_dir, changes):
    release = run_dir / "release"
    claim = claims.build_claim(
        releases.ledger_path(run_dir), release_dir=release
    )
    card = releases.card_of(claim, **changes)
    releases.edit_card(run_dir, lambda _: card)
    assert releases.failures_of(run_dir) == []


COLUMNS = "age\na,b\nc\n"


HEADER = 'age,"a,b",c\n'


ROW = "0,3,1\n"


def as_table(run_dir):
    """Make the card of a run that of a table."""
    claim = claims.build_claim(
        releases.ledger_path(run_dir), release_dir=run_dir / "release"
    )
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


@pytest.mark.parametrize("name", ["samples.png", "generator/1/fingerprint.pb"])
def test_a_release_without_one_of_its_files_is_found(run_dir, name):
    (run_dir / "release" / name).unlink()
    releases.edit_card(run_dir, lambda card: card)
    assert releases.failures_of(run_dir) == ["card"]


@pytest.mark.parametrize(
    "old, new",
    [
        ('"epsilon": ', '"epsilon": 0.01, "epsilon": '),
        ('"statement": ', '"statement": "none", "statement": '),
        ('"delta": ', '"d\\u0065lta": 1e-9, "delta": '),
        ('"files": {', '"files": {"MODEL_CARD.md": "", '),
        ('"num_steps": 30', '"num_steps": 3, "num_steps": 30'),
    ],
)
def test_a_key_that_stands_twice_in_a_claim_is_found(run_dir, old, new):
    path = run_dir / "release" / "privacy.json"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    assert releases.failures_of(run_dir) == ["claim"]


@pytest.mark.parametrize(
    "changes",
    [
        {"library_versions": None},
        {"library_versions": []},
        {"library_versions": "all"},
        {"library_versions": {}},
        {"library_versions": {"dp-accounting": "0.4"}},
        {"library_versions": {"dp-accounting": 4, "tensorflow-privacy": "1"}},
        {
            "library_versions": {
                "dp-accounting": "0.4",
                "tensorflow-privacy": "",
            }
        },
        *(
            {
                "library_versions": {
                    "dp-accounting": "0.4",
                    "tensorflow-privacy": version,
                }
            }
            for version in (
                "0epsilon.1",
                "0.1delta.1e.9",
                "\u0660.\u0661",
                "0.9-epsilon",
                "1+dp.0",
                "1.",
                "v1",
                "1a",
                "1.0post1",
            )
        ),
        {
            "library_versions": {
                "dp-accounting": "0.4",
                "tensorflow-privacy": "0.9 (epsilon is 0.1)",
            }
        },
        {
            "library_versions": {
                "dp-accounting": "0.4",
                "tensorflow-privacy": "0.9",
                "epsilon": "0.1",
            }
        },
        {"ledger_head": None},
        {"ledger_head": "epsilon is 0.1"},
        {"ledger_head": "0" * 63},
        {"ledger_head": "A" * 64},
        {"ledger_head": ["0" * 64]},
        {"ledger_num_entries": None},
        {"ledger_num_entries": "3"},
        {"ledger_num_entries": -1},
        {"ledger_num_entries": 0},
        {"ledger_num_entries": 2},
        {"ledger_num_entries": 3.0},
        {"ledger_num_entries": True},
        {"config_hash": None},
        {"config_hash": "the usual one"},
        {"config_hash": "0" * 64 + "\n"},
        {"config_hash": {}},
        {"files": {"MODEL_CARD.md": 5}},
        {"files": None},
    ],
)
def test_a_value_that_no_claim_has_is_found_in_the_release(run_dir, changes):
    releases.alter(run_dir, **changes)
    found = claim_check.check_release(run_dir / "release")
    assert "numbers" in releases.failures(found)


@pytest.mark.parametrize(
    "name",
    [
        "variables.data-00001-of-00002",
        "variables.data-00000-of-00002",
        "variables.data-00000-of-00001.bak",
        "variables.data-99999-of-99999",
        "VARIABLES.INDEX",
    ],
)
def test_a_file_of_weights_that_nobody_wrote_is_found(run_dir, name):
    path = f"generator/1/variables/{name}"
    (run_dir / "release" / path).write_bytes(b"records")
    digest = hashlib.sha256(b"records").hexdigest()
    files = releases.read(run_dir)["files"]
    releases.alter(run_dir, files=files | {path: digest})
    assert releases.failures_of(run_dir) == [f"file {path}"]


@pytest.mark.parametrize("name", ["more", "generator/1/variables/more"])
def test_an_empty_folder_that_nobody_made_is_found(run_dir, name):
    (run_dir / "release" / name).mkdir()
    assert releases.failures_of(run_dir) == [f"file {name}"]
    (run_dir / "release" / name).rmdir()
    (run_dir / "release/generator/1/assets").mkdir()  # as TensorFlow does
    assert releases.failures_of(run_dir) == []


@pytest.mark.parametrize(
    "name, found",
    [
        ("privacy.json", "claim"),
        ("samples.png", "file samples.png"),
        ("generator", "file generator"),
        ("generator/1", "file generator/1"),
        ("generator/1/variables", "file generator/1/variables"),
        (".", "release"),
    ],
)
def test_a_link_in_the_place_of_a_file_or_folder_is_found(run_dir, name, found):
    path = pathlib.Path(os.path.normpath(run_dir / "release" / name))
    path.rename(run_dir / "elsewhere")
    path.symlink_to(run_dir / "elsewhere")
    assert found in releases.failures_of(run_dir)


@pytest.mark.parametrize("name", ["loop", "nowhere"])
def test_a_link_that_leads_nowhere_is_found(run_dir, name):
    (run_dir / "release" / name).symlink_to(name)
    assert releases.failures_of(run_dir) == [f"file {name}"]


@contextlib.contextmanager
def somebody_else():
    """Act as a user who owns nothing."""
    os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(os.geteuid() != 0, reason="becomes another user")
@pytest.mark.parametrize(
    "name, mode, expected",
    [
        ("generator/1/variables", 0o711, "file generator/1/variables"),
        ("generator", 0o700, "file generator"),
        (".", 0o711, "file ."),
        (".", 0o700, "claim"),
        ("samples.png", 0o600, "file samples.png"),
        ("MODEL_CARD.md", 0o000, "card"),
        ("privacy.json", 0o600, "claim"),
    ],
)
def test_what_the_checker_may_not_read_is_one_failed_line(name, mode, expected):
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        run_dir = releases.make_run(pathlib.Path(folder) / "run")
        (run_dir / "release" / name).chmod(mode)
        with somebody_else():
            found = claim_check.check_release(run_dir / "release")
        (about,) = [item for item in found if item.name == expected]
        assert not about.ok and "Permission denied" in about.detail


@pytest.mark.skipif(os.geteuid() != 0, reason="becomes another user")
def test_a_run_that_the_checker_may_not_read_is_a_finding():
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        run_dir = releases.make_run(pathlib.Path(folder) / "run")
        (run_dir / "private").chmod(0o700)
        with somebody_else():
            assert releases.failures_of(run_dir) == ["ledger"]
        (run_dir / "private").chmod(0o755)
        releases.ledger_path(run_dir).chmod(0o644)
        (run_dir / "config.json").chmod(0o600)
        with somebody_else():
            assert releases.failures_of(run_dir) == ["config"]


@pytest.mark.parametrize("make", [os.mkfifo, odd_files.socket, os.mkdir])
@pytest.mark.parametrize(
    "path, found",
    [
        ("release/privacy.json", "claim"),
        ("private/ledger.jsonl", "ledger"),
        ("config.json", "config"),
        ("release/samples.png", "file samples.png"),
        ("release/MODEL_CARD.md", "card"),
    ],
)
def test_nothing_that_is_no_file_is_waited_for(run_dir, make, path, found):
    (run_dir / path).unlink()
    make(run_dir / path)
    assert found in releases.failures_of(run_dir)


@pytest.mark.parametrize("target", ["/dev/zero", "/dev/tty"])
@pytest.mark.parametrize(
    "path, found",
    [
        ("release/privacy.json", "claim"),
        ("private/ledger.jsonl", "ledger"),
        ("config.json", "config"),
    ],
)
def test_a_device_is_not_read(run_dir, target, path, found):
    (run_dir / path).unlink()
    (run_dir / path).symlink_to(target)
    assert releases.failures_of(run_dir) == [found]


@pytest.mark.parametrize(
    "path, found",
    [
        ("release/privacy.json", "claim"),
        ("private/ledger.jsonl", "ledger"),
        ("config.json", "config"),
        ("release/samples.png", "file samples.png"),
        (
            "release/generator/1/saved_model.pb",
            "file generator/1/saved_model.pb",
        ),
        ("release/more.bin", "file more.bin"),
    ],
)
def test_a_file_without_end_is_not_read(run_dir, path, found):
    with open(run_dir / path, "ab") as file:
        file.truncate(2**43)  # It takes no place on the disk.
    assert releases.failures_of(run_dir) == [found]


def test_folders_without_end_are_not_walked(run_dir):
    deep = run_dir / "release" / "generator" / "/".join(["d"] * 300)
    deep.mkdir(parents=True)
    (deep / "hidden").write_text("records")
    assert len(releases.failures_of(run_dir)) == 1
    shutil.rmtree(run_dir / "release" / "generator" / "d")
    many = run_dir / "release" / "many"
    many.mkdir()
    for number in range(1_500):
        (many / f"{number}").touch()
    assert len(releases.failures_of(run_dir)) < 150


def _output(capsys, *arguments):
    flag_values = flags.FlagValues()
    verify.define_flags(flag_values)
    flag_values(["verify", *arguments])
    verify.run(flag_values)
    return capsys.readouterr().out


@pytest.mark.parametrize(
    "name",
    [
        "x\nok      claim: all of it",
        "x\r\x1b[1A\x1b[2Kok      files: all of them",
        "x\u202etxt.exe",
        "x\u2028ok      card: as the claim makes it",
        b"x\xff\xfe".decode("utf-8", "surrogateescape"),
    ],
)
def test_the_name_of_a_file_cannot_forge_a_line(run_dir, name, capsys):
    before = _output(capsys, f"--run_dir={run_dir}").count("\nok ")
    (run_dir / "release" / name).write_text("more")
    (run_dir / "release" / ("d" + name)).mkdir()
    output = _output(capsys, f"--run_dir={run_dir}")
    assert output.count("\nok ") == before
    assert all(char.isprintable() or char == "\n" for char in output)
    report = _output(capsys, f"--run_dir={run_dir}", "--json")
    assert report.isascii() and not json.loads(report)["ok"]


@pytest.mark.parametrize("field", ["epsilon", "format", "files", "claim"])
def test_a_text_in_a_claim_cannot_forge_a_line(run_dir, field, capsys):
    forged = "0.1\nok      epsilon: 0.1\x1b[2J\u202e"
    value = {forged: forged} if field == "files" else forged
    releases.alter(run_dir, **{field: value})
    output = _output(capsys, f"--run_dir={run_dir}")
    assert "\nok      epsilon: 0.1" not in output
    assert all(char.isprintable() or char == "\n" for char in output)
    assert max(map(len, output.splitlines())) < 2_100


def test_the_check_says_that_nothing_is_signed(run_dir, capsys):
    output = _output(capsys, f"--run_dir={run_dir}")
    content = (run_dir / "release" / "privacy.json").read_bytes()
    assert "Nothing is signed" in output
    assert hashlib.sha256(content).hexdigest() in output
    report = json.loads(_output(capsys, f"--run_dir={run_dir}", "--json"))
    assert "Nothing is signed" in report["limits"]
    assert "Nothing is signed" in verify.__doc__
