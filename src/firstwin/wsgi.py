"""The WSGI application granian serves."""

import os

from django.core.wsgi import get_wsgi_application

from firstwin.usage.ingest.gate import Gate

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "firstwin.settings")

application = Gate(get_wsgi_application())
