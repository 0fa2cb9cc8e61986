from django.apps import AppConfig


class ConnectorsConfig(AppConfig):
    name = "firstwin.connectors"
    label = "connectors"
