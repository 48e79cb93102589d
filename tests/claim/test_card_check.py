"""A card says what its claim says, and nothing else."""

import dataclasses
import functools
import re

import pytest

from dpgan_tf.claim import about
from dpgan_tf.claim import card_check
from dpgan_tf.claim import check as claim_check
from dpgan_tf.claim import schema_check
from dpgan_tf.data import records
from dpgan_tf.data.tables import columns
from dpgan_tf.data.tables import schema as schemas
from tests import tiny_table
from tests.claim import releases
from tests.claim import typed_releases


def test_a_card_that_says_less_than_the_claim_is_found(run_dir):
    """A hash is no signature: who changes a file can renew it."""
    card = run_dir / "release" / "MODEL_CARD.md"
    card.write_text(card.read_text().replace("adding or removing", "adding"))
    releases.write_claim(run_dir)
    assert releases.failures(claim_check.check_run(run_dir)) == ["card"]


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
                ("scoring.variety", "\u0661\u0662"),
                ("scoring.variety", "0.10"),
                ("scoring.variety", "1e0"),
                ("scoring.variety", "-1.0"),
                ("scoring.variety", "nan"),
                ("scoring.variety", "True"),
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


@pytest.mark.parametrize(
    "edit",
    [
        lambda card: card.replace("| data | MNIST |", "| data | Scans |"),
        lambda card: card.replace("| data | MNIST |", '| data | "MNIST" |'),
        lambda card: card.replace("by others", "simulated: of no real person"),
        lambda card: card.replace("one picture, and", "one person, and"),
        lambda card: card.replace("| not stated |", "| safe at epsilon 0.1 |"),
        lambda card: card.replace("2026-11-30", "2026-11-29"),
        lambda card: card.replace("TensorFlow 1.2.3", "TensorFlow 1.2.4"),
        lambda card: card.replace("Keras 1.2.3, ", ""),
        lambda card: re.sub(r"at most [\d.]+ times", "at most 1.1 times", card),
        lambda card: re.sub(r"at most [\d.]+% of", "at most 0.1% of", card),
        lambda card: card.replace("Guessing finds", "Anybody finds"),
        lambda card: re.sub("In plain words:\n\n(- .*\n)+\n", "", card),
        lambda card: card.replace("JS score ↓", "JS score ↑"),
        lambda card: card.replace("At 1, as", "At 2, as"),
        lambda card: card.replace("and costs no privacy", "and adds privacy"),
        lambda card: card.replace("names no other value", "names 2 as best"),
        lambda card: card.replace("constant(1.5)", "constant(1.6)"),
        lambda card: card.replace("--variety=1.5", "--variety=40"),
        lambda card: re.sub("\n\n`variety` multiplies.*", "", card),
        lambda card: card.replace(
            "JS score ↓, released generator",
            "JS score ↓, released, variety 1.5",
        ),
        lambda card: with_setting(card, name="scoring.variety", value="1.5"),
        lambda card: with_setting(card, name="scoring.variety", value="-"),
        lambda card: card.replace("| JS score ↓,", "| JS score,"),
        lambda card: card.replace("Lower is better.", "Higher is better."),
        lambda card: re.sub("\n\n- JS score .*", "", card),
        lambda card: card.replace(
            "- JS score", "- recall: It is perfect.\n- JS score"
        ),
    ],
)
def test_a_card_that_says_something_else_of_its_release_is_found(run_dir, edit):
    before = (run_dir / "release" / "MODEL_CARD.md").read_text()
    assert edit(before) != before
    releases.edit_card(run_dir, edit)
    assert releases.failures_of(run_dir) == ["card"]


