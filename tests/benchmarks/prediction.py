"""Time of predictions: one window, ten thousand, and a recursive forecast.

    python tests/benchmarks/prediction.py

LSTM, 64 units, windows of 24 steps. skrnn predicts through the public `predict`, with
its checks; the others get arrays of the type they like best.

For PyTorch and skorch: ``pip install torch skorch``.
"""

import argparse
import time

import numpy as np
from _timing import installed, interleaved, machine, show

UNITS, N_TIME, N_STEPS = 64, 24, 36


def skrnn_predict():
    from skrnn import RNNRegressor

    X = np.random.default_rng(0).standard_normal((64, N_TIME, 1))
    model = RNNRegressor(UNITS, epochs=1, random_state=0)
    return model.fit(X, X.mean(axis=(1, 2))).predict


def keras_predicts():
    from skrnn.engine._tensorflow import tensorflow

    tf = tensorflow()
    import keras

    model = keras.Sequential(
        [keras.Input((N_TIME, 1)), keras.layers.LSTM(UNITS), keras.layers.Dense(1)]
    )
    graph = tf.function(lambda x: model(x), reduce_retracing=True)
    return {
        "keras predict": lambda X: model.predict(X, verbose=0),
        "keras model(x)": lambda X: model(X).numpy(),
        "tf.function": lambda X: graph(tf.constant(X)).numpy(),
    }


def torch_predict():
    import torch

    layer, head = torch.nn.LSTM(1, UNITS, batch_first=True), torch.nn.Linear(UNITS, 1)

    def predict(X):
        with torch.no_grad():
            return head(layer(torch.from_numpy(X))[0][:, -1]).numpy()

    return predict


def skorch_predict():
    import torch
    from skorch import NeuralNetRegressor

    class Module(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = torch.nn.LSTM(1, UNITS, batch_first=True)
            self.head = torch.nn.Linear(UNITS, 1)

        def forward(self, X):
            return self.head(self.layer(X)[0][:, -1])

    return NeuralNetRegressor(Module, verbose=0).initialize().predict


def several(predict, X, n_calls):
    """Make a job of many calls that gives the median time of one."""

    def job():
        times = []
        for _ in range(n_calls):
            start = time.perf_counter()
            predict(X)
            times.append(time.perf_counter() - start)
        return float(np.median(times))

    job()
    return job


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--calls", type=int, default=200, help="of one window, a turn")
    options = parser.parse_args()
    machine()
    predicts = {"skrnn": skrnn_predict(), **keras_predicts()}
    there = installed("torch", "skorch")
    if "torch" in there:
        predicts["PyTorch"] = torch_predict()
    if len(there) == 2:
        predicts["skorch"] = skorch_predict()
    for n_rows, unit in ((1, "ms"), (10_000, "ms")):
        X = np.random.default_rng(0).standard_normal((n_rows, N_TIME, 1))
        jobs = {}
        for name, predict in predicts.items():
            slow = n_rows > 1 or name in ("keras predict", "keras model(x)")
            own = X if name == "skrnn" else X.astype(np.float32)
            jobs[name] = several(predict, own, 1 if slow else options.calls)
        times = interleaved(jobs, options.repeats)
        show(f"{n_rows} window(s) of {N_TIME} steps", times, "skrnn", unit)
    recursive(options.repeats, options.calls)


def recursive(repeats, n_calls):
    """A recursive forecast of 36 steps, beside a loop over Keras's predict.

    Of skrnn's, also the parts that are not its own: the 36 steps of the networks alone,
    and what sktime does in a call of `predict`.
    """
    import pandas as pd

    from skrnn import LSTMForecaster

    t = np.arange(144)
    y = pd.Series(100 + t + 20 * np.sin(t * np.pi / 6))
    fh = range(1, N_STEPS + 1)
    forecaster, alone = (
        LSTMForecaster(
            N_TIME,
            units=UNITS,
            strategy="recursive",
            n_estimators=n,
            epochs=1,
            random_state=0,
        ).fit(y, fh=fh)
        for n in (5, 1)
    )
    direct = LSTMForecaster(epochs=1, random_state=0).fit(y, fh=fh)
    keras = keras_predicts()["keras predict"]

    def loop():
        window = np.zeros((1, N_TIME, 1), np.float32)
        for _ in range(N_STEPS):
            value = keras(window)
            window = np.concatenate([window[:, 1:], value[:, None]], axis=1)

    predicts = {
        "skrnn, LSTMForecaster.predict": forecaster.predict,
        "  its five networks alone": steps_of_networks(forecaster.model_, 5),
        "skrnn, of one network": alone.predict,
        "  it alone": steps_of_networks(alone.model_, 1),
        "  sktime alone": does_nothing(forecaster).fit(y, fh=fh).predict,
        "skrnn, predict_interval": forecaster.predict_interval,
        "skrnn, predict, direct": direct.predict,
        "skrnn, predict_interval, direct": direct.predict_interval,
    }
    jobs = {
        name: several(lambda _, predict=predict: predict(), None, n_calls)
        for name, predict in predicts.items()
    }
    jobs["loop of Keras"] = loop
    loop()
    show(
        f"{N_STEPS} steps",
        interleaved(jobs, repeats),
        "skrnn, LSTMForecaster.predict",
    )


def steps_of_networks(model, n_networks):
    """Make a job of what networks alone do in a recursive forecast."""
    from skrnn.engine._prepared import Prepared
    from skrnn.engine._threads import one_blas_thread

    architecture = model.recipe.architecture
    networks = Prepared(architecture, model.params[:n_networks], np.float64)
    x = np.zeros((architecture.n_inputs, 1))
    _, states = networks(x.T[None])

    @one_blas_thread
    def job():
        walk = networks.walk(states)
        for _ in range(N_STEPS):
            walk(x)

    return job


def does_nothing(forecaster):
    """Make a forecaster that leaves sktime the same work as another."""
    import pandas as pd
    from sktime.forecasting.base import BaseForecaster

    class DoesNothing(BaseForecaster):
        _tags = forecaster.get_tags()
        _config = {"remember_data": False}

        def _fit(self, y, X, fh):
            return self

        def _predict(self, fh, X):
            times = fh.to_absolute_index(self.cutoff)
            columns = self._get_columns("predict")
            return pd.DataFrame(np.zeros((len(times), 1)), times, columns)

    return DoesNothing()


if __name__ == "__main__":
    main()
