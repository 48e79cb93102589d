"""Several machines, as TF_CONFIG describes them."""

import re

from dpgan_tf import errors
from dpgan_tf.privacy import untrusted_json

_EXAMPLE = (
    '\'{"cluster": {"worker": ["host0:2222", "host1:2222"]}, '
    '"task": {"type": "worker", "index": 0}}\''
)

_PORT = re.compile(r"[0-9]{1,5}")
_INDEX = untrusted_json.of(
    "a number", lambda value: re.fullmatch(r"[0-9]{1,9}", str(value))
)
_KIND = untrusted_json.record(
    {
        "cluster": untrusted_json.map_of(
            untrusted_json.list_of(untrusted_json.TEXT)
        ),
        "task": untrusted_json.record(
            {"type": untrusted_json.TEXT, "index": _INDEX},
            others=untrusted_json.ANY,
        ),
    },
    others=untrusted_json.ANY,
)


def read_tf_config(text: str | None) -> tuple[list[str], int]:
    """Return the addresses of all machines, and the number of this one.

    Args:
      text: TF_CONFIG, as TensorFlow documents it; None if it is not set. The
        chief has the type "chief", or is the first "worker".

    Raises:
      UserError: if it does not name two or more machines and this one.
    """
    try:
        config = untrusted_json.parse(text or "", _KIND)
        cluster, task = config["cluster"], config["task"]
        kind, index = task["type"], int(str(task["index"]))
        chiefs, workers = cluster.get("chief", []), cluster.get("worker", [])
        number = index if kind == "chief" else len(chiefs) + index
        addresses = [*chiefs, *workers]
        usable = (
            set(cluster) <= {"chief", "worker"}
            and len(chiefs) <= 1
            and 0 <= index < len(cluster.get(kind, []))
            and all(_is_address(address) for address in addresses)
            and len(set(addresses)) == len(addresses)
        )
    except untrusted_json.JsonError:
        usable = False
    if not usable:
        found = "is not set"
        if text is not None:
            found = f"is {untrusted_json.shown(text)}"
        raise errors.UserError(
            f"--strategy=multi_worker: TF_CONFIG {found}; expected the "
            "addresses of all machines and which of them this one is, such as "
            f"{_EXAMPLE}."
        )
    if len(addresses) < 2:
        raise errors.UserError(
            "--strategy=multi_worker: TF_CONFIG names one machine; name two or "
            "more, or leave the strategy out."
        )
    return addresses, number


def require_trusted(trusted_network: bool) -> None:
    """Refuse to open a server to a network that is not declared trusted.

    TensorFlow's server listens on all interfaces, whatever address TF_CONFIG
    gives it, even a loopback address. It asks for no password, and anyone who
    reaches it can run operations that read and write files as this user.

    Args:
      trusted_network: whether the user says that nobody else reaches it.

    Raises:
      UserError: naming the flag and what makes a network trusted.
    """
    if not trusted_network:
        raise errors.UserError(
            "--strategy=multi_worker: TensorFlow's server listens on all "
            "interfaces of this machine, even with localhost in TF_CONFIG, and "
            "lets anyone who connects read and write your files; close its "
            "port to others (a firewall, a network namespace or container, a "
            "WireGuard or SSH tunnel between the machines), then add "
            "--trusted_network."
        )


def _is_address(address):
    host, _, port = address.rpartition(":")
    return bool(host) and bool(_PORT.fullmatch(port)) and 0 < int(port) < 2**16
