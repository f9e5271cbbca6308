"""A worker process that works on an import, to be killed: ``python -m … KEY``."""

import os
import sys

import django


def main(key: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salesdesk.settings")
    django.setup()
    from leads.arriving import importing

    importing.work_on(key)


if __name__ == "__main__":
    main(int(sys.argv[1]))
