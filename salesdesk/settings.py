"""Settings, read from the environment (and a `.env` file); `.env.example` explains each.

What is unset has a default that works on a bare machine: Postgres and Redis are then embedded.
Only `SECRET_KEY` (or `DEBUG=on`) must be given.
"""

import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured

from salesdesk import embedded

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

# ---------------------------------------------------------------- the essentials

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="").strip()
if not SECRET_KEY:
    if not DEBUG:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. Put a long random value into the environment or into .env "
            "(see .env.example), or start with bin/demo, which makes one for you. "
            "DEBUG=on also starts without it, for development only."
        )
    SECRET_KEY = "insecure-key-for-debug-only-" + "0" * 32
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

PUBLIC_URL = env.str("PUBLIC_URL", default="http://localhost:8000").rstrip("/")
MEDIA_STREAM_URL = (
    env.str("MEDIA_STREAM_URL", default="") or PUBLIC_URL.replace("http", "ws", 1)
).rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[PUBLIC_URL])
SITE_NAME = "salesdesk"

# ---------------------------------------------------------------- apps

INSTALLED_APPS = [
    "daphne",
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_filters",
    "django_htmx",
    "template_partials",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "salesdesk.embedded",
    "salesdesk.accounts",
    "salesdesk.businesses",
    "salesdesk.notifications",
    "knowledge",
    "leads",
    "salesdesk.assistant",
    "calls",
]

MIDDLEWARE = [
    "salesdesk.lib.logs.RequestIdMiddleware",
    "salesdesk.lib.api.ApiErrorMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "salesdesk.lib.csp.ContentSecurityPolicyMiddleware",
    "salesdesk.lib.uploads.UploadLimitMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "salesdesk.lib.htmx.VaryMiddleware",
    "salesdesk.lib.htmx.RefusalMiddleware",
]

ROOT_URLCONF = "salesdesk.urls"
ASGI_APPLICATION = "salesdesk.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

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
                "salesdesk.accounts.context.membership",
            ],
            "builtins": ["template_partials.templatetags.partials"],
        },
    }
]

# ---------------------------------------------------------------- data

DATABASE_URL = env.str("DATABASE_URL", default="") or embedded.database_url()
REDIS_URL = env.str("REDIS_URL", default="") or embedded.redis_url()

DATABASES = {"default": environ.Env.db_url_config(DATABASE_URL)}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["OPTIONS"] = {
    **DATABASES["default"].get("OPTIONS", {}),
    "pool": {"min_size": 1, "max_size": env.int("DATABASE_POOL", default=8), "timeout": 10},
}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL], "prefix": "salesdesk"},
    }
}

# ---------------------------------------------------------------- sign-in

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "salesdesk.accounts.adapter.AccountAdapter"
MFA_ADAPTER = "salesdesk.accounts.adapter.SecondFactorAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = env.str("EMAIL_VERIFICATION", default="mandatory")
ACCOUNT_EMAIL_SUBJECT_PREFIX = "salesdesk: "
ACCOUNT_DEFAULT_HTTP_PROTOCOL = PUBLIC_URL.split(":", 1)[0]
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "salesdesk"
OPEN_SIGNUP = env.bool("OPEN_SIGNUP", default=False)

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="salesdesk@localhost")
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=10)
SENDGRID_API_KEY = env.str("SENDGRID_API_KEY", default="")
if SENDGRID_API_KEY:
    EMAIL_BACKEND = "anymail.backends.sendgrid.EmailBackend"
ANYMAIL = {
    "SENDGRID_API_KEY": SENDGRID_API_KEY,
    "SENDGRID_API_URL": env.str("SENDGRID_API_URL", default="https://api.sendgrid.com/v3/"),
    "REQUESTS_TIMEOUT": (EMAIL_TIMEOUT, EMAIL_TIMEOUT),
}

# ---------------------------------------------------------------- notifications

NOTIFICATION_CHANNELS = {
    "email": "salesdesk.notifications.channels.mail.Mail",
    "slack": "salesdesk.notifications.channels.slack.Slack",
    "sms": "salesdesk.notifications.channels.sms.TwilioMessages",
}
# Slack's addresses; others only for trying things out.
SLACK_API_URL = env.str("SLACK_API_URL", default="https://slack.com/api/")
SLACK_HOOKS_URL = env.str("SLACK_HOOKS_URL", default="https://hooks.slack.com/")
# Days for which notifications, and what was sent to whom, are kept.
NOTIFICATION_DAYS = env.int("NOTIFICATION_DAYS", default=90)

