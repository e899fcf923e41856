"""Weights of classes."""

from sklearn.utils.class_weight import compute_class_weight

from skrnn._sklearn import Interval, Real

WEIGHTS = Interval(Real, 0, None, closed="left")


def class_weights(class_weight, classes, index, sample_weight):
    """Give the weight of every class: (n_classes,).

    Parameters
    ----------
    class_weight : dict or "balanced"
    classes : (n_classes,)
        All labels.
    index : (n,) of int
        For each sample, the place of its label among them. Classes that have a weight
        of their own may be missing here, as in `partial_fit`.
    sample_weight : (n,)

    Raises
    ------
    ValueError
        If a weight is negative, not finite or no number.
    """
    _check(class_weight)
    return compute_class_weight(
        class_weight, classes=classes, y=classes[index], sample_weight=sample_weight
    )


def _check(class_weight):
    if class_weight == "balanced":
        return
    for label, weight in class_weight.items():
        if not WEIGHTS.is_satisfied_by(weight):
            raise ValueError(
                f"The 'class_weight' parameter of RNNClassifier must have finite "
                f"numbers that are not negative as weights. Got {weight!r} instead, "
                f"for the class {label!r}."
            )
