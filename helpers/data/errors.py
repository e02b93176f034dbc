"""The errors that data raise: each names the series, the date, what was expected and what was found."""

_LONGEST = 240


def plain(text: str, longest: int = _LONGEST) -> str:
    """Make one short line of what others wrote: no line breaks, no control characters, cut."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text[: 4 * longest]).split())
    return line if len(line) <= longest else f"{line[:longest]}..."


class DataError(ValueError):
    """A series, table or setting is not what it should be.

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
        found = plain(found)
        self.series, self.expected, self.found, self.date, self.remedy = series, expected, found, date, remedy
        where = f"{series} on {str(date)[:10]}" if date is not None else series
        super().__init__(f"{where}: expected {expected}, found {found}.{' ' + remedy if remedy else ''}")


class SourceError(Exception):
    """A source did not give what was asked for; `reason` is free of secrets, `where` names provider and code."""

    where = ""

    def __init__(self, reason: str) -> None:
        self.reason = plain(reason)

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}"


class StoreError(RuntimeError):
    """A folder of data cannot be written; what it held before still stands."""
