"""What schemathesis cannot know about our API: who calls, how a webhook is signed, and when things are on sale.

Users are made here, with one administrator that no fuzzed request ever speaks for: whatever a fuzzed request does to the
sessions and roles of the others, they log in again and get their roles back.
"""

import base64
import hashlib
import hmac
import json
import os
import random
import re
import threading
import time
from datetime import datetime, timedelta, timezone

import requests
import schemathesis

URL = os.environ["FUZZ_URL"]
SECRET = os.environ["FUZZ_WEBHOOK_SECRET"].encode()
CHANCE = random.Random(int(os.environ["FUZZ_SEED"]))
PASSWORD = "of a user that is fuzzed"


def post(path, body):
    return requests.post(URL + path, json=body, timeout=20)


class Users:
    """One user for each role, with a token that is valid when it is asked for."""

    def __init__(self):
        self.tokens = {}
        self.lock = threading.Lock()

    def token(self, role):
        with self.lock:
            if role not in self.tokens:
                self.tokens[role] = self.log_in(role)
            return self.tokens[role]

    def forget(self):
        with self.lock:
            self.tokens = {}

    def log_in(self, role):
        name = f"fuzz-{role}"
        body = {"username": name, "password": PASSWORD}
        answer = post("/login", body)
        if answer.status_code == 401:
            answer = post("/register", body)
        answer.raise_for_status()
        session = answer.json()
        if role_in(session["token"]) == role:
            return session["token"]
        self.promote(session["userId"], role)
        answer = post("/login", body)
        answer.raise_for_status()
        return answer.json()["token"]

    def promote(self, user_id, role):
        root = post("/login", {"username": "root", "password": os.environ["FUZZ_ADMIN_PASSWORD"]})
        root.raise_for_status()
        requests.put(
            f"{URL}/api/v1/admin/users/{user_id}/role",
            json={"role": role},
            headers={"Authorization": f"Bearer {root.json()['token']}"},
            timeout=20,
        ).raise_for_status()


def role_in(token):
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["role"]


USERS = Users()
# Calls after which a token may be one of an ended session.
ENDS_SESSIONS = ("/logout", "/sessions", "/role")


def roles_of(case):
    """The roles that may make a call: nearly always, so that it comes further than to the door."""
    told = re.match(r"For the role ([\w ]+)\.", case.operation.definition.raw.get("description", ""))
    # A chain goes on as the buyer who began it.
    return ["buyer"] if told is None else told[1].split(" or ") * 7 + ["admin", "buyer", "organizer"]


@schemathesis.auth(refresh_interval=None)
class Auth:
    def get(self, case, ctx):
        return USERS.token(CHANCE.choice(roles_of(case)))

    def set(self, case, token, ctx):
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {token}"


@schemathesis.hook
def after_call(ctx, case, response):
    if response.status_code == 401 or any(word in case.operation.path for word in ENDS_SESSIONS):
        USERS.forget()
    if case.method == "POST" and response.status_code in (201, 202):
        answer = response.json()
        for field, values in MADE.items():
            if field in answer:
                values.append(answer[field])
                del values[:-GOODS]


