"""The one error that data raise: it names the series, the date, what was expected and what was found."""


class DataError(ValueError):
    """A series is not what it should be.

    Parameters
    ----------
    series : str
        Name of the series, or of the file when the fault is older than any series.
    expected, found : str
        What should be there and what is.
    date : object, optional
        Where the fault is first seen.
    remedy : str, optional
        What the user can do.
    """

    def __init__(self, series: str, *, expected: str, found: str, date: object = None, remedy: str = "") -> None:
        self.series, self.expected, self.found, self.date, self.remedy = series, expected, found, date, remedy
        where = f"{series} on {str(date)[:10]}" if date is not None else series
        super().__init__(f"{where}: expected {expected}, found {found}.{' ' + remedy if remedy else ''}")
