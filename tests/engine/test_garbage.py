"""Whether Python looks for garbage is the user's choice again afterwards."""

import gc

import pytest

from skrnn.engine._garbage import collected_later


@pytest.fixture
def collector():
    was_on = gc.isenabled()
    yield
    (gc.enable if was_on else gc.disable)()


@pytest.mark.parametrize("on", [True, False])
def test_the_collector_is_off_and_then_as_it_was(collector, on):
    (gc.enable if on else gc.disable)()
    with collected_later():
        assert not gc.isenabled()
    assert gc.isenabled() == on


def test_also_after_an_error(collector):
    gc.enable()
    with pytest.raises(KeyError), collected_later():
        raise KeyError
    assert gc.isenabled()