class Signature(requests.auth.AuthBase):
    """Signs a webhook as the payment provider does, when its bytes are known."""

    def __call__(self, request):
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else body
        seconds = int(time.time())
        digest = hmac.new(SECRET, f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
        request.headers["payment-signature"] = f"t={seconds},v1={digest}"
        return request


@schemathesis.hook
def before_call(ctx, case, kwargs):
    # A case without the header tests that it is needed.
    is_webhook = case.operation.path.endswith("/webhook") and "payment-signature" in (case.headers or {})
    if is_webhook and CHANCE.random() < 0.8:
        kwargs["auth"] = Signature()


# Enough that a buyer, who may have each of them once, finds some that are new.
GOODS = 150


def call(method, path, body, role="admin"):
    headers = {"Authorization": f"Bearer {USERS.token(role)}"}
    answer = requests.request(method, URL + path, json=body, headers=headers, timeout=60)
    answer.raise_for_status()
    return answer.json()


def put(path, body):
    call("PUT", path, body)


# A fuzzed request may cancel any of them.
EVENTS = 20
# Finds what the quests and achievements want.
QUEST_CODE = "RED"
# Ids that the server has given: of events, and of the two ticket types of each.
EVENT_IDS = []
TICKET_TYPE_IDS = []


def put_on_sale():
    """Products, campaigns and flash sales that are on now: few requests made at random could be about any others."""
    now = datetime.now(timezone.utc)
    begin, end = (moment.strftime("%Y-%m-%dT%H:%M:%SZ") for moment in (now - timedelta(days=1), now + timedelta(days=1)))
    price = {"basePrice": "20.00", "flashSalePrice": "10.00"}
    products = [{"skuId": sku, "name": sku, "totalInventory": 50, **price} for sku in names("product") + names("sale")]
    put("/api/v1/admin/products", {"products": products})
    campaigns = [
        {"campaignId": name, "name": name, "capacity": 50, "startsAt": begin, "endsAt": end}
        for name in names("campaign")
    ]
    put("/api/v1/admin/campaigns", {"campaigns": campaigns})
    sales = [{"saleId": sku, "skuId": sku, "startTime": begin, "endTime": end} for sku in names("sale")]
    put("/api/v1/admin/flash-sales", {"sales": sales})
    goal = {"counts": "codes", "needed": 1, "codes": [QUEST_CODE]}
    achievements = [{"achievementId": name, "name": name, "goal": goal, "points": 5} for name in names("achievement")]
    put("/api/v1/admin/achievements", {"achievements": achievements})
    quests = [{"questId": name, "name": name, "goal": goal, "reward": {"points": 5}} for name in names("quest")]
    put("/api/v1/admin/quests", {"quests": quests})
    for _ in range(EVENTS):
        put_up_event(begin, end)


def put_up_event(begin, end):
    evening = {"title": "A long evening", "venue": "Town hall", "city": "Brno"}
    times = {"startsAt": "2090-01-01T18:00:00Z", "endsAt": "2090-01-01T22:00:00Z"}
    event = call("POST", "/events", {**evening, **times}, "organizer")["eventId"]
    kind = {"price": "12.00", "capacity": 500, "opensAt": begin, "closesAt": end}
    types = [
        call("POST", f"/events/{event}/ticket-types", {"name": name, **kind}, "organizer")["ticketTypeId"]
        for name in ("Balcony", "Stalls")
    ]
    EVENT_IDS.append(event)
    TICKET_TYPE_IDS.append(types)


def names(what):
    return [f"{what}-{number}" for number in range(GOODS)]


put_on_sale()

# What answers have given to the buyer. The newest ones are the likeliest to be good for another call.
MADE = {"reservationId": [], "orderId": [], "basketId": [], "code": []}
# The places of these in requests: in the body, or in a path that begins so.
IN_BODY = {"reservationId": "reservationId", "paymentId": "orderId", "code": "code"}
IN_PATH = {
    **{"/api/v1/reservations/": "reservationId", "/api/v1/orders/": "orderId"},
    "/api/v1/baskets/": "basketId",
}


def made(what):
    values = MADE[what]
    return values[-1 - min(len(values) - 1, int(CHANCE.expovariate(0.5)))]


KNOWN = {
    **{"skuId": "product", "campaignId": "campaign", "saleId": "sale", "productId": "sale"},
    **{"questId": "quest", "achievementId": "achievement"},
}


def know_lines(lines):
    """Makes the lines of a basket ones that can be had together, each of another SKU."""
    types = CHANCE.choice(TICKET_TYPE_IDS)
    if any("ticketTypeId" in line for line in lines):
        del lines[len(types) :]
        known = [{"ticketTypeId": name} for name in types]
    else:
        known = [{"skuId": f"product-{number}"} for number in CHANCE.sample(range(GOODS), len(lines))]
    for line, names_it in zip(lines, known):
        line.update(names_it)


@schemathesis.hook
def map_case(ctx, case):
    """Lets most valid requests be about things that exist, and under a key of their own."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return case
    if "idempotency-key" in (case.headers or {}) and CHANCE.random() < 0.9:
        case.headers["idempotency-key"] = f"key-{CHANCE.getrandbits(64):x}"
    if CHANCE.random() < 0.3:
        return case
    for part in (case.path_parameters, case.body):
        for field, what in KNOWN.items():
            if isinstance(part, dict) and field in part:
                part[field] = f"{what}-{CHANCE.randrange(GOODS)}"
        if isinstance(part, dict) and "ticketTypeId" in part:
            part["ticketTypeId"] = CHANCE.choice(CHANCE.choice(TICKET_TYPE_IDS))
        if isinstance(part, dict) and isinstance(part.get("lines"), list):
            know_lines(part["lines"])
    if case.operation.path.startswith("/events/") and "id" in (case.path_parameters or {}):
        case.path_parameters["id"] = CHANCE.choice(EVENT_IDS)
    for start, what in IN_PATH.items():
        if case.operation.path.startswith(start) and "id" in (case.path_parameters or {}) and MADE[what]:
            case.path_parameters["id"] = made(what)
    for field, what in IN_BODY.items():
        if isinstance(case.body, dict) and field in case.body and MADE[what]:
            case.body[field] = made(what)
    if isinstance(case.body, dict) and "code" in case.body and "/progress" in case.operation.path:
        case.body["code"] = QUEST_CODE
    if isinstance(case.body, dict) and "transactionId" in case.body:
        case.body["transactionId"] = f"transaction-{CHANCE.getrandbits(64):x}"
    return case
