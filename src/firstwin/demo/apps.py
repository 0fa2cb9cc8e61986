from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "firstwin.demo"
    label = "demo"
