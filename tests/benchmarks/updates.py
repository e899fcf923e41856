"""Rolling forecasts: fitting anew, training on with new rows, and merely seeing them.

    python tests/benchmarks/updates.py

sktime's ``evaluate`` on airline with each of its strategies: a forecaster with the
defaults, a first fold of four years and seven more, each a year longer than the one
before. Given are the seconds that the seven take, their forecasts included. All of it
is done in numpy: nothing is compiled or imported on the way.
"""

import argparse
import warnings

from _timing import interleaved, machine, show
from sktime.datasets import load_airline
from sktime.forecasting.model_evaluation import evaluate
from sktime.split import ExpandingWindowSplitter

from skrnn import LSTMForecaster

STRATEGIES = ("refit", "update", "no-update_params")
FOLDS = 8


def seconds(strategy):
    """Evaluate with a strategy, and give the seconds of all folds but the first."""
    years = ExpandingWindowSplitter(range(1, 13), initial_window=48, step_length=12)
    forecaster, y = LSTMForecaster(random_state=0), load_airline()
    table = evaluate(forecaster, years, y, strategy=strategy)
    assert len(table) == FOLDS
    return float(table[["fit_time", "pred_time"]][1:].to_numpy().sum())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    # what sktime says of its own configuration
    warnings.filterwarnings("ignore", module="sktime")
    machine()
    jobs = {name: lambda name=name: seconds(name) for name in STRATEGIES}
    interleaved(jobs, 1)
    rows = interleaved(jobs, options.repeats)
    show("Seven more folds of airline", rows, "refit", "s")


if __name__ == "__main__":
    main()
