"""Makes calls that OpenAPI calls valid into calls that this server can accept.

A schema can't say which projects and time zones there are, that a list has no event twice, or what time it is. Before a
valid call is sent, such values are replaced; a call that breaks the schema is sent as it is. So a valid call that is
refused is a defect of the document or of the server.
"""

import hmac
import json
import os
import time
from base64 import urlsafe_b64encode
from ipaddress import IPv4Address
from itertools import count
from os import environ
from typing import Any

import requests
import schemathesis
from schemathesis import Case, HookContext

# The project with these events, which the test creates, and which no case may change.
PROJECT = "st_events"
EVENT = "like"
# One of them whose rules have freezes.
FROZEN_EVENT = "frozen"
# One of them whose rules have repairs.
MENDED_EVENT = "mended"
META_KEY = "plan"
# A project that cases may read and change.
CHANGEABLE = "st_changes"
# A user of that project who has events.
USER = "st_user"
# A project whose signing secrets cases delete.
SIGNING = "st_signing"
# A token that cases may read and rotate, and which none may revoke.
TOKEN = environ.get("STREAKD_TOKEN_ID", "")
# The siteKeys with which a case has created a project, or has tried to; and those that came again.
created: set[str] = {PROJECT, CHANGEABLE, SIGNING}
repeated: list[str] = []
# Each case comes from an address of its own: one address may not send as many wrong tokens as the cases do.
addresses = count(0x0A000000)
# Each case that adds entries to ledgers has an ID of its own for them: an ID means one thing in a ledger.
entries = count()

ZONES = ["America/New_York", "Asia/Kathmandu", "Etc/GMT+12", "Pacific/Kiritimati", "UTC", "europe/berlin"]
# A day that is over.
PAST = "2024-01-31"
# Cadences with the fields of their kinds.
CADENCES = [
    {"kind": "every_day"},
    {"kind": "weekdays", "weekdays": ["monday", "friday"]},
    {"kind": "days_a_week", "days": 3, "weekStart": "sunday"},
    {"kind": "days_a_month", "days": 28},
    {"kind": "every_n_days", "days": 2},
    {"kind": "days_in_any", "days": 5, "of": 90},
]
ORIGINS = ["https://app.example.com", "http://localhost:3000", "example.com", "*.example.com", "[::1]", "bücher.example"]


@schemathesis.hook
def before_call(context: HookContext, case: Case, kwargs: dict[str, Any]) -> None:
    case.headers["X-Forwarded-For"] = str(IPv4Address(next(addresses)))
    if case.path_parameters:
        spare(case)
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if case.path_parameters and case.meta.phase.name.value != "stateful" and is_kept(case):
        for name, value in {"siteKey": CHANGEABLE, "tokenId": TOKEN, "userHash": USER}.items():
            if name in case.path_parameters:
                case.path_parameters[name] = value
    if case.path.endswith(":explain"):
        # The one project whose widgets no case changes.
        case.path_parameters["siteKey"], case.path_parameters["event"] = PROJECT, EVENT
    if "signingSecretId" in (case.path_parameters or {}):
        case.path_parameters["siteKey"], case.path_parameters["signingSecretId"] = SIGNING, any_signing_secret()
    if case.path == "/admin/session" and case.method != "POST":
        case.headers.update({"Cookie": sign_in(), "Sec-Fetch-Site": "same-origin"})
    if case.query:
        fit_query(case)
    if isinstance(case.body, dict):
        fit_body(case)


def sign_in() -> str:
    """The cookie of a new sign-in session: a token has few of them, and cases sign in and out."""
    url, token = f"{environ['STREAKD_URL']}/admin/session", environ["STREAKD_ADMIN_TOKEN"]
    return requests.post(url, json={"token": token}, timeout=10).headers["Set-Cookie"].split(";")[0]


def is_kept(case: Case) -> bool:
    """Whether a call leaves its resource there, so that every case may be about the same one."""
    return case.method != "DELETE" or "signingSecretId" in case.path_parameters


def any_signing_secret() -> str:
    """The id of a signing secret that a case may delete; one is made when there is none."""
    url = f"{environ['STREAKD_URL']}/admin/projects/{SIGNING}/signingSecrets"
    headers = {"X-Admin-Token": environ["STREAKD_ADMIN_TOKEN"]}
    known = requests.get(url, headers=headers, timeout=10).json()["signingSecrets"]
    return known[0]["id"] if known else requests.post(url, headers=headers, json={}, timeout=10).json()["id"]


def spare(case: Case) -> None:
    if case.path_parameters.get("siteKey") in (PROJECT, SIGNING) and case.method != "GET":
        case.path_parameters["siteKey"] = CHANGEABLE
    if case.path_parameters.get("tokenId") == TOKEN and case.method == "DELETE":
        case.path_parameters["tokenId"] = "tok_of_nobody"


