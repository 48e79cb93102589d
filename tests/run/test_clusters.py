"""What TF_CONFIG says of several machines."""

import json

import pytest

from dpgan_tf import errors
from dpgan_tf.run import clusters
from dpgan_tf.run import team as teams


def tf_config(cluster, kind="worker", index=0):
    task = {"type": kind, "index": index}
    return json.dumps({"cluster": cluster, "task": task})


TWO = ["a:1", "b:2"]


@pytest.mark.parametrize(
    ("cluster", "kind", "index", "number"),
    [
        ({"worker": TWO}, "worker", 0, 0),
        ({"worker": TWO}, "worker", 1, 1),
        ({"chief": ["c:3"], "worker": TWO}, "chief", 0, 0),
        ({"chief": ["c:3"], "worker": TWO}, "worker", 0, 1),
    ],
)
def test_the_chief_is_the_first_machine(cluster, kind, index, number):
    addresses, found = clusters.read_tf_config(tf_config(cluster, kind, index))
    assert found == number
    assert addresses == [*cluster.get("chief", []), *TWO]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "TF_CONFIG is not set; expected the addresses"),
        ("", "TF_CONFIG is ''; expected"),
        ("{", "expected the addresses"),
        ("[]", "expected the addresses"),
        ('{"cluster": {}}', "expected the addresses"),
        (tf_config({"worker": TWO}, index=2), "expected the addresses"),
        (tf_config({"worker": TWO}, index=-1), "expected the addresses"),
        (tf_config({"worker": TWO}, "evaluator"), "expected the addresses"),
        (tf_config({"worker": TWO, "ps": ["c:3"]}), "expected the addresses"),
        (tf_config({"chief": TWO}, "chief", 1), "expected the addresses"),
        (tf_config({"worker": ["a:1", "a:1"]}), "expected the addresses"),
        (tf_config({"worker": ["a", "b:2"]}), "expected the addresses"),
        (tf_config({"worker": ["a:1", "b:x"]}), "expected the addresses"),
        (tf_config({"worker": ["a:1", "b:70000"]}), "expected the addresses"),
        (tf_config({"worker": "a:1"}), "expected the addresses"),
        (tf_config({"worker": ["a:1"]}), "names one machine"),
    ],
)
def test_a_tf_config_that_cannot_be_is_refused(text, message):
    with pytest.raises(errors.UserError, match=message):
        teams.make("multi_worker", tf_config=text)


@pytest.mark.parametrize("address", ["10.0.0.1", "localhost", "127.0.0.1"])
def test_no_server_is_opened_to_a_network_that_nobody_vouches_for(address):
    """TensorFlow's listens on all interfaces, whatever address it is given."""
    text = tf_config({"worker": [f"{address}:2222", f"{address}:2223"]})
    with pytest.raises(errors.UserError, match="--trusted_network") as caught:
        teams.make("multi_worker", tf_config=text)
    for remedy in ("firewall", "namespace", "tunnel"):
        assert remedy in str(caught.value)


def test_what_else_a_tf_config_says_is_let_be():
    """TensorFlow's own has more; an index may be text."""
    text = json.dumps(
        {
            "cluster": {"worker": TWO},
            "task": {"type": "worker", "index": "1", "trial": "x"},
            "environment": "cloud",
        }
    )
    assert clusters.read_tf_config(text) == (TWO, 1)


@pytest.mark.parametrize("port", ["0", "65536", "-1", "1_0", "\u0661", ""])
def test_an_address_has_a_port_that_there_is(port):
    text = tf_config({"worker": ["a:65535", f"b:{port}"]})
    with pytest.raises(errors.UserError, match="expected the addresses"):
        clusters.read_tf_config(text)


def test_whoever_vouches_for_the_network_is_let_through():
    clusters.require_trusted(True)
    with pytest.raises(errors.UserError, match="then add --trusted_network"):
        clusters.require_trusted(False)
