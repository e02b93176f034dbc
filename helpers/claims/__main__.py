"""Judge the claims from the command line."""

import argparse
import sys

from helpers.claims.forecasts import append_forecasts
from helpers.claims.judgement import judge
from helpers.claims.ledger import write_ledger
from helpers.data import DataError, load


def main() -> None:
    """Judge the claims on a pair and print the verdicts; with --write, write the committed ledger instead."""
    parser = argparse.ArgumentParser(prog="python -m helpers.claims", description=main.__doc__)
    parser.add_argument("--leader", default="silver", help="series of the catalog that is asked to come first")
    parser.add_argument("--follower", default="btc", help="series of the catalog that is asked to follow")
    parser.add_argument("--as-of", help="cut the data at this day, YYYY-MM-DD")
    parser.add_argument("--write", action="store_true", help="write claims/ledger.csv and append claims/forecasts.csv")
    args = parser.parse_args()
    try:
        if args.write:
            write_ledger()
            append_forecasts()
        else:
            print(judge(load(as_of=args.as_of), leader=args.leader, follower=args.follower))  # noqa: T201
    except DataError as error:
        sys.exit(f"failed: {error}")


if __name__ == "__main__":
    main()