def fit_query(case: Case) -> None:
    query = case.query
    if query.get("tz"):
        query["tz"] = pick(ZONES, query["tz"])
    # Only the server can make one, and it is good for one list alone.
    query.pop("pageToken", None)
    if query.get("from") and query.get("to"):
        # A range is neither backwards nor long.
        query["from"] = query["to"]
    elif query.get("from"):
        # Not today: the project may be in a zone where that has not begun yet.
        query["from"] = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 2 * 86_400))[: len(query["from"])]
    if case.path.endswith("/analytics/metaValues"):
        # The one project whose settings no case changes says which keys are counted.
        case.path_parameters["siteKey"], query["key"] = PROJECT, META_KEY
    if query.get("asOf"):
        query["asOf"] = PAST
        if query.get("from") or query.get("to"):
            query["from"] = query["to"] = PAST
    if case.path == "/v1/state":
        query["siteKey"], query["event"] = PROJECT, EVENT
    elif query.get("siteKey"):
        query["siteKey"] = PROJECT


def fit_body(case: Case) -> None:
    body = case.body
    if case.path == "/v1/e":
        body["siteKey"], body["event"] = PROJECT, EVENT
        if isinstance(body.get("meta"), dict) and len(str(body["meta"])) > 500:
            body["meta"] = {"cut": True}
    elif case.path == "/v1/alias":
        fit_alias_token(body)
    elif case.path == "/admin/session":
        body["token"] = environ["STREAKD_ADMIN_TOKEN"]
    elif case.path == "/admin/alias":
        body["siteKey"] = PROJECT
        # No user is an alias of itself, nor of its own alias.
        body["anonymousId"] = f"anonymous {body['anonymousId']}"[:256]
        body["userHash"] = f"user {body['userHash']}"[:256]
    elif case.path.startswith("/admin/tokens"):
        fit_token(body)
    elif case.path.endswith("/rules:preview"):
        fit_preview(body)
    elif "/ledger:" in case.path:
        fit_ledger(body)
        if case.path.endswith(":grantFreezes"):
            fit_grant(case)
        if case.path.endswith(":repair"):
            fit_repair(case)
    elif case.path.endswith(("/amnesties", "/amnesties:preview")):
        fit_amnesty(body)
    elif case.path.endswith(":correctZone"):
        fit_correction(body)
    else:
        fit_project(body)
    if case.path == "/admin/projects" and body.get("siteKey"):
        if body["siteKey"] in created:
            repeated.append(body["siteKey"])
            # Every fifth is left to be refused: ALREADY_EXISTS is documented too.
            if len(repeated) % 5 > 0:
                body["siteKey"] = f"st_{len(created)}"
        created.add(body["siteKey"])
    if case.method == "PATCH" and not (case.query or {}).get("updateMask"):
        body.setdefault("name", "At least one field has to change")
    if body.get("tz"):
        body["tz"] = pick(ZONES, body["tz"])
    if body.get("ts"):
        # A year of the past that has its 29th of February where the other has.
        body["ts"] = f"{2000 + int(body['ts'][:4]) % 24}{body['ts'][4:]}"


def fit_alias_token(body: dict[str, Any]) -> None:
    """Replaces text that is no token by a token, as a server of the project signs it."""
    body["siteKey"] = PROJECT
    name = f"{sum(map(ord, body['token']))}"
    claims = {"siteKey": PROJECT, "anonymousId": f"anonymous {name}", "userHash": f"user {name}"}
    text = ".".join(encode(json.dumps(part).encode()) for part in ({"alg": "HS256"}, {**claims, "exp": int(time.time()) + 600}))
    signature = hmac.digest(os.environ["ALIAS_SIGNING_SECRET"].encode(), text.encode(), "sha256")
    body["token"] = f"{text}.{encode(signature)}"


def encode(part: bytes) -> str:
    return urlsafe_b64encode(part).decode().rstrip("=")


def fit_plan(plan: dict[str, Any]) -> None:
    """Gives a number to a custom plan, and to no other; nothing goes with no plan."""
    if plan.get("name") == "none":
        plan.pop("overLimit", None)
    if plan.get("name") in (None, "custom"):
        plan["name"] = "custom"
        plan["activeStreakers"] = plan.get("activeStreakers") or 100
    else:
        plan.pop("activeStreakers", None)


def fit_project(project: dict[str, Any]) -> None:
    # Only the server can make one, and it is good for one state of the project.
    project.pop("etag", None)
    if (project.get("analytics") or {}).get("metaKeys"):
        project["analytics"]["metaKeys"] = each_once(project["analytics"]["metaKeys"])
    if project.get("plan") is not None:
        fit_plan(project["plan"])
    if project.get("timeZone"):
        project["timeZone"] = pick(ZONES, project["timeZone"])
    if project.get("allowedOrigins"):
        project["allowedOrigins"] = [pick(ORIGINS, origin) for origin in project["allowedOrigins"]]
    for index, widget in enumerate(project.get("widgets") or []):
        fit_widget(widget, index)
    for index, holidays in enumerate(project.get("holidays") or []):
        holidays["name"] = f"{index} {holidays['name']}"[:64]
        holidays["dates"] = each_once(holidays.get("dates"))


