"""The sockets of the pages of campaigns."""

from django.urls import path

from leads.campaigns import consumers

page_sockets = [
    path("ws/pages/campaigns/", consumers.CampaignListSocket.as_asgi()),
    path("ws/pages/campaigns/<slug:campaign_id>/", consumers.CampaignSocket.as_asgi()),
]
