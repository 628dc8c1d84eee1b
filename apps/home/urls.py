"""Addresses of the patient's shell."""

from django.urls import path

from apps.home import views

app_name = "home"
urlpatterns = [
    path("", views.home, name="home"),
    path("acces/journal/", views.activity, name="activity"),
    path("profils/", views.profiles, name="profiles"),
]