def fit_widget(widget: dict[str, Any], index: int) -> None:
    widget["event"] = f"{index} {widget['event']}"[:64]
    for number, milestone in enumerate(widget.get("milestones") or []):
        if milestone.get("id"):
            milestone["id"] = f"{number} {milestone['id']}"[:64]
        if not milestone.get("scope"):
            milestone.pop("repeats", None)
    # A widget that is new has its rules from the beginning.
    widget.pop("rulesFrom", None)
    rules = widget.get("rules") or {}
    if rules.get("counts") == "actions":
        widget["mode"] = "cumulative"
    if rules.get("cadence"):
        rules["cadence"] = pick(CADENCES, f"{rules['cadence']}")
    if rules.get("freezes"):
        fit_freezes(rules)
    if rules.get("repairs"):
        fit_repairs(rules)
    if rules.get("daysOff"):
        off = rules["daysOff"]
        # Friday stays needed, and no list of holidays is named: another case may take it away.
        off["weekdays"] = [day for day in each_once(off.get("weekdays")) if day != "friday"]
        off["dates"], off["holidays"] = each_once(off.get("dates")), []


def fit_freezes(rules: dict[str, Any]) -> None:
    if (rules.get("cadence") or {}).get("kind") in ("every_n_days", "days_in_any"):
        rules.pop("freezes")
        return
    freezes = rules["freezes"]
    if freezes.get("earnEvery") is None or freezes.get("maxEarned") is None:
        # They come together.
        freezes.pop("earnEvery", None)
        freezes.pop("maxEarned", None)
    if rules.get("neverMissTwice"):
        freezes.pop("lengthenRun", None)


def fit_repairs(rules: dict[str, Any]) -> None:
    if (rules.get("cadence") or {}).get("kind") in ("every_n_days", "days_in_any"):
        rules.pop("repairs")
        return
    repairs = rules["repairs"]
    if repairs.get("price") == "freeze" and not rules.get("freezes"):
        repairs["price"] = "none"
    if repairs.get("price") == "days":
        repairs["days"] = min(repairs.get("days") or 1, repairs["withinDays"])
    else:
        repairs.pop("days", None)


def fit_preview(body: dict[str, Any]) -> None:
    body["widget"] = body.get("widget") or {"event": "preview"}
    fit_widget(body["widget"], len(PROJECT))
    # A history is not long, and a range is neither backwards nor long.
    body["dates"] = (body.get("dates") or [])[:1]
    if body.get("from"):
        body["to"] = body["from"]


def fit_ledger(body: dict[str, Any]) -> None:
    body["userHashes"] = [user or "user" for user in body.get("userHashes") or []] or ["user"]
    body["entryId"] = f"{next(entries)}"
    # The project's widgets change from case to case.
    body.pop("event", None)
    for field in ("from", "to"):
        if body.get(field):
            body[field] = PAST
    if body.get("takenBackId"):
        # Nothing that takes another entry back.
        body["takenBackId"] = f"none {body['takenBackId']}"[:64]


def fit_amnesty(body: dict[str, Any]) -> None:
    # The project's widgets change from case to case. Only the server can make a page token.
    body.pop("event", None)
    body.pop("pageToken", None)
    if body.get("takenBackId"):
        # What is previewed is one or the other.
        body.pop("from", None)
        body.pop("to", None)
    else:
        body.pop("takenBackId", None)
        body["from"] = body["to"] = PAST


def fit_correction(body: dict[str, Any]) -> None:
    body["wrongZone"] = pick(ZONES, body["wrongZone"])
    body["rightZone"] = pick([zone for zone in ZONES if zone != body["wrongZone"]], body["rightZone"])
    if body.get("from"):
        # A range is not backwards.
        body["to"] = body["from"]


def fit_grant(case: Case) -> None:
    # The one project whose widgets no case changes.
    case.path_parameters["siteKey"], case.body["event"] = PROJECT, FROZEN_EVENT
    if case.body.get("to"):
        case.body["from"] = PAST


def fit_repair(case: Case) -> None:
    # The one project whose widgets no case changes, and a user of whom each case has repaired nothing yet.
    case.path_parameters["siteKey"], case.body["event"] = PROJECT, MENDED_EVENT
    user = f"broken {case.body['entryId']}"
    case.body["userHashes"] = [user]
    five_days_ago = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 5 * 86_400))
    event = {"siteKey": PROJECT, "userHash": user, "event": MENDED_EVENT, "ts": five_days_ago}
    requests.post(f"{environ['STREAKD_URL']}/v1/e", json=event, timeout=10).raise_for_status()


def each_once(values: list[str] | None) -> list[str]:
    return list(dict.fromkeys(values or []))


def fit_token(token: dict[str, Any]) -> None:
    if token.get("siteKey"):
        token["siteKey"] = PROJECT
    if token.get("expireTime"):
        # A year to come that has its 29th of February where the other has.
        token["expireTime"] = f"{2400 + int(token['expireTime'][:4]) % 24}{token['expireTime'][4:]}"


def pick(values: list[Any], text: str) -> Any:
    """One of the values, always the same for the same text."""
    return values[sum(map(ord, text)) % len(values)]
