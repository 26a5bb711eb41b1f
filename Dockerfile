# The clinician's page
FROM node:22-slim AS viewer
WORKDIR /build/viewer
COPY viewer/package.json viewer/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY viewer ./
RUN npm run build

# The packages, each by its hash
FROM python:3.11-slim AS packages
WORKDIR /build
RUN python -m venv /opt/afterglow
COPY requirements/build.lock requirements/runtime.lock requirements/
RUN /opt/afterglow/bin/pip install --no-cache-dir --require-hashes -r requirements/build.lock \
 && /opt/afterglow/bin/pip install --no-cache-dir --require-hashes -r requirements/runtime.lock
COPY pyproject.toml README.md ./
COPY app app
COPY migrations migrations
COPY --from=viewer /build/app/sharing/viewer_static app/sharing/viewer_static
RUN /opt/afterglow/bin/pip install --no-cache-dir --no-deps --no-build-isolation . \
 && /opt/afterglow/bin/pip uninstall -y -q setuptools wheel pip \
 && find /opt/afterglow -name tests -type d -path '*/site-packages/*' -prune -exec rm -rf {} + \
 && find /opt/afterglow -name '*.pyi' -delete

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/afterglow --create-home afterglow
COPY --from=packages /opt/afterglow /opt/afterglow
ENV PATH=/opt/afterglow/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001
WORKDIR /var/lib/afterglow
VOLUME /var/lib/afterglow
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=6s --start-period=10s CMD ["afterglow", "healthcheck"]
CMD ["sh", "-c", "afterglow migrate && exec afterglow serve --host 0.0.0.0 --port 8000"]
