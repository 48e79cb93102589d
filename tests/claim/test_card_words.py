from dpgan_tf.claim import card_words
from dpgan_tf.config import presets
from dpgan_tf.evaluation import metrics
from dpgan_tf.evaluation import row_metrics
from dpgan_tf.run import assembly


def test_the_title_of_every_score_may_stand_on_a_card():
    every = [*metrics.every().values(), *row_metrics.every().values()]
    titles = {title for one in every for title in one.columns.values()}
    assert titles == set(card_words.SCORES)


def test_every_preset_has_the_settings_that_a_card_shows():
    for name in presets.names():
        facts = assembly.training_facts(presets.get(name))
        assert [fact for fact, _ in facts] == list(card_words.SETTINGS)


def test_titles_are_read_and_nothing_is_run(tmp_path):
    (tmp_path / "good.py").write_text(
        "raise SystemExit\n"
        "class A:\n    columns = {'a': 'A title', b: 'no', 'c': other}\n"
        "    def run(self):\n        columns = {'d': 'no'}\n"
    )
    (tmp_path / "dict.py").write_text("class A:\n    columns = dict(a='A')")
    (tmp_path / "odd.py").write_text("METRIC = (")
    (tmp_path / "bytes.py").write_bytes(b"\xff\x00")
    (tmp_path / "note.txt").write_text("class A: columns = {'e': 'no'}")
    assert card_words.titles_in(tmp_path) == ["A title"]