@pytest.mark.parametrize(
    "said",
    [
        {"title": "Scans of 2024"},
        {"data": "", "title": "Röntgen, (1/2)", "purpose": "teaching"},
        {"data": ""},
        {"data": "simulated_ehr"},
        {"versions": dict.fromkeys(about.LIBRARIES, "2.0.dev7")},
    ],
)
def test_the_card_of_another_release_is_found(run_dir, said):
    """Each holds with its own claim, and not with that of other words."""
    other = dataclasses.replace(releases.ABOUT, **said)
    releases.edit_card(run_dir, lambda card: card, other)
    found = claim_check.check_release(run_dir / "release")
    assert releases.failures(found) == []
    releases.write_claim(run_dir)
    found = claim_check.check_release(run_dir / "release")
    assert releases.failures(found) == ["card"]


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
                networks__conditional=True, scoring__variety=1
            ),
        },
        {
            "num_classes": 26,
            "first_label": 1,
            "training_facts": facts(networks__conditional=True),
        },
        {"training_facts": facts(name="other", data__public_fraction=1e-05)},
        {"training_facts": facts(data__public_source="another data set")},
        {
            "training_facts": facts(
                summary="pairs", steps__critic_learning_rate=1e20
            )
        },
        {
            "scores": [
                ("FID-classifier ↓, real test part", "12.345", "1,000 rows")
            ]
        },
        {
            "training_facts": facts(scoring__variety=1.5),
            "scores": [
                ("recall ↑, released generator", "0.500", "100 images"),
                ("recall ↑, released, variety 1.5", "0.600", "100 images"),
                ("precision ↑, released, variety 1.5", "0.500", "9 rows"),
            ],
        },
    ],
)
def test_every_card_of_this_program_holds(run_dir, changes):
    claim = releases.claim_of(run_dir)
    card = releases.card_of(claim, **changes)
    releases.edit_card(run_dir, lambda _: card)
    assert releases.failures_of(run_dir) == []


def problem_of(run_dir, edit=lambda card: card):
    claim = releases.claim_of(run_dir)
    return card_check.problem_of(edit(releases.card_of(claim)).encode(), claim)


@pytest.mark.parametrize(
    ("edit", "problem"),
    [
        (lambda card: card, ""),
        (
            lambda card: card + "Epsilon is 0.\x1b[2J",
            r"line \d+ does not follow from the claim: Epsilon is 0.\\x1b",
        ),
        (
            lambda card: card[:-1],
            r"line \d+ does not follow .*: \(end of the card\)",
        ),
        (
            lambda card: card.replace("float32 [16, ", "float32 ["),
            "does not say what an example looks like",
        ),
        (
            lambda card: re.sub(r"\| steps.num_critic_steps.*\n", "", card),
            r"has a row that no card has: steps.critic_learning_rate \| ",
        ),
        (
            lambda card: re.sub(r"\| scoring.variety.*\n", "", card),
            "has no row of the setting scoring.variety",
        ),
        (
            lambda card: with_setting(
                card, name="networks.conditional", value="True"
            ),
            "says networks.conditional True, but does not show how to",
        ),
        (
            lambda card: card.replace("| 100 images |", "| 10,00 images |"),
            "has a row that no card has: JS score ↓, released generator",
        ),
    ],
)
def test_what_is_wrong_with_a_card_is_said(run_dir, edit, problem):
    found = problem_of(run_dir, edit)
    assert re.fullmatch(f"{problem}.*" if problem else "", found), found
    assert found.isprintable() and len(found) < 200


@pytest.mark.parametrize("value", ["1.0", "4.5", "0.0", "nan", "1.50", "1.3"])
def test_words_of_variety_follow_from_the_setting(run_dir, value):
    """Whoever changes one of both is found, and so is what no recipe has."""
    claim = releases.claim_of(run_dir)
    card = releases.card_of(claim, training_facts=facts(scoring__variety=1.5))
    assert card_check.problem_of(card.encode(), claim) == ""
    edited = with_setting(card, name="scoring.variety", value=value)
    assert card_check.problem_of(edited.encode(), claim)
    assert "names variety 1.5 as the best" in card
    edited = card.replace("names variety 1.5", f"names variety {value}")
    assert "does not follow" in card_check.problem_of(edited.encode(), claim)


