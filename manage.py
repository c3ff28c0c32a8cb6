#!/usr/bin/env python
"""Django's command line. A wrong setting is told in one line, not as a traceback."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "videostudio.settings")
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        _ = settings.DATA_DIR
    except ImproperlyConfigured as error:
        sys.exit(f"Video Studio cannot start: {error}")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
