"""Addresses of the support desk."""

from django.urls import path

from apps.documents.problems import support_views as views

app_name = "support"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("<uuid:problem_id>/", views.problem, name="problem"),
    path("<uuid:problem_id>/document/", views.document, name="document"),
    path("<uuid:problem_id>/document/pages/<int:number>/", views.page, name="page"),
]
