"""What averaging within a period does to the changes of a random walk."""


def working_autocorrelation(days: int) -> float:
    """Give the first-order autocorrelation of changes of period averages of a random walk.

    Parameters
    ----------
    days : int
        Observations averaged in each period, at least 1.

    Returns
    -------
    float
        (m^2 - 1) / (2 (2 m^2 + 1)): 0 for m = 1, 1/4 for large m.

    References
    ----------
    Working, H. (1960). Note on the correlation of first differences of averages in a random chain. Econometrica 28(4),
    916-918.
    """
    return (days**2 - 1) / (2 * (2 * days**2 + 1))
