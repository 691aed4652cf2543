"""Asking for a brief without waiting for it (``Prefer: respond-async``), and the addresses of jobs."""

from __future__ import annotations

import datetime
from typing import Any

import orjson
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from service.http import problems
from service.http.computations import Asked
from service.http.description import given, refusals
from service.http.entrance import enter
from service.http.negotiation import JSON, choose
from service.http.schemas import JobReply
from service.http.state import Service, seconds_for, service_of
from service.queue.jobs import Job
from service.runtime import Runtime

router = APIRouter(prefix="/v1/jobs", tags=["jobs"], dependencies=[Depends(enter)])


@router.get("/{id}", summary="How far a job is", responses={**given(JobReply, "retry-after"), **refusals("job")})
async def read_job(request: Request, id: str) -> Response:
    """A job can be read until BREVE_JOB_TTL seconds after its end, also after a restart of the
    server. One that succeeded gives the `location` of its brief, one that failed its `problem`."""
    choose(request.headers.get("accept"), (JSON,))
    service = service_of(request)
    job = await service.jobs.get(id)
    headers = {"Vary": "Accept"}
    if job.state in ("queued", "running"):
        headers["Retry-After"] = str(service.jobs.retry_after())
    return Response(orjson.dumps(job_data(job)), headers=headers, media_type=JSON)


@router.delete(
    "/{id}",
    status_code=204,
    response_class=Response,
    summary="Cancel a job, or forget it",
    responses={204: {"description": "It is gone."}, **refusals("job")},
)
async def cancel_job(request: Request, id: str) -> Response:
    """A job that is not done is cancelled, unless others wait for the same brief; one that is done
    is forgotten. A brief that it gave stays stored."""
    await service_of(request).jobs.cancel(id)
    return Response(status_code=204)


def wants_job(request: Request, service: Service, asked: Asked) -> bool:
    """Whether the client prefers not to wait, and the brief can be fetched later: it must be stored for that."""
    stored = asked.request.cache != "bypass" and (service.settings.redis_url or service.settings.cache_max_bytes > 0)
    return bool(stored) and _prefers_job(request)


def patience(request: Request, service: Service, seconds: float) -> float:
    """The seconds that a request's brief may take: ``seconds``, but a job's own where the client prefers one."""
    return _job_seconds(request, service) if _prefers_job(request) else seconds


def _prefers_job(request: Request) -> bool:
    preferences = ",".join(request.headers.getlist("prefer")).lower().split(",")
    return any(one.partition(";")[0].strip() == "respond-async" for one in preferences)


def _job_seconds(request: Request, service: Service) -> float:
    return seconds_for(request, service) if "x-request-timeout" in request.headers else service.settings.job_ttl


async def accept_job(request: Request, service: Service, runtime: Runtime, asked: Asked) -> Response:
    """202 with the job's address. Raises ``Overloaded``."""
    seconds = _job_seconds(request, service)
    job = await service.jobs.add(runtime, asked, problems.request_id_of(request), seconds)
    headers = {
        "Location": f"/v1/jobs/{job.id}",
        "Preference-Applied": "respond-async",
        "Retry-After": str(service.jobs.retry_after()),
        "Vary": "Accept, Prefer",
    }
    return Response(orjson.dumps(job_data(job)), 202, headers, JSON)


def job_data(job: Job) -> dict[str, Any]:
    """A job as plain data; ``service/http/schemas.py`` describes it as ``JobReply``."""
    created = datetime.datetime.fromtimestamp(job.created, datetime.UTC)
    data: dict[str, Any] = {"id": job.id, "state": job.state, "created": created.isoformat(timespec="seconds")}
    if job.state == "succeeded":
        data["location"] = f"/v1/briefs/{job.brief}"
    elif job.state == "failed":
        data["problem"] = orjson.Fragment(job.problem)
    return data
