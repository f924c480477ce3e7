# The site and its worker in one image: the same code, started with another command.
FROM python:3.13-slim

# A mirror is named where the image is built (docker build --build-arg PIP_INDEX_URL=...), never in this file.
ARG PIP_INDEX_URL
ENV PYTHONUNBUFFERED=1 PYTHONUTF8=1 PYTHONPATH=/app PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

WORKDIR /app
# First, and alone: the packages stay in the build cache until the lock changes.
COPY requirements.lock requirements-fast.lock ./
RUN pip install --require-hashes -r requirements.lock -r requirements-fast.lock

COPY search ./search
COPY matching ./matching
COPY marketplace ./marketplace
COPY templates ./templates
COPY static ./static
COPY seeds ./seeds
RUN python -m compileall -q search matching marketplace \
  && printf '#!/bin/sh\nexec python -m marketplace.cli "$@"\n' > /usr/local/bin/lianqiao \
  && chmod 755 /usr/local/bin/lianqiao \
  && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin lianqiao \
  && install -d -o lianqiao -g lianqiao /data

USER lianqiao
# What the worker's compiler makes is kept with the data: a new container need not compile again.
ENV LIANQIAO_DATA_DIR=/data NUMBA_CACHE_DIR=/data/compiled
VOLUME /data
EXPOSE 8000

HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
  CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/health', timeout=4)"]

# One process with threads: rate limits are counted in memory. Several machines need a shared store first.
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "--workers", "1", "--threads", "8", "--worker-tmp-dir", "/dev/shm", \
     "--access-logfile", "-", "marketplace.app:create_app()"]
