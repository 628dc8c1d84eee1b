from django.urls import URLPattern, URLResolver

app_name = "reading"
urlpatterns: list[URLPattern | URLResolver] = []
