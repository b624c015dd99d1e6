# Two stages: the wheel is built from the checkout, the service runs from the wheel alone.
FROM python:3.13-slim AS build
WORKDIR /src
COPY requirements.txt pyproject.toml README.md LICENSE CHANGELOG.md ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY api api
COPY sql sql
COPY data data
COPY docs docs
COPY openapi openapi
RUN pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /dist .

FROM python:3.13-slim
RUN useradd --create-home --uid 10001 ledger && install -d -o ledger /var/lib/layoff-ledger
COPY requirements.txt /tmp/
COPY --from=build /dist /tmp/dist
RUN pip install --no-cache-dir --require-hashes -r /tmp/requirements.txt \
    && pip install --no-cache-dir --no-deps /tmp/dist/*.whl && rm -r /tmp/dist /tmp/requirements.txt
# As a number, so that orchestrators can see that it is not root.
USER 10001
# The embedded PostgreSQL keeps its data here; it is not used with DATABASE_URL.
ENV LEDGER_HOME=/var/lib/layoff-ledger PYTHONDONTWRITEBYTECODE=1
VOLUME /var/lib/layoff-ledger
EXPOSE 8000
# Liveness, not readiness: an orchestrator that kills unhealthy containers, such as Swarm, would otherwise
# kill a service whose database is away, although it still answers from memory and recovers by itself.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s CMD ["python", "-c", \
    "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/live', timeout=2)"]
CMD ["layoff-ledger", "serve", "--host", "0.0.0.0", "--port", "8000"]
