from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "firstwin.people"
    label = "people"
