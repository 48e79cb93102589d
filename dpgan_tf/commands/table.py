"""Reproduce a table of the dp-GAN paper, with the paper's numbers.

Each cell is a training run and its scores, kept in <runs_dir>; an interrupted
table continues where it stopped, and finished cells are not computed again. The
table is written to <results_dir> as JSON and Markdown, with a picture of
samples for each generator.

  2   Inception scores of real and synthetic MNIST, with all other scores
  2_lsun_l  the same for LSUN-L
  3   Jensen-Shannon scores of CelebA and LSUN-U, which have no labels
  5   semi-supervised classification of LSUN-L
  6   semi-supervised classification with few public labels
  7   allowed iterations before and after grouping, and their true cost
  8   effect of each optimization strategy
  10  the same on CelebA, without labels
  ehr health records of a simulated cohort; not from a paper
  adult  UCI Adult, a table of mixed columns, at four budgets, beside MST and
      PrivBayes; it needs `prepare-data --dataset=adult --source=DIR`
  utility_mnist, utility_fashion_mnist, utility_cifar10
      accuracy of classifiers trained on private samples at several budgets,
      with and without public data, for our method, the paper's and others

Tables 2_lsun_l, 3, 5 and 10 need CelebA and LSUN, which you must obtain and
prepare; the command says what is missing. They have the paper's size: days on a
GPU. No results for them are recorded here.

The scores of each cell are written next to the pictures. --recorded reuses
scores of exactly the same configuration, so that a table can continue in a
clone or on a second machine, without the runs. --rows computes some rows only
and does not write the table; --finished writes the finished rows of a table
that takes hours.

With --quick all networks, steps and samples are tiny: it takes minutes and
shows that everything runs. Its numbers mean nothing and go to a separate
folder.

Examples:
  python -m dpgan_tf table --number=7
  python -m dpgan_tf table --number=2 --seeds=0
  python -m dpgan_tf table --number=8 --quick
  python -m dpgan_tf table --number=utility_mnist --finished --recorded
  python -m dpgan_tf table --number=utility_mnist --seeds=0 --recorded
  python -m dpgan_tf table --number=utility_mnist --rows=mnist_alone_10
"""

import dataclasses
import json

from absl import flags

from dpgan_tf import errors
from dpgan_tf import quiet
from dpgan_tf import run_files
from dpgan_tf.commands import account_text
from dpgan_tf.commands import cell_flags

_UTILITY = ("utility_mnist", "utility_fashion_mnist", "utility_cifar10")
_NOT_OF_SCORES = ("5", "6", "7")
_NUMBERS = (
    *("2", "2_lsun_l", "3", "5", "6", "7", "8", "10", "ehr", "adult"),
    *_UTILITY,
)


def define_flags(flag_values: flags.FlagValues) -> None:
    """Define the flags of this command.

    Args:
      flag_values: the object to define them in.
    """
    flags.DEFINE_enum(
        "number", None, _NUMBERS, "Name of the table.", flag_values=flag_values
    )
    flags.mark_flag_as_required("number", flag_values=flag_values)
    flags.DEFINE_boolean(
        "finished",
        False,
        "Compute nothing: write the rows whose cells are all finished. For "
        "tables of scores.",
        flag_values=flag_values,
    )
    flags.DEFINE_boolean(
        "recorded",
        False,
        "Reuse cells recorded in <results_dir>, and compute the others. For "
        "tables of scores.",
        flag_values=flag_values,
    )
    flags.DEFINE_list(
        "rows",
        [],
        "Rows to compute, comma-separated: their scores and pictures are "
        "written, but no table. A wrong name lists all. For tables of scores.",
        flag_values=flag_values,
    )
    cell_flags.define(flag_values)


