"""Addresses of the demonstration."""

from django.urls import path

from apps.demo import views

app_name = "demo"
urlpatterns = [path("demo/essayer/<str:identifier>/", views.enter, name="enter")]
