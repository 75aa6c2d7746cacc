# The image of every Airflow service: the hashed lock, our package, no root.
FROM python:3.11-slim-bookworm

ARG UV_VERSION=0.13.9
RUN apt-get update \
 && apt-get install -y --no-install-recommends curl libpq5 tini \
 && rm -rf /var/lib/apt/lists/*

# Group 0, as in Airflow's own image: any user id may run it.
RUN useradd --uid 50000 --gid 0 --create-home --home-dir /home/airflow duizhang

WORKDIR /opt/duizhang
COPY requirements.lock ./
RUN python -m venv /opt/uv && /opt/uv/bin/pip install --no-cache-dir uv==${UV_VERSION} \
 && python -m venv /opt/venv \
 && VIRTUAL_ENV=/opt/venv /opt/uv/bin/uv pip install --no-cache --compile-bytecode --require-hashes -r requirements.lock \
 && rm -rf /opt/uv

COPY pyproject.toml LICENSE ./
COPY include include
COPY sql sql
COPY expectations expectations
COPY dags dags
COPY plugins plugins
# Editable: code, contracts, SQL and catalogue stay in one tree, which the compose file mounts over it.
RUN /opt/venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation -e . \
 && /opt/venv/bin/python -m compileall -q include/duizhang

ENV PATH=/opt/venv/bin:$PATH \
    AIRFLOW_HOME=/home/airflow \
    DUIZHANG_ROOT=/opt/duizhang \
    PYTHONUNBUFFERED=1
USER 50000:0
ENTRYPOINT ["tini", "--", "airflow"]
CMD ["version"]
