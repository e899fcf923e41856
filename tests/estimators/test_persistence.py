"""Copies and files: a fitted estimator is its parameters and its weights."""

import copy
import io
import pickle
import re

import cloudpickle
import joblib
import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone

import skrnn
from skrnn import RNNClassifier, RNNRegressor, _stored


def through_joblib(model):
    file = io.BytesIO()
    joblib.dump(model, file)
    file.seek(0)
    return joblib.load(file)


WAYS = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda model: pickle.loads(pickle.dumps(model)),
    "oldest protocol": lambda model: pickle.loads(pickle.dumps(model, protocol=2)),
    "cloudpickle": lambda model: pickle.loads(cloudpickle.dumps(model)),
    "joblib": through_joblib,
}


@pytest.fixture(params=["fit", "partial_fit", "compiled"])
def fitted(request, sequences, labels):
    model = RNNClassifier((4, 3), cell="gru", epochs=2, random_state=0)
    if request.param == "partial_fit":
        return model.partial_fit(sequences, labels, classes=["above", "below"])
    model.set_params(jit_compile=request.param == "compiled")
    return model.fit(sequences, labels)


@pytest.mark.parametrize("way", WAYS)
def test_predicts_and_goes_on_as_before(way, fitted, sequences, labels):
    expected = fitted.predict_proba(sequences)
    other = WAYS[way](fitted)
    assert_array_equal(other.predict_proba(sequences), expected)
    assert other.get_params() == fitted.get_params()
    other.partial_fit(sequences, labels)
    # the original did not notice
    assert_array_equal(fitted.predict_proba(sequences), expected)
    fitted.partial_fit(sequences, labels)
    assert_array_equal(fitted.predict_proba(sequences), other.predict_proba(sequences))


def test_another_format_is_refused(fitted, monkeypatch):
    file = pickle.dumps(fitted)
    written = _stored.FORMAT
    monkeypatch.setattr(_stored, "FORMAT", written + 1)
    message = (
        f"This RNNClassifier was stored in format {written}, by skrnn "
        f"{skrnn.__version__}; skrnn {skrnn.__version__} reads format {written + 1}. "
        "Load it with"
    )
    with pytest.raises(ValueError, match=re.escape(message)):
        pickle.loads(file)
    # what was stored before there was a number
    with pytest.raises(ValueError, match="in format 0, by skrnn an unknown version"):
        RNNRegressor().__setstate__({"units": 3})


def test_a_copy_has_nothing_more(fitted):
    assert vars(copy.copy(fitted)).keys() == vars(fitted).keys()


def test_through_skops(fitted, sequences):
    skops = pytest.importorskip("skops.io", reason="the files are written by it")
    file = skops.dumps(fitted)
    trusted = skops.get_untrusted_types(data=file)
    assert all(name.startswith("skrnn.") for name in trusted)
    loaded = skops.loads(file, trusted=trusted)
    assert_array_equal(loaded.predict(sequences), fitted.predict(sequences))


def test_a_pickle_is_as_large_as_the_weights(sequences, numbers):
    model = RNNRegressor(64, epochs=1, random_state=0).fit(sequences, numbers)
    size = sum(w.nbytes for w in model.weights_)
    assert size > 50_000
    assert len(pickle.dumps(model)) < size + 5_000


def test_state_is_plain_data(fitted):
    """No model, no graph, no session, no lock."""
    plain = (int, float, str, bool, type(None), np.ndarray, np.generic)

    def leaves(value):
        if isinstance(value, list | tuple):
            for item in value:
                yield from leaves(item)
        else:
            yield value

    for name, value in vars(fitted).items():
        if name != "architecture_":
            assert all(isinstance(leaf, plain) for leaf in leaves(value)), name
    assert hash(fitted.architecture_) is not None


def test_a_clone_knows_nothing(fitted, sequences):
    assert not hasattr(clone(fitted), "weights_")
    assert clone(fitted).get_params() == fitted.get_params()
