"""Addresses of the queue, and of what people hear of their takes."""

from django.urls import path

from .views import elsewhere, queue, watching

urlpatterns = [
    path("queue", queue.page, name="queue"),
    path("queue/live", queue.live, name="queue-live"),
    path("queue/pause", queue.pause_all, name="queue-pause"),
    path("queue/unpause", queue.unpause_all, name="queue-unpause"),
    path("queue/<uuid:pk>/elsewhere", elsewhere.line, name="queue-elsewhere"),
    path("watch", watching.watch, name="watch"),
    path("news", watching.news, name="news"),
    path("news/seen", watching.seen, name="news-seen"),
    path("news/read", watching.read, name="news-read"),
]
