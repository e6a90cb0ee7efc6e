# Quotewise with its models: docker build -t quotewise . ; compose.yaml shows how to run it.
FROM python:3.11-slim AS build
WORKDIR /src
COPY . .
RUN python -m venv /opt/quotewise && /opt/quotewise/bin/pip install --no-cache-dir '.[opentelemetry]'

FROM python:3.11-slim
COPY --from=build /opt/quotewise /opt/quotewise
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin quotewise \
    && install -d -o quotewise -g quotewise /index && install -d /documents
ENV PATH=/opt/quotewise/bin:$PATH PYTHONUNBUFFERED=1 HF_HUB_OFFLINE=1 \
    QUOTEWISE_HOST=0.0.0.0 QUOTEWISE_PORT=8000 QUOTEWISE_INDEX=/index QUOTEWISE_LOG_FORMAT=json
USER quotewise
VOLUME /index
EXPOSE 8000
# Not before the documents are indexed, which takes its time when they are many.
HEALTHCHECK --interval=30s --timeout=5s --start-period=300s --start-interval=2s \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"QUOTEWISE_PORT\"]}/health', timeout=4)"]
ENTRYPOINT ["quotewise"]
CMD ["serve", "/documents"]