# ---------------------------------------------------------------- pages

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
# With names that carry a hash once `collectstatic` has run, and while it does.
COLLECTED = (STATIC_ROOT / "staticfiles.json").exists() or "collectstatic" in sys.argv
WHITENOISE_USE_FINDERS = not COLLECTED
WHITENOISE_AUTOREFRESH = DEBUG
# Uploaded files are read through views with permission only, never by URL.
MEDIA_ROOT = embedded.data_dir() / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

# ---------------------------------------------------------------- security

TRUSTED_PROXIES = ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)
HTTPS = PUBLIC_URL.startswith("https://")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF, PUBLIC_URL.replace("http", "ws", 1)],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
# Pages of libraries that bring inline style or evaluate expressions get just that, by path.
CONTENT_SECURITY_POLICY_BY_PATH = {
    "/admin/": {
        "script-src": [SELF, UNSAFE_INLINE, UNSAFE_EVAL],
        "style-src": [SELF, UNSAFE_INLINE],
    },
    "/api/docs/": {"style-src": [SELF, UNSAFE_INLINE]},
}

# ---------------------------------------------------------------- API

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework_simplejwt.authentication.JWTAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["salesdesk.lib.api.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "salesdesk.lib.api.PageNumberPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.UserRateThrottle",
        "rest_framework.throttling.AnonRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {
        "user": env.str("API_RATE", default="100/min"),
        "anon": env.str("API_RATE", default="100/min"),
        "login": "10/min",
    },
    "NUM_PROXIES": TRUSTED_PROXIES,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "salesdesk.lib.api.exception_handler",
    "NON_FIELD_ERRORS_KEY": "body",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=15),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=7),
    "CHECK_REVOKE_TOKEN": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "salesdesk API",
    "DESCRIPTION": "Calls, transcripts, notes, live control, and knowledge. Every error has one "
    'shape: `{"error": {"code", "message", "fields"}}`. Sign in at `/api/v1/auth/login`, or use '
    "the session of a page. The live socket, `/ws/calls`, is described in docs/api.md.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "ConversationChannelEnum": "salesdesk.assistant.enums.Channel",
        "CallStatusEnum": "calls.enums.CallStatus",
        "DocumentStatusEnum": "knowledge.enums.DocumentStatus",
        "DocumentTypeEnum": "knowledge.enums.DocumentType",
        "JobStatusEnum": "knowledge.enums.JobStatus",
        "LeadStageEnum": "leads.enums.LeadStage",
        "CampaignStatusEnum": "leads.enums.CampaignStatus",
        "MemberStatusEnum": "leads.enums.MemberStatus",
        "DialResultEnum": "leads.enums.DialResult",
        "LeadSourceEnum": "leads.enums.LeadSource",
        "LeadEventKindEnum": "leads.enums.LeadEventKind",
        "AppointmentStatusEnum": "leads.enums.AppointmentStatus",
        "ConsentKindEnum": "leads.enums.ConsentKind",
        "OpportunityFinderEnum": "leads.enums.OpportunityFinder",
        "OpportunityStatusEnum": "leads.enums.OpportunityStatus",
        "VisitNewsEnum": "leads.enums.VisitNews",
        "VisitMessageStateEnum": "leads.enums.MessageState",
        "MessageChannelEnum": "leads.enums.MessageChannel",
        "WrittenStatusEnum": "leads.enums.WrittenStatus",
        "PassageKindEnum": "knowledge.enums.PassageKind",
    },
    "PREPROCESSING_HOOKS": ["salesdesk.lib.openapi.without_slash_twins"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "salesdesk.lib.openapi.with_refusals",
    ],
}

# ---------------------------------------------------------------- background work

