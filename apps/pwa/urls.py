from django.urls import URLPattern, URLResolver, path

from . import views

app_name = "pwa"
urlpatterns: list[URLPattern | URLResolver] = [
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("sw.js", views.service_worker, name="service_worker"),
    path("hors-connexion/", views.offline, name="offline"),
    path("urgence/", views.emergency, name="emergency"),
    path("accessibilite/", views.about_accessibility, name="about_accessibility"),
    path("donnees-personnelles/", views.about_data, name="about_data"),
    path(".well-known/security.txt", views.security_contact, name="security_contact"),
    path("robots.txt", views.robots, name="robots"),
]
