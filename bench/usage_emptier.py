"""Takes out of the inbox what arrives, until its input closes, and prints how many events that were."""

import os
import sys
import threading


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "firstwin.settings")
    import django

    django.setup()
    done = threading.Event()
    take_out()
    print("ready", flush=True)
    found: list[int] = []
    worker = threading.Thread(target=_work, args=(found, done))
    worker.start()
    sys.stdin.read()
    done.set()
    worker.join()
    print(sum(found), flush=True)


def _work(found: list[int], done: threading.Event) -> None:
    while not done.wait(2):
        found.append(take_out())
    found.append(take_out())


def take_out() -> int:
    """In portions, as the compactor does. Returns the events taken out."""
    from firstwin.usage.store.models import Inbox

    count = 0
    while rows := list(Inbox.objects.order_by("pk").values_list("pk", "events")[:500]):
        Inbox.objects.filter(pk__lte=rows[-1][0]).delete()
        count += sum(events for _, events in rows)
    return count


if __name__ == "__main__":
    main()
