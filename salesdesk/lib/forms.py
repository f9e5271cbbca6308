"""What pages with forms share."""

from django import forms

from salesdesk.lib.errors import InvalidInput


def all_errors(form: forms.Form) -> InvalidInput:
    """All that is wrong with the form, as one sentence after the other."""
    return InvalidInput(" ".join(str(error) for errors in form.errors.values() for error in errors))
