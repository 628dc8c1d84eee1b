"""Addresses of whoever shares."""

from django.urls import path

from apps.documents.sharing.views import sharer

app_name = "sharing"
urlpatterns = [
    path("", sharer.listing, name="list"),
    path("<uuid:share_id>/", sharer.share, name="share"),
    path("<uuid:share_id>/etat/", sharer.state, name="state"),
    path("<uuid:share_id>/arreter/", sharer.stop, name="stop"),
]
