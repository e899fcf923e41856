"""What transformers that return sequences make of `set_output`."""


def set_output(self, *, transform=None):
    """Leave the output as it is: sequences have no data frame and stay an array.

    The call changes nothing, so that it can be made for a whole pipeline.

    Parameters
    ----------
    transform : {"default", "pandas", "polars"}, default=None
        Ignored.

    Returns
    -------
    self : object
        The transformer.
    """
    return self
