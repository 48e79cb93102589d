"""A page shows what was released, and marks or leaves out what is private."""

import html
import json
import re

import keras
import numpy as np
import pytest

from dpgan_tf import errors
from dpgan_tf import images
from dpgan_tf import run_files
from dpgan_tf.claim import plain_words
from dpgan_tf.data.tables import schema_text
from dpgan_tf.release import export
from dpgan_tf.report import page
from dpgan_tf.report import settings
from tests import tiny_generator
from tests import tiny_table
from tests.claim import releases
from tests.report import event_files

ROWS = [
    settings.Setting(
        key=key, value=value, meaning="A thing.", is_own=is_own, is_place=place
    )
    for key, value, is_own, place in (
        ("name", "mnist_basic", False, False),
        ("data.source", "/home/ada/own.npz", True, True),
        ("data.other", "fashion_mnist", False, True),
    )
]
PICTURE = images.png(np.zeros([2, 2, 1], np.uint8))
SCORES = {
    "scores": {
        "released": {
            "left_out": {"frechet": "<too few images>"},
            "num_images": 10,
            "inception_score": 1.25,
        }
    },
    "classifier": None,
    "paper": {},
}


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """Folders of a generator of images and of one of rows."""
    folder = tmp_path_factory.mktemp("exported")
    latent = keras.Input((3,))
    shade = keras.layers.Reshape((1, 1, 1))(latent[:, :1] / 5)
    for name, model, largest in (
        ("images", keras.Model(latent, shade), 0),
        ("rows", tiny_generator.build_rows(), 3),
    ):
        export.export_generator(
            model, folder / name, latent_dim=3, largest_count=largest
        )
    return folder


def _files(root, exported, kind):
    """Return the files of a run whose generator is of a kind, without logs."""
    releases.make_run(root)
    files = run_files.RunFiles(root)
    files.config.write_text('{"data": {"source": "own.npz"}}')
    generator = files.release / "generator" / "1"
    generator.rename(root / "of_make_run")
    generator.symlink_to(exported / kind)
    return files


@pytest.fixture(scope="module")
def typed(tmp_path_factory):
    """Return a folder with a generator of typed columns."""
    folder = tmp_path_factory.mktemp("typed")
    export.export_generator(
        tiny_table.build(),
        folder / "typed",
        latent_dim=tiny_generator.LATENT_DIM,
        largest_count=1,
        schema=tiny_table.SCHEMA,
    )
    return folder


@pytest.fixture
def files(tmp_path, exported):
    return _files(tmp_path / "run", exported, "images")


@pytest.fixture(scope="module")
def pages(tmp_path_factory, exported):
    """Of a run with everything to show: the curator's page, the public one."""
    files = _files(tmp_path_factory.mktemp("runs") / "a", exported, "images")
    files.scores.write_text(json.dumps(SCORES))
    files.neighbours.write_bytes(PICTURE)
    event_files.write(
        files.logs / "private",
        1,
        budget__epsilon={1: 0.5, 30: 1.0},
        private__mean_loss={1: 2.0},
        private__clipped_fraction_0={1: 0.1},
    )
    return page.build(files, ROWS), page.build_for_release(files, ROWS)


def sections(text):
    """Return the titles of a page, and those that are marked private."""
    pattern = '<section id="[a-z]+" class="(.*?)"><h2>(.*?)</h2>'
    found = re.findall(pattern, text)
    return [title for _, title in found], [t for css, t in found if css]


PUBLIC = [
    "The privacy statement",
    "What a test can find",
    "Data and release",
    "Samples",
    "Interpolation between samples",
]
LAST = ["Configuration", "Next"]
PRIVATE = [
    "Scores",
    "Critic loss",
    "Clipping",
    "Samples next to their nearest training images",
]


def test_the_curators_page_has_everything_and_marks_what_is_private(pages):
    every = [*PUBLIC, "Budget", *PRIVATE, *LAST]
    assert sections(pages[0]) == (every, PRIVATE)
    assert "For the curator alone." in pages[0]


def test_the_page_for_a_release_has_nothing_private(pages):
    assert sections(pages[1]) == ([*PUBLIC, "Budget", *LAST], [])
    assert pages[1].count("data:image/png;base64,") == 4
    for word in ("curator alone", "too few images", "private, not", "loss"):
        assert word in pages[0] and word not in without_style(pages[1])


def test_the_page_for_a_release_has_no_path(pages):
    private, public = pages
    assert "/home/ada/own.npz" in private
    assert "--run_dir=" in private
    assert "/home" not in public and "--run_dir" not in public
    assert "a path of the curator&#x27;s" in public
    assert "fashion_mnist" in public  # A name tells nothing of anybody.


def without_style(text):
    return re.sub("<style>.*?</style>", "", text, flags=re.DOTALL)


def test_the_contents_lead_to_every_section(pages):
    for text in pages:
        links = re.findall('<a href="#([a-z]+)">(.*?)</a>', text)
        found = re.findall('<section id="([a-z]+)".*?<h2>(.*?)</h2>', text)
        assert links == found and len(set(links)) == len(links)
    private = re.findall('<li class="private"><a .*?>(.*?)</a>', pages[0])
    assert private == PRIVATE


def test_every_picture_can_be_enlarged_without_a_program(pages):
    for text in pages:
        assert text.count('<input type="checkbox"') == text.count("<img ")


