# docker build -t dpgan .
# docker run --rm -v "$PWD/data:/srv/data" -v "$PWD/runs:/srv/runs" dpgan \
#     train --preset=mnist --run_dir=runs/mnist
#
# Both folders must be writable for user 1000; for another user, add
# --user "$(id -u):$(id -g)" to `docker run`.
#
# For NVIDIA GPUs (with `docker run --gpus=all`):
# docker build -t dpgan-gpu --build-arg REQUIREMENTS=requirements-gpu.txt .
FROM python:3.11-slim AS base

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_QUIET=1 \
    PIP_ROOT_USER_ACTION=ignore

# The wheel: its sources are left behind.
FROM base AS wheel
WORKDIR /opt/dpgan
COPY constraints.txt ./
RUN pip install setuptools wheel -c constraints.txt
COPY pyproject.toml README.md LICENSE ./
COPY dpgan_tf ./dpgan_tf
RUN pip wheel --no-deps --no-build-isolation --wheel-dir=/wheels .

FROM base
WORKDIR /opt/dpgan
ARG REQUIREMENTS=requirements.txt
COPY requirements.txt requirements-gpu.txt requirements-tables.txt \
    constraints.txt ./
RUN pip install -r requirements.txt -r requirements-tables.txt \
    -r "$REQUIREMENTS" -c constraints.txt
COPY --from=wheel /wheels /wheels
RUN pip install --no-deps /wheels/*.whl

# Records are nobody else's business: no root, and files for the owner alone.
RUN useradd --create-home --uid 1000 dpgan \
    && install --directory --owner=dpgan --mode=700 /srv/data /srv/runs
# Any user may cache fonts there.
ENV MPLCONFIGDIR=/tmp/matplotlib
USER dpgan
WORKDIR /srv
VOLUME ["/srv/data", "/srv/runs"]
ENTRYPOINT ["dpgan"]
CMD ["--help"]