CELERY_BROKER_URL = REDIS_URL
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_IMPORTS = [
    "leads.ready.tasks",
    "leads.cadences.tasks",
    "leads.priority.tasks",
    "leads.speed.tasks",
    "leads.arriving.tasks",
    "leads.matching.tasks",
    "calls.dialling.tasks",
    "leads.campaigns.tasks",
    "leads.prediction.tasks",
    "leads.visits.tasks",
    "knowledge.embeddings.tasks",
    "knowledge.web.tasks",
    "salesdesk.notifications.delivering.tasks",
]  # besides each app's tasks.py
CELERY_TASK_ROUTES = {
    "calls.tasks.find_opportunities": {"queue": "default"},
    "calls.tasks.*": {"queue": "live"},
    "leads.campaigns.tasks.*": {"queue": "live"},
    "leads.prediction.tasks.*": {"queue": "bulk"},
    "leads.ready.tasks.*": {"queue": "live"},
    "calls.dialling.tasks.*": {"queue": "live"},
    "knowledge.web.tasks.*": {"queue": "bulk"},
    "knowledge.embeddings.tasks.*": {"queue": "bulk"},
    "knowledge.tasks.process_document": {"queue": "bulk"},
    "leads.arriving.tasks.work_on_import": {"queue": "bulk"},
    "leads.matching.tasks.work_on_change": {"queue": "bulk"},
    "leads.priority.tasks.*": {"queue": "bulk"},
}
CELERY_BEAT_SCHEDULE = {
    "tend-ready-reps": {"task": "leads.ready.tasks.tend", "schedule": 15.0},
    "forget-ready-keys": {"task": "leads.ready.tasks.forget_keys", "schedule": 3600.0},
    "carry-out-due-touches": {"task": "leads.cadences.tasks.carry_out_due", "schedule": 10.0},
    "give-up-waiting-touches": {
        "task": "leads.cadences.tasks.give_up_waiting",
        "schedule": 300.0,
    },
    "tell-of-late-leads": {"task": "leads.speed.tasks.tell_of_breaches", "schedule": 20.0},
    "rank-leads-left-out": {"task": "leads.priority.tasks.rank_left_out", "schedule": 300.0},
    "resume-imports": {"task": "leads.arriving.tasks.resume_imports", "schedule": 60.0},
    "resume-bulk-changes": {"task": "leads.matching.tasks.resume_changes", "schedule": 60.0},
    "forget-bulk-changes": {"task": "leads.matching.tasks.forget_old", "schedule": 3600.0},
    "watch-mailboxes": {"task": "leads.arriving.tasks.watch_mailboxes", "schedule": 30.0},
    "read-waiting-mail": {"task": "leads.arriving.tasks.read_waiting_mail", "schedule": 60.0},
    "campaigns": {
        "task": "leads.campaigns.tasks.beat",
        "schedule": 2.0,
        "options": {"expires": 2.0},
    },
    "learn-from-closed-leads": {
        "task": "leads.prediction.tasks.train_all",
        "schedule": crontab(hour=3, minute=20),
    },
    "predict-changed-leads": {
        "task": "leads.prediction.tasks.predict_changed",
        "schedule": 600.0,
    },
    "place-due-dials": {"task": "calls.dialling.tasks.place_due", "schedule": 3.0},
    "settle-lost-dials": {"task": "calls.dialling.tasks.settle_lost", "schedule": 60.0},
    "settle-lost-calls": {"task": "calls.tasks.settle_lost_calls", "schedule": 60.0},
    "resume-stalled-documents": {"task": "knowledge.tasks.resume_stalled", "schedule": 60.0},
    "read-due-sites": {"task": "knowledge.web.tasks.read_due_sites", "schedule": 300.0},
    "resume-model-changes": {
        "task": "knowledge.embeddings.tasks.resume_changes",
        "schedule": 60.0,
    },
    "tend-search-indexes": {
        "task": "knowledge.embeddings.tasks.tend_indexes",
        "schedule": 600.0,
    },
    "resume-lost-crawls": {"task": "knowledge.web.tasks.resume_lost_crawls", "schedule": 60.0},
    "send-visit-messages": {
        "task": "leads.visits.tasks.send_due_messages",
        "schedule": 30.0,
    },
    "ask-about-visits": {"task": "leads.visits.tasks.ask_and_settle", "schedule": 300.0},
    "sync-appointments-left-behind": {
        "task": "leads.tasks.sync_left_behind",
        "schedule": 600.0,
    },
    "add-up-metrics": {"task": "salesdesk.assistant.tasks.add_up_metrics", "schedule": 300.0},
    "check-alerts": {"task": "salesdesk.assistant.tasks.check_alerts", "schedule": 60.0},
    "send-due-deliveries": {
        "task": "salesdesk.notifications.delivering.tasks.send_due",
        "schedule": 15.0,
    },
    "escalate-unanswered": {
        "task": "salesdesk.notifications.tasks.escalate_unanswered",
        "schedule": 15.0,
    },
    "wake-snoozed": {"task": "salesdesk.notifications.tasks.wake_snoozed", "schedule": 15.0},
    "forget-old-notifications": {
        "task": "salesdesk.notifications.tasks.forget_old",
        "schedule": 3600.0,
    },
    "forget-tool-log": {"task": "salesdesk.assistant.tasks.forget_tool_log", "schedule": 3600.0},
}

