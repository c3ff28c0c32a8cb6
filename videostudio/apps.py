from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class VideoStudioConfig(AppConfig):
    name = "videostudio"
    verbose_name = "People"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import sign_ins

        sign_ins.listen()


class StudioAdminConfig(AdminConfig):
    default_site = "videostudio.admin_site.StudioAdmin"
