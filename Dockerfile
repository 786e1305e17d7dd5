# Two images from one file: `light` (bots, web room; no torch) and `worker`.
FROM python:3.13-slim AS light
WORKDIR /app
COPY . .
RUN pip install --no-cache-dir . && useradd --system --create-home stembot && install -d -o stembot /data
ENV STEMBOT_DATA_DIR=/data PYTHONUNBUFFERED=1
USER stembot
ENTRYPOINT ["stembot"]

FROM light AS worker
USER root
RUN pip install --no-cache-dir '.[separator]'
USER stembot
