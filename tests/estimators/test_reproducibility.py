"""The same `random_state`, the same bits: wherever, and whatever was fitted before."""

import pickle
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from joblib import parallel_config
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.model_selection import cross_validate

from skrnn import RNNClassifier, RNNRegressor

# The compiled one first: loky takes TensorFlow for a leak of a worker that has
# worked without it, and restarts it.
MODELS = {
    "compiled": RNNClassifier(
        4, cell="rnn", recurrent_dropout=0.2, epochs=3, batch_size=16, random_state=0,
        jit_compile=True,
    ),
    "numpy": RNNRegressor(
        4, dropout=0.2, early_stopping=True, epochs=3, random_state=0, jit_compile=False
    ),
}  # fmt: skip


def data():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(250, 5))
    return X, (X.sum(axis=1) > 0).astype(int)


def weights(model):
    return np.concatenate([w.ravel() for w in model.weights_])


@pytest.fixture(scope="module", params=list(MODELS))
def model(request):
    return MODELS[request.param]


@pytest.fixture(scope="module")
def expected(model):
    return weights(clone(model).fit(*data()))


def test_the_path_is_the_one_meant(model):
    *others, bias = clone(model).fit(*data()).weights_
    trained_in = np.float32 if model.jit_compile else np.float64
    assert {w.dtype for w in others} == {np.dtype(trained_in)}
    assert bias.dtype == np.float64


def test_again_and_after_other_fits(model, expected):
    other = clone(model).set_params(units=5, random_state=7)
    other.fit(*data())
    np.random.seed(3)  # what nobody reads
    np.random.normal(size=5)
    again = clone(model).fit(*data())
    assert_array_equal(weights(again), expected)
    # fitted once more, the same object forgets what it knew
    assert_array_equal(weights(again.fit(*data())), expected)


def test_global_generator_is_left_alone(model):
    np.random.seed(0)
    before = np.random.get_state()[1].copy()
    clone(model).set_params(random_state=None).fit(*data())
    assert_array_equal(np.random.get_state()[1], before)


def test_before_and_after_pickling(model, expected):
    X, _ = data()
    fitted = pickle.loads(pickle.dumps(model)).fit(*data())
    assert_array_equal(weights(fitted), expected)
    loaded = pickle.loads(pickle.dumps(fitted))
    assert_array_equal(loaded.predict(X), fitted.predict(X))
    assert_array_equal(weights(loaded.fit(*data())), expected)


def test_in_another_process(model, expected):
    code = """
        import pickle, sys
        import numpy as np
        model, X, y = pickle.load(sys.stdin.buffer)
        np.random.seed(1)
        model.fit(X, y)
        sys.stdout.buffer.write(pickle.dumps(model.weights_))
    """
    answer = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        input=pickle.dumps((model, *data())),
        capture_output=True,
        check=True,
        timeout=120,
    )
    there = np.concatenate([w.ravel() for w in pickle.loads(answer.stdout)])
    assert_array_equal(there, expected)


@pytest.mark.filterwarnings("ignore:A worker stopped while some jobs")
@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_in_parallel(model, backend):
    X, y = data()
    arguments = {"cv": 3, "return_estimator": True, "error_score": "raise"}
    alone = cross_validate(model, X, y, n_jobs=1, **arguments)
    with parallel_config(backend, n_jobs=2):
        together = cross_validate(model, X, y, **arguments)
    assert_array_equal(together["test_score"], alone["test_score"])
    for a, b in zip(together["estimator"], alone["estimator"], strict=True):
        assert_array_equal(weights(a), weights(b))


@pytest.mark.parametrize("seed", [1, np.random.RandomState(1)])
def test_of_other_seeds(model, expected, seed):
    fitted = clone(model).set_params(random_state=seed).fit(*data())
    assert (weights(fitted) != expected).any()


def test_an_instance_moves_on():
    X, y = data()
    state = np.random.RandomState(0)
    model = RNNRegressor(3, epochs=1, random_state=state)
    first, second = (weights(model.fit(X, y)) for _ in range(2))
    assert (first != second).any()
    model.set_params(random_state=np.random.RandomState(0))
    assert_array_equal(weights(model.fit(X, y)), first)


def test_without_a_seed_each_fit_is_another():
    X, y = data()
    model = RNNRegressor(3, epochs=1)
    first, second = (weights(model.fit(X, y)) for _ in range(2))
    assert (first != second).any()


def test_the_order_of_few_samples_does_not_matter():
    X, y = (a[:100] for a in data())
    order = np.random.default_rng(1).permutation(100)
    model = MODELS["numpy"]
    first = weights(clone(model).fit(X, y))
    assert_array_equal(weights(clone(model).fit(X[order], y[order])), first)


def test_rows_beside_a_row_do_not_change_its_prediction():
    X, y = data()
    model = RNNRegressor(8, epochs=2, random_state=0).fit(X, y)
    alone = np.concatenate([model.predict(X[i : i + 1]) for i in range(250)])
    np.testing.assert_allclose(model.predict(X), alone, rtol=1e-12, atol=1e-14)
