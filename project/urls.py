"""Every address of Calepin. French paths, English names."""

from django.urls import include, path

from apps.core import health

handler404 = "apps.api.problems.page_not_found"
handler500 = "apps.api.problems.server_error"

# They are tried from the first to the last: what is asked for most comes first.
urlpatterns = [
    path("sante/vivant", health.alive, name="alive"),
    path("sante/pret", health.ready, name="ready"),
    path("documents/", include("apps.documents.urls")),
    path("api/v1/", include("apps.api.urls")),
    path("pro/", include("apps.professional_portal.urls")),
    path("assistance/", include("apps.documents.problems.support_urls")),
    path("", include("apps.home.urls")),
    path("", include("apps.accounts.urls")),
    path("connexion/prosante-connect/", include("apps.professionals.prosante_connect.urls")),
    path("", include("apps.reading.urls")),
    path("partages/", include("apps.documents.sharing.urls")),
    path("p/", include("apps.documents.sharing.recipient_urls")),
    path("", include("apps.notifications.urls")),
    path("", include("apps.demo.urls")),
    path("", include("apps.pwa.urls")),
    path("", include("apps.access.urls")),
]
