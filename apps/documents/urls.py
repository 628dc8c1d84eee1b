"""Addresses of the documents room."""

from django.urls import path

from apps.documents import content, copy_views, views
from apps.documents.filing import views as filing
from apps.documents.problems import views as problems
from apps.documents.sharing.views import create as share

app_name = "documents"
urlpatterns = [
    path("", views.listing, name="list"),
    path("ajouter/", views.add, name="add"),
    path("recherche/", views.search, name="search"),
    path("corbeille/", views.bin_, name="bin"),
    path("resultats/<str:code>/", views.results, name="results"),
    path("filtrer/", filing.filters, name="filters"),
    path("supprimer/", views.delete_several, name="delete_several"),
    path("classeurs/", filing.folders, name="folders"),
    path("classeurs/creer/", filing.make_folder, name="make_folder"),
    path("classeurs/<uuid:folder_id>/", filing.folder, name="folder"),
    path("classeurs/<uuid:folder_id>/renommer/", filing.rename_folder, name="rename_folder"),
    path("classeurs/<uuid:folder_id>/supprimer/", filing.delete_folder, name="delete_folder"),
    path("signalements/", problems.listing, name="problems"),
    path("signalements/<uuid:problem_id>/", problems.problem, name="problem"),
    path("signalements/<uuid:problem_id>/terminer/", problems.close, name="close_problem"),
    path("signalements/<uuid:problem_id>/assistance/", problems.ask_support, name="ask_support"),
    path("signalements/<uuid:problem_id>/regard/", problems.let_support_look, name="let_support_look"),
    path("<uuid:document_id>/", views.detail, name="detail"),
    path("<uuid:document_id>/ranger/", filing.move, name="move"),
    path("<uuid:document_id>/epingler/", filing.pin, name="pin"),
    path("<uuid:document_id>/desepingler/", filing.unpin, name="unpin"),
    path("<uuid:document_id>/commentaire/", filing.comment, name="comment"),
    path("<uuid:document_id>/commentaire/effacer/", filing.remove_comment, name="remove_comment"),
    path("<uuid:document_id>/signaler/", problems.contact, name="report_contact"),
    path("<uuid:document_id>/signaler/envoyer/", problems.report, name="report"),
    path("<uuid:document_id>/imprimer/", copy_views.printed, name="print"),
    path("<uuid:document_id>/garder/", copy_views.kept, name="keep"),
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
