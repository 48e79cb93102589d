from dpgan_tf.claim import card_words
from dpgan_tf.config import presets
from dpgan_tf.evaluation import column_metrics
from dpgan_tf.evaluation import metrics
from dpgan_tf.evaluation import row_metrics
from dpgan_tf.run import assembly


def test_a_card_knows_every_score_with_direction_and_sentence():
    rooms = (metrics, row_metrics, column_metrics)
    every = [metric for room in rooms for metric in room.every().values()]
    expected = {
        card_words.Score(
            title, one.larger_is_better.get(name), one.sentences[name]
        )
        for one in every
        for name, title in one.columns.items()
    }
    assert set(card_words.SCORES) == expected
    assert len({score.title for score in expected}) == len(expected)
    for score in expected:
        assert score.sentence[0].isupper() and score.sentence.endswith(".")


def test_every_preset_has_the_settings_that_a_card_shows():
    for name in presets.names():
        facts = assembly.training_facts(presets.get(name))
        assert [fact for fact, _ in facts] == list(card_words.SETTINGS)


def test_scores_are_read_and_nothing_is_run(tmp_path):
    (tmp_path / "good.py").write_text(
        "raise SystemExit\n"
        "class A:\n    columns = {'a': 'A title', b: 'no', 'c': other}\n"
        "    larger_is_better = {'a': False, 'b': not a}\n"
        "    sentences = {'a': 'One sentence.'}\n"
        "    def run(self):\n        columns = {'d': 'no'}\n"
    )
    (tmp_path / "bare.py").write_text(
        "class B:\n    columns = {'b': 'B title'}"
    )
    (tmp_path / "dict.py").write_text("class A:\n    columns = dict(a='A')")
    (tmp_path / "odd.py").write_text("METRIC = (")
    (tmp_path / "bytes.py").write_bytes(b"\xff\x00")
    (tmp_path / "note.txt").write_text("class A: columns = {'e': 'no'}")
    found = card_words.scores_in(tmp_path)
    assert [(score.shown, score.meaning) for score in found] == [
        ("B title", ""),
        ("A title ↓", "Lower is better. One sentence."),
    ]


def test_a_score_that_nobody_knows_has_no_direction():
    assert card_words.score("JS score").shown == "JS score ↓"
    assert card_words.score("diversity").shown == "diversity"
    assert card_words.score("mine").shown == "mine"


def test_a_second_variety_has_titles_that_no_other_row_has():
    assert card_words.scored(1.0) == card_words.SCORED
    titles = card_words.scored(1.5)
    assert titles["released_varied"] == "released, variety 1.5"
    assert len(set(titles.values())) == len(titles) == 10
    names = list(titles)
    assert names.index("released_varied") == names.index("released") + 1
