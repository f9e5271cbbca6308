#!/usr/bin/env python
"""Django's command line."""

import os
import sys

from salesdesk.embedded import environment
from salesdesk.lib.errors import SalesdeskError


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salesdesk.settings")
    from django.core.management import execute_from_command_line

    try:
        environment.prepare(sys.argv[1:])
        execute_from_command_line(sys.argv)
    except SalesdeskError as error:
        sys.exit(error.message)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
