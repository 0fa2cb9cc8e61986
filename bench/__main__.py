"""`python -m bench`: every bench, or the named one with its options. Nothing here is a test: times are for people."""

import sys
from importlib import import_module

BENCHES = {
    "pages": "server time of list, search, account page and drawer at 100,000 accounts, on both databases",
    "imports": "rows per second of `firstwin import`",
    "tickets": "rows per second of receive_tickets, milliseconds of the support columns",
    "records": "where the time goes when subscription lines are taken in",
    "commerce": "200,000 subscription lines into 100,000 accounts while people work; ARR on any date",
    "frame": "every field of 100,000 accounts as of a day, by family; one account alone",
    "signals": "a full pass over everybody with shares by family, a replay by weeks, from a fact to its score",
    "usage_ingest": "events a second over HTTP, beside the bare cost of parsing and committing them",
    "usage_lake": "events a second taken up beside 50 M stored keys; a day of a million events folded and merged",
    "usage_metrics": "all adoption metrics of 20,000 accounts over 100 M events, beside a scan of one column",
    "usage_bounds": "largest memory of each step for a large day, a large account, very many event names",
}


def main() -> None:
    name, *words = sys.argv[1:] or [""]
    if name in {"-h", "--help", "--list"} or (name and name not in BENCHES):
        print("python -m bench [NAME [options]]\n")
        print("\n".join(f"  {known:10} {about}" for known, about in BENCHES.items()))
        sys.exit(0 if name.startswith("-") else 2)
    for wanted in [name] if name else BENCHES:
        import_module(f"bench.{wanted}").run(words)


if __name__ == "__main__":
    main()
