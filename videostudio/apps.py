from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class VideoStudioConfig(AppConfig):
    name = "videostudio"
    verbose_name = "People"
    default_auto_field = "django.db.models.BigAutoField"


class StudioAdminConfig(AdminConfig):
    default_site = "videostudio.admin_site.StudioAdmin"
