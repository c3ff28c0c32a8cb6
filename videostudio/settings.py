"""All settings. Read once, from the environment alone; a wrong value refuses to start and says which.

What people may set stands in docs and design; what only tests change (leases, intervals, time-outs)
is the ``STUDIO`` table at the end, each line overridable by ``VS_<NAME>``.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from . import environment as env
from . import secret_files

BASE_DIR = Path(__file__).resolve().parent.parent

# --- where the studio lives -------------------------------------------------------------------

BIND = env.address("BIND", "127.0.0.1")
PORT = env.port("PORT", 8000)
DATA_DIR = env.folder("DATA_DIR", BASE_DIR / "data")
ON_LOOPBACK = env.is_loopback(BIND)

if not ON_LOOPBACK and not env.text("PUBLIC_URL"):
    raise ImproperlyConfigured("PUBLIC_URL must be set when BIND is not a loopback address.")
_here = f"[{BIND}]" if ":" in BIND else BIND
PUBLIC_URL_IS_SET = bool(env.text("PUBLIC_URL"))
PUBLIC_URL = env.public_url("PUBLIC_URL", f"http://{_here}:{PORT}")
PUBLIC_HOST = urlsplit(PUBLIC_URL).hostname or ""
PUBLIC_URL_IS_LOOPBACK = env.is_loopback(PUBLIC_HOST)
HTTPS = PUBLIC_URL.startswith("https://")

SANDBOX = env.flag("SANDBOX", default=ON_LOOPBACK)
# Look for faces in uploads, as a hint before a gateway asks or refuses; needs OpenCV, see doctor.
FACE_HINT = env.flag("FACE_HINT", default=True)
OUTBOUND_ALLOW = env.host_ports("OUTBOUND_ALLOW")
# The supervisor chooses the sandbox's port, keeps it in the data folder and tells its children.
SANDBOX_URL = env.text("SANDBOX_URL")
if SANDBOX and not SANDBOX_URL and (DATA_DIR / "sandbox" / "port").exists():
    SANDBOX_URL = f"http://127.0.0.1:{(DATA_DIR / 'sandbox' / 'port').read_text().strip()}"
    OUTBOUND_ALLOW |= {SANDBOX_URL.removeprefix("http://")}
# Whose X-Forwarded-* headers count. On https something on this computer ends TLS, unless told otherwise.
TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES", "127.0.0.1,::1" if HTTPS and ON_LOOPBACK else "")

# --- secrets ----------------------------------------------------------------------------------

SECRETS_DIR = DATA_DIR / "secrets"
SECRET_KEY = secret_files.secret_key(SECRETS_DIR)
FIELD_KEYS = secret_files.field_keys(SECRETS_DIR)

# --- Django -----------------------------------------------------------------------------------

DEBUG = False
ROOT_URLCONF = "videostudio.urls"
WSGI_APPLICATION = "videostudio.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ALLOWED_HOSTS = sorted({PUBLIC_HOST, "127.0.0.1", "localhost", "[::1]", *env.listed("ALLOWED_HOSTS")})
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

INSTALLED_APPS = [
    "videostudio.apps.StudioAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_q",
    "axes",
    "csp",
    "ninja",  # for the files of /api/docs
    "videostudio.apps.VideoStudioConfig",
    "providers",
    "generations",
]

MIDDLEWARE = [
    "videostudio.middleware.TrustedProxies",
    "videostudio.middleware.Whence",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "videostudio.middleware.CompressedPages",
    "csp.middleware.CSPMiddleware",
    "videostudio.middleware.NoStore",
    "videostudio.middleware.ApiErrors",
    "videostudio.middleware.NoNulInPath",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "videostudio.middleware.SessionLimits",
    "videostudio.middleware.BodyLimit",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "videostudio.middleware.SignedIn",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "videostudio.context.studio",
            ],
        },
    }
]

# --- database: four writers at once waited instead of failing with these options ---------------

try:
    _database = environ.Env.db_url_config(
        env.text("DATABASE_URL", f"sqlite:///{DATA_DIR / 'studio.sqlite3'}")
    )
except (ValueError, ImproperlyConfigured) as _error:
    raise ImproperlyConfigured(f"DATABASE_URL cannot be read ({_error}).") from None
if _database.get("ENGINE") not in ("django.db.backends.sqlite3", "django.db.backends.postgresql"):
    raise ImproperlyConfigured("DATABASE_URL must begin with sqlite:/// or postgres://.")
if _database["ENGINE"].endswith("sqlite3"):
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
        "PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-16000;",
    }
DATABASES = {
    "default": {**_database, "CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": False}
}

# --- cache and queue --------------------------------------------------------------------------

REDIS_URL = env.text("REDIS_URL")
if REDIS_URL and not find_spec("redis"):
    raise ImproperlyConfigured("REDIS_URL is set, but the package redis is not installed.")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    # a guest's page is an entry for each guest and take; quotes are not to be forgotten for them
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 10_000}}
}

CLUSTERS = ("studio", "files", "sweep")
Q_CLUSTER = {
    "name": "studio",
    **({"redis": REDIS_URL} if REDIS_URL else {"orm": "default"}),
    "workers": 2,
    "queue_limit": 2,
    "bulk": 1,
    "timeout": 300,
    "retry": 900,
    "max_attempts": 1,
    "ack_failures": True,
    "save_limit": -1,
    "catch_up": False,
    "poll": 0.2,
    "guard_cycle": 0.5,
    "recycle": 200,
    "log_level": "WARNING",
    "ALT_CLUSTERS": {
        "sweep": {"workers": 1, "queue_limit": 1, "timeout": 60, "retry": 200, "recycle": 200},
        "files": {"workers": 2, "queue_limit": 1, "timeout": 4200, "retry": 5000, "recycle": 50},
    },
}

# --- files ------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"  # collected by the supervisor; each data folder has its own
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT.mkdir(exist_ok=True)
MEDIA_ROOT = DATA_DIR / "media"  # never served as it stands: every byte passes a view that checks
MEDIA_URL = ""

S3_BUCKET = env.text("S3_BUCKET")
S3_ENDPOINT_URL = env.text("S3_ENDPOINT_URL")
if S3_BUCKET and not find_spec("storages"):
    raise ImproperlyConfigured("S3_BUCKET is set, but the package django-storages[s3] is not installed.")
_local = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": MEDIA_ROOT}}
_s3 = {
    "BACKEND": "storages.backends.s3.S3Storage",
    "OPTIONS": {
        "bucket_name": S3_BUCKET,
        "endpoint_url": S3_ENDPOINT_URL or None,
        "region_name": env.text("S3_REGION") or None,
        "access_key": env.text("S3_ACCESS_KEY") or None,
        "secret_key": env.text("S3_SECRET_KEY") or None,
        "querystring_expire": 300,
        "file_overwrite": False,
    },
}
STORAGES = {
    "default": _s3 if S3_BUCKET else _local,
    "staticfiles": {"BACKEND": "videostudio.joined.JoiningStorage"},
}

FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]  # streams to disk
FILE_UPLOAD_TEMP_DIR = env.folder("UPLOAD_TEMP_DIR", DATA_DIR / "uploads")
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_100  # as many takes as one change may name, and some fields beside them

# --- people -----------------------------------------------------------------------------------

AUTH_USER_MODEL = "videostudio.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "login"
PASSWORD_RESET_TIMEOUT = 24 * 3600

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_USERNAME_CALLABLE = "videostudio.sign_in.axes_username"
AXES_CLIENT_IP_CALLABLE = "videostudio.sign_in.axes_address"
AXES_LOCKOUT_CALLABLE = "videostudio.sign_in.locked_out"
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
SIGN_IN_PER_MINUTE = 20  # tries a minute per address, whatever the name

SESSION_ENGINE = "django.contrib.sessions.backends.db"  # no cache: an end must hold everywhere
SESSION_COOKIE_AGE = 7 * 24 * 3600  # idle
SESSION_ABSOLUTE_S = 30 * 24 * 3600
FRESH_PASSWORD_S = 15 * 60
# Cookies know no ports: on plain http two studios of one computer must not sign each other out.
_prefix = "__Host-" if HTTPS else f"vs{PORT}-"
SESSION_COOKIE_NAME = f"{_prefix}session"
CSRF_COOKIE_NAME = f"{_prefix}csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "videostudio.views.errors.csrf_failure"

# --- browser ----------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")  # TrustedProxies drops it from strangers
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
_s3_origin = (
    ["{0.scheme}://{0.netloc}".format(urlsplit(S3_ENDPOINT_URL))] if S3_BUCKET and S3_ENDPOINT_URL else []
)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "blob:"],
        "media-src": [SELF, "blob:", *_s3_origin],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- language, time, mail, logs ---------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = env.time_zone("TIME_ZONE", "UTC")

EMAIL_URL = env.text("EMAIL_URL")  # smtp+tls://user:password@host:587
MAIL = bool(EMAIL_URL)
if MAIL:
    try:
        vars().update(environ.Env.email_url_config(EMAIL_URL))
    except (KeyError, ValueError, ImproperlyConfigured):
        raise ImproperlyConfigured("EMAIL_URL must look like smtp+tls://user:password@host:587.") from None
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("MAIL_FROM", f"Video Studio <studio@{PUBLIC_HOST}>")
EMAIL_TIMEOUT = 15

LOG_LEVEL = env.text("LOG_LEVEL", "INFO").upper()
if LOG_LEVEL not in ("DEBUG", "INFO", "WARNING", "ERROR"):
    raise ImproperlyConfigured("LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"redact": {"()": "videostudio.redaction.RedactionFilter"}},
    "formatters": {
        "line": {
            "()": "videostudio.redaction.RedactingFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        }
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "stream": sys.stderr,
            "formatter": "line",
            "filters": ["redact"],
        }
    },
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL, "filters": ["redact"]},
    "loggers": {
        # Django's own handlers (console, mail) go: everything passes the root's redaction.
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
        "django.request": {"level": "ERROR"},
        "django-q": {"handlers": [], "level": "WARNING", "propagate": True},
        "axes": {"level": "ERROR"},
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
    },
}
SILENCED_SYSTEM_CHECKS: list[str] = []

# --- the pipeline's clocks and limits ---------------------------------------------------------
# Seconds end in _S, bytes in _BYTES. Tests shrink them by VS_<NAME> in the environment.

GIB, MB = 1024**3, 1_000_000
_DEFAULTS: dict[str, float] = {
    "SUBMIT_LEASE_S": 30,
    "STORE_LEASE_S": 120,
    "INPUT_LEASE_S": 60,
    "INPUT_FETCH_S": 300,  # for one input given as a link; they are fetched one at a time
    "RENEW_S": 10,
    "SWEEP_TASK_S": 25,
    "SWEEP_TICK_S": 0.25,
    "SWEEP_STALE_S": 45,
    "POLL_CLAIM_S": 30,
    "POLL_SCALE": 1,  # tests shrink every poll interval and back-off by it
    "RECOVER_EVERY_S": 2,
    "RING_AGAIN_S": 30,
    "DERIVE_AGAIN_S": 120,  # pictures that nobody has made by then are asked for again
    "FIND_FOR_S": 120,  # how long a lost answer is looked for in a gateway's list
    "STORE_SLICE_S": 900,
    "STORE_WHOLE_S": 3600,  # for a file that must come in one go; the files cluster's timeout is above it
    "BEAT_S": 20,
    "BEAT_SILENT_S": 90,
    "WATCH_S": 0.5,
    "ALERTS_EVERY_S": 60,
    "ALERT_LATE_S": 60,  # of a poll that is due: longer is an alert
    "ALERT_SILENT_S": 150,  # of a cluster: by then the supervisor should have replaced it
    "WEBHOOK_CLAIM_S": 60,
    "WEBHOOK_RETRY_S": 60,  # the first; each later one waits twice as long, up to two hours
    "BACKOFF_FIRST_S": 1,
    "BACKOFF_MOST_S": 60,
    "BACKOFF_EARLY_S": 10,
    "STOP_WAIT_S": 30,
    "MIN_FREE_BYTES": 2 * GIB,
    "MAX_IMAGE_BYTES": 30 * MB,
    "MAX_CLIP_BYTES": 500 * MB,
    "MAX_SOUND_BYTES": 50 * MB,
    "MAX_DOCUMENT_BYTES": 100 * MB,
    "MAX_RESULT_BYTES": 8 * GIB,
    "TRASH_DAYS": 30,
    "SANDBOX_JOB_S": 6,  # how long a sandbox job takes
    "SANDBOX_ROUGH": 0,  # 1: sandbox clips that cost little, for tests
}
STUDIO = {name: env.number(f"VS_{name}", default) for name, default in _DEFAULTS.items()}
