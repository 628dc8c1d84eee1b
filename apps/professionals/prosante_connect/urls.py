"""Addresses of the way through ProSanté Connect."""

from django.urls import path

from apps.professionals.prosante_connect import views

app_name = "prosante_connect"
urlpatterns = [
    path("", views.begin, name="begin"),
    path("retour/", views.callback, name="callback"),
    path("sortie/", views.left, name="left"),
]
