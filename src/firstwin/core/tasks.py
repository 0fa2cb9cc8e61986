"""What the worker does for the house itself."""

from django_tasks import task

from firstwin.core import clock, jobs


@task()
def forget_finished_jobs() -> int:
    return jobs.prune(now=clock.now())


jobs.register_schedule("core.jobs", forget_finished_jobs, "Forget finished jobs", daily_at="03:10")
