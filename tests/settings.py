"""The product's settings in a data folder of this test run, without slow hashes and collected files.

A run never touches the developer's ``data/``. Each xdist worker has a folder of its own.
"""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

if "VS_TEST_DIR" not in os.environ:
    os.environ["VS_TEST_DIR"] = tempfile.mkdtemp(prefix="vs-test-")
    atexit.register(shutil.rmtree, os.environ["VS_TEST_DIR"], ignore_errors=True)
_folder = Path(os.environ["VS_TEST_DIR"]) / os.environ.get("PYTEST_XDIST_WORKER", "main")
os.environ["DATA_DIR"] = str(_folder)
for _name in ("PUBLIC_URL", "SECRET_KEY", "FIELD_KEYS", "BIND", "PORT", "SANDBOX", "EMAIL_URL", "REDIS_URL"):
    os.environ.pop(_name, None)
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from videostudio.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    # a file, as in life: threads and processes see the same locks
    DATABASES["default"]["TEST"] = {"NAME": str(_folder / "test.sqlite3")}  # noqa: F405
