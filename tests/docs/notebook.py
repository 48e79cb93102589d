"""Run the notebook; save it with what its cells print and show.

python -m tests.docs.notebook
"""

import tempfile

import jupyter_client
import nbclient
import nbformat

from tests.docs import pages

PATH = pages.DOCS / "tour.ipynb"
_SECONDS_A_CELL = 600


def executed(folder):
    """Return the notebook after its cells ran in a folder, one by one."""
    notebook = nbformat.read(PATH, as_version=4)
    # Sockets that are files: nothing of a cell crosses the network.
    with tempfile.TemporaryDirectory() as sockets:
        nbclient.NotebookClient(
            notebook,
            km=jupyter_client.AsyncKernelManager(
                transport="ipc", ip=f"{sockets}/kernel"
            ),
            timeout=_SECONDS_A_CELL,
            resources={"metadata": {"path": str(folder)}},
        ).execute()
    for cell in notebook.cells:
        _leave_out_progress(cell)
    return notebook


def _leave_out_progress(cell):
    """Keep what a cell gives: no bars, no times, no empty lines."""
    cell.metadata.pop("execution", None)
    if cell.cell_type == "code":
        cell.outputs = [
            output
            for output in cell.outputs
            if output.get("name") != "stderr" and output.get("text") != "\n"
        ]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        nbformat.write(executed(place), PATH)
