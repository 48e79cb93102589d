"""Compute a table of the dp-GAN paper anew, beside the paper's numbers.

Each cell is a training run and its scores, kept in <runs_dir>; an interrupted
table goes on where it was, and finished cells are not computed again. The
table is written to <results_dir> as JSON and Markdown, with a picture of
samples for each generator beside it.

  2   Inception scores of real and synthetic MNIST, with all other scores
  6   semi-supervised classification with few public labels
  7   allowed iterations before and after grouping, and their true cost
  8   what each optimization strategy brings

Tables 3, 5 and 10 are of CelebA and LSUN, which nobody can download without
asking; this command says what is missing.

With --quick all networks, steps and samples are tiny: minutes, to see that
everything runs. Its numbers mean nothing and go to a folder of their own.

Examples:
  python -m dpgan_tf table --number=7
  python -m dpgan_tf table --number=2 --seeds=0
  python -m dpgan_tf table --number=8 --quick
"""

import dataclasses
import json
import pathlib

from absl import flags

from dpgan_tf import config as configs
from dpgan_tf import errors
from dpgan_tf import run_files
from dpgan_tf.commands import account

_NUMBERS = ("2", "3", "5", "6", "7", "8", "10")
_QUICK_LABELS_STEPS = 30


def define_flags(flag_values: flags.FlagValues) -> None:
    """Define the flags of this command.

    Args:
      flag_values: where to define them.
    """
    flags.DEFINE_enum(
        "number", None, _NUMBERS, "Of the table.", flag_values=flag_values
    )
    flags.mark_flag_as_required("number", flag_values=flag_values)
    flags.DEFINE_list(
        "seeds",
        ["0", "1", "2"],
        "Seeds of every cell; each costs as much as the first.",
        flag_values=flag_values,
    )
    flags.DEFINE_boolean(
        "quick",
        False,
        "Tiny networks and one seed.",
        flag_values=flag_values,
    )
    flags.DEFINE_string(
        "data_dir",
        "data",
        "Folder of prepared data sets.",
        flag_values=flag_values,
    )
    flags.DEFINE_string(
        "runs_dir",
        None,
        "Folder of the runs behind the cells; runs/tables without it, "
        "runs/tables_quick with --quick.",
        flag_values=flag_values,
    )
    flags.DEFINE_string(
        "results_dir",
        None,
        "Folder of the table; runs/results without it, "
        "runs/tables_quick/results with --quick.",
        flag_values=flag_values,
    )


def run(flag_values: flags.FlagValues) -> None:
    """Compute a table, write it and print it.

    Args:
      flag_values: the parsed flags.

    Raises:
      UserError: for a bad seed, or if the data set is not there.
    """
    number = int(flag_values.number)
    results_dir = _folder(flag_values, "results_dir")
    if number == 7:
        _write_table_7(results_dir)
        return
    from dpgan_tf.tables import compute
    from dpgan_tf.tables import definitions

    if number in definitions.WITHOUT_DATA:
        dataset, title = definitions.WITHOUT_DATA[number]
        raise errors.DatasetError(
            f"table {number} ({title}): needs {dataset}, which is not in "
            f"{flag_values.data_dir} and cannot be downloaded without asking "
            "its owners; networks for its images are not part of this version."
        )
    seeds = _seeds(flag_values)
    workshop = _workshop(flag_values, seeds)
    if number == 6:
        content = compute.table_6(workshop, seeds=seeds)
    else:
        table = definitions.SCORE_TABLES[number]
        content = compute.score_table_of(table, workshop, seeds=seeds)
        _draw_samples(table, workshop, results_dir, seed=seeds[0])
    paths = compute.write(number, content, results_dir)
    print(compute.markdown(content))
    print("Written to " + " and ".join(paths))


def _draw_samples(table, workshop, results_dir, *, seed: int) -> None:
    from dpgan_tf.tables import cells
    from dpgan_tf.tables import definitions

    folder = results_dir / f"table{table.number}"
    for row in table.rows:
        if row.kind != definitions.REAL:
            path = folder / f"{row.name}.png"
            cells.save_grid(workshop, row, path, seed=seed)
    print(f"Samples of the rows: {folder}")


def _write_table_7(results_dir: pathlib.Path) -> None:
    from dpgan_tf import pricing
    from dpgan_tf import provenance

    table = pricing.table_7()
    text = account.table_7_text(table)
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
    print(f"\nWritten to {results_dir / 'table7.json'} and table7.md")


def _workshop(flag_values: flags.FlagValues, seeds: list[int]):
    from dpgan_tf.evaluation import semi_supervised
    from dpgan_tf.tables import cells

    asked = f"python -m dpgan_tf table --number={flag_values.number}"
    places = {
        "runs_dir": _folder(flag_values, "runs_dir"),
        "data_dir": pathlib.Path(flag_values.data_dir),
    }
    if not flag_values.quick:
        listed = ",".join(map(str, seeds))
        return cells.Workshop(command=f"{asked} --seeds={listed}", **places)
    return cells.Workshop(
        command=f"{asked} --quick",
        shrink=_tiny,
        baseline_steps=2,
        few_labels=semi_supervised.Setting(num_steps=_QUICK_LABELS_STEPS),
        **places,
    )


def _tiny(config: configs.Config) -> configs.Config:
    return dataclasses.replace(
        config,
        critic_width=4,
        generator_width=8,
        expected_batch_size=32,
        chunk_size=32,
        public_batch_size=16,
        warm_start_batch_size=16,
        warm_start_steps=min(config.warm_start_steps, 2),
        num_steps=2 * config.num_critic_steps,
        num_score_samples=1_200,
    )


def _seeds(flag_values: flags.FlagValues) -> list[int]:
    if flag_values.quick:
        return [0]
    try:
        seeds = [int(text) for text in flag_values.seeds]
    except ValueError:
        seeds = []
    if not seeds or min(seeds) < 0 or len(set(seeds)) < len(seeds):
        raise errors.UserError(
            f"--seeds={','.join(flag_values.seeds)}: expected different whole "
            "numbers >= 0, such as 0,1,2."
        )
    return seeds


def _folder(flag_values: flags.FlagValues, name: str) -> pathlib.Path:
    defaults = {
        ("runs_dir", False): "runs/tables",
        ("runs_dir", True): "runs/tables_quick",
        ("results_dir", False): "runs/results",
        ("results_dir", True): "runs/tables_quick/results",
    }
    chosen = flag_values[name].value
    return pathlib.Path(chosen or defaults[name, flag_values.quick])
