"""Time of an epoch of training: skrnn, Keras, PyTorch, and what the processor allows.

    python tests/benchmarks/training_speed.py
    python tests/benchmarks/training_speed.py --cells lstm --units 64

2000 windows of 24 steps of one feature, batches of 32, Adam, float32. An epoch is
timed as the difference of a long and a short fit, over the epochs between them: what is
paid once for each fit is not in it. The limit is the number of floating-point
operations of the products of an epoch, forward and backward, over the speed of large
float32 products in this process.

For PyTorch: ``pip install torch``.
"""

import argparse
import time

import numpy as np
from _timing import installed, interleaved, machine, show

N_ROWS, N_TIME, BATCH = 2000, 24, 32
SHORT, LONG = 1, 6
GATES = {"rnn": 1, "lstm": 4, "gru": 3}


def data():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((N_ROWS, N_TIME, 1)).astype(np.float32)
    return X, X.mean(axis=(1, 2))


def per_epoch(fit):
    """Turn ``fit(n_epochs)`` into a job that gives the seconds of one epoch."""

    def job():
        marks = []
        for n_epochs in (SHORT, LONG):
            start = time.perf_counter()
            fit(n_epochs)
            marks.append(time.perf_counter() - start)
        return (marks[1] - marks[0]) / (LONG - SHORT)

    return job


def skrnn_job(cell, units, X, y):
    from skrnn import RNNRegressor

    def fit(n_epochs):
        RNNRegressor(
            units,
            cell=cell,
            epochs=n_epochs,
            batch_size=BATCH,
            jit_compile=True,
            random_state=0,
        ).fit(X, y)

    fit(1)
    return per_epoch(fit)


def keras_job(cell, units, X, y):
    import keras

    layer = {"rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}[cell]
    model = keras.Sequential(
        [
            keras.Input((N_TIME, 1)),
            getattr(keras.layers, layer)(units),
            keras.layers.Dense(1),
        ]
    )
    model.compile(optimizer="adam", loss="mse")
    model.fit(X, y, batch_size=BATCH, epochs=1, verbose=0)

    def job():
        start = time.perf_counter()
        model.fit(X, y, batch_size=BATCH, epochs=1, verbose=0)
        return time.perf_counter() - start

    return job


def torch_job(cell, units, X, y):
    import torch

    kind = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[cell]
    layer, head = kind(1, units, batch_first=True), torch.nn.Linear(units, 1)
    optimizer = torch.optim.Adam([*layer.parameters(), *head.parameters()])
    X, y = torch.from_numpy(X), torch.from_numpy(y)[:, None]

    def job():
        order = torch.randperm(N_ROWS)
        start = time.perf_counter()
        for first in range(0, N_ROWS, BATCH):
            rows = order[first : first + BATCH]
            out = head(layer(X[rows])[0][:, -1])
            loss = ((out - y[rows]) ** 2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        return time.perf_counter() - start

    job()
    return job


def limit_job(cell, units):
    """Operations of an epoch over the measured peak of this process."""
    columns = GATES[cell] * units
    # A product is done once forward and twice backward: for the state and the weights.
    # The kernel's backward product for the input is not needed.
    operations = N_ROWS * N_TIME * 2 * columns * (3 * units + 2)
    a, b = (np.ones((1024, 1024), np.float32) for _ in range(2))

    def job():
        start = time.perf_counter()
        for _ in range(4):
            a @ b
        seconds = (time.perf_counter() - start) / 4
        return operations / (2 * 1024**3 / seconds)

    job()
    return job


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cells", nargs="+", default=["lstm", "gru", "rnn"])
    parser.add_argument("--units", nargs="+", type=int, default=[16, 64])
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    machine()
    torch = installed("torch")
    X, y = data()
    for cell in options.cells:
        for units in options.units:
            jobs = {
                "skrnn": skrnn_job(cell, units, X, y),
                "keras.Model.fit": keras_job(cell, units, X, y),
                "floating-point limit": limit_job(cell, units),
            }
            if torch:
                jobs["PyTorch loop"] = torch_job(cell, units, X, y)
            times = interleaved(jobs, options.repeats)
            show(f"{cell}, {units} units: seconds of an epoch", times, "skrnn")


if __name__ == "__main__":
    main()
