"""Addresses of the professionals' portal. A patient's record stands under the alias of the professional's grant."""

from django.urls import path

from apps.professional_portal import emergency_views as emergencies
from apps.professional_portal import place_views, views
from apps.professional_portal import problem_views as problems

app_name = "professional_portal"
urlpatterns = [
    path("", views.patients, name="patients"),
    path("lieu/", place_views.place, name="place"),
    path("urgence/", emergencies.open_record, name="emergency"),
    path("demandes/", emergencies.explanation_list, name="explanations"),
    path("demandes/<uuid:request_id>/", emergencies.explanation, name="explanation"),
    path("signalements/", problems.problem_list, name="problems"),
    path("signalements/<uuid:problem_id>/", problems.problem, name="problem"),
    path("patients/<str:alias>/", views.record, name="record"),
    path("patients/<str:alias>/recherche/", views.search, name="search"),
    path("patients/<str:alias>/deposer/", views.deposit, name="deposit"),
    path("patients/<str:alias>/documents/<uuid:document_id>/", views.document, name="document"),
    path("patients/<str:alias>/documents/<uuid:document_id>/pages/<int:number>/", views.page, name="page"),
    path("patients/<str:alias>/documents/<uuid:document_id>/copie/", views.copy, name="copy"),
    path("patients/<str:alias>/documents/<uuid:document_id>/telecharger/", views.download, name="download"),
    path("patients/<str:alias>/documents/<uuid:document_id>/supprimer/", views.delete, name="delete"),
    path("patients/<str:alias>/documents/<uuid:document_id>/ecarter/", views.discard, name="discard"),
]
