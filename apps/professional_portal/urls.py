from django.urls import URLPattern, URLResolver

app_name = "professional_portal"
urlpatterns: list[URLPattern | URLResolver] = []
