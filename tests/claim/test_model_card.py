import re

from dpgan_tf.claim import claim as claims
from dpgan_tf.claim import facts as claim_facts
from dpgan_tf.claim import model_card
from dpgan_tf.claim import schema_check
from dpgan_tf.data import records
from dpgan_tf.privacy.ledger import header
from dpgan_tf.release import export
from tests import tiny_generator
from tests import tiny_table
from tests.claim import releases
from tests.claim import words


def _card(claim=words.CLAIM, **arguments):
    form = records.Form(tiny_generator.IMAGE_SHAPE)
    return model_card.model_card(
        claim,
        latent_dim=tiny_generator.LATENT_DIM,
        **{"form": form} | arguments,
    )


def test_the_claim_stands_in_words_with_its_limits():
    card = _card()
    assert f"**{words.CLAIM['statement']}**" in card
    assert "RDP 3.9877" in card and "PLD 3.7124" in card
    for text in ("Not covered:", "one record", "central", "58,800", "Poisson"):
        assert text in card
    assert "samples.png" in card


def test_scores_are_said_to_be_outside_of_the_claim():
    score = ("Inception score", "8.70 +/- 0.05", "60,000 images")
    card = _card(scores=[score])
    section = card.split("## Quality")[1].split("##")[0]
    assert "Not covered by epsilon" in section
    assert "| Inception score | 8.70 +/- 0.05 | 60,000 images |" in section
    assert "## Quality" not in _card()


def test_facts_of_the_training_are_listed():
    card = _card(training_facts=[("data", "mnist")])
    assert "| data | mnist |" in card


def test_a_release_without_a_claim_says_nothing_of_epsilon():
    claim = {
        **words.CLAIM,
        "epsilon": None,
        "delta": None,
        "epsilon_by_accountant": None,
        "statement": "This release makes NO privacy claim: seeded.",
    }
    card = _card(claim)
    assert "**This release makes NO privacy claim: seeded.**" in card
    assert "Covered:" not in card and "3.98" not in card


def test_the_code_on_the_card_runs_as_it_stands(tmp_path, monkeypatch):
    export.export_generator(
        tiny_generator.build(), tmp_path / "generator/1", latent_dim=3
    )
    (code,) = re.findall(r"```python\n(.*?)```", _card(), re.DOTALL)
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(code, names)
    assert names["images"].shape == (16, *tiny_generator.IMAGE_SHAPE)


def test_a_real_claim_has_all_that_the_card_reads():
    facts = claim_facts.Facts(
        parameters={
            "accountant": "rdp",
            "effective_noise_multiplier": 1.0,
            "expected_batch_size": 10,
            "noise_multiplier": 1.0,
            "noise_sampler": header.CHACHA20,
            "num_examples": 1000,
            "num_groups": 1,
            "sampling_probability": 0.01,
            "target_delta": 1e-5,
            "target_epsilon": 4.0,
        },
        num_steps=10,
        num_steps_kept=9,
        noise_source="os_entropy",
        config_hash="0" * 64,
        ledger_head="0" * 64,
        ledger_num_entries=2,
        files={},
        about=releases.ABOUT,
    )
    claim = claims.assemble(facts)
    assert set(words.CLAIM) <= set(claim)
    assert claim["statement"] in _card(claim)


def test_a_card_of_typed_columns_says_how_to_get_them(tmp_path, monkeypatch):
    card = _card(
        form=schema_check.form_of(tiny_table.SCHEMA), schema=tiny_table.SCHEMA
    )
    assert "[schema.json](schema.json) declares their columns" in card
    assert "columns.txt" not in card
    assert card.index("## How to use it") < card.index("## Columns")
    assert "| age | integer | 0 to 110, in 4 cells | no |" in card
    monkeypatch.chdir(tiny_table.release())
    (code,) = re.findall(r"```python\n(.*?)```", card, re.DOTALL)
    names = {}
    exec(code, names)
    assert set(tiny_table.SCHEMA.names) < set(names["columns"])
    num_cells = tiny_table.SCHEMA.num_cells
    assert f"# float32 [16, {num_cells}]" in code
    assert names["probabilities"].shape == (16, num_cells)
