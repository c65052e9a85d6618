FROM python:3.13-slim AS build
WORKDIR /build
COPY requirements.lock pyproject.toml README.md ./
RUN python -m venv /opt/gomeet \
 && /opt/gomeet/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY app app
COPY scrapers scrapers
COPY migrations migrations
RUN /opt/gomeet/bin/pip install --no-cache-dir --no-deps .

FROM python:3.13-slim
RUN useradd --uid 10001 --no-create-home --home-dir /nonexistent gomeet \
 && install -d -o 10001 -g 10001 /data
COPY --from=build /opt/gomeet /opt/gomeet
ENV PATH=/opt/gomeet/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    GOMEET_DATA_DIR=/data
USER 10001:10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["python", "-c", "from http.client import HTTPConnection as C; c = C('127.0.0.1', 8000, timeout=4); c.request('GET', '/healthz'); raise SystemExit(c.getresponse().status != 200)"]
ENTRYPOINT ["gomeet"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
