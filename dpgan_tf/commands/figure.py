"""Reproduce a figure of the PPGAN paper, with its numbers.

Each model is trained once, for all figures, and kept in <runs_dir>; an
interrupted command continues where it stopped. The picture and its numbers are
written to <results_dir>.

  ppgan_fig2   samples at epsilon infinity, 20, 10 and 5
  ppgan_fig3   losses of the critic, with and without privacy
  ppgan_fig4   Inception score and generate score at those budgets
  ppgan_fig5   the same scores for PPGAN, DPGAN (Xie et al.), dp-GAN and WGAN

With --quick all networks, steps and samples are tiny: it takes minutes and
shows that everything runs. Its numbers mean nothing and go to a separate
folder.

Examples:
  python -m dpgan_tf figure --name=ppgan_fig2 --seeds=0
  python -m dpgan_tf figure --name=ppgan_fig5 --quick
"""

from absl import flags

from dpgan_tf import errors
from dpgan_tf import quiet
from dpgan_tf.commands import cell_flags

_NAMES = ("ppgan_fig2", "ppgan_fig3", "ppgan_fig4", "ppgan_fig5")


def define_flags(flag_values: flags.FlagValues) -> None:
    """Define the flags of this command.

    Args:
      flag_values: the object to define them in.
    """
    flags.DEFINE_enum(
        "name", None, _NAMES, "Name of the figure.", flag_values=flag_values
    )
    flags.mark_flag_as_required("name", flag_values=flag_values)
    cell_flags.define(flag_values)


def run(flag_values: flags.FlagValues) -> None:
    """Compute a figure and print where it is.

    Args:
      flag_values: the parsed flags.

    Raises:
      UserError: for a bad seed, or if the data set is missing.
    """
    seeds = cell_flags.seeds(flag_values)
    compute = quiet.import_module("dpgan_tf.papers.compute")
    from dpgan_tf.papers import figures

    asked = f"python -m dpgan_tf figure --name={flag_values.name}"
    content, paths = figures.make(
        figures.FIGURES[flag_values.name],
        cell_flags.workshop(flag_values, asked, seeds),
        cell_flags.folder(flag_values, "results_dir"),
        seeds=seeds,
    )
    if "columns" in content:
        print(compute.markdown(content))
    print(errors.printable("Written to " + ", ".join(paths)))
