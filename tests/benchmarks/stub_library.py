"""A peer's library that computes nothing, and a peer that serves it."""

import sys

from benchmarks.peers import server


def build(form, case, given, *, chunk_size):
    """A step that does nothing, or ends the peer."""
    del case, given, chunk_size
    return sys.exit if form == "broken" else lambda: None


def clipped_sum(case, given, *, clip_norm, chunk_size):
    """Return the weights, as many times as there are records."""
    del case, clip_norm, chunk_size
    return [len(given.images) * weight for weight in given.weights]


if __name__ == "__main__":
    server.serve(sys.modules[__name__])
