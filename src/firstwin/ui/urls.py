from django.urls import path

from firstwin.ui import views

urlpatterns = [
    path("ui/", views.gallery, name="gallery"),
    path("commands/", views.command_options, name="commands"),
]