def test_a_page_is_for_light_dark_phones_and_paper(pages):
    for text in pages:
        assert "@media (prefers-color-scheme: dark)" in text
        assert "@media print" in text
        assert 'content="width=device-width, initial-scale=1"' in text


def test_a_page_needs_nothing_else(pages):
    assert "://" not in pages[0] and "<script" not in pages[0]
    sources = re.findall('src="(.*?)"', pages[0])
    assert len(sources) == 7
    assert all(one.startswith("data:image/png;base64,") for one in sources)


def test_scores_of_published_records_are_published(files):
    files.scores.write_text(json.dumps(SCORES))
    assert sections(page.build_for_release(files)) == ([*PUBLIC, "Next"], [])
    files.config.write_text('{"data": {"source": "mnist"}}')
    text = page.build_for_release(files)
    assert sections(text) == ([*PUBLIC, "Scores", "Next"], [])
    assert '<td data-title="released generator">1.250</td>' in text
    assert "Inception score ↑<small>Higher is better. How clear" in text
    assert "frechet: &lt;too few images&gt;<br>" in text


def test_the_claim_stands_there_with_its_numbers(files):
    text = page.build(files)
    # There is nothing private.
    assert sections(text) == ([*PUBLIC, "Next"], [])
    claim = releases.read(files.root)
    assert f"<strong>{claim['statement']}</strong>" in text
    for sentence in plain_words.sentences(claim):
        assert f"<li>{sentence}</li>" in text
    for question, answer in plain_words.answers(claim):
        assert f"<td>{question}</td><td>{html.escape(answer)}</td>" in text
    cells = dict(re.findall("<tr><td>(.*?)</td><td>(.*?)</td></tr>", text))
    assert cells.items() >= dict(plain_words.numbers(claim["risk"])).items()
    assert cells["data"] == "MNIST" and '<p class="lead">MNIST</p>' in text
    assert cells["one record"] == "one picture, and its label if it has one"
    assert "TensorFlow 1.2.3" in cells["made with"]
    assert cells["delta"] == "1e-05"
    assert cells["noisy critic steps charged"] == "30"
    assert cells["steps that trained the critic"] == "25"
    assert cells["steps lost in a crash"] == "5"
    # Rounded up, by less than a ten-thousandth.
    for name, epsilon in claim["epsilon_by_accountant"].items():
        shown = float(cells[f"epsilon, {name.upper()}"])
        assert 0 <= shown - epsilon < 1e-4


def test_a_statement_is_shown_and_not_obeyed(files):
    releases.alter(files.root, statement="<script>alert(1)</script>")
    text = page.build(files)
    assert "<strong>&lt;script&gt;alert(1)&lt;/script&gt;</strong>" in text
    assert "<script" not in text


def test_rows_are_words_with_the_names_of_their_columns(tmp_path, exported):
    files = _files(tmp_path / "run", exported, "rows")
    (files.release / "columns.txt").write_text("A<b\nnever\n")
    files.comparison.write_bytes(PICTURE)
    text = page.build(files)
    shown = '<td data-title="columns that are not 0">A&lt;b x 3</td>'
    assert text.count(shown) == 12
    assert "never" not in text
    comparison = "Columns and pairs of columns against held-out rows"
    assert sections(text) == ([*PUBLIC[:4], comparison, "Next"], [comparison])


def test_typed_rows_have_their_values_and_pictures_stay_private(
    tmp_path, typed
):
    files = _files(tmp_path / "run", typed, "typed")
    (files.release / "schema.json").write_text(
        schema_text.to_text(tiny_table.SCHEMA)
    )
    files.histograms.write_bytes(PICTURE)
    files.associations.write_bytes(PICTURE)
    text = page.build(files)
    private = [
        "Columns, in real training rows and in samples",
        "Pairs of columns, in held-out rows and in samples",
    ]
    assert sections(text) == ([*PUBLIC[:4], *private, "Next"], private)
    table = text.split("4 rows of the released", 1)[1].split("</table>")[0]
    lines = re.findall("<tr>(<td>.*?)</tr>", table)
    shown = [re.findall("<td.*?>(.*?)</td>", line) for line in lines]
    assert [line[0] for line in shown] == list(
        map(html.escape, tiny_table.SCHEMA.names)
    )
    assert all(len(line) == 5 for line in shown)
    died = next(line for line in shown if line[0] == "died")
    assert set(died[1:]) <= {"no", "yes"}
    assert "<td>cells</td><td>32</td>" in text
    assert "largest count" not in text
    public = page.build_for_release(files)
    assert sections(public) == ([*PUBLIC[:4], "Next"], [])
    for title in private:
        assert title not in public


def test_of_many_typed_columns_the_first_are_shown(
    tmp_path, typed, monkeypatch
):
    monkeypatch.setattr(page.public_parts, "_MOST_COLUMNS", 2)
    files = _files(tmp_path / "run", typed, "typed")
    (files.release / "schema.json").write_text(
        schema_text.to_text(tiny_table.SCHEMA)
    )
    text = page.build_for_release(files)
    assert "These are the first 2 columns." in text
    assert "<td>died</td>" in text and "<td>ICU</td>" not in text


def test_a_damaged_claim_is_named(files):
    (files.release / "privacy.json").write_text("{}")
    with pytest.raises(errors.UserError, match=r"privacy.json"):
        page.build_for_release(files)
