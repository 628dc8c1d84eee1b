"""Every address of Calepin. French paths, English names."""

from django.urls import include, path

from apps.core import health

handler404 = "apps.api.problems.page_not_found"

urlpatterns = [
    path("sante/vivant", health.alive, name="alive"),
    path("sante/pret", health.ready, name="ready"),
    path("", include("apps.accounts.urls")),
    path("connexion/prosante-connect/", include("apps.professionals.prosante_connect.urls")),
    path("", include("apps.reading.urls")),
    path("documents/", include("apps.documents.urls")),
    path("partages/", include("apps.documents.sharing.urls")),
    path("p/", include("apps.documents.sharing.recipient_urls")),
    path("pro/", include("apps.professional_portal.urls")),
    path("api/v1/", include("apps.api.urls")),
    path("", include("apps.notifications.urls")),
    path("", include("apps.demo.urls")),
    path("", include("apps.pwa.urls")),
    path("", include("apps.access.urls")),
    path("", include("apps.home.urls")),
]
