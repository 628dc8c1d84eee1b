"""Addresses under which the patient decides who sees the record."""

from django.urls import path

from apps.access import showing_views, views

app_name = "access"
urlpatterns = [
    path("acces/", views.hub, name="hub"),
    path("acces/soignants/", views.professionals, name="professionals"),
    path("acces/soignants/chercher/", views.find, name="find"),
    path("acces/soignants/<uuid:professional_id>/", views.professional, name="professional"),
    path("acces/soignants/<uuid:professional_id>/autoriser/", views.authorise, name="authorise"),
    path("acces/soignants/<uuid:professional_id>/retirer/", views.withdraw, name="withdraw"),
    path("acces/soignants/<uuid:professional_id>/bloquer/", views.block, name="block"),
    path("acces/soignants/<uuid:professional_id>/debloquer/", views.unblock, name="unblock"),
    path("acces/soignants/<uuid:professional_id>/administrateur/", views.administrator, name="administrator"),
    path("acces/soignants/<uuid:professional_id>/medecin-traitant/", views.primary_doctor, name="primary_doctor"),
    path("acces/soignants/<uuid:professional_id>/inconnu/", views.unknown, name="unknown"),
    path("acces/equipe/", views.care_team, name="care_team"),
    path("acces/bloques/", views.blocked, name="blocked"),
    path("acces/urgence/", views.emergency, name="emergency"),
    path("acces/nouveaux-documents/", views.masking, name="masking"),
    path("acces/demandes/", views.explanation_list, name="explanations"),
    path("montrer/", showing_views.show, name="show"),
    path("montrer/<uuid:shown_id>/", showing_views.shown, name="shown"),
    path("montrer/<uuid:shown_id>/etat/", showing_views.state, name="shown_state"),
]
