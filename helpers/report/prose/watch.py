"""Sentences about what to watch: the states of the world and the next high."""

import pandas as pd

from helpers.report.charts.base import NAMES
from helpers.report.prose.words import Sentence, count, day, listing, number


def say_states(states: pd.DataFrame) -> Sentence:
    """Say which states hold and since when.

    Parameters
    ----------
    states : pandas.DataFrame
        From `helpers.stats.state_table`.

    Returns
    -------
    Sentence
        One clause a state.
    """
    told = [
        f"{name} {'holds' if row['holds'] else 'does not hold'} (since {day(row['since'])}, "
        f"{count(int(row['spells']), 'spell')} so far)"
        for name, row in states.iterrows()
    ]
    return Sentence(f"On {day(states['last'].max())}: {listing(told)}.")


def say_next_high(distances: pd.DataFrame, *, leader: str) -> Sentence:
    """Say how far the leader is from its next high and what would count as a new event.

    Parameters
    ----------
    distances : pandas.DataFrame
        From `helpers.stats.distance_to_highs`.
    leader : str
        Series of the catalog.

    Returns
    -------
    Sentence
        The nearest and the farthest high, and the kinds that would open a new episode next week.
    """
    near, far = distances["distance"].idxmin(), distances["distance"].idxmax()
    clauses = [
        f"a new {name} takes a weekly close above {number(distances.loc[name, 'level'], 2)} "
        f"({number(distances.loc[name, 'distance'], 0)} log points away)"
        for name in dict.fromkeys((near, far))
    ]
    fresh = distances.index[distances["event"]]
    opens = (
        f"next week a {' or '.join(fresh)} would open a new episode" if len(fresh) else "none would open a new episode"
    )
    return Sentence(f"For {NAMES[leader]} {listing(clauses)}; {opens}.")