def test_a_card_of_rows_has_no_variety(run_dir):
    claim = releases.claim_of(run_dir)
    form = records.Form((7,), largest=3)
    card = releases.card_of(claim, form=form)
    assert card_check.problem_of(card.encode(), claim) == ""
    assert "sample_varied" not in card
    other = releases.card_of(
        claim, form=form, training_facts=facts(scoring__variety=2.0)
    )
    assert card_check.problem_of(other.encode(), claim) == (
        "says scoring.variety 2, and rows have none but 1"
    )


def test_bytes_that_are_no_text_are_no_card(run_dir):
    found = card_check.problem_of(b"\xff\xfe", releases.claim_of(run_dir))
    assert found == "is not a text in UTF-8"


@pytest.mark.parametrize(
    "form", [records.Form((28, 28, 1)), records.Form((7,), largest=3)]
)
def test_the_form_of_examples_is_read_from_a_card(run_dir, form):
    card = releases.card_of(releases.claim_of(run_dir), form=form)
    assert card_check.form(card) == form
    files = card_check.files_beside(card.encode())
    assert ("samples.csv" in files) == form.is_table
    assert ("samples.png" in files) != form.is_table
    assert "MODEL_CARD.md" in files and "privacy.json" not in files


@pytest.mark.parametrize("first_label", [0, 1, 12])
@pytest.mark.parametrize("has_class_names", [False, True])
def test_classes_are_read_from_a_card(run_dir, first_label, has_class_names):
    card = releases.card_of(
        releases.claim_of(run_dir),
        num_classes=26,
        first_label=first_label,
        has_class_names=has_class_names,
        training_facts=facts(networks__conditional=True),
    )
    assert (
        card_check.problem_of(card.encode(), releases.claim_of(run_dir)) == ""
    )
    assert card_check.form(card).num_classes == 26
    files = card_check.files_beside(card.encode())
    assert ("classes.txt" in files) == has_class_names


@pytest.mark.parametrize(
    "line",
    ["label = -1 + tf.range", "label = 01 + tf.range", "label = x + tf."],
)
def test_a_first_label_that_is_none_is_found(run_dir, line):
    card = releases.card_of(
        releases.claim_of(run_dir),
        num_classes=26,
        first_label=1,
        training_facts=facts(networks__conditional=True),
    )
    changed = card.replace("label = 1 + tf.range", line)
    assert changed != card
    assert card_check.problem_of(changed.encode(), releases.claim_of(run_dir))


def test_a_card_of_typed_columns_is_made_again_from_the_schema(run_dir):
    typed_releases.make(run_dir)
    claim = releases.claim_of(run_dir)
    content = typed_releases.card(run_dir).encode()
    assert not card_check.problem_of(content, claim, tiny_table.SCHEMA)
    assert "what an example looks like" in card_check.problem_of(content, claim)
    turned = tiny_table.SCHEMA.columns[::-1]
    other = dataclasses.replace(tiny_table.SCHEMA, columns=turned)
    assert "line" in card_check.problem_of(content, claim, other)
    assert "schema.json" in card_check.files_beside(content)


def test_names_of_columns_are_not_taken_for_other_parts_of_a_card(run_dir):
    """They could look like the lines that say what an example is."""
    names = (
        "tf.random.normal([16, 99])",
        "label = tf.range(16, dtype=tf.int64) % 7",
        "uint8 [16, 7] from 0 to 3",
        "## How it was trained",
        "[classes.txt](x) | a | b |",
    )
    schema = schemas.Schema(
        columns=tuple(columns.Boolean(name=name) for name in names)
    )
    card = typed_releases.card(
        run_dir, schema=schema, form=schema_check.form_of(schema)
    )
    claim = releases.claim_of(run_dir)
    assert not card_check.problem_of(card.encode(), claim, schema)
