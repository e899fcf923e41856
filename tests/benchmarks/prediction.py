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

UNITS, N_TIME = 64, 24


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
    recursive(options.repeats)


def recursive(repeats):
    """A recursive forecast of 36 steps, beside a loop over Keras's predict."""
    import pandas as pd

    from skrnn import LSTMForecaster

    t = np.arange(144)
    y = pd.Series(100 + t + 20 * np.sin(t * np.pi / 6))
    forecaster = LSTMForecaster(
        N_TIME, units=UNITS, strategy="recursive", epochs=1, random_state=0
    ).fit(y, fh=range(1, 37))
    keras = keras_predicts()["keras predict"]

    def loop():
        window = np.zeros((1, N_TIME, 1), np.float32)
        for _ in range(36):
            value = keras(window)
            window = np.concatenate([window[:, 1:], value[:, None]], axis=1)

    jobs = {"skrnn, LSTMForecaster.predict": forecaster.predict, "loop of Keras": loop}
    for job in jobs.values():
        job()
    show(
        "36 steps, recursively",
        interleaved(jobs, repeats),
        "skrnn, LSTMForecaster.predict",
    )


if __name__ == "__main__":
    main()
