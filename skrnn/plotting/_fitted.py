"""Find the network in a fitted pipeline or search."""

from sklearn.pipeline import Pipeline

from .._sklearn import check_is_fitted


def network_of(estimator, attribute, X=None):
    """Unwrap an estimator that has what a display shows.

    Parameters
    ----------
    estimator : estimator
        A fitted estimator; or a pipeline that ends with one, or a search over such,
        in any order.

    attribute : str
        Attribute or method that the display needs.

    X : array-like or None, default=None
        Input of `estimator`.

    Returns
    -------
    estimator : estimator
        The last step of the pipeline, the best estimator of the search.

    X : array-like or None
        Input of that estimator, as the steps before it leave it.

    Raises
    ------
    NotFittedError
        If the estimator is not fitted.
    TypeError
        If it has no such attribute.
    """
    while True:
        _require_fitted(estimator)
        if hasattr(estimator, "best_estimator_"):
            estimator = estimator.best_estimator_
        elif isinstance(estimator, Pipeline):
            # scikit-learn's pipelines of no step cannot transform
            if X is not None and len(estimator) > 1:
                X = estimator[:-1].transform(X)
            estimator = estimator[-1]
        else:
            break
    if not hasattr(estimator, attribute):
        raise TypeError(
            f"estimator must have {attribute!r}, as the networks of skrnn do, got "
            f"{type(estimator).__name__} without it."
        )
    return estimator, X


def _require_fitted(estimator):
    # sktime's estimators know it themselves, and scikit-learn cannot tell of them
    if hasattr(estimator, "check_is_fitted"):
        estimator.check_is_fitted()
    else:
        check_is_fitted(estimator)
