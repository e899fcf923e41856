"""What transformers that return sequences make of `set_output`."""

CONTAINERS = ("default", "pandas", "polars")


def check_container(transform):
    """Refuse a container that scikit-learn does not know."""
    if transform is not None and transform not in CONTAINERS:
        raise ValueError(
            f"transform must be one of {CONTAINERS} or None, got {transform!r}."
        )


def set_output(self, *, transform=None):
    """Leave the output as it is: sequences have no data frame and stay an array.

    The call changes nothing, so that it can be made for a whole pipeline.

    Parameters
    ----------
    transform : {"default", "pandas", "polars"}, default=None
        Has no effect.

    Returns
    -------
    self : object
        The transformer.

    Raises
    ------
    ValueError
        If `transform` is none of these.
    """
    check_container(transform)
    return self
