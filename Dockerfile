# The image of Cairn's workers and one-shot commands; docker-compose.yml shows how they are run.
FROM python:3.11-slim

RUN useradd --system --create-home cairn
WORKDIR /cairn

COPY requirements.lock ./
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock

COPY activities activities
COPY catalogue catalogue
COPY console console
COPY domain domain
COPY identity identity
COPY programme programme
COPY rehearsal rehearsal
COPY runtime runtime
COPY workflows workflows
COPY starter.py worker.py ./

USER cairn
ENV PYTHONUNBUFFERED=1
CMD ["python", "worker.py"]
