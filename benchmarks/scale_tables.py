"""Tables of what steps cost against n, classes, image size and machines."""

import statistics
from collections.abc import Iterator

from benchmarks import table_parts

QUANTITIES = {
    "num_records": "records n",
    "side": "side of a picture",
    "num_classes": "classes",
}
"""Settings that are varied, and what a page calls them."""


def _scale_rows(cells: table_parts.Cells) -> Iterator[table_parts.Row]:
    for (setting, value), _, found in table_parts.of_kind(cells, "scale"):
        yield (
            QUANTITIES[setting],
            f"{int(value):,}",
            table_parts.ms(found["draw_ms"]),
            table_parts.ms(found["step_ms"]),
            f"{found['peak']:,.0f}",
            f"{found['open_s']:.1f}",
        )


def _worker_rows(cells: table_parts.Cells) -> Iterator[table_parts.Row]:
    for _, _, found in table_parts.of_kind(cells, "workers"):
        one = statistics.median(found["ms_one"])
        for number, times in ((1, found["ms_one"]), (2, found["ms_two"])):
            middle = statistics.median(times)
            yield str(number), table_parts.ms(middle), f"{one / middle:.2f}"


TABLES = (
    (
        "Private steps on pictures read from ArrayRecord files: a Poisson "
        "sample made alone, a critic step with its part of the generator's, "
        "peak memory of the process, and seconds to open the records.",
        ("varied",),
        ("value", "sample, ms", "step, ms", "peak, MiB", "open, s"),
        _scale_rows,
    ),
    (
        "An iteration of `mnist`, each machine on one core.",
        (),
        ("machines", "ms", "times as fast"),
        _worker_rows,
    ),
)
"""Title, names of the columns of words and of numbers, rows."""
