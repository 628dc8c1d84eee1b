"""Addresses of the simulator, shaped like the original's."""

from django.urls import path

from apps.demo.prosante_connect import views

app_name = "prosante_connect_simulator"
urlpatterns = [
    path(".well-known/wallet-openid-configuration", views.discovery, name="discovery"),
    path("auth", views.authorize, name="authorize"),
    path("protocol/openid-connect/token", views.token, name="token"),
    path("protocol/openid-connect/userinfo", views.userinfo, name="userinfo"),
    path("protocol/openid-connect/certs", views.certs, name="certs"),
    path("protocol/openid-connect/logout", views.end_session, name="end_session"),
]
