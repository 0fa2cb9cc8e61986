"""Django's settings, made from the typed environment of `firstwin.env`. Nothing else reads the environment."""

from typing import Any

from firstwin.env import read_env

ENV = read_env()

SECRET_KEY = ENV.secret_key
DEBUG = False
ALLOWED_HOSTS = [ENV.host, "localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [ENV.url]
CSRF_FAILURE_VIEW = "firstwin.ui.views.csrf_failed"

# The order is the order of the house, doors last: templates and static files of a lower room never shadow an upper one.
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "firstwin.core",
    "firstwin.ui",
    "firstwin.people",
    "firstwin.accounts",
    "firstwin.outreach",
    "firstwin.revenue",
    "firstwin.support",
    "firstwin.usage",
    "firstwin.usage.store",
    "firstwin.signals",
    "firstwin.connectors",
    "firstwin.demo",
]

MIDDLEWARE = [
    "firstwin.usage.ingest.door.IngestMiddleware",  # events need nothing of what stands below
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "firstwin.ui.middleware.ContentSecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "firstwin.people.middleware.SignedInMiddleware",
    "firstwin.ui.middleware.RefusalMiddleware",
    "firstwin.accounts.moved.MovedMiddleware",
]

ROOT_URLCONF = "firstwin.urls"
WSGI_APPLICATION = "firstwin.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "firstwin.ui.jinja.Templates",
        "APP_DIRS": True,
        "OPTIONS": {
            "environment": "firstwin.ui.jinja.environment",
            "context_processors": ["firstwin.ui.jinja.shell_context"],
        },
    },
    # Only for what third-party apps bring themselves (mail texts of the sign-in package); every page of ours is Jinja2.
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    },
]

DATABASES = {"default": ENV.database} | ({"events": ENV.events} if ENV.events else {})
DATABASE_ROUTERS = ["firstwin.usage.store.router.Router"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["firstwin.people.backends.FoldedEmailBackend"]
PASSWORD_RESET_TIMEOUT = 4 * 3600
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "firstwin.people.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # an address is proved by the invitation link
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_FORMS = {"reset_password": "firstwin.people.forms.ResetPasswordForm"}
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "firstwin.people.backends.ResetTokens"  # noqa: S105
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "20/m/ip,5/m/key",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # one step of 30 seconds, for phones whose clock is off
MFA_ADAPTER = "firstwin.people.adapter.MFAAdapter"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # the invitation proved it
MFA_TOTP_ISSUER = "Firstwin"

# Counters of the sign-in throttle must be shared by every server process: the database is the only thing they share.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"},
    "local": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 14 * 24 * 3600
_prefix = "__Host-" if ENV.is_https else ""
SESSION_COOKIE_NAME = f"{_prefix}firstwin-session"
CSRF_COOKIE_NAME = f"{_prefix}firstwin-csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENV.is_https
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.is_https else None
SECURE_HSTS_SECONDS = 31_536_000 if ENV.is_https else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "en"
USE_I18N = False
TIME_ZONE = ENV.time_zone
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = ENV.home / "static"
MEDIA_ROOT = ENV.home / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "firstwin.ui.storage.ManifestStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "ENQUEUE_ON_COMMIT": False}}

DEFAULT_FROM_EMAIL = ENV.mail_from
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = ENV.mail.get("EMAIL_HOST", "")
EMAIL_PORT = ENV.mail.get("EMAIL_PORT", 25)
EMAIL_HOST_USER = ENV.mail.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = ENV.mail.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_SSL = ENV.mail.get("EMAIL_USE_SSL", False)
EMAIL_USE_TLS = ENV.mail.get("EMAIL_USE_TLS", False)
EMAIL_TIMEOUT = 20

FIRSTWIN_CURRENCY = ENV.currency
FIRSTWIN_URL = ENV.url
FIRSTWIN_LARGEST_FILE = 25 * 1024 * 1024  # bytes, per upload

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
