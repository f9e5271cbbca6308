"""The pages of the assistant, for who is signed in; their loaders decide the rest."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.urls import URLPattern, path

from salesdesk.assistant.views import capture, chat, metrics, playbooks, prompts, tool_log


def page(route: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
    return path(route, login_required(view), name=name)


PART = "settings/playbooks/<slug:playbook_id>/<slug:kind>/<int:key>"

app_name = "assistant"
urlpatterns: list[URLPattern] = [
    page("assistant/", chat.chats, "chats"),
    page("assistant/metrics/", metrics.metrics, "metrics"),
    page("assistant/metrics/alerts/<int:key>/seen/", metrics.see_alert, "see_alert"),
    page("assistant/log/", tool_log.tool_log, "tool_log"),
    page("assistant/log/<int:key>/", tool_log.invocation, "invocation"),
    page("assistant/new/", chat.new_thread, "new_thread"),
    page("assistant/messages/<slug:message_id>/feedback/", chat.feedback, "feedback"),
    page("assistant/<slug:thread_id>/", chat.thread, "thread"),
    page("assistant/<slug:thread_id>/ask/", chat.ask, "ask"),
    page("assistant/<slug:thread_id>/stop/", chat.stop, "stop"),
    page("assistant/<slug:thread_id>/end/", chat.end, "end"),
    page("settings/prompts/", prompts.prompt_list, "prompts"),
    page("settings/prompts/<slug:agent>/", prompts.history, "prompt"),
    page("settings/prompts/<slug:agent>/compare/", prompts.compare, "compare"),
    page("settings/prompts/<slug:agent>/draft/", prompts.draft, "draft"),
    page("settings/prompts/<slug:agent>/draft/new/", prompts.new_draft, "new_draft"),
    page("settings/prompts/<slug:agent>/draft/preview/", prompts.preview, "preview"),
    page("settings/prompts/<slug:agent>/draft/discard/", prompts.discard, "discard"),
    page("settings/prompts/<slug:agent>/<int:number>/", prompts.version, "prompt_version"),
    page("settings/prompts/<slug:agent>/<int:number>/back/", prompts.roll_back, "roll_back"),
    page("settings/capture/", capture.field_list, "capture"),
    page("settings/capture/new/", capture.new_field, "new_capture_field"),
    page("settings/capture/usual/", capture.add_defaults, "add_default_capture_fields"),
    page("settings/capture/try/", capture.try_field, "try_capture_field"),
    page("settings/capture/<slug:key>/edit/", capture.edit_field, "edit_capture_field"),
    page("settings/capture/<slug:key>/move/", capture.move_field, "move_capture_field"),
    page("settings/capture/<slug:key>/active/", capture.set_active, "activate_capture_field"),
    page("settings/alerts/", metrics.alert_rules, "alert_rules"),
    page("settings/alerts/new/", metrics.new_rule, "new_alert_rule"),
    page("settings/alerts/<int:key>/edit/", metrics.edit_rule, "edit_alert_rule"),
    page("settings/alerts/<int:key>/delete/", metrics.delete_rule, "delete_alert_rule"),
    page("settings/playbooks/", playbooks.playbook_list, "playbooks"),
    page("settings/playbooks/new/", playbooks.new_playbook, "new_playbook"),
    page("settings/playbooks/<slug:playbook_id>/", playbooks.playbook, "playbook"),
    page("settings/playbooks/<slug:playbook_id>/name/", playbooks.rename, "rename_playbook"),
    page("settings/playbooks/<slug:playbook_id>/follow/", playbooks.follow, "follow"),
    page("settings/playbooks/<slug:playbook_id>/delete/", playbooks.delete, "delete_playbook"),
    page("settings/playbooks/<slug:playbook_id>/<slug:kind>/", playbooks.parts, "parts"),
    page("settings/playbooks/<slug:playbook_id>/<slug:kind>/new/", playbooks.new_part, "new_part"),
    page(f"{PART}/", playbooks.part, "part"),
    page(f"{PART}/edit/", playbooks.edit_part, "edit_part"),
    page(f"{PART}/move/", playbooks.move_part, "move_part"),
    page(f"{PART}/remove/", playbooks.remove_part, "remove_part"),
]
