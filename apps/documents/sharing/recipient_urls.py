"""Addresses of whoever was given a code. A document has a position there, never an identifier."""

from django.urls import path

from apps.documents.sharing.views import recipient

app_name = "recipient"
urlpatterns = [
    path("", recipient.enter, name="enter"),
    path("<str:code>/", recipient.shared, name="shared"),
    path("<str:code>/<int:position>/", recipient.document, name="document"),
    path("<str:code>/<int:position>/pages/<int:number>/", recipient.page, name="page"),
]
