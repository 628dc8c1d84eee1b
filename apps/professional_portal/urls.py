"""Addresses of the professionals' portal. A patient's record stands under the alias of the professional's grant."""

from django.urls import path

from apps.professional_portal import deposit_views as deposits
from apps.professional_portal import emergency_views as emergencies
from apps.professional_portal import finding_views as finding
from apps.professional_portal import place_views, views
from apps.professional_portal import problem_views as problems
from apps.professional_portal import record_views as record
from apps.professional_portal import secret_views as secret

app_name = "professional_portal"
urlpatterns = [
    path("", record.patients, name="patients"),
    path("trouver/", finding.find, name="find"),
    path("trouver/scanner/", finding.scan, name="scan"),
    path("trouver/code/<str:code>/", finding.shown_code, name="shown_code"),
    path("trouver/<uuid:finding_id>/", finding.found, name="found"),
    path("trouver/<uuid:finding_id>/equipe/", finding.team, name="team"),
    path("lieu/", place_views.place, name="place"),
    path("urgence/", emergencies.open_record, name="emergency"),
    path("demandes/", emergencies.explanation_list, name="explanations"),
    path("demandes/<uuid:request_id>/", emergencies.explanation, name="explanation"),
    path("signalements/", problems.problem_list, name="problems"),
    path("signalements/<uuid:problem_id>/", problems.problem, name="problem"),
    path("patients/<str:alias>/", record.record, name="record"),
    path("patients/<str:alias>/recherche/", record.search, name="search"),
    path("patients/<str:alias>/documents/", record.document_list, name="documents"),
    path("patients/<str:alias>/vaccinations/", record.vaccinations, name="vaccinations"),
    path("patients/<str:alias>/patient/", record.identity, name="identity"),
    path("patients/<str:alias>/gestion/", record.management, name="management"),
    path("patients/<str:alias>/historique/", record.history, name="history"),
    path("patients/<str:alias>/rendre/", record.give_back, name="give_back"),
    path("patients/<str:alias>/quitter/", record.leave, name="leave"),
    path("patients/<str:alias>/secret/", secret.begin, name="secret"),
    path("patients/<str:alias>/secret/quitter/", secret.end, name="end_secret"),
    path("patients/<str:alias>/deposer/", deposits.deposit, name="deposit"),
    path("patients/<str:alias>/documents/<uuid:document_id>/", views.document, name="document"),
    path("patients/<str:alias>/documents/<uuid:document_id>/annoncer/", deposits.announce, name="announce"),
    path("patients/<str:alias>/documents/<uuid:document_id>/pages/<int:number>/", views.page, name="page"),
    path("patients/<str:alias>/documents/<uuid:document_id>/copie/", views.copy, name="copy"),
    path("patients/<str:alias>/documents/<uuid:document_id>/telecharger/", views.download, name="download"),
    path("patients/<str:alias>/documents/<uuid:document_id>/supprimer/", views.delete, name="delete"),
    path("patients/<str:alias>/documents/<uuid:document_id>/ecarter/", views.discard, name="discard"),
]
