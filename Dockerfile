# syntax=docker/dockerfile:1
# Three images from one file: `light` (bots, web app; no torch), `worker` (torch, with CUDA: several GB) and `fleet`
# (a worker with Ray). All run as user 10001 on a root that may be read-only: they write to /data and /tmp alone.
ARG PYTHON=3.13
# For workers without a GPU: an index of torch builds for the CPU, several GB smaller.
ARG TORCH_INDEX=

FROM python:${PYTHON}-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/stembot
WORKDIR /source
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY bots bots
COPY separator separator
COPY storage storage
RUN /opt/stembot/bin/pip install --constraint constraints.txt '.[postgres]'

FROM build AS build-worker
ARG TORCH_INDEX
RUN /opt/stembot/bin/pip install ${TORCH_INDEX:+--extra-index-url "$TORCH_INDEX"} \
    --constraint constraints.txt '.[separator,postgres,models]'

# Ray's dashboard agent answers what KubeRay's probes and autoscaler ask.
FROM build-worker AS build-fleet
RUN /opt/stembot/bin/pip install --constraint constraints.txt '.[separator,fleet,models]' 'ray[default]'

FROM python:${PYTHON}-slim AS base
RUN useradd --system --uid 10001 --user-group --no-create-home --home-dir /data stembot \
    && install --directory --owner=stembot --group=stembot /data
ENV PATH=/opt/stembot/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    STEMBOT_DATA_DIR=/data STEMBOT_WEB_HOST=0.0.0.0
WORKDIR /data
VOLUME /data
USER 10001:10001
ENTRYPOINT ["stembot"]

FROM base AS light
COPY --from=build /opt/stembot /opt/stembot

FROM base AS worker
COPY --from=build-worker /opt/stembot /opt/stembot
CMD ["worker"]

FROM base AS fleet
COPY --from=build-fleet /opt/stembot /opt/stembot
CMD ["fleet"]
