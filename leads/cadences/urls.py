"""The pages of cadences, for who is signed in; their loaders decide the rest."""

from django.urls import URLPattern

from leads.cadences import views
from leads.urls import page

CADENCE = "settings/cadences/<slug:cadence_id>"

app_name = "cadences"
urlpatterns: list[URLPattern] = [
    page("settings/cadences/", views.cadence_list, "list"),
    page("settings/cadences/new/", views.new_cadence, "new"),
    page("settings/cadences/usual/", views.add_usual, "add_usual"),
    page(f"{CADENCE}/", views.cadence, "cadence"),
    page(f"{CADENCE}/delete/", views.delete, "delete"),
    page(f"{CADENCE}/preview/", views.preview_dates, "preview"),
    page(f"{CADENCE}/steps/new/", views.new_step, "new_step"),
    page(f"{CADENCE}/steps/<int:key>/edit/", views.edit_step, "edit_step"),
    page(f"{CADENCE}/steps/<int:key>/move/", views.move_step, "move_step"),
    page(f"{CADENCE}/steps/<int:key>/remove/", views.remove_step, "remove_step"),
    page("leads/<slug:lead_id>/cadence/<slug:action>/", views.change_lead, "change_lead"),
]
