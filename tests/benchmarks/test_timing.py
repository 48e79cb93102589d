"""Rounds and ratios, by hand."""

from benchmarks import timing


def recording(names, log):
    """Steps that note when they were taken and return their place so far."""

    def step_of(name):
        def step():
            log.append(name)
            return float(len(log))

        return step

    return {name: step_of(name) for name in names}


def test_every_round_takes_every_step_and_begins_with_another_one():
    log = []
    rounds = timing.Rounds(warm_up=1, least=3, most=3, seconds=0)
    times = timing.interleave(recording("abc", log), rounds)
    assert "".join(log) == "abc" + "abc" + "bca" + "cab"
    assert times == {"a": [4, 9, 11], "b": [5, 7, 12], "c": [6, 8, 10]}


def test_late_rounds_are_not_begun_but_the_least_are():
    log = []
    rounds = timing.Rounds(warm_up=0, least=2, most=50, seconds=0)
    times = timing.interleave(recording("a", log), rounds)
    assert len(times["a"]) == 2


def test_ratios_are_those_of_the_rounds_to_the_fastest_reference():
    times = {
        "private": [4.0, 30.0, 6.0],
        "slow": [3.0, 30.0, 4.0],
        "fast": [2.0, 10.0, 2.0],
    }
    found = timing.summarize(times, references=("slow", "fast"))
    assert found["reference"] == "fast"
    assert found["num_rounds"] == 3
    assert found["forms"]["private"] == {
        "ms": 6.0,
        "ms_quartiles": [5.0, 18.0],
        "ratio": 3.0,
        "ratio_quartiles": [2.5, 3.0],
    }
    assert found["forms"]["fast"]["ratio"] == 1.0


def test_a_form_that_is_no_reference_is_never_the_reference():
    times = {"private": [1.0], "plain": [2.0]}
    found = timing.summarize(times, references=("plain",))
    assert found["reference"] == "plain"
    assert found["forms"]["private"]["ratio"] == 0.5
    assert found["forms"]["private"]["ms_quartiles"] == [1.0, 1.0]
