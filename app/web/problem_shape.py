"""The shape of every error in the OpenAPI file: `Problem`, after RFC 9457."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from app.model import Model

PROBLEM_TYPE = "application/problem+json"


class ProblemFault(Model):
    """One thing that is wrong with a request, by place and rule; never the value."""

    model_config = ConfigDict(frozen=True)

    pointer: Annotated[str, Field(max_length=200)] | None = Field(
        default=None, description="JSON Pointer into the body, for a fault in the body."
    )
    parameter: Annotated[str, Field(max_length=64)] | None = Field(
        default=None, description="Name of the parameter, for a fault in query or headers."
    )
    code: Annotated[str, Field(max_length=64)] = Field(description="Stable name of the rule.")
    message: Annotated[str, Field(max_length=200)] = Field(description="The rule in words.")


class Problem(Model):
    """What went wrong, after RFC 9457; texts are for people, `code` is for programs."""

    model_config = ConfigDict(frozen=True)

    type: Annotated[str, Field(max_length=100)] = Field(
        description="URI reference that names the problem: `/problems/` and the code."
    )
    title: Annotated[str, Field(max_length=200)] = Field(description="The problem in a few words.")
    status: Annotated[int, Field(ge=400, le=599)] = Field(description="The HTTP status again.")
    detail: Annotated[str, Field(max_length=500)] | None = Field(
        default=None, description="What went wrong this time, without any value of the request."
    )
    instance: Annotated[str, Field(max_length=200)] | None = Field(
        default=None, description="The path of the request, where it holds nothing secret."
    )
    code: Annotated[str, Field(max_length=64)] = Field(description="Stable name of the problem.")
    errors: Annotated[list[ProblemFault], Field(max_length=100)] | None = Field(
        default=None, description="Each fault of an invalid request; the first 100 of them."
    )
    request_id: Annotated[str, Field(max_length=64)] = Field(
        description="The id to name when asking for help; also in `X-Request-Id`."
    )


def problem_response(description: str) -> dict[str, Any]:
    """An OpenAPI response that is a `Problem`."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {PROBLEM_TYPE: {"schema": schema}}}
