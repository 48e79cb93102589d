# docker build -t dpgan .
# docker run --rm -v "$PWD/data:/srv/data" -v "$PWD/runs:/srv/runs" dpgan \
#     train --preset=mnist --run_dir=runs/mnist
#
# For NVIDIA GPUs (with `docker run --gpus=all`):
# docker build -t dpgan-gpu --build-arg REQUIREMENTS=requirements-gpu.txt .
FROM python:3.11-slim

ARG REQUIREMENTS=requirements.txt
WORKDIR /opt/dpgan
COPY requirements.txt requirements-gpu.txt constraints.txt ./
RUN pip install --no-cache-dir \
        -r requirements.txt -r "$REQUIREMENTS" -c constraints.txt
COPY pyproject.toml README.md ./
COPY dpgan_tf ./dpgan_tf
RUN pip install --no-cache-dir --no-deps --no-build-isolation .

# Records are nobody else's business: no root, and files for the owner alone.
RUN useradd --create-home --uid 1000 dpgan && chown dpgan /srv
USER dpgan
WORKDIR /srv
ENTRYPOINT ["dpgan"]
CMD ["--help"]
