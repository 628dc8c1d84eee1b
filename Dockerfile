# syntax=docker/dockerfile:1
# One image for web, worker and beat: the command says which.
FROM python:3.11-slim-bookworm AS build
WORKDIR /app
COPY project/requirements/tools.txt project/requirements/run.txt project/requirements/
RUN python -m venv /tools && /tools/bin/pip install --no-cache-dir --require-hashes -r project/requirements/tools.txt \
    && python -m venv --without-pip /app/.venv \
    && /tools/bin/uv pip sync --no-cache --require-hashes --compile-bytecode --python /app/.venv/bin/python \
       project/requirements/run.txt
COPY . .
# Static files and translations are the same everywhere: made here, with secrets that nothing keeps.
RUN set -a && . ./.env.example && eval "$(.venv/bin/python project/bin/secrets)" && set +a \
    && export CALEPIN_DATA_DIR=/tmp/build \
    && .venv/bin/python manage.py compile_easy --verbosity 0 \
    && .venv/bin/python manage.py collectstatic --no-input --verbosity 0 \
       --ignore rest_framework --ignore drf_spectacular_sidecar --ignore admin \
    && rm -rf /tmp/build

FROM python:3.11-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data calepin \
    && install -d -o calepin -g calepin -m 700 /data
WORKDIR /app
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 CALEPIN_MODE=production CALEPIN_DATA_DIR=/data
USER calepin
VOLUME /data
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "4", \
     "--blocking-threads-idle-timeout", "600", "--respawn-failed-workers", "--no-ws", "project.wsgi:application"]
