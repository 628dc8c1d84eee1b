"""Addresses of the demonstration."""

from django.urls import include, path

from apps.demo import views

app_name = "demo"
urlpatterns = [
    path("demo/essayer/<str:identifier>/", views.enter, name="enter"),
    path("simulateur-prosante-connect/", include("apps.demo.prosante_connect.urls")),
]
