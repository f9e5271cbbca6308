"""The page of the prediction."""

from django.contrib.auth.decorators import login_required
from django.urls import path

from leads.prediction import views

app_name = "prediction"

urlpatterns = [
    path("", login_required(views.prediction), name="page"),
    path("train/", login_required(views.train), name="train"),
]
