"""Addresses of the documents room."""

from django.urls import path

from apps.documents import content, views
from apps.documents.sharing.views import create as share

app_name = "documents"
urlpatterns = [
    path("", views.listing, name="list"),
    path("ajouter/", views.add, name="add"),
    path("recherche/", views.search, name="search"),
    path("corbeille/", views.bin_, name="bin"),
    path("resultats/<str:code>/", views.results, name="results"),
    path("<uuid:document_id>/", views.detail, name="detail"),
    path("<uuid:document_id>/masquer/", views.mask, name="mask"),
    path("<uuid:document_id>/demasquer/", views.unmask, name="unmask"),
    path("<uuid:document_id>/partager/", share, name="share"),
    path("<uuid:document_id>/supprimer/", views.delete, name="delete"),
    path("<uuid:document_id>/reprendre/", views.restore, name="restore"),
    path("<uuid:document_id>/ecarter/", views.discard, name="discard"),
    path("<uuid:document_id>/pages/<int:number>/", content.page, name="page"),
    path("<uuid:document_id>/copie/", content.copy, name="copy"),
    path("<uuid:document_id>/telecharger/", content.download, name="download"),
]
