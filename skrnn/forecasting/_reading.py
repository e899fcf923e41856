"""From sktime's containers to series as networks get them.

What a linear effect of exogenous variables explains is not left to the networks.
"""

from skrnn.forecasting._effect import fit_effect, remove_effect
from skrnn.forecasting._exogenous import (
    ExogenousEncoder,
    require_as_trained,
    with_columns,
)
from skrnn.forecasting._history import read_history


def learn_and_read(forecaster, y, X):
    """Read series to learn from, and learn how exogenous variables act on them.

    Parameters
    ----------
    forecaster : BaseRecurrentForecaster
        Whose parameters count.
    y : pandas.DataFrame
    X : pandas.DataFrame or None

    Returns
    -------
    history : History
        Without the effect of exogenous variables.
    encoder : ExogenousEncoder or None
    bases : dict of tuple to list of Basis
        How the effect acts on each column of each instance.
    """
    X = with_columns(X)
    if X is None:
        return read_history(y), None, {}
    known = X.index.isin(y.index)
    encoder = ExogenousEncoder().fit(X[known] if known.any() else X)
    bases: dict = {}
    history = read_history(y, X, encoder)
    if forecaster.regress_exogenous:
        encoder.effect = fit_effect(history, forecaster.log)
    return remove_effect(history, encoder.effect, forecaster.log, bases), encoder, bases


def read(forecaster, y, X, encoder, bases, freq=None):
    """Read series for a model that is there; new ones get a basis, put into `bases`."""
    X = with_columns(X)
    require_as_trained(X, encoder)
    history = read_history(y, X, encoder, freq)
    if encoder is None:
        return history
    return remove_effect(history, encoder.effect, forecaster.log, bases)
