"""The exported model stands on its own feet."""

import json

import numpy as np
import pytest

from skrnn.engine import _inference
from skrnn.engine._architecture import Architecture


# Keras 3 turns its variables into arrays in a way that numpy 2 deprecates.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_saved_and_loaded_model_predicts_the_same(keras, case, tmp_path):
    from skrnn.engine._keras import to_keras

    model = to_keras(case.architecture, case.params)
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    expected = _inference.predict(
        case.architecture, case.params, case.batch.x, case.batch.mask
    )
    np.testing.assert_allclose(again(case.raw), expected[0], atol=1e-5)


def test_model_needs_nothing_but_keras(keras, case):
    from skrnn.engine._keras import to_keras

    config = json.loads(to_keras(case.architecture, case.params).to_json())

    def modules(value):
        if isinstance(value, dict):
            found = {value["module"]} if "module" in value else set()
            return found.union(*map(modules, value.values()))
        return set().union(*map(modules, value)) if isinstance(value, list) else set()

    found = {m for m in modules(config) if m is not None}
    assert found
    assert all(m.partition(".")[0] in ("keras", "builtins") for m in found), found


def test_flat_and_single_row_parameters_are_the_same(keras, make):
    from skrnn.engine._keras import to_keras

    case = make(Architecture("gru", (3,), 2, 1))
    one = to_keras(case.architecture, case.params)(case.raw)
    other = to_keras(case.architecture, case.params[0])(case.raw)
    np.testing.assert_array_equal(one, other)


def test_model_can_be_trained_on(keras, make):
    from skrnn.engine._keras import to_keras

    case = make(Architecture("lstm", (3,), 2, 2))
    model = to_keras(case.architecture, case.params)
    model.compile(optimizer="adam", loss="mse")
    history = model.fit(case.raw, case.batch.y, epochs=2, verbose=0).history["loss"]
    assert np.isfinite(history).all()
