import pytest

from dpgan_tf import errors
from dpgan_tf.audit import places


def test_a_new_folder_and_an_older_audit_may_be_written(tmp_path):
    places.require_apart(tmp_path / "new" / "folder")
    (tmp_path / "audit.json").write_text("{}")
    places.require_apart(tmp_path)


@pytest.mark.parametrize(
    "name, kind", [("config.json", "a run"), ("privacy.json", "a release")]
)
@pytest.mark.parametrize("below", ["", "private", "a/b"])
def test_the_folder_of_a_run_or_a_release_is_refused(
    tmp_path, name, kind, below
):
    (tmp_path / name).write_text("{}")
    with pytest.raises(errors.UserError, match=f"is {kind}.*choose another"):
        places.require_apart(tmp_path / below)


def test_a_link_into_a_run_is_refused(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "config.json").write_text("{}")
    (tmp_path / "link").symlink_to(tmp_path / "run")
    with pytest.raises(errors.UserError, match="is a run"):
        places.require_apart(tmp_path / "link" / "audit")
