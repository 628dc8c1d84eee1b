"""Addresses of notices, preferences and the demonstration's mailbox."""

from django.urls import path

from apps.notifications.views import mailbox, notices, preferences

app_name = "notifications"

urlpatterns = [
    path("avis/", notices.notice_list, name="list"),
    path("avis/lus/", notices.mark_all_read, name="mark_all_read"),
    path("reglages/notifications/", preferences.notification_preferences, name="preferences"),
    path("reglages/notifications/appareil/", preferences.push_subscription, name="push_subscription"),
    path("boite-aux-lettres/", mailbox.mailbox, name="mailbox"),
    path("boite-aux-lettres/<uuid:message_id>/", mailbox.mailbox_message, name="mailbox_message"),
]
