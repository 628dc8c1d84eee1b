"""Addresses of the REST API."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import SimpleRouter

from apps.api.filing import FolderViewSet
from apps.api.views import DocumentViewSet

app_name = "api"
_router = SimpleRouter(use_regex_path=False)
_router.register("documents", DocumentViewSet, basename="documents")
_router.register("classeurs", FolderViewSet, basename="folders")
urlpatterns = [
    *_router.urls,
    path(
        "schema/",
        login_not_required(SpectacularAPIView.as_view(authentication_classes=[], permission_classes=[])),
        name="schema",
    ),
]
