"""What a results file says of the machine."""

from benchmarks import cases
from benchmarks import critics
from benchmarks import inputs
from benchmarks import machine

CPUINFO = """\
processor	: 0
model name	: Abacus: 2 rods
flags		: fpu avx2 avx512_bf16 sse2 vaes

processor	: 1
model name	: another
flags		: amx_bf16
"""


def describe(monkeypatch, tmp_path, text):
    path = tmp_path / "cpuinfo"
    path.write_text(text)
    monkeypatch.setattr(machine, "_CPUINFO", path)
    return machine.describe(peers_python="")


def test_the_first_processor_and_its_instructions_are_told(
    monkeypatch, tmp_path
):
    found = describe(monkeypatch, tmp_path, CPUINFO)
    assert found["processor"] == "Abacus: 2 rods"
    assert found["instruction sets"] == "avx2 avx512_bf16 vaes"


def test_an_unknown_processor_has_its_architecture_as_a_name(
    monkeypatch, tmp_path
):
    found = describe(monkeypatch, tmp_path, "Features : asimd bf16\n")
    assert found["processor"] == machine.platform.machine()
    assert found["instruction sets"] == "asimd bf16"


def test_the_measured_steps_have_the_precision_that_is_told():
    case = cases.CASES["mlp"]
    given = inputs.draw(case, 1)
    critic = critics.build(case, given.weights)
    assert critic(given.images).dtype == cases.PRECISION
    assert {layer.compute_dtype for layer in critic.layers} == {cases.PRECISION}


def test_a_folder_without_a_history_has_an_unknown_commit(tmp_path):
    assert machine.commit(str(tmp_path)) == "unknown"
