import io

import numpy as np
from PIL import Image

from dpgan_tf.audit import picture
from tests.audit import reports


def test_a_picture_is_a_png_with_all_that_is_named():
    content = picture.draw(reports.made())
    image = Image.open(io.BytesIO(content))
    assert image.format == "PNG" and min(image.size) > 400


def test_points_lie_in_their_intervals_from_few_false_alarms_to_many():
    rows = picture.points(reports.made())
    for name in ("false_alarms", "detections"):
        found = [row[name] for row in rows]
        assert found == sorted(found)
        for row in rows:
            assert row[f"{name}_low"] <= row[name] <= row[f"{name}_high"]
    assert rows[0]["false_alarms"] < 0.02 and rows[-1]["false_alarms"] > 0.85
    assert np.isfinite([list(row.values()) for row in rows]).all()


def test_a_refuted_claim_has_a_picture_too():
    assert picture.draw(reports.made(shift=4.0))[:4] == b"\x89PNG"