# ---------------------------------------------------------------- telephony and speech

TWILIO_ACCOUNT_SID = env.str("TWILIO_ACCOUNT_SID", default="")
TWILIO_AUTH_TOKEN = env.str("TWILIO_AUTH_TOKEN", default="")
TWILIO_PHONE_NUMBER = env.str("TWILIO_PHONE_NUMBER", default="")
TWILIO_API_BASE_URL = env.str("TWILIO_API_BASE_URL", default="")
CARRIER = {"BACKEND": "calls.carriers.twilio.TwilioCarrier"}

OPENAI_API_KEY = env.str("OPENAI_API_KEY", default="")
OPENAI_BASE_URL = env.str("OPENAI_BASE_URL", default="")
OPENAI_REALTIME_MODEL = env.str("OPENAI_REALTIME_MODEL", default="gpt-realtime-2.1")
VOICE_ENGINE = env.str("VOICE_ENGINE", default="") or ("realtime" if OPENAI_API_KEY else "cascade")
VOICE_ENGINES: dict[str, dict[str, Any]] = {
    "realtime": {
        "BACKEND": "calls.engines.realtime.RealtimeEngine",
        "OPTIONS": {
            "api_key": OPENAI_API_KEY,
            "base_url": OPENAI_BASE_URL,
            "model": OPENAI_REALTIME_MODEL,
        },
        "TOOLS": True,
    },
    "cascade": {
        "BACKEND": "calls.engines.cascade.CascadeEngine",
        "OPTIONS": {},
        "WARM_UP": "calls.engines.local.warm_up",
    },
}
MEDIA_TOKEN_SECONDS = 60
# Functions that take a lead and give a leads.ready.brief.Section, or nothing.
READY_BRIEF = ["salesdesk.assistant.playbooks.brief.cue_card", "calls.rep_brief.last_talk"]
AGENT_TOOLS = [
    "knowledge.tools.SearchKnowledge",
    "leads.tools.people.LookUpLead",
    "leads.tools.people.UpdateLead",
    "leads.tools.people.CustomerHistory",
    "leads.tools.people.WriteNote",
    "leads.tools.people.Suppress",
    "leads.tools.visits.FindSlots",
    "leads.tools.visits.BookAppointment",
    "leads.tools.visits.MoveAppointment",
    "leads.tools.visits.CancelAppointment",
    "leads.tools.visits.ConfirmAppointment",
    "leads.tools.crm.CrmRead",
    "leads.tools.crm.CrmUpdate",
    "leads.tools.crm.IntegrationsInfo",
    "salesdesk.assistant.tools.own.EndCall",
    "salesdesk.assistant.tools.own.HandOver",
    "salesdesk.assistant.tools.desk.CaptureFact",
    "salesdesk.assistant.tools.desk.ConfirmFact",
    "salesdesk.assistant.tools.desk.Escalate",
    "salesdesk.assistant.tools.playbook.PlaybookTool",
]
TEXT_AGENT = "salesdesk.assistant.writing.text_agent.desk_agent_for"
# The conversations that a lead's page shows, from the apps above leads.
LEAD_CONVERSATIONS = [
    "calls.lead_conversations.calls_of",
    "salesdesk.assistant.lead_conversations.threads_of",
]

# ---------------------------------------------------------------- the agent

# Which models answer, in the order in which they are tried; the offline agent comes last.
LLM_MODELS = env.list("LLM_MODEL", default=["offline"])
LLM_BASE_URL = env.str("LLM_BASE_URL", default="")
LLM_API_KEY = env.str("LLM_API_KEY", default="")
ANTHROPIC_API_KEY = env.str("ANTHROPIC_API_KEY", default="")
ANTHROPIC_BASE_URL = env.str("ANTHROPIC_BASE_URL", default="")
# Seconds after which somebody who waits on the phone hears that it takes a moment, and after
# which no answer is waited for.
AGENT_SOFT_SECONDS = env.float("AGENT_SOFT_SECONDS", default=1.5)
AGENT_HARD_SECONDS = env.float("AGENT_HARD_SECONDS", default=15.0)

# Days for which each use of a tool is kept as a row; sums by hour stay METRICS_DAYS (0: always).
TOOL_LOG_DAYS = env.int("TOOL_LOG_DAYS", default=90)
METRICS_DAYS = env.int("METRICS_DAYS", default=0)