def run(flag_values: flags.FlagValues) -> None:
    """Compute a table, write it and print it.

    Args:
      flag_values: the parsed flags.

    Raises:
      UserError: for a bad seed, or if the data set is missing.
    """
    number = flag_values.number
    results_dir = cell_flags.folder(flag_values, "results_dir")
    for name in ("finished", "recorded", "rows"):
        if flag_values[name].value and number in _NOT_OF_SCORES:
            raise errors.UserError(
                f"--{name} with --number={number}; expected a table of scores: "
                f"not {' or '.join(_NOT_OF_SCORES)}."
            )
    if number == "7":
        _write_table_7(results_dir)
        return
    seeds = cell_flags.seeds(flag_values)
    compute = quiet.import_module("dpgan_tf.papers.compute")
    from dpgan_tf.papers import definitions

    workshop = cell_flags.workshop(flag_values, _asked(flag_values), seeds)
    if number in definitions.LABELS_TABLES:
        table = definitions.LABELS_TABLES[number]
        content = compute.labels_table_of(table, workshop, seeds=seeds)
    else:
        table = compute.some_rows(
            definitions.SCORE_TABLES[number], flag_values.rows
        )
        folder = results_dir / table.name
        if flag_values.recorded:
            workshop = dataclasses.replace(workshop, recorded=folder)
        if flag_values.finished:
            table = compute.finished_part(table, workshop, seeds=seeds)
        content = compute.score_table_of(table, workshop, seeds=seeds)
        _record(table, workshop, folder, seeds=seeds)
    print(compute.markdown(content))
    if not flag_values.rows:
        paths = compute.write(table.name, content, results_dir)
        print(errors.printable("Written to " + " and ".join(paths)))


def _asked(flag_values: flags.FlagValues) -> str:
    """Return the command without the seeds, for the record."""
    asked = f"python -m dpgan_tf table --number={flag_values.number}"
    for name in ("finished", "recorded"):
        if flag_values[name].value:
            asked += f" --{name}"
    if flag_values.rows:
        asked += f" --rows={','.join(flag_values.rows)}"
    return asked


def _record(table, workshop, folder, *, seeds: list[int]) -> None:
    """Write the scores and pictures that are not recorded yet."""
    from dpgan_tf.papers import adult
    from dpgan_tf.papers import cells
    from dpgan_tf.papers import compute
    from dpgan_tf.papers import definitions
    from dpgan_tf.papers import pictures
    from dpgan_tf.papers import schema

    first = seeds[0]
    new = [
        row
        for row in table.rows
        if row.kind != schema.CITED
        and not cells.is_recorded(workshop, row, seed=first)
    ]
    if table.name in (definitions.TABLE_EHR.name, adult.TABLE.name):
        drawn = dataclasses.replace(table, rows=new)
        pictures.save_comparison(workshop, drawn, folder, seed=first)
    else:
        for row in new:
            if row.kind not in schema.WITHOUT_GENERATOR:
                path = folder / f"{row.name}.png"
                pictures.save_grid(workshop, row, path, seed=first)
    for row in table.rows:
        for seed in compute.seeds_of(row, seeds):
            cells.record(workshop, row, folder, seed=seed)
    print(errors.printable(f"Scores and pictures of the rows: {folder}"))


def _write_table_7(results_dir) -> None:
    from dpgan_tf.claim import pricing
    from dpgan_tf.papers import paper_prices
    from dpgan_tf.papers import provenance

    table = paper_prices.table_7()
    text = account_text.of_table_7(table)
    source = provenance.describe("python -m dpgan_tf table --number=7")
    results_dir.mkdir(parents=True, exist_ok=True)
    run_files.write_json(
        results_dir / "table7.json",
        json.loads(pricing.to_json(table)) | {"from": source},
    )
    (results_dir / "table7.md").write_text(
        f"# Allowed iterations (Table 7)\n\n```text\n{text}\n```\n\n"
        f"- Command: `{source['command']}`, {source['date']}, commit "
        f"{source['commit']}.\n",
        encoding="utf-8",
    )
    print(text)
    where = errors.printable(results_dir / "table7.json")
    print(f"\nWritten to {where} and table7.md")
