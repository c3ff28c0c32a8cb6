"""Addresses of what was spent."""

from django.urls import path

from .views import spend, spend_csv, spend_statement

urlpatterns = [
    path("spend", spend.page, name="spend"),
    path("spend/table.csv", spend_csv.table, name="spend-table-csv"),
    path("spend/lines.csv", spend_csv.lines, name="spend-lines-csv"),
    path("spend/takes", spend.takes, name="spend-takes"),
    path("spend/takes/<uuid:pk>", spend.one_receipt, name="spend-receipt"),
    path("spend/takes/<uuid:pk>/billing", spend.billing, name="spend-billing"),
    path("spend/statement", spend_statement.statement, name="spend-statement"),
    path("spend/reconcile", spend.reconcile, name="spend-reconcile"),
]
