"""Addresses of the patient's shell."""

from django.urls import path

from apps.home import views

app_name = "home"
urlpatterns = [
    path("", views.home, name="home"),
    path("acces/journal/", views.activity, name="activity"),
    path("acces/qui-voit-quoi/", views.matrix, name="matrix"),
    path("acces/qui-voit-quoi/<slug:profession>/", views.matrix_row, name="matrix_row"),
    path("acces/apercu/<slug:profession>/", views.preview, name="preview"),
    path("identite/", views.identity, name="identity"),
    path("profils/", views.profiles, name="profiles"),
]