# ---------------------------------------------------------------- customers and calendars

# By the provider of a business's account; the desk itself needs none.
CRM_BACKENDS: dict[str, dict[str, Any]] = {
    "internal": {"BACKEND": "leads.crm.internal.DeskCrm"},
    "salesforce": {"BACKEND": "leads.crm.salesforce.SalesforceCrm", "OPTIONS": {}},
}
CALENDAR_BACKENDS: dict[str, dict[str, Any]] = {
    "internal": {"BACKEND": "leads.calendars.internal.InternalCalendar"},
    "google": {"BACKEND": "leads.calendars.google.GoogleCalendar", "OPTIONS": {}},
    "salesforce": {"BACKEND": "leads.calendars.salesforce.SalesforceCalendar", "OPTIONS": {}},
}

# Reads what no rule of a business fits out of an e-mail: a function of the message.
LEAD_READER = "salesdesk.assistant.reading.mail.read_lead"
# Says of a message's words whether somebody does not want to be contacted any more.
OPT_OUT_RECOGNISER = "salesdesk.assistant.offline.understanding.wants_no_more_calls"
# Says why a message to a customer must not go out after all; asked before each attempt.
MESSAGE_OBJECTION = "leads.messaging.holding.objection"
# on: Twilio answers STOP, START and HELP itself, as it does by default for US numbers.
TWILIO_ANSWERS_KEYWORDS = env.bool("TWILIO_ANSWERS_KEYWORDS", default=False)
# on: mailboxes of this very machine may be watched, for tests and demos.
MAILBOX_ON_LOOPBACK = env.bool("MAILBOX_ON_LOOPBACK", default=False)

# ---------------------------------------------------------------- knowledge

EMBEDDING_MODEL = env.str("EMBEDDING_MODEL", default="") or "local/all-MiniLM-L6-v2"
EMBEDDING_MODELS = {
    "local/all-MiniLM-L6-v2": {
        "BACKEND": "knowledge.embeddings.local.LocalEmbedder",
        "OPTIONS": {},
    },
    "openai/text-embedding-3-small": {
        "BACKEND": "knowledge.embeddings.openai.OpenAIEmbedder",
        "OPTIONS": {
            "api_key": OPENAI_API_KEY,
            "base_url": OPENAI_BASE_URL,
            "model": "text-embedding-3-small",
            "dimensions": 1536,
        },
    },
}
RERANKER_MODEL = env.str("RERANKER_MODEL", default="")
RERANKER: dict[str, Any] = (
    {
        "BACKEND": "knowledge.search.reranking.ModelReranker",
        "OPTIONS": {
            "api_key": OPENAI_API_KEY,
            "base_url": OPENAI_BASE_URL,
            "model": RERANKER_MODEL,
        },
    }
    if RERANKER_MODEL
    else {"BACKEND": "knowledge.search.rerank.LocalReranker", "OPTIONS": {}}
)

# ---------------------------------------------------------------- reading the web

# Where a site's owner learns who reads it; in the user agent.
WEB_CONTACT_URL = env.str("WEB_CONTACT_URL", default="") or PUBLIC_URL
WEB_SECONDS_BETWEEN_REQUESTS = env.float("WEB_SECONDS_BETWEEN_REQUESTS", default=1.0)

# ---------------------------------------------------------------- logs

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"context": {"()": "salesdesk.lib.logs.ContextFilter"}},
    "formatters": {
        "json": {"()": "salesdesk.lib.logs.JsonFormatter"},
        "plain": {"()": "salesdesk.lib.logs.PlainFormatter"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": env.str("LOG_FORMAT", default="plain" if DEBUG else "json"),
            "filters": ["context"],
        }
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.server": {"handlers": ["console"], "propagate": False},
        "uvicorn.error": {"level": "WARNING"},  # its lines name media tokens
        "picows": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
        "twilio.http_client": {"level": "WARNING"},
        "faster_whisper": {"level": "WARNING"},
    },
}

UNFOLD = {
    "SITE_TITLE": "salesdesk admin",
    "SITE_HEADER": "salesdesk",
    "SITE_SUBHEADER": "Configuration",
    "SITE_URL": "/",
    "SHOW_VIEW_ON_SITE": False,
}

os.environ.setdefault("HF_HUB_OFFLINE", "1")
# unstructured: no notice at start, no word to its makers.
os.environ.setdefault("UNSTRUCTURED_DISABLE_NOTICE", "1")
os.environ.setdefault("SCARF_NO_ANALYTICS", "true")
