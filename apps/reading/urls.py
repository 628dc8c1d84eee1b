from django.urls import URLPattern, URLResolver, path

from . import views

app_name = "reading"
urlpatterns: list[URLPattern | URLResolver] = [
    path("lecture/", views.switch, name="switch"),
    path("reglages/affichage/", views.display, name="display"),
]
