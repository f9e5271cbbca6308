"""Background work on what comes in. Tasks take keys, and call one service."""

from celery import shared_task

from leads.arriving import importing


@shared_task
def work_on_import(key: int) -> None:
    """Check, import or take back; a worker that dies is followed by another."""
    importing.work_on(key)


@shared_task
def resume_imports() -> None:
    """Queue again what no worker gives a sign of life for."""
    for key in importing.left_behind().values_list("pk", flat=True):
        work_on_import.delay(key)
