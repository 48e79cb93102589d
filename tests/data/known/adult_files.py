"""A few rows in the form of UCI Adult's files."""

import numpy as np

NUM = {"train": 60, "test": 40}
_ROWS = (
    "39, State-gov, 77516, Bachelors, 13, Never-married, Adm-clerical, "
    "Not-in-family, White, Male, 2174, 0, 40, United-States, <=50K",
    "90, ?, 1484705, Preschool, 1, Widowed, ?, Wife, Other, Female, 99999, "
    "4356, 1, Outlying-US(Guam-USVI-etc), >50K",
    "17, Private, 12285, 7th-8th, 4, Divorced, Armed-Forces, Own-child, Black, "
    "Male, 0, 0, 99, ?, <=50K",
)


def write(folder, *, num=NUM, seed=0):
    """Write both files, the second as UCI does, with stops and a first line."""
    rng = np.random.default_rng(seed)
    folder.mkdir(exist_ok=True)
    for part, name, first, stop in (
        ("train", "adult.data", "", ""),
        ("test", "adult.test", "|1x3 Cross validator\n", "."),
    ):
        chosen = [*_ROWS, *rng.choice(_ROWS, num[part] - len(_ROWS))]
        lines = "".join(f"{row}{stop}\n" for row in chosen)
        (folder / name).write_text(f"{first}{lines}\n")
    return folder
