import pytest

from tests.data.pictures import pets


@pytest.fixture
def here():
    """Decode in this process, in units of ten pictures."""
    with pets.here():
        yield
