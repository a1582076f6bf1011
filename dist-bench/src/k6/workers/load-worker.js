var __defProp = Object.defineProperty;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __esm = (fn, res, err) => function __init() {
  if (err) throw err[0];
  try {
    return fn && (res = (0, fn[__getOwnPropNames(fn)[0]])(fn = 0)), res;
  } catch (e) {
    throw err = [e], e;
  }
};
var __export = (target, all2) => {
  for (var name2 in all2)
    __defProp(target, name2, { get: all2[name2], enumerable: true });
};

// src/kernel/exit-codes.ts
var ExitCode;
var init_exit_codes = __esm({
  "src/kernel/exit-codes.ts"() {
    "use strict";
    ExitCode = {
      valid: 0,
      internalError: 1,
      usage: 2,
      environment: 3,
      invariantBroken: 10,
      thresholdMissed: 11,
      inconclusive: 12,
      interrupted: 130
    };
  }
});

// src/kernel/errors.ts
function rootMessage(error) {
  let current = error;
  while (current instanceof Error && current.cause !== void 0) current = current.cause;
  if (current instanceof AggregateError && current.errors.length > 0) {
    return rootMessage(current.errors[0]);
  }
  return current instanceof Error ? current.message || current.name : String(current);
}
var UserError;
var init_errors = __esm({
  "src/kernel/errors.ts"() {
    "use strict";
    init_exit_codes();
    UserError = class _UserError extends Error {
      why;
      next;
      exitCode;
      constructor(exitCode, what, details) {
        super(what, { cause: details.cause });
        this.name = "UserError";
        this.why = details.why;
        this.next = details.next;
        this.exitCode = exitCode;
      }
      /** The command line, a config file or a scenario is wrong: exit code 2. */
      static usage(what, details) {
        return new _UserError(ExitCode.usage, what, details);
      }
      /** The script itself decided that the run fails, before there was one: exit code 11. */
      static failed(what, details) {
        return new _UserError(ExitCode.thresholdMissed, what, details);
      }
      /** Something that the command needs is missing (a port, a database, a target): exit code 3. */
      static environment(what, details) {
        return new _UserError(ExitCode.environment, what, details);
      }
    };
  }
});

// src/k6/script/fetch-module.ts
var fetch_module_exports = {};
__export(fetch_module_exports, {
  fetchModule: () => fetchModule
});
import { Agent, EnvHttpProxyAgent, fetch } from "undici";
async function fetchModule(url2, { timeoutMs = TIMEOUT_MS, abandoned } = {}) {
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = abandoned ? AbortSignal.any([timeout, abandoned]) : timeout;
  let at = new URL(url2);
  try {
    for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects += 1) {
      const answer = await request(at, signal);
      if (typeof answer === "string") return answer;
      at = answer;
    }
  } catch (error) {
    const elsewhere = at.href === url2 ? "" : ` (at ${at.href}, where it was redirected to)`;
    throw new Error(`${reasonOf2(error, at, timeoutMs)}${elsewhere}`, { cause: error });
  }
  throw new Error(`it was redirected more than ${REDIRECTS_MAX} times`);
}
async function request(url2, signal) {
  const isHere = /^(localhost|127\.[\d.]+|\[::1\])$/.test(url2.hostname);
  if (url2.protocol !== "https:" && !(isHere && url2.protocol === "http:")) {
    throw new Error("modules come over https, and over http from this machine only");
  }
  const dispatcher = isHere ? new Agent() : new EnvHttpProxyAgent();
  try {
    const answer = await fetch(url2, { dispatcher, signal, redirect: "manual" });
    const location = answer.headers.get("location");
    if (answer.status >= 300 && answer.status < 400 && location) return new URL(location, url2);
    if (answer.status !== 200) {
      throw new Error(`the server answered ${answer.status} ${answer.statusText}`.trimEnd());
    }
    return await readText(answer);
  } finally {
    await dispatcher.destroy();
  }
}
async function readText({ body }) {
  const chunks = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > BYTES_MAX) throw new Error(`it is larger than ${BYTES_MAX / 1e6} MB`);
    chunks.push(chunk);
  }
  const text4 = new TextDecoder().decode(Buffer.concat(chunks));
  if (text4.trimStart().startsWith("<")) throw new Error("the answer is a page of HTML, no script");
  return text4;
}
function reasonOf2(error, url2, timeoutMs) {
  if (error instanceof Error && error.name === "TimeoutError") {
    return `there was no answer within ${timeoutMs / 1e3} s`;
  }
  const { code, hostname, address, port: port2 } = error.cause ?? {};
  switch (code) {
    case "ECONNREFUSED":
      return `nothing listens at ${address === void 0 ? url2.host : `${address}:${port2}`}`;
    case "ENOTFOUND":
      return `there is no host ${hostname ?? url2.hostname}`;
    case "EAI_AGAIN":
      return `the host ${hostname ?? url2.hostname} cannot be looked up`;
    case "UND_ERR_CONNECT_TIMEOUT":
      return `${url2.host} cannot be reached`;
    default:
      return rootMessage(error);
  }
}
var TIMEOUT_MS, REDIRECTS_MAX, BYTES_MAX;
var init_fetch_module = __esm({
  "src/k6/script/fetch-module.ts"() {
    "use strict";
    init_errors();
    TIMEOUT_MS = 3e4;
    REDIRECTS_MAX = 10;
    BYTES_MAX = 1e7;
  }
});

// src/kernel/credentials.ts
function splitCredentials(text4) {
  const url2 = new URL(text4);
  const user = `${decoded3(url2.username)}:${decoded3(url2.password)}`;
  url2.username = "";
  url2.password = "";
  const authorization = `Basic ${Buffer.from(user).toString("base64")}`;
  return { url: url2, headers: user === ":" ? {} : { authorization } };
}
function decoded3(text4) {
  try {
    return decodeURIComponent(text4);
  } catch {
    return text4;
  }
}
var init_credentials = __esm({
  "src/kernel/credentials.ts"() {
    "use strict";
  }
});

// src/kernel/wording.ts
var NUMBERS, count2;
var init_wording = __esm({
  "src/kernel/wording.ts"() {
    "use strict";
    NUMBERS = new Intl.NumberFormat("en-US");
    count2 = (number7, one, many = `${one}s`) => `${NUMBERS.format(number7)} ${number7 === 1 ? one : many}`;
  }
});

// src/tracing/span-export.ts
var span_export_exports = {};
__export(span_export_exports, {
  openSpanExport: () => openSpanExport
});
async function openSpanExport(url2, service, { waitingMax, closeWithinMs } = LIMITS2) {
  const [{ OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all([
    import("@opentelemetry/exporter-trace-otlp-http"),
    import("@opentelemetry/resources")
  ]);
  const { url: base, headers } = splitCredentials(url2);
  const endpoint = `${base.href.replace(/\/+$/, "")}/v1/traces`;
  const exporter = new OTLPTraceExporter({
    ...{ url: endpoint, headers, timeoutMillis: ANSWER_WITHIN_MS }
  });
  const resource = resourceFromAttributes({
    "service.name": service.name,
    "service.instance.id": service.instance
  });
  let waiting = [];
  let underWay = 0;
  let lost = 0;
  let why;
  let sending;
  function lose(spans, reason) {
    lost += spans;
    why ??= reason;
  }
  function send() {
    sending ??= sendParts().finally(() => {
      sending = void 0;
    });
    return sending;
  }
  async function sendParts() {
    while (waiting.length > 0) await sendPart(waiting.splice(0, SPANS_AT_ONCE));
  }
  function sendPart(spans) {
    underWay = spans.length;
    return new Promise((sent) => {
      const fail = (error) => {
        lose(spans.length, error === void 0 ? "it did not take them" : rootMessage(error));
      };
      const end = () => {
        underWay = 0;
        sent();
      };
      try {
        exporter.export(
          spans.map((span) => readable(span, resource)),
          ({ code, error }) => {
            if (code !== 0) fail(error);
            end();
          }
        );
      } catch (error) {
        fail(error);
        end();
      }
    });
  }
  const timer = setInterval(send, SEND_EVERY_MS);
  timer.unref();
  async function closeOnce() {
    clearInterval(timer);
    if (await isDoneWithin(send(), closeWithinMs)) await exporter.shutdown();
    else {
      lose(waiting.length + underWay, "it did not take them in time");
      waiting = [];
    }
    if (lost === 0) return void 0;
    return `${count2(lost, "span")} did not reach the collector at ${endpoint}: ${why}`;
  }
  let closed;
  return {
    add(span) {
      if (waiting.length < waitingMax) waiting.push(span);
      else lose(1, "it is slower than what they tell of");
    },
    close() {
      closed ??= closeOnce();
      return closed;
    }
  };
}
function isDoneWithin(work2, ms) {
  return new Promise((resolve9) => {
    const overdue = setTimeout(() => resolve9(false), ms);
    void work2.then(() => {
      clearTimeout(overdue);
      resolve9(true);
    });
  });
}
function readable(span, resource) {
  const { traceId, parentSpanId, links = [], failed = false } = span;
  const contextOf2 = (place) => ({
    ...{ traceId: place.traceId, spanId: place.spanId, traceFlags: SAMPLED }
  });
  return {
    name: span.name,
    kind: KINDS2[span.kind],
    spanContext: () => contextOf2(span),
    ...parentSpanId !== void 0 && {
      parentSpanContext: contextOf2({ traceId, spanId: parentSpanId })
    },
    startTime: hrTime(span.startMs),
    endTime: hrTime(span.endMs),
    duration: hrTime(span.endMs - span.startMs),
    status: { code: failed ? ERROR : UNSET },
    attributes: span.attributes,
    links: links.map((place) => ({ context: contextOf2(place) })),
    ...{ events: [], ended: true, resource, instrumentationScope: { name: "flashsale" } },
    ...{ droppedAttributesCount: 0, droppedEventsCount: 0, droppedLinksCount: 0 }
  };
}
function hrTime(ms) {
  const seconds = Math.floor(ms / 1e3);
  return [seconds, Math.round((ms - seconds * 1e3) * 1e6)];
}
var SEND_EVERY_MS, SPANS_AT_ONCE, ANSWER_WITHIN_MS, LIMITS2, KINDS2, UNSET, ERROR, SAMPLED;
var init_span_export = __esm({
  "src/tracing/span-export.ts"() {
    "use strict";
    init_credentials();
    init_errors();
    init_wording();
    SEND_EVERY_MS = 500;
    SPANS_AT_ONCE = 2e3;
    ANSWER_WITHIN_MS = 5e3;
    LIMITS2 = {
      /** Spans that wait for a collector that is slower than what they tell of; those that come then are left out. */
      waitingMax: 5e4,
      /** The time that the rest has at the end, together. */
      closeWithinMs: 5e3
    };
    KINDS2 = { internal: 0, server: 1, client: 2, producer: 3, consumer: 4 };
    [UNSET, ERROR] = [0, 2];
    SAMPLED = 1;
  }
});

// src/k6/workers/load-worker.ts
import { parentPort, workerData } from "node:worker_threads";

// src/history/call-watch.ts
var WISHES_MAX = 2e5;
function watchCalls(history, clock, hear, numberOf2 = (id) => id) {
  const pending = /* @__PURE__ */ new Map();
  const wishes = /* @__PURE__ */ new Map();
  let untilNs = 0;
  function wishOf({ kind, idempotencyKey, buyer }, atNs) {
    if (idempotencyKey === void 0) return void 0;
    const name2 = `${kind} ${idempotencyKey} ${buyer}`;
    const known = wishes.get(name2);
    if (known !== void 0) {
      known.calls++;
      return known;
    }
    if (wishes.size >= WISHES_MAX) return { ...FORGOTTEN };
    const wish = { name: name2, sentAtNs: atNs, calls: 1, isGranted: false };
    wishes.set(name2, wish);
    return wish;
  }
  function answer({ facts, atNs, wish }, id, end, endNs) {
    const isRefused = end.outcome === "fail";
    const isRepeated = wish !== void 0 && wish.calls > 1;
    if (isRefused && !isRepeated && wish !== void 0) wishes.delete(wish.name);
    const shows = end.outcome === "ok" || MAY_END.has(facts.kind) || isRefused && isRepeated;
    if (!shows) return;
    hear({
      type: "answered",
      call: callOf(numberOf2(id), facts, atNs, end, endNs),
      wishedAtNs: wish?.sentAtNs ?? atNs,
      isRepeated,
      wasGranted: wish?.isGranted ?? false
    });
    if (wish !== void 0 && end.outcome === "ok") wish.isGranted = true;
  }
  return {
    invoke(facts, atNs = clock.monotonicNs()) {
      const id = history.invoke(facts, atNs);
      if (atNs > untilNs) untilNs = atNs;
      if (facts.kind === "read") return id;
      pending.set(id, { facts, atNs, wish: wishOf(facts, atNs) });
      if (MAY_END.has(facts.kind))
        hear({ type: "called", call: callOf(numberOf2(id), facts, atNs) });
      return id;
    },
    complete(id, facts, atNs = clock.monotonicNs()) {
      history.complete(id, facts, atNs);
      if (atNs > untilNs) untilNs = atNs;
      const call = pending.get(id);
      if (call === void 0) return;
      pending.delete(id);
      answer(call, id, facts, atNs);
    },
    heardUntilNs: () => untilNs
  };
}
var FORGOTTEN = {
  name: "",
  sentAtNs: Number.NEGATIVE_INFINITY,
  calls: 2,
  isGranted: true
};
var MAY_END = /* @__PURE__ */ new Set(["confirm", "release", "cancel"]);
var NO_ANSWER = { outcome: "info", status: 0 };
function callOf(id, facts, invokedAtNs, end = NO_ANSWER, endNs = Number.POSITIVE_INFINITY) {
  const isOther = facts.hold !== void 0 && end.hold !== void 0 && end.hold !== facts.hold;
  return {
    id,
    kind: facts.kind,
    sku: facts.sku ?? end.sku,
    buyer: facts.buyer,
    quantity: facts.quantity,
    idempotencyKey: facts.idempotencyKey,
    hold: facts.hold ?? end.hold,
    newHold: isOther ? end.hold : void 0,
    order: facts.order ?? end.order,
    voucher: facts.voucher ?? end.voucher,
    ticket: facts.ticket,
    basket: facts.basket,
    invokedAtNs,
    outcome: end.outcome,
    completedAtNs: end.outcome === "info" ? Number.POSITIVE_INFINITY : endNs,
    status: end.status,
    code: end.code,
    sequence: end.sequence
  };
}

// src/history/recorder.ts
init_errors();

// src/metrics/definition.ts
var LATENCY_BUCKETS_SECONDS = [
  1e-3,
  25e-4,
  5e-3,
  0.01,
  0.025,
  0.05,
  0.1,
  0.25,
  0.5,
  1,
  2.5,
  5,
  10
];

// src/metrics/catalogue.ts
var serverMetrics = {
  countersStarted: {
    name: "flashsale_counters_started_seconds",
    type: "gauge",
    help: "Time at which the counters of this process were 0, to the microsecond: it tells processes behind one URL apart.",
    labels: []
  },
  httpRequests: {
    name: "flashsale_http_requests_total",
    type: "counter",
    help: "HTTP requests answered, by route template, method and status.",
    labels: ["method", "route", "status"]
  },
  httpRequestDuration: {
    name: "flashsale_http_request_duration_seconds",
    type: "histogram",
    help: "Time from the request reaching the server to its answer being handed to the network.",
    labels: ["method", "route"],
    buckets: LATENCY_BUCKETS_SECONDS
  },
  httpRequestsInFlight: {
    name: "flashsale_http_requests_in_flight",
    type: "gauge",
    help: "HTTP requests being worked on.",
    labels: []
  },
  reservations: {
    name: "flashsale_reservations_total",
    type: "counter",
    help: "Reserve calls decided, by outcome.",
    labels: ["outcome"]
  },
  admission: {
    name: "flashsale_admission_total",
    type: "counter",
    help: "Buyers who came to the filter in front of the ledger, by filter and what it made of them.",
    labels: ["filter", "outcome"]
  },
  orders: {
    name: "flashsale_orders_total",
    type: "counter",
    help: "Checkout calls decided, by outcome.",
    labels: ["outcome"]
  },
  registrations: {
    name: "flashsale_registrations_total",
    type: "counter",
    help: "Campaign registrations decided, by outcome.",
    labels: ["outcome"]
  },
  attempts: {
    name: "flashsale_attempts_total",
    type: "counter",
    help: "Flash-sale attempts accepted or refused, by outcome.",
    labels: ["outcome"]
  },
  purchases: {
    name: "flashsale_ticket_purchases_total",
    type: "counter",
    help: "Purchases of tickets decided, by outcome.",
    labels: ["outcome"]
  },
  basketPurchases: {
    name: "flashsale_basket_purchases_total",
    type: "counter",
    help: "Purchases of tickets of several types together decided, by outcome.",
    labels: ["outcome"]
  },
  tracks: {
    name: "flashsale_tracks_total",
    type: "counter",
    help: "Events that clients told the analytics of, by outcome (stored, repeated, refused for want of room).",
    labels: ["outcome"]
  },
  tracksWaiting: {
    name: "flashsale_tracks_waiting",
    type: "gauge",
    help: "Events of clients that wait in this process to be stored.",
    labels: []
  },
  cache: {
    name: "flashsale_cache_total",
    type: "counter",
    help: "Cached values looked up, by cache and where they were found (memory, redis, source).",
    labels: ["cache", "found"]
  },
  paymentCalls: {
    name: "flashsale_payment_calls_total",
    type: "counter",
    help: "Calls to the payment provider (charge, find, refund), by outcome.",
    labels: ["call", "outcome"]
  },
  paymentWebhooks: {
    name: "flashsale_payment_webhooks_total",
    type: "counter",
    help: "Webhooks of the payment provider (accepted, repeated, forged).",
    labels: ["outcome"]
  },
  circuitState: {
    name: "flashsale_circuit_state",
    type: "gauge",
    help: "State of the circuit breaker of a dependency (payment, email, sms, media, redis, kafka): 0 closed, 1 open, 2 half open.",
    labels: ["dependency"]
  },
  replicaReads: {
    name: "flashsale_replica_reads_total",
    type: "counter",
    help: "Reads that may be made at a replica, by where they were made: there, or at the primary because it lagged, failed or rested.",
    labels: ["place"]
  },
  replicaLag: {
    name: "flashsale_replica_lag_bytes",
    type: "gauge",
    help: "How far each replica of the database is behind, in bytes of the log; absent while it does not answer.",
    labels: ["replica"]
  },
  mediaCalls: {
    name: "flashsale_media_calls_total",
    type: "counter",
    help: "Calls to the object store that keeps images, by what was asked and outcome.",
    labels: ["call", "outcome"]
  },
  imagesWaiting: {
    name: "flashsale_images_waiting",
    type: "gauge",
    help: "Images that are on their way to the object store; their events stand without them so long.",
    labels: []
  },
  stockMovements: {
    name: "flashsale_stock_movements_total",
    type: "counter",
    help: "Stock movements this process committed, by kind.",
    labels: ["kind"]
  },
  stockUnits: {
    name: "flashsale_stock_units",
    type: "gauge",
    help: "Units of a SKU by state (available, reserved, sold), read from the ledger at scrape time.",
    labels: ["sku", "state"]
  },
  oversoldUnits: {
    name: "flashsale_oversold_units",
    type: "gauge",
    help: "Units held or sold beyond the SKU\u2019s total, counted from reservations, not from the stock columns; where there are millions, every few seconds.",
    labels: ["sku"]
  },
  lapsedHolds: {
    name: "flashsale_lapsed_holds",
    type: "gauge",
    help: "Holds that have lapsed and whose units are not back on sale yet, counted up to 10,000.",
    labels: []
  },
  lapsedHoldAge: {
    name: "flashsale_lapsed_hold_age_seconds",
    type: "gauge",
    help: "Time since the first of them lapsed; 0 without any. The sweeper keeps it below its interval.",
    labels: []
  },
  ledgerBatchSize: {
    name: "flashsale_ledger_batch_size",
    type: "histogram",
    help: "Calls committed together by the batched strategy.",
    labels: ["operation"],
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]
  },
  dbQueryDuration: {
    name: "flashsale_db_query_duration_seconds",
    type: "histogram",
    help: "Time a ledger statement took, waiting for a connection included.",
    labels: ["query"],
    buckets: LATENCY_BUCKETS_SECONDS
  },
  dbConnections: {
    name: "flashsale_db_connections",
    type: "gauge",
    help: "Connections of this process to PostgreSQL, by state (active, idle, waiting).",
    labels: ["state"]
  },
  rateLimited: {
    name: "flashsale_rate_limited_total",
    type: "counter",
    help: "Requests refused with 429, by the policy (ip, user, admission, registration) that refused them.",
    labels: ["policy"]
  },
  redisMemory: {
    name: "flashsale_redis_memory_bytes",
    type: "gauge",
    help: "Memory Redis uses, as Redis counts it.",
    labels: []
  },
  redisHitRatio: {
    name: "flashsale_redis_hit_ratio",
    type: "gauge",
    help: "Share of the lookups since Redis started that found their key.",
    labels: []
  },
  outboxEvents: {
    name: "flashsale_outbox_events",
    type: "gauge",
    help: "Events on their way: with Kafka still to be published, without it still to be handled by some group.",
    labels: []
  },
  eventsPublished: {
    name: "flashsale_events_published_total",
    type: "counter",
    help: "Events this process published to Kafka, repetitions not counted.",
    labels: ["topic"]
  },
  consumerLag: {
    name: "flashsale_consumer_lag_events",
    type: "gauge",
    help: "Events a consumer group has still to handle, counted up to 10,000 per topic and SKU, and among the oldest 10,000 in the outbox.",
    labels: ["group"]
  },
  deadLetters: {
    name: "flashsale_dead_letters",
    type: "gauge",
    help: "Events among the dead letters of a consumer group.",
    labels: ["group"]
  },
  notifications: {
    name: "flashsale_notifications_total",
    type: "counter",
    help: "Notifications this process wrote for users.",
    labels: []
  },
  streams: {
    name: "flashsale_notification_streams",
    type: "gauge",
    help: "WebSockets over which users hear of notifications.",
    labels: []
  },
  streamsEnded: {
    name: "flashsale_notification_streams_ended_total",
    type: "counter",
    help: "WebSockets that ended, by why (gone, slow, silent, session_ended, token_expired, not_asked, draining).",
    labels: ["reason"]
  },
  messagesSent: {
    name: "flashsale_messages_sent_total",
    type: "counter",
    help: "Messages handed to the provider of a channel (email, sms), by outcome (sent, refused, unavailable).",
    labels: ["channel", "outcome"]
  },
  messagesWaiting: {
    name: "flashsale_messages_waiting",
    type: "gauge",
    help: "Messages that wait for the provider of a channel.",
    labels: ["channel"]
  },
  eventsHandled: {
    name: "flashsale_events_handled_total",
    type: "counter",
    help: "Events this process handled, each counted once per consumer group.",
    labels: ["group"]
  },
  eventRetries: {
    name: "flashsale_event_retries_total",
    type: "counter",
    help: "Times a single event was handed to its consumer group again because handling it failed.",
    labels: ["group"]
  },
  eventsBuried: {
    name: "flashsale_events_buried_total",
    type: "counter",
    help: "Events this process put among the dead letters.",
    labels: ["group"]
  }
};

// src/history/chunked-file.ts
init_errors();
import {
  close as closeCallback,
  mkdirSync,
  openSync,
  write as writeCallback,
  writeSync
} from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
var write = promisify(writeCallback);
var closeFd = promisify(closeCallback);
var CHUNK_BYTES = 256 * 1024;
var UTF8_BYTES_MAX = 3;
var FLUSH_AFTER_MS = 500;
var WAITING_BYTES_MAX = 64 * 1024 * 1024;
function openChunkedFile(path, options) {
  const { name: name2, option, waitingBytesMax = WAITING_BYTES_MAX } = options;
  const fd = create(path, { name: name2, option });
  let chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  let chunkLength = 0;
  let flushTimer;
  let position = 0;
  let waitingBytes = 0;
  let writing = Promise.resolve();
  let failure;
  let closing;
  function append(line2) {
    if (failure !== void 0 || closing !== void 0) return;
    const roomNeeded = line2.length * UTF8_BYTES_MAX;
    if (chunkLength + roomNeeded > CHUNK_BYTES) flush();
    if (roomNeeded > CHUNK_BYTES) {
      send(Buffer.from(line2));
      return;
    }
    chunkLength += chunk.write(line2, chunkLength);
    flushTimer ??= setTimeout(flush, FLUSH_AFTER_MS).unref();
  }
  function flush() {
    clearTimeout(flushTimer);
    flushTimer = void 0;
    if (chunkLength === 0) return;
    send(chunk.subarray(0, chunkLength));
    chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    chunkLength = 0;
  }
  function send(bytes) {
    const at = position;
    position += bytes.length;
    if (waitingBytes > waitingBytesMax) writeNow(bytes, at);
    else writeLater(bytes, at);
  }
  function writeNow(bytes, at) {
    try {
      for (let done = 0; done < bytes.length; ) {
        done += writeSync(fd, bytes, done, bytes.length - done, at + done);
      }
    } catch (error) {
      failure ??= error;
    }
  }
  function writeLater(bytes, at) {
    waitingBytes += bytes.length;
    writing = writing.then(async () => {
      try {
        if (failure === void 0) await writeAll(fd, bytes, at);
      } catch (error) {
        failure ??= error;
      }
      waitingBytes -= bytes.length;
    });
  }
  async function closeOnce() {
    flush();
    await writing;
    await closeFd(fd).catch((error) => {
      failure ??= error;
    });
    if (failure !== void 0) {
      throw UserError.environment(`${name2} ${path} is incomplete`, {
        why: rootMessage(failure),
        next: `give a file on a disk with room, with ${option}`,
        cause: failure
      });
    }
  }
  return {
    append,
    close() {
      closing ??= closeOnce();
      return closing;
    }
  };
}
function create(path, { name: name2, option }) {
  try {
    mkdirSync(dirname(path), { recursive: true });
    return openSync(path, "w");
  } catch (error) {
    throw UserError.environment(`${name2} ${path} cannot be written`, {
      why: rootMessage(error),
      next: `give another file with ${option}`,
      cause: error
    });
  }
}
async function writeAll(fd, bytes, at) {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await write(fd, bytes, done, bytes.length - done, at + done);
    done += bytesWritten;
  }
}

// src/history/format.ts
import * as z14 from "zod";

// src/protocol/ledger.ts
import * as z13 from "zod";

// src/protocol/bucket-size.ts
import * as z from "zod";
var BucketSize = z.enum(["minute", "hour", "day"]);

// src/protocol/orders.ts
import * as z3 from "zod";

// src/protocol/products.ts
import * as z2 from "zod";
var SkuId = z2.string().min(1).max(64).regex(/^[\w.:-]+$/, "letters, digits and . _ : - only");
var Money = z2.string().regex(/^\d{1,10}\.\d{2}$/, "a decimal with two places, like 19.99");
var TotalMoney = z2.string().regex(/^\d{1,12}\.\d{2}$/, "a decimal with two places, like 199.90");
var Product = z2.object({
  skuId: SkuId,
  name: z2.string(),
  basePrice: Money,
  flashSalePrice: Money,
  totalInventory: z2.int(),
  isActive: z2.boolean(),
  category: z2.string(),
  createdAt: z2.iso.datetime()
});
var ProductPage = z2.object({
  products: z2.array(Product),
  nextCursor: z2.string().optional()
});
var Availability = z2.object({
  skuId: SkuId,
  total: z2.int(),
  available: z2.int(),
  reserved: z2.int(),
  sold: z2.int(),
  /** Number of the last stock movement included. */
  sequence: z2.int()
});

// src/protocol/orders.ts
var PaymentMethod = z3.enum(["card", "wallet", "bank_transfer"]);
var CheckoutRequest = z3.strictObject({
  reservationId: z3.uuid(),
  paymentMethod: PaymentMethod,
  /** The buyer makes it up for the payment: the same id again is the same payment, never a second one. */
  transactionId: z3.string().regex(/^[\w.:-]{1,100}$/, "up to 100 letters, digits and . _ : -")
});
var OrderStatus = z3.enum(["PENDING", "CONFIRMED", "FAILED", "CANCELLED", "FULFILLED"]);
var Order = z3.object({
  orderId: z3.uuid(),
  reservationId: z3.uuid(),
  userId: z3.uuid(),
  skuId: SkuId,
  quantity: z3.int(),
  totalPrice: TotalMoney,
  status: OrderStatus,
  /** `none` for an order that costs nothing. */
  paymentMethod: z3.enum([...PaymentMethod.options, "none"]),
  transactionId: z3.string(),
  createdAt: z3.iso.datetime(),
  /** Number of the stock movement that sold the units. */
  sequence: z3.int().optional()
});
var OrderPage = z3.object({ orders: z3.array(Order), nextCursor: z3.string().optional() });

// src/protocol/quests.ts
import * as z12 from "zod";

// src/protocol/achievements.ts
import * as z9 from "zod";

// src/protocol/admin.ts
import * as z8 from "zod";

// src/protocol/accounts.ts
import * as z6 from "zod";

// src/protocol/referrals.ts
import * as z5 from "zod";

// src/protocol/goals.ts
import * as z4 from "zod";
var GoalKind = z4.enum([
  "orders",
  "tickets",
  "check-ins",
  "quests",
  "achievements",
  "referrals",
  "codes"
]);
var GOAL_NEEDED_MAX = 1e3;
var CODES_MAX = 20;
var GoalCode = z4.string().regex(/^[\w.:-]{1,64}$/, "letters, digits and . _ : - only");
var NewGoal = z4.strictObject({
  counts: GoalKind,
  needed: z4.int().min(1).max(GOAL_NEEDED_MAX),
  codes: z4.array(GoalCode).max(CODES_MAX).default([]).describe("Only where codes are counted: at least as many as are needed, each once.")
}).refine(
  ({ counts, needed, codes }) => counts === "codes" ? new Set(codes).size >= needed : codes.length === 0,
  { path: ["codes"], message: "as many different codes as are needed, if codes are counted" }
);
var Goal = z4.object({ counts: GoalKind, needed: z4.int() });
var CodeSubmission = z4.strictObject({ code: GoalCode });

// src/protocol/referrals.ts
var ReferralCode = z5.string().regex(/^[2-9A-HJ-NP-Z]{12}$/, "must be a code as GET /referrals tells it");
var REFERRALS_MAX = GOAL_NEEDED_MAX;
var Referrals = z5.object({
  code: ReferralCode.describe("Stays the same. Whoever registers with it counts for the caller."),
  referred: z5.int().describe(`Users who registered with the code. At most ${REFERRALS_MAX} are counted.`)
});

// src/protocol/accounts.ts
var Role = z6.enum(["buyer", "organizer", "admin"]);
var Credentials = z6.strictObject({
  username: z6.string().min(3).max(64).regex(/^[\w.@-]+$/, "letters, digits and . _ @ - only"),
  password: z6.string().min(8).max(72).refine((password) => Buffer.byteLength(password) <= 72, "at most 72 bytes").describe("At most 72 bytes in UTF-8; a letter outside of ASCII has two or more.")
});
var Registration = Credentials.extend({
  referralCode: ReferralCode.optional().describe(
    "The code of the user who brought this one: counts once for that user."
  )
});
var Session = z6.object({
  userId: z6.uuid(),
  token: z6.string(),
  refreshToken: z6.string(),
  expiresIn: z6.int()
});
var RefreshRequest = z6.strictObject({ refreshToken: z6.string().min(1).max(200) });
var SessionsEnded = z6.object({
  sessionsEnded: z6.int().describe(
    "They are over on this instance. Another one accepts their tokens until it has heard so: milliseconds, at most three seconds."
  )
});
var OpenSession = z6.object({
  sessionId: z6.uuid(),
  createdAt: z6.iso.datetime(),
  expiresAt: z6.iso.datetime()
});
var OpenSessions = z6.object({ sessions: z6.array(OpenSession) });
var PutRole = z6.strictObject({ role: Role });
var RolePut = SessionsEnded.extend({ userId: z6.uuid(), role: Role });

// src/protocol/reservations.ts
import * as z7 from "zod";
var QUANTITY_MAX = 10;
var REFUSAL_LAG_MS = 500;
var ReserveRequest = z7.strictObject({
  skuId: SkuId,
  quantity: z7.int().min(1).max(QUANTITY_MAX)
});
var ReservationStatus = z7.enum(["RESERVED", "CONFIRMED", "EXPIRED", "CANCELLED"]);
var Reservation = z7.object({
  reservationId: z7.uuid(),
  userId: z7.uuid(),
  skuId: SkuId,
  quantity: z7.int(),
  status: ReservationStatus,
  createdAt: z7.iso.datetime(),
  expiresAt: z7.iso.datetime(),
  confirmedAt: z7.iso.datetime().nullable(),
  /** Number of the stock movement that made the hold; in the answer to a cancellation, of the one that released it. */
  sequence: z7.int().optional()
});

// src/protocol/admin.ts
var PlainText = z8.string().regex(
  /^(?:[ -~\u00a0-\ud7ff\ue000-\uffff]|[\ud800-\udbff][\udc00-\udfff])*$/,
  "no control characters, and no half of a character"
);
var SeedProducts = z8.strictObject({
  products: z8.array(
    z8.strictObject({
      skuId: SkuId,
      name: PlainText.min(1).max(200),
      basePrice: Money,
      flashSalePrice: Money,
      totalInventory: z8.int().min(0).max(1e9),
      /** Units that one buyer may have. */
      unitsPerBuyerMax: z8.int().min(1).max(QUANTITY_MAX).default(QUANTITY_MAX),
      category: PlainText.max(100).default("flash-sale")
    })
  ).min(1).max(1e4).describe("Each SKU is listed once.")
});
var SeededProducts = z8.object({ created: z8.array(SkuId), existing: z8.array(SkuId) });
var SEED_USERS_MAX = 1e4;
var SeedUsers = z8.strictObject({
  prefix: z8.string().min(1).max(40).regex(/^[\w.-]+$/),
  /** Far below 2^53, above which two numbers may be one. */
  first: z8.int().min(1).max(1e12).default(1),
  count: z8.int().min(1).max(SEED_USERS_MAX),
  /** Administrators cannot be created in bulk. */
  role: Role.exclude(["admin"]).default("buyer")
});
var SeededUsers = z8.object({
  users: z8.array(z8.object({ userId: z8.uuid(), username: z8.string(), token: z8.string() }))
});

// src/protocol/achievements.ts
var AchievementId = SkuId;
var POINTS_MAX = 1e6;
var SeedAchievements = z9.strictObject({
  achievements: z9.array(
    z9.strictObject({
      achievementId: AchievementId,
      name: PlainText.min(1).max(200),
      description: PlainText.max(2e3).default(""),
      goal: NewGoal,
      points: z9.int().min(0).max(POINTS_MAX).default(0)
    })
  ).min(1).max(1e3).describe("Each achievement is listed once.")
});
var SeededAchievements = z9.object({
  created: z9.array(AchievementId),
  existing: z9.array(AchievementId)
});
var Achievement = z9.object({
  achievementId: AchievementId,
  name: z9.string(),
  description: z9.string(),
  goal: Goal,
  points: z9.int(),
  count: z9.int(),
  unlockedAt: z9.iso.datetime().nullable()
}).meta({ id: "Achievement" });
var AchievementPage = z9.object({
  achievements: z9.array(Achievement),
  nextCursor: z9.string().optional()
});

// src/protocol/campaigns.ts
import * as z11 from "zod";

// src/protocol/sent-time.ts
import * as z10 from "zod";
var LATEST = "9999-12-31T23:59:59.999";
var SentTime = z10.iso.datetime().max(40).refine((time) => time >= "1970", "must be in the year 1970 or later").refine((time) => time < LATEST, "must be before the last moment of the year 9999").describe("In UTC, in the year 1970 or later.");
var SentDay = z10.iso.date().refine((day) => day >= "1970", "must be in the year 1970 or later").describe("In UTC, in the year 1970 or later.");

// src/protocol/campaigns.ts
var CampaignId = SkuId;
var SeedCampaigns = z11.strictObject({
  campaigns: z11.array(
    z11.strictObject({
      campaignId: CampaignId,
      name: PlainText.min(1).max(200),
      /** Number of vouchers. */
      capacity: z11.int().min(0).max(1e9),
      startsAt: SentTime,
      endsAt: SentTime.describe("Later than `startsAt`. In UTC."),
      /** End of the time in which a voucher can be used; absent: there is none. */
      voucherValidUntil: SentTime.optional(),
      /** True: its vouchers are rewards of a quest, and nobody registers for them. */
      isReward: z11.boolean().default(false)
    }).refine(({ startsAt, endsAt }) => Date.parse(startsAt) < Date.parse(endsAt), {
      path: ["endsAt"],
      message: "must be later than startsAt"
    })
  ).min(1).max(1e3).describe("Each campaign is listed once.")
});
var SeededCampaigns = z11.object({
  created: z11.array(CampaignId),
  existing: z11.array(CampaignId)
});
var RegisterRequest = z11.strictObject({ campaignId: CampaignId });
var Voucher = z11.object({
  /** The owner shows it to use the voucher. A guessed code is worth nothing, because only the owner may use it. */
  code: z11.string(),
  campaignId: CampaignId,
  orderId: z11.uuid(),
  issuedAt: z11.iso.datetime(),
  validUntil: z11.iso.datetime().nullable(),
  usedAt: z11.iso.datetime().nullable()
}).meta({ id: "Voucher" });
var Registration2 = Voucher.extend({
  skuId: SkuId,
  reservationId: z11.uuid(),
  /** Number of the stock movement that sold the unit. */
  sequence: z11.int()
}).meta({ id: "Registration" });
var VoucherPage = z11.object({
  vouchers: z11.array(Voucher),
  nextCursor: z11.string().optional()
});
var UseVoucherRequest = z11.strictObject({
  code: z11.string().regex(/^[\w-]{1,64}$/, "must be the code of a voucher")
});

// src/protocol/quests.ts
var QuestId = SkuId;
var QuestReward = z12.object({
  points: z12.int().min(0).max(POINTS_MAX),
  achievementId: AchievementId.optional(),
  campaignId: CampaignId.optional()
});
var REQUIRED_MAX = 10;
var SeedQuests = z12.strictObject({
  quests: z12.array(
    z12.strictObject({
      questId: QuestId,
      name: PlainText.min(1).max(200),
      description: PlainText.max(2e3).default(""),
      goal: NewGoal,
      /** Quests that a user must have completed before, and achievements that they must have. */
      requires: z12.strictObject({
        quests: z12.array(QuestId).max(REQUIRED_MAX).default([]),
        achievements: z12.array(AchievementId).max(REQUIRED_MAX).default([])
      }).prefault({}),
      reward: z12.strictObject({
        points: z12.int().min(0).max(POINTS_MAX).default(0),
        achievementId: AchievementId.optional(),
        campaignId: CampaignId.optional().describe(
          "A campaign of rewards, which no other quest gives."
        )
      }).prefault({})
    })
  ).min(1).max(1e3).describe("Each quest is listed once.")
});
var SeededQuests = z12.object({ created: z12.array(QuestId), existing: z12.array(QuestId) });
var Quest = z12.object({
  questId: QuestId,
  name: z12.string(),
  description: z12.string(),
  goal: Goal,
  requires: z12.object({ quests: z12.array(QuestId), achievements: z12.array(AchievementId) }),
  reward: QuestReward
}).meta({ id: "Quest" });
var QuestPage = z12.object({ quests: z12.array(Quest), nextCursor: z12.string().optional() });
var VoucherOutcome = z12.enum(["OWED", "GIVEN", "GONE"]);
var GoneBecause = z12.enum(["CAMPAIGN_FULL", "CAMPAIGN_ENDED"]);
var QuestVoucher = z12.object({
  outcome: VoucherOutcome,
  campaignId: CampaignId,
  /** The voucher, once it was given. */
  registration: Registration2.optional(),
  /** Present when it is gone. */
  goneBecause: GoneBecause.optional(),
  /** The campaign's stock sequence number when this call decided that it is gone. */
  sequence: z12.int().optional()
});
var QuestProgress = z12.object({
  questId: QuestId,
  status: z12.enum(["ACTIVE", "COMPLETED"]),
  count: z12.int(),
  needed: z12.int(),
  startedAt: z12.iso.datetime(),
  completedAt: z12.iso.datetime().nullable(),
  /** Null for a quest that is not completed, or gives no voucher. Points and achievements follow from the completion. */
  voucher: QuestVoucher.nullable()
}).meta({ id: "QuestProgress" });

// src/protocol/ledger.ts
var Id = z13.string();
var Time = z13.iso.datetime();
var MovementKind = z13.enum(["RESERVED", "SOLD", "RELEASED", "EXPIRED", "RETURNED"]);
var LedgerInventory = z13.object({
  row: z13.literal("inventory"),
  skuId: Id,
  total: z13.int().nullable(),
  available: z13.int().nullable(),
  reserved: z13.int().nullable(),
  sold: z13.int().nullable(),
  /** The number of its last stock movement. */
  sequence: z13.int().nullable()
});
var LedgerReservation = z13.object({
  row: z13.literal("reservation"),
  reservationId: Id.nullable(),
  userId: Id.nullable(),
  skuId: Id,
  quantity: z13.int().nullable(),
  status: ReservationStatus.nullable(),
  lapsed: z13.boolean().nullable(),
  callId: z13.string().nullable(),
  createdAt: Time.nullable(),
  expiresAt: Time.nullable()
});
var LedgerOrder = z13.object({
  row: z13.literal("order"),
  orderId: Id.nullable(),
  reservationId: Id.nullable(),
  userId: Id.nullable(),
  skuId: Id,
  quantity: z13.int().nullable(),
  totalPrice: TotalMoney.nullable(),
  status: OrderStatus,
  callId: z13.string().nullable(),
  createdAt: Time.nullable()
});
var LedgerMovement = z13.object({
  row: z13.literal("movement"),
  skuId: Id,
  sequence: z13.int(),
  kind: MovementKind,
  quantity: z13.int(),
  reservationId: Id.nullable(),
  at: Time.nullable()
});
var LedgerVoucher = z13.object({
  row: z13.literal("voucher"),
  voucherId: Id,
  /** The code that its owner was told. */
  code: z13.string(),
  campaignId: z13.string().nullable(),
  skuId: Id,
  userId: Id.nullable(),
  orderId: Id.nullable(),
  issuedAt: Time.nullable(),
  /** Null: it was not used, or the shop does not tell. */
  usedAt: Time.nullable(),
  /** The id of the call that redeemed it. */
  usedByCallId: z13.string().nullable()
});
var LedgerReward = z13.object({
  row: z13.literal("reward"),
  questId: z13.string(),
  skuId: Id,
  userId: Id,
  outcome: VoucherOutcome,
  orderId: Id.nullable()
});
var LedgerAttempt = z13.object({
  row: z13.literal("attempt"),
  saleId: z13.string(),
  skuId: Id,
  userId: Id,
  status: z13.enum(["PENDING", "SUCCESS", "FAILED"]),
  orderId: Id.nullable(),
  callId: z13.string().nullable(),
  createdAt: Time
});
var LedgerTicket = z13.object({
  row: z13.literal("ticket"),
  ticketId: Id,
  skuId: Id,
  userId: Id.nullable(),
  orderId: Id.nullable(),
  issuedAt: Time.nullable(),
  /** Null: it was not let in, or the shop does not tell. */
  checkedInAt: Time.nullable(),
  /** The organizer who let it in. */
  checkedInBy: Id.nullable(),
  gate: z13.string().nullable(),
  /** The id of the call that let it in. */
  checkedInByCallId: z13.string().nullable()
});
var LedgerLine = z13.object({
  row: z13.literal("line"),
  basketId: Id,
  skuId: Id,
  userId: Id.nullable(),
  reservationId: Id.nullable(),
  orderId: Id.nullable()
});
var LedgerPayment = z13.object({
  row: z13.literal("payment"),
  transactionId: z13.string(),
  skuId: Id,
  userId: Id.nullable(),
  orderId: Id.nullable(),
  amount: TotalMoney,
  status: z13.enum(["PENDING", "CHARGED", "DECLINED", "REFUNDED"])
});
var LedgerDelivery = z13.object({
  row: z13.literal("delivery"),
  group: z13.string(),
  eventId: z13.string(),
  topic: z13.string(),
  type: z13.string(),
  skuId: Id,
  sequence: z13.int().nullable()
});
var LedgerNotification = z13.object({
  row: z13.literal("notification"),
  skuId: Id,
  kind: z13.string(),
  userId: Id,
  sequence: z13.int().nullable(),
  eventId: z13.string().nullable()
});
var LedgerBacklog = z13.object({
  row: z13.literal("backlog"),
  skuId: Id,
  pending: z13.int(),
  deadLetters: z13.int()
});
var LedgerHotStock = z13.object({
  row: z13.literal("hot_stock"),
  skuId: Id,
  available: z13.int().nullable()
});
var LedgerTrack = z13.object({
  row: z13.literal("track"),
  skuId: Id,
  callId: z13.string(),
  userId: Id.nullable(),
  records: z13.int(),
  callRecords: z13.int()
});
var LedgerBucket = z13.object({
  row: z13.literal("bucket"),
  skuId: Id,
  type: z13.string(),
  size: BucketSize,
  at: Time,
  records: z13.int(),
  events: z13.int(),
  units: z13.int(),
  storedRecords: z13.int().nullable(),
  storedEvents: z13.int().nullable(),
  storedUnits: z13.int().nullable()
});
var LedgerRowKind = z13.enum([
  "inventory",
  "reservation",
  "order",
  "movement",
  "voucher",
  "reward",
  "attempt",
  "payment",
  "ticket",
  "line",
  "delivery",
  "notification",
  "backlog",
  "hot_stock",
  "track",
  "bucket"
]);
var LedgerEnd = z13.object({
  row: z13.literal("end"),
  counts: z13.partialRecord(LedgerRowKind, z13.int().min(0))
});
var LedgerEntry = z13.discriminatedUnion("row", [
  LedgerInventory,
  LedgerReservation,
  LedgerOrder,
  LedgerMovement,
  LedgerVoucher,
  LedgerReward,
  LedgerAttempt,
  LedgerPayment,
  LedgerTicket,
  LedgerLine,
  LedgerDelivery,
  LedgerNotification,
  LedgerBacklog,
  LedgerHotStock,
  LedgerTrack,
  LedgerBucket
]);
var LedgerRow = z13.discriminatedUnion("row", [...LedgerEntry.options, LedgerEnd]);
var EvidenceDescription = z13.object({
  /** The kinds of rows in `GET /api/v1/admin/ledger`. */
  ledger: z13.array(LedgerRowKind),
  /** True if answers carry the numbers of stock movements. */
  sequences: z13.boolean(),
  /** True if one clock gives the times of all rows, each between the beginning of its change and its commit. */
  oneClock: z13.boolean().optional(),
  /** The consumer groups that handle events, each with its topics. */
  consumers: z13.array(z13.object({ group: z13.string(), topics: z13.array(z13.string()) }))
});

// src/protocol/ways-of-selling.ts
var WAYS_OF_SELLING = ["reservations", "campaign", "flash-sale", "tickets"];
var SEEDED_WAYS = [...WAYS_OF_SELLING, "quest"];

// src/history/counted.ts
var COUNTED = [
  "reserved",
  "sold",
  "sold_out",
  "refused",
  "released",
  "cancelled"
];

// src/history/fault.ts
var FAULT_NAMES = [
  "redis-emptied",
  "redis-killed",
  "postgres-killed",
  "kafka-killed",
  "payments-killed",
  "server-killed",
  "server-paused"
];

// src/history/operation.ts
var OPERATION_KINDS = [
  "reserve",
  "confirm",
  "release",
  "read",
  "attempt",
  "register",
  "redeem",
  "cancel",
  "buy",
  "check-in",
  "track"
];
var CHALLENGES = [
  /** Two of checkout, cancellation and expiry meet at one hold. */
  "hold-race",
  "cancelled-order",
  /** A hold lapses while it is being paid for. */
  "late-payment",
  /** One voucher is used in two calls at once. */
  "double-redemption",
  /** One ticket is shown at two gates at once. */
  "double-check-in",
  /** A call is repeated with its Idempotency-Key while it is under way. */
  "repeated-call",
  /** One account asks for units twice at once. */
  "shared-account",
  /** Somebody uses another buyer's reservation, order or voucher. */
  "stranger",
  /** Something is read again after it was read and may have changed back. */
  "repeated-read",
  /** A hold has more than one unit. */
  "several-units",
  /** A basket is refused for one of its lines, though others of it could be had. */
  "half-basket",
  /** Units of two SKUs are taken at the same time. */
  "several-skus",
  /** A hold is left to lapse, and later buyers want its units. */
  "abandoned-hold",
  /** Redis loses all its data while units are held. */
  "redis-amnesia",
  /** Somebody asks for units in another way than they are sold. */
  "other-door",
  /** Units are asked for before their sale begins, and after it is over. */
  "out-of-hours"
];

// src/history/refusal-reason.ts
var REFUSAL_REASONS = [
  /** Fewer units are on sale than were asked for. */
  "sold-out",
  /** The buyer has a hold of the SKU. */
  "has-hold",
  /** The buyer has bought the SKU. */
  "has-bought",
  /** The buyer has a hold of the SKU or has bought it. */
  "has-one",
  /** The buyer's attempt at the flash sale was accepted before. */
  "has-attempted",
  /** The hold has lapsed. */
  "hold-lapsed",
  /** The hold has ended: sold, given back or lapsed. */
  "hold-ended",
  /** The hold was checked out before. */
  "hold-ordered",
  /** The order has ended: it failed, was cancelled or was handed over. */
  "order-ended",
  /** The voucher was used before. */
  "voucher-used",
  /** The time in which the voucher can be used is over. */
  "voucher-ended",
  /** The ticket was let in before. */
  "ticket-used",
  /** There is no such thing, or it is not this buyer's: the hold, order, voucher or SKU that the call names. */
  "not-found",
  /** The sale of the SKU has not begun. */
  "sale-not-begun",
  /** The sale of the SKU is over. */
  "sale-over",
  /** The SKU is sold in another way than it was asked for. */
  "sold-another-way",
  /** A buyer may not have so many units. */
  "above-limit"
];

// src/history/format.ts
var HISTORY_VERSION = 4;
var LINE_BYTES_MAX = 32 * 1024 * 1024;
var SaleLine = z14.object({
  type: z14.literal("sale"),
  version: z14.literal(HISTORY_VERSION),
  scenario: z14.string(),
  target: z14.array(z14.string()),
  shop: z14.string().optional(),
  strategy: z14.string().optional(),
  skus: z14.array(
    z14.object({
      skuId: z14.string(),
      total: z14.int(),
      unitPrice: z14.string().optional(),
      soldBy: z14.enum(WAYS_OF_SELLING).optional(),
      isReward: z14.boolean().optional(),
      opensAt: z14.iso.datetime().optional(),
      closesAt: z14.iso.datetime().optional(),
      wasOnSale: z14.boolean().optional()
    })
  ),
  nobodyElseBuys: z14.boolean().optional(),
  unitsPerBuyerMax: z14.number().optional(),
  holdsPerBuyerMax: z14.number().optional(),
  holdTtlMs: z14.number().optional(),
  sweepGraceMs: z14.number(),
  refusalLagMs: z14.number().optional(),
  readLagMs: z14.number().optional(),
  refusals: z14.record(z14.string(), z14.enum(REFUSAL_REASONS)),
  sellOutExpected: z14.boolean(),
  challenges: z14.array(z14.enum(CHALLENGES)).optional(),
  traces: z14.boolean().optional(),
  startedAtMs: z14.number(),
  startedAtNs: z14.number(),
  evidence: EvidenceDescription.extend({
    scraped: z14.array(z14.string()),
    generator: z14.boolean(),
    invariants: z14.array(z14.string()).optional(),
    counters: z14.partialRecord(z14.enum(COUNTED), z14.string()).optional()
  })
});
var Ns = z14.number().min(0);
var Id2 = z14.int().min(1);
var InvokeLine = z14.object({
  type: z14.literal("invoke"),
  id: Id2,
  at: Ns,
  kind: z14.enum(OPERATION_KINDS),
  quantity: z14.number(),
  sku: z14.string().optional(),
  buyer: z14.string().optional(),
  callId: z14.string().optional(),
  idempotencyKey: z14.string().optional(),
  hold: z14.string().optional(),
  order: z14.string().optional(),
  voucher: z14.string().optional(),
  ticket: z14.string().optional(),
  basket: z14.string().optional(),
  instance: z14.string().optional()
});
var CompleteLine = z14.object({
  type: z14.enum(["ok", "fail", "info"]),
  id: Id2,
  at: Ns,
  status: z14.int(),
  code: z14.string().optional(),
  hold: z14.string().optional(),
  order: z14.string().optional(),
  voucher: z14.string().optional(),
  sku: z14.string().optional(),
  sequence: z14.int().optional(),
  observed: z14.object({
    available: z14.int().optional(),
    reserved: z14.int().optional(),
    sold: z14.int().optional(),
    decision: z14.string().optional()
  }).optional(),
  requestId: z14.string().optional()
});
var ScrapeLine = z14.object({
  type: z14.literal("scrape"),
  instance: z14.string(),
  startedAtNs: z14.number(),
  endedAtNs: z14.number(),
  samples: z14.array(
    z14.object({
      name: z14.string(),
      labels: z14.record(z14.string(), z14.string()),
      value: z14.number().nullable()
    })
  )
});
var LedgerLine2 = z14.object({ type: z14.literal("ledger"), entry: LedgerEntry });
var BooksLine = z14.object({
  type: z14.literal("books"),
  skuId: z14.string(),
  fromNs: z14.number(),
  toNs: z14.number(),
  counts: LedgerEnd.shape.counts.optional(),
  problem: z14.string().optional()
});
var CountedLine = z14.object({
  type: z14.literal("counted"),
  decision: z14.enum(COUNTED),
  selector: z14.string(),
  source: z14.string(),
  least: z14.number(),
  most: z14.number().nullable()
});
var InvariantLine = z14.object({
  type: z14.literal("invariant"),
  name: z14.string(),
  status: z14.enum(["valid", "invalid", "unknown"]),
  summary: z14.string(),
  rows: z14.array(z14.record(z14.string(), z14.unknown())).optional()
});
var GeneratorLine = z14.object({
  type: z14.literal("generator"),
  saturated: z14.boolean(),
  reasons: z14.array(z14.string())
});
var FaultLine = z14.object({
  type: z14.literal("fault"),
  name: z14.enum(FAULT_NAMES),
  atNs: z14.number(),
  untilNs: z14.number().optional()
});
var EndLine = z14.object({ type: z14.literal("end"), invoked: z14.int(), scrapes: z14.int() });
var HistoryLine = z14.discriminatedUnion("type", [
  SaleLine,
  InvokeLine,
  CompleteLine,
  ScrapeLine,
  FaultLine,
  GeneratorLine,
  LedgerLine2,
  BooksLine,
  CountedLine,
  InvariantLine,
  EndLine
]);

// src/history/merge-parts.ts
var READ_BYTES = 256 * 1024;

// src/history/operation-writer.ts
function createOperationWriter(file, counts, clock) {
  return {
    invoke(facts, at = clock.monotonicNs()) {
      const id = ++counts.invoked;
      file.append(
        `{"type":"invoke","id":${id},"at":${digits(at)},"kind":"${facts.kind}","quantity":${facts.quantity}${text("sku", facts.sku)}${text("buyer", facts.buyer)}${text("callId", facts.callId)}${text("idempotencyKey", facts.idempotencyKey)}${text("hold", facts.hold)}${text("order", facts.order)}${text("voucher", facts.voucher)}${text("ticket", facts.ticket)}${text("basket", facts.basket)}${text("instance", facts.instance)}}
`
      );
      return id;
    },
    complete(id, facts, at = clock.monotonicNs()) {
      counts[facts.outcome]++;
      const sequence = facts.sequence === void 0 ? "" : `,"sequence":${facts.sequence}`;
      const observed = facts.observed === void 0 ? "" : `,"observed":${JSON.stringify(facts.observed)}`;
      file.append(
        `{"type":"${facts.outcome}","id":${id},"at":${digits(at)},"status":${facts.status}${text("code", facts.code)}${text("hold", facts.hold)}${text("order", facts.order)}${text("voucher", facts.voucher)}${text("sku", facts.sku)}${sequence}${observed}${text("requestId", facts.requestId)}}
`
      );
    }
  };
}
function digits(ns) {
  const seconds = Math.floor(ns / 1e9);
  return seconds === 0 ? `${ns}` : `${seconds}${String(ns - seconds * 1e9).padStart(9, "0")}`;
}
var PLAIN = /^[ !#-[\]-~]*$/;
function text(name2, value2) {
  if (value2 === void 0) return "";
  return `,"${name2}":${PLAIN.test(value2) ? `"${value2}"` : JSON.stringify(value2)}`;
}

// src/history/recorder.ts
var STOCK_GAUGES = /* @__PURE__ */ new Set([
  serverMetrics.stockUnits.name,
  serverMetrics.oversoldUnits.name
]);
function createHistoryPart(path, clock) {
  const file = openChunkedFile(path, { name: "a part of the history", option: "--history FILE" });
  const counts = { invoked: 0, ok: 0, fail: 0, info: 0 };
  return { ...createOperationWriter(file, counts, clock), close: file.close };
}

// src/kernel/clock.ts
import { performance as performance2 } from "node:perf_hooks";
function clockSince(originNs) {
  const aheadNs = Number(process.hrtime.bigint() - originNs) - performance2.now() * 1e6;
  return {
    nowMs: () => Date.now(),
    monotonicNs: () => Math.round(performance2.now() * 1e6 + aheadNs)
  };
}

// src/k6/workers/load-worker.ts
init_errors();

// src/load/http/request-error.ts
var RequestError = class extends Error {
  constructor(message, options) {
    super(message, options);
    this.name = "RequestError";
  }
};

// src/load/schedule/iteration.ts
var IterationInterrupted = class extends Error {
  constructor() {
    super("the iteration was interrupted because the run ended");
    this.name = "IterationInterrupted";
  }
};

// src/load/engine/script-errors.ts
function guardRejections(owns, onRejection) {
  const guard = (error) => {
    if (!owns(error)) throw error;
    onRejection(error);
  };
  process.on("unhandledRejection", guard);
  return () => process.off("unhandledRejection", guard);
}
async function throwUnhandledRejection(owns, work2) {
  const rejections = [];
  const unguard = guardRejections(owns, (error) => rejections.push(error));
  try {
    const result = await work2();
    await new Promise((resolve9) => setImmediate(resolve9));
    if (rejections.length > 0) throw rejections[0];
    return result;
  } finally {
    unguard();
  }
}
var STACK_FRAMES = 40;
function deepenStacks() {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = Math.max(stackTraceLimit, STACK_FRAMES);
  return () => {
    Error.stackTraceLimit = stackTraceLimit;
  };
}

// src/load/engine/guard-script.ts
function guardScript(script, exceptions) {
  const restoreStacks = deepenStacks();
  const unguard = guardRejections(
    (error) => error instanceof IterationInterrupted || error instanceof RequestError || script.owns(error),
    (error) => {
      if (!(error instanceof IterationInterrupted)) exceptions.record(error);
    }
  );
  return () => {
    restoreStacks();
    setImmediate(unguard);
  };
}

// src/load/metrics/figures.ts
var FIGURES = {
  counter: ["count", "rate"],
  gauge: ["value", "min", "max"],
  rate: ["rate", "passes", "fails"],
  trend: ["avg", "min", "med", "max", "count"]
};
var THRESHOLD_FIGURES = {
  counter: ["count", "rate"],
  gauge: ["value"],
  rate: ["rate"],
  trend: ["avg", "min", "max", "med"]
};
var PERCENTILE = /^p\((\d+(?:\.\d+)?)\)$/;
function percentileOf(figure) {
  const match = PERCENTILE.exec(figure);
  const percentile = match ? Number(match[1]) : void 0;
  return percentile !== void 0 && percentile <= 100 ? percentile : void 0;
}
function hasFigure(type, figure) {
  return FIGURES[type].includes(figure) || isPercentileOf(type, figure);
}
function hasThresholdFigure(type, figure) {
  return THRESHOLD_FIGURES[type].includes(figure) || isPercentileOf(type, figure);
}
function thresholdFiguresOf(type) {
  return [...THRESHOLD_FIGURES[type], ...type === "trend" ? ["p(N)"] : []].join(", ");
}
var isPercentileOf = (type, figure) => type === "trend" && percentileOf(figure) !== void 0;

// src/load/metrics/histogram.ts
var Histogram = class {
  total = 0;
  counts = new Float64Array(EXACT_BELOW);
  record(value2, times = 1) {
    const index = indexOf(value2);
    if (index >= this.counts.length) this.grow(index);
    this.counts[index] = this.counts[index] + times;
    this.total += times;
  }
  /** The largest value of the bucket with the n-th smallest value; ranks begin with 1. */
  valueAtRank(rank) {
    let seen = 0;
    for (let index = 0; index < this.counts.length; index += 1) {
      seen += this.counts[index];
      if (seen >= rank) return lowestOf(index) + widthOf(index) - 1;
    }
    return 0;
  }
  /** Alternates value and count. `add` rebuilds the same histogram from the entries. */
  entries() {
    const entries = [];
    for (const [index, count3] of this.counts.entries()) {
      if (count3 > 0) entries.push(lowestOf(index), count3);
    }
    return Float64Array.from(entries);
  }
  add(entries) {
    for (let place = 0; place < entries.length; place += 2) {
      this.record(entries[place], entries[place + 1]);
    }
  }
  reset() {
    this.total = 0;
    this.counts.fill(0);
  }
  grow(index) {
    const buckets = Math.ceil((index + 1 - EXACT_BELOW) / STEPS);
    const grown = new Float64Array(EXACT_BELOW + buckets * STEPS);
    grown.set(this.counts);
    this.counts = grown;
  }
};
var EXACT_BELOW = 2048;
var STEPS = 1024;
var POWERS_OF_TWO = Float64Array.from({ length: 64 }, (_, exponent) => 2 ** exponent);
function indexOf(value2) {
  if (value2 < EXACT_BELOW) return value2;
  const exponent = value2 < 2 ** 31 ? 31 - Math.clz32(value2) : 52 - Math.clz32(Math.floor(value2 / 2 ** 21));
  const doubling = exponent - 10;
  const step = Math.floor(value2 / POWERS_OF_TWO[doubling]) - STEPS;
  return EXACT_BELOW + (doubling - 1) * STEPS + step;
}
function lowestOf(index) {
  if (index < EXACT_BELOW) return index;
  return ((index - EXACT_BELOW) % STEPS + STEPS) * widthOf(index);
}
function widthOf(index) {
  if (index < EXACT_BELOW) return 1;
  return POWERS_OF_TWO[Math.floor((index - EXACT_BELOW) / STEPS) + 1];
}

// src/load/metrics/sinks.ts
function createSink(type) {
  switch (type) {
    case "counter":
      return new CounterSink();
    case "gauge":
      return new GaugeSink();
    case "rate":
      return new RateSink();
    case "trend":
      return new TrendSink();
  }
}
var CounterSink = class {
  samples = 0;
  count = 0;
  add(value2) {
    this.samples += 1;
    this.count += value2;
  }
  figure(name2, elapsedMs) {
    if (name2 === "count") return this.count;
    if (name2 === "rate") return elapsedMs > 0 ? this.count / (elapsedMs / 1e3) : 0;
    return void 0;
  }
  drain() {
    if (this.samples === 0) return void 0;
    const drained = { samples: this.samples, numbers: [this.count] };
    this.samples = 0;
    this.count = 0;
    return drained;
  }
  merge({ samples, numbers: [count3 = 0] }) {
    this.samples += samples;
    this.count += count3;
  }
};
var GaugeSink = class {
  samples = 0;
  value = 0;
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;
  add(value2) {
    this.samples += 1;
    this.value = value2;
    if (value2 < this.min) this.min = value2;
    if (value2 > this.max) this.max = value2;
  }
  figure(name2) {
    if (name2 === "value") return this.value;
    if (name2 === "min") return this.samples === 0 ? 0 : this.min;
    if (name2 === "max") return this.samples === 0 ? 0 : this.max;
    return void 0;
  }
  drain() {
    if (this.samples === 0) return void 0;
    const drained = { samples: this.samples, numbers: [this.value, this.min, this.max] };
    this.samples = 0;
    this.min = Number.POSITIVE_INFINITY;
    this.max = Number.NEGATIVE_INFINITY;
    return drained;
  }
  merge({ samples, numbers: [value2 = 0, min = value2, max = value2] }) {
    this.samples += samples;
    this.value = value2;
    this.min = Math.min(this.min, min);
    this.max = Math.max(this.max, max);
  }
};
var RateSink = class {
  samples = 0;
  passes = 0;
  add(value2) {
    this.samples += 1;
    if (value2 !== 0) this.passes += 1;
  }
  figure(name2) {
    if (name2 === "rate") return this.samples === 0 ? 0 : this.passes / this.samples;
    if (name2 === "passes") return this.passes;
    if (name2 === "fails") return this.samples - this.passes;
    return void 0;
  }
  drain() {
    if (this.samples === 0) return void 0;
    const drained = { samples: this.samples, numbers: [this.passes] };
    this.samples = 0;
    this.passes = 0;
    return drained;
  }
  merge({ samples, numbers: [passes = 0] }) {
    this.samples += samples;
    this.passes += passes;
  }
};
var SCALE = 1e3;
var SCALED_MAX = 2 ** 52;
var TrendSink = class {
  samples = 0;
  sum = 0;
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;
  positive = new Histogram();
  /** Absolute values of the samples below zero. Most trends never need it. */
  negative;
  add(value2) {
    this.samples += 1;
    this.sum += value2;
    if (value2 < this.min) this.min = value2;
    if (value2 > this.max) this.max = value2;
    if (value2 >= 0) {
      this.positive.record(Math.min(SCALED_MAX, Math.round(value2 * SCALE)));
    } else {
      this.negative ??= new Histogram();
      this.negative.record(Math.min(SCALED_MAX, Math.round(-value2 * SCALE)));
    }
  }
  figure(name2) {
    if (name2 === "count") return this.samples;
    if (name2 === "avg") return this.samples === 0 ? 0 : this.sum / this.samples;
    if (name2 === "min") return this.samples === 0 ? 0 : this.min;
    if (name2 === "max") return this.samples === 0 ? 0 : this.max;
    if (name2 === "med") return this.percentile(50);
    const percentile = percentileOf(name2);
    return percentile === void 0 ? void 0 : this.percentile(percentile);
  }
  distribution() {
    return {
      samples: this.samples,
      sum: this.sum,
      positive: countsOf(this.positive),
      negative: this.negative === void 0 ? [] : countsOf(this.negative)
    };
  }
  drain() {
    if (this.samples === 0) return void 0;
    const drained = {
      samples: this.samples,
      numbers: [this.sum, this.min, this.max],
      positive: this.positive.entries(),
      ...this.negative ? { negative: this.negative.entries() } : {}
    };
    this.reset();
    return drained;
  }
  merge({ samples, numbers: [sum = 0, min = 0, max = 0], positive, negative }) {
    this.samples += samples;
    this.sum += sum;
    this.min = Math.min(this.min, min);
    this.max = Math.max(this.max, max);
    if (positive) this.positive.add(positive);
    if (negative) {
      this.negative ??= new Histogram();
      this.negative.add(negative);
    }
  }
  /** Removes all samples, for a trend that covers one interval at a time. */
  reset() {
    this.samples = 0;
    this.sum = 0;
    this.min = Number.POSITIVE_INFINITY;
    this.max = Number.NEGATIVE_INFINITY;
    this.positive.reset();
    this.negative?.reset();
  }
  percentile(percentile) {
    if (this.samples === 0) return 0;
    const rank = Math.max(1, Math.ceil(percentile / 100 * this.samples));
    const below = this.negative?.total ?? 0;
    const scaled = rank <= below ? -this.negative.valueAtRank(below - rank + 1) : this.positive.valueAtRank(rank - below);
    return Math.min(this.max, Math.max(this.min, scaled / SCALE));
  }
};
function countsOf(histogram) {
  const entries = histogram.entries();
  return Array.from({ length: entries.length / 2 }, (_, place) => ({
    value: entries[2 * place] / SCALE,
    count: entries[2 * place + 1]
  }));
}

// src/load/metrics/metrics.ts
var NAME = /^[A-Za-z_][A-Za-z0-9_]{1,128}$/;
function createMetrics(selectors = [], observe) {
  const metrics = /* @__PURE__ */ new Map();
  const all2 = {
    define(name2, type, contains = "default") {
      const known = metrics.get(name2);
      if (known) {
        if (known.type === type && known.contains === contains) return known;
        throw new Error(
          `metric "${name2}" is already a ${known.type} of ${known.contains} values and cannot also be a ${type} of ${contains} values`
        );
      }
      if (!NAME.test(name2)) {
        throw new Error(
          `"${name2}" is not a metric name: 2 to 129 letters from a to z, digits and _, not starting with a digit`
        );
      }
      const metric = createMetric(name2, type, contains, { selectors, observe });
      metrics.set(name2, metric);
      return metric;
    },
    get: (name2) => metrics.get(name2),
    all: () => [...metrics.values()],
    drain: () => [...metrics.values()].flatMap(drainMetric),
    merge(drained) {
      for (const { name: name2, type, contains, samples, subMetrics } of drained) {
        const metric = all2.define(name2, type, contains);
        metric.sink.merge(samples);
        for (const part of subMetrics) {
          metric.subMetrics.find((own) => own.name === part.name)?.sink.merge(part.samples);
        }
      }
    }
  };
  return all2;
}
function drainMetric({ name: name2, type, contains, sink, subMetrics }) {
  const samples = sink.drain();
  if (!samples) return [];
  const parts = subMetrics.flatMap((subMetric) => {
    const own = subMetric.sink.drain();
    return own ? [{ name: subMetric.name, samples: own }] : [];
  });
  return [{ name: name2, type, contains, samples, subMetrics: parts }];
}
function createMetric(name2, type, contains, { selectors, observe }) {
  const sink = createSink(type);
  const subMetrics = selectors.filter((selector) => selector.metric === name2 && selector.tags.length > 0).map((selector) => ({ name: selector.name, tags: selector.tags, sink: createSink(type) }));
  const metric = {
    name: name2,
    type,
    contains,
    sink,
    subMetrics,
    readsTags: subMetrics.length > 0 || observe !== void 0,
    add(value2, source) {
      if (!Number.isFinite(value2)) {
        throw new Error(`metric "${name2}" was given ${value2}, which is not a finite number`);
      }
      sink.add(value2);
      for (const subMetric of subMetrics) {
        if (hasTags(source, subMetric.tags)) subMetric.sink.add(value2);
      }
      observe?.(metric, value2, source);
    }
  };
  return metric;
}
function hasTags(source, tags) {
  for (const [name2, value2] of tags) if (source.tag(name2) !== value2) return false;
  return true;
}
var untagged = { tag: () => void 0, allTags: () => ({}) };
function withTags(tags, below) {
  return {
    tag(name2) {
      const own = tags[name2];
      return own === void 0 ? below.tag(name2) : String(own);
    },
    allTags: () => ({ ...below.allTags(), ...asTags(tags) })
  };
}
function asTags(values) {
  const tags = {};
  for (const name2 in values) {
    if (values[name2] !== void 0) tags[name2] = String(values[name2]);
  }
  return tags;
}

// src/load/schedule/share.ts
var WHOLE = { index: 0, of: 1 };
var partOf = (count3, { index, of }) => Math.max(0, Math.ceil((count3 - index) / of));
var numberOf = (n, { index, of }) => index + n * of;
function shareWithin(share, most) {
  const of = Math.min(share.of, most);
  return share.index < of ? { index: share.index, of } : void 0;
}

// src/load/schedule/waits.ts
function createWaits() {
  const pending = /* @__PURE__ */ new Set();
  let ended = false;
  return {
    wait(durationMs2) {
      if (ended) return Promise.resolve();
      return new Promise((resolve9) => {
        const end = () => {
          clearTimeout(timer);
          pending.delete(end);
          resolve9();
        };
        const timer = setTimeout(end, durationMs2);
        pending.add(end);
      });
    },
    endAll() {
      ended = true;
      for (const end of [...pending]) end();
    }
  };
}

// src/load/schedule/scenario-run.ts
var RunningScenario = class {
  options;
  vus = [];
  deps;
  waits = createWaits();
  startedAtMs;
  startedAtWallMs = 0;
  endedAtMs;
  begun = 0;
  stopped = false;
  aborted = false;
  graceTimer;
  /** One function for all iterations, so that none allocates its own. */
  readProgress = () => this.progress();
  /** Makes the VUs of the start. Throws what init code throws. */
  constructor(options, deps) {
    this.options = options;
    this.deps = deps;
    for (let made2 = 0; made2 < options.plan.vusStart; made2 += 1) this.addVu();
  }
  /** Starts the executor, whose schedule counts from `startMs`; resolves when every iteration has ended. */
  async run(startMs) {
    if (this.stopped) return;
    const { deps } = this;
    const { plan } = this.options;
    this.startedAtMs = startMs;
    this.startedAtWallMs = deps.nowMs() - (deps.now() - startMs);
    const closeTimer = setTimeout(
      () => this.startGracefulStop(),
      plan.durationMs - this.elapsedMs()
    );
    try {
      await plan.run(this);
    } finally {
      this.endedAtMs = deps.now();
      clearTimeout(closeTimer);
      clearTimeout(this.graceTimer);
      this.retire();
    }
  }
  /** Closes what the VUs hold. */
  retire() {
    for (const { vu } of this.vus) vu.retire();
  }
  /** Begins no new iterations; running ones get the scenario's gracefulStop, then are interrupted. */
  stop() {
    if (this.stopped) return;
    this.stopped = true;
    this.waits.endAll();
    if (this.startedAtMs !== void 0 && this.endedAtMs === void 0) this.startGracefulStop();
  }
  /** Interrupts every iteration now. */
  abort() {
    this.stopped = true;
    this.aborted = true;
    clearTimeout(this.graceTimer);
    this.waits.endAll();
    for (const { vu } of this.vus) vu.interrupt();
  }
  /** 0…1 of the plan. */
  progress() {
    if (this.startedAtMs === void 0) return 0;
    if (this.endedAtMs !== void 0 && !this.stopped) return 1;
    const { plan } = this.options;
    const ofTime = this.elapsedMs() / plan.durationMs;
    const ofIterations = plan.iterations && !plan.offeredBy ? this.begun / plan.iterations : 0;
    return Math.min(1, Math.max(ofTime, ofIterations));
  }
  /** Iterations the schedule asked for so far; undefined for closed models. */
  offered() {
    return this.options.plan.offeredBy?.(this.elapsedMs());
  }
  addVu() {
    const vu = this.deps.createVu(this.options);
    const running = new RunningVu(vu, this);
    this.vus.push(running);
    if (this.aborted) vu.interrupt();
    return running;
  }
  elapsedMs() {
    if (this.startedAtMs === void 0) return 0;
    return (this.endedAtMs ?? this.deps.now()) - this.startedAtMs;
  }
  isOpen() {
    return !this.stopped && this.elapsedMs() < this.options.plan.durationMs;
  }
  isStopped() {
    return this.stopped;
  }
  wait(durationMs2) {
    return this.waits.wait(Math.max(1, durationMs2));
  }
  drop(count3 = 1) {
    this.deps.onDrop(count3);
  }
  /** The next iteration, as it begins; `dueMs` is the moment the schedule asked for it. */
  beginIteration(dueMs) {
    const latenessMs = dueMs === void 0 ? void 0 : Math.max(0, this.elapsedMs() - dueMs);
    const iteration = {
      scenario: this.options,
      scenarioStartedAtMs: this.startedAtWallMs,
      progress: this.readProgress,
      number: numberOf(this.begun, this.deps.share),
      latenessMs: latenessMs ?? 0
    };
    this.begun += 1;
    this.deps.onStart(latenessMs);
    return iteration;
  }
  startGracefulStop() {
    this.graceTimer ??= setTimeout(() => this.abort(), this.options.gracefulStopMs);
  }
};
var RunningVu = class {
  vu;
  scenario;
  constructor(vu, scenario) {
    this.vu = vu;
    this.scenario = scenario;
  }
  runIteration(dueMs) {
    return this.vu.runIteration(this.scenario.beginIteration(dueMs));
  }
  discard() {
    this.vu.interrupt();
    this.vu.retire();
  }
};

// src/load/engine/generator-watch.ts
import { monitorEventLoopDelay } from "node:perf_hooks";
var RESOLUTION_MS = 10;
var NS_PER_MS = 1e6;
function watchEventLoop() {
  const whole = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  const interval = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  whole.enable();
  interval.enable();
  const lagMs = (ns) => Number.isFinite(ns) ? Math.max(0, ns / NS_PER_MS - RESOLUTION_MS) : 0;
  return {
    takeLagMsMax() {
      const max = lagMs(interval.max);
      interval.reset();
      return max;
    },
    stop() {
      whole.disable();
      interval.disable();
    },
    lagMsP99: () => lagMs(whole.percentile(99))
  };
}

// src/load/engine/saturation.ts
var LIMITS = {
  eventLoopLagMsP99: { open: 200, closed: 1e3 },
  latenessMsP99: 250,
  droppedShare: 0.05,
  cpuShare: 0.95
};

// src/load/engine/thread-crew.ts
var LOSS_MS = 2e3;
function createThreadCrew(deps) {
  const startTimes = createWaits();
  let scenarios = [];
  let stopping = false;
  let lossTimer;
  let lose = () => {
  };
  const lost = new Promise((resolve9) => {
    lose = resolve9;
  });
  let watch;
  async function runScenario(scenario, startMs) {
    const dueMs = startMs + scenario.options.startTimeMs;
    if (dueMs > deps.now()) await startTimes.wait(dueMs - deps.now());
    if (!stopping) await scenario.run(dueMs);
  }
  function halt() {
    stopping = true;
    startTimes.endAll();
  }
  return {
    threads: 1,
    async prepare() {
      scenarios = deps.scenarios.flatMap((scenario) => createShare(scenario, deps));
      await Promise.all(scenarios.flatMap(({ vus }) => vus.map(({ vu }) => vu.ready)));
    },
    async run(startMs) {
      watch = watchEventLoop();
      try {
        const run2 = Promise.all(scenarios.map((scenario) => runScenario(scenario, startMs)));
        await Promise.race([run2, lost]);
      } finally {
        clearTimeout(lossTimer);
        watch.stop();
      }
    },
    stop() {
      halt();
      for (const scenario of scenarios) scenario.stop();
    },
    abort() {
      halt();
      for (const scenario of scenarios) scenario.abort();
      lossTimer ??= setTimeout(lose, LOSS_MS);
    },
    progress() {
      const sum = scenarios.reduce((total, scenario) => total + scenario.progress(), 0);
      return scenarios.length === 0 ? 0 : sum / scenarios.length;
    },
    offered() {
      const offered = scenarios.flatMap((scenario) => scenario.offered() ?? []);
      return offered.length === 0 ? void 0 : offered.reduce((sum, count3) => sum + count3);
    },
    takeLagMsMax: () => watch?.takeLagMsMax() ?? 0,
    lagMsP99: () => watch?.lagMsP99() ?? 0,
    async close() {
      for (const scenario of scenarios) scenario.retire();
    }
  };
}
function createShare(whole, deps) {
  const { counts, runMetrics } = deps.tally;
  const share = shareWithin(deps.share, whole.plan.vusMax);
  if (!share) return [];
  const options = share.of === 1 ? whole : { ...whole, plan: whole.plan.share(share) };
  return [
    new RunningScenario(options, {
      share,
      createVu: (scenario) => deps.vus.createForScenario(scenario, share),
      now: deps.now,
      nowMs: deps.nowMs,
      onStart(latenessMs) {
        counts.vusActive += 1;
        if (latenessMs === void 0) return;
        if (latenessMs > LIMITS.latenessMsP99) counts.late += 1;
        runMetrics.iterationLateness.add(latenessMs, untagged);
      },
      onDrop(count3) {
        counts.dropped += count3;
        runMetrics.droppedIterations.add(count3, untagged);
      }
    })
  ];
}

// src/load/rendezvous/release.ts
var MeasuredRelease = class {
  times;
  deps;
  /** Number of VUs that have neither ended a request nor passed. */
  expected;
  constructor(times, { size, ...deps }) {
    this.times = times;
    this.deps = deps;
    this.expected = size;
  }
  written() {
    this.times.writtenMs.push(this.deps.now());
    return this;
  }
  ended() {
    this.times.endedMs.push(this.deps.now());
    this.passed();
  }
  passed() {
    this.expected -= 1;
    if (this.expected === 0) this.deps.finish(this);
  }
};

// src/load/rendezvous/rendezvous.ts
function createRendezvous(deps) {
  return new Rounds(deps);
}
var Rounds = class {
  deps;
  /** The number of the next round, by the name of its place. */
  nextNumbers = /* @__PURE__ */ new Map();
  gathering = /* @__PURE__ */ new Map();
  /** Rounds that are complete here, but perhaps not in other workers. */
  gathered = /* @__PURE__ */ new Map();
  unfinished = /* @__PURE__ */ new Set();
  constructor(deps) {
    this.deps = deps;
  }
  join(place, onRelease) {
    const { name: name2, size, share } = place;
    const round = this.gathering.get(name2) ?? this.begin(place);
    if (round.place.size !== size) {
      throw new Error(
        `rendezvous "${name2}" waits for ${round.place.size} VUs and cannot also be one of ${size}`
      );
    }
    round.waiting.push(onRelease);
    if (round.waiting.length < partOf(size, share)) return;
    const workers = workersOf(place);
    if (workers === 1 || !this.deps.onGathered) {
      this.releaseRound(round);
      return;
    }
    this.gathering.delete(name2);
    this.gathered.set(keyOf(name2, round.number), round);
    this.deps.onGathered({ name: name2, round: round.number, workers });
  }
  release(name2, number7) {
    const round = this.gathered.get(keyOf(name2, number7));
    if (round) this.releaseRound(round);
  }
  close() {
    for (const { timer } of [...this.gathering.values(), ...this.gathered.values()]) {
      clearTimeout(timer);
    }
    for (const measured of [...this.unfinished]) this.finish(measured);
  }
  begin(place) {
    const { name: name2, size, timeoutMs } = place;
    const number7 = this.nextNumbers.get(name2) ?? 0;
    this.nextNumbers.set(name2, number7 + 1);
    const timer = setTimeout(() => {
      this.deps.log(
        `rendezvous "${name2}": fewer than ${size} came within ${timeoutMs / 1e3} s; they go on without the others`
      );
      this.releaseRound(round);
    }, timeoutMs);
    const round = { place, number: number7, waiting: [], timer };
    this.gathering.set(name2, round);
    return round;
  }
  releaseRound({ place, number: number7, waiting, timer }) {
    const { name: name2 } = place;
    clearTimeout(timer);
    this.gathered.delete(keyOf(name2, number7));
    if (this.gathering.get(name2)?.number === number7) this.gathering.delete(name2);
    const measured = new MeasuredRelease(
      { name: name2, round: number7, workers: workersOf(place), writtenMs: [], endedMs: [] },
      {
        now: this.deps.now,
        size: waiting.length,
        finish: (release) => this.finish(release)
      }
    );
    this.unfinished.add(measured);
    for (const onRelease of waiting) onRelease(measured);
  }
  finish(measured) {
    if (this.unfinished.delete(measured)) this.deps.onReleased(measured.times);
  }
};
var workersOf = ({ size, share }) => Math.min(share.of, size);
var keyOf = (name2, round) => `${round} ${name2}`;

// src/load/vu/vu-factory.ts
import { randomBytes } from "node:crypto";

// src/load/calls/rate-limit.ts
function createRateLimit(perSecond, now) {
  const gapMs = 1e3 / perSecond;
  let nextAtMs = Number.NEGATIVE_INFINITY;
  return () => {
    const calledAtMs = now();
    const atMs = Math.max(calledAtMs, nextAtMs);
    nextAtMs = atMs + gapMs;
    return atMs - calledAtMs;
  };
}

// src/load/http/connector.ts
import { connect as connectTcp, isIP as isIP2, Socket } from "node:net";
import { checkServerIdentity, connect as connectTls } from "node:tls";

// src/load/http/name-lookup.ts
import { lookup as lookUpBySystem } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
var BlockedError = class extends Error {
  code;
  constructor(code, message) {
    super(message);
    this.code = code;
  }
};
var BLOCKED_NAME = "BLOCKED_NAME";
var BLOCKED_ADDRESS = "BLOCKED_ADDRESS";
function createNameLookup({ dns: dns2, blockedNames, blockedRanges }, { now, random }) {
  const refusalOfAddress = createAddressCheck(blockedRanges);
  const known = /* @__PURE__ */ new Map();
  async function find(name2) {
    const all2 = await lookUpBySystem(name2, { all: true, order: "verbatim" });
    const allowed = allowedBy(dns2?.policy ?? "any", all2);
    if (allowed.length > 0) return allowed;
    throw Object.assign(new Error(`${name2} has no address of the wanted family`), {
      code: "ENOTFOUND"
    });
  }
  async function choose(name2) {
    let entry = known.get(name2);
    if (!entry || entry.untilMs <= now()) {
      entry = { addresses: find(name2), untilMs: now() + (dns2?.ttlMs ?? 0), used: 0 };
      known.set(name2, entry);
      entry.addresses.catch(() => known.delete(name2));
    }
    const addresses = await entry.addresses;
    const index = dns2?.select === "random" ? Math.floor(random() * addresses.length) : dns2?.select === "roundRobin" ? entry.used++ % addresses.length : 0;
    const chosen = addresses[index];
    const refusal = refusalOfAddress(chosen);
    if (refusal) throw refusal;
    return chosen;
  }
  return {
    refusalOf(host) {
      const family = isIP(host);
      return family > 0 ? refusalOfAddress({ address: host, family }) : refusalOfName(host, blockedNames);
    },
    lookup(name2, options, callback) {
      choose(name2).then(
        (chosen) => {
          if (options.all) callback(null, [chosen]);
          else callback(null, chosen.address, chosen.family);
        },
        (error) => callback(error, "", 0)
      );
    }
  };
}
function refusalOfName(host, patterns) {
  const name2 = host.toLowerCase();
  const match = patterns.find((pattern) => matches(name2, pattern.toLowerCase()));
  if (match === void 0) return void 0;
  const message = `hostname (${host}) is in a blocked pattern (${match})`;
  return new BlockedError(BLOCKED_NAME, message);
}
function createAddressCheck(ranges) {
  const lists = ranges.map((range) => ({ range, list: blockListOf(range) }));
  return ({ address, family }) => {
    const match = lists.find(({ list }) => list.check(address, family === 6 ? "ipv6" : "ipv4"));
    if (!match) return void 0;
    const message = `IP (${address}) is in a blacklisted range (${match.range})`;
    return new BlockedError(BLOCKED_ADDRESS, message);
  };
}
function blockListOf(range) {
  const [address = "", prefix] = range.split("/");
  const type = isIP(address) === 6 ? "ipv6" : "ipv4";
  const list = new BlockList();
  if (prefix === void 0) list.addAddress(address, type);
  else list.addSubnet(address, Number(prefix), type);
  return list;
}
var matches = (name2, pattern) => pattern.startsWith("*") ? name2.endsWith(pattern.slice(1)) : name2 === pattern;
function allowedBy(policy, addresses) {
  const of = (wanted) => addresses.filter(({ family }) => family === wanted);
  switch (policy) {
    case "any":
      return addresses;
    case "onlyIPv4":
      return of(4);
    case "onlyIPv6":
      return of(6);
    case "preferIPv4":
      return of(4).length > 0 ? of(4) : addresses;
    case "preferIPv6":
      return of(6).length > 0 ? of(6) : addresses;
  }
}

// src/load/http/tls.ts
import {
  createSecureContext,
  DEFAULT_CIPHERS,
  getCiphers,
  TLSSocket
} from "node:tls";
function createSecureContexts(tls) {
  const contexts = /* @__PURE__ */ new Map();
  return (host) => {
    const certificate2 = certificateFor(host, tls.certificates);
    const context = contexts.get(certificate2) ?? contextOf(tls, certificate2);
    contexts.set(certificate2, context);
    return context;
  };
}
function knownCipherSuites(standardNames) {
  const known = new Set(getCiphers());
  return standardNames.filter((name2) => known.has(openSslName(name2).toLowerCase()));
}
function sessionOf(socket) {
  if (!(socket instanceof TLSSocket)) return { tlsVersion: "", tlsCipherSuite: "" };
  return {
    tlsVersion: VERSION_NAMES[socket.getProtocol()] ?? "",
    tlsCipherSuite: socket.getCipher().standardName
  };
}
var VERSION_NAMES = {
  TLSv1: "tls1.0",
  "TLSv1.1": "tls1.1",
  "TLSv1.2": "tls1.2",
  "TLSv1.3": "tls1.3"
};
function contextOf({ versionMin, versionMax, cipherSuites }, certificate2) {
  const chosen = cipherSuites && [...TLS_1_3_SUITES, ...cipherSuites.map(openSslName)].join(":");
  const isOld = versionMin === "TLSv1" || versionMin === "TLSv1.1";
  return createSecureContext({
    minVersion: versionMin,
    maxVersion: versionMax,
    // OpenSSL's default security level forbids everything that versions before 1.2 support.
    ciphers: isOld ? `${chosen ?? DEFAULT_CIPHERS}:@SECLEVEL=0` : chosen,
    ...certificate2 && {
      cert: certificate2.cert,
      key: certificate2.key,
      passphrase: certificate2.password
    }
  });
}
var TLS_1_3_SUITES = [
  "TLS_AES_128_GCM_SHA256",
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256"
];
function openSslName(standardName) {
  if (!standardName.includes("_WITH_")) return standardName;
  return standardName.replace(/^TLS_(?:RSA_WITH_)?/, "").replace("_WITH_", "_").replace(/AES_(\d+)/, "AES$1").replace("_CBC", "").replaceAll("_", "-");
}
function certificateFor(host, certificates) {
  const isFor = (domain) => domain.startsWith("*.") ? host.endsWith(domain.slice(1)) : host === domain;
  return certificates.find(({ domains }) => domains.some(isFor)) ?? certificates.find(({ domains }) => domains.length === 0);
}

// src/load/http/connector.ts
var CONNECT_TIMEOUT_MS = 3e4;
var READ_BYTES_MAX = 64 * 1024;
function createConnector({
  insecureSkipTlsVerify,
  hosts,
  tls,
  names: nameOptions
}) {
  const names = nameOptions && createNameLookup(nameOptions, { now: () => performance.now(), random: Math.random });
  const secureContextFor = tls && createSecureContexts(tls);
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES_MAX);
  const sessions = /* @__PURE__ */ new Map();
  function open(url2, onBytes) {
    const isTls = url2.protocol === "https:";
    const host = hostOf(url2);
    const port2 = Number(url2.port || (isTls ? 443 : 80));
    const target = targetOf(hosts, host, port2);
    const refusal = names?.refusalOf(host) ?? (target && names?.refusalOf(target.host));
    if (refusal) return new Socket().destroy(refusal);
    const options = {
      host: target?.host ?? host,
      port: target?.port ?? port2,
      noDelay: true,
      ...names && { lookup: names.lookup },
      onread: {
        buffer,
        callback(length) {
          onBytes(buffer, length);
          return true;
        }
      }
    };
    return isTls ? openTls(url2.host, host, options) : connectTcp(options);
  }
  function openTls(sessionKey, host, options) {
    const socket = connectTls({
      ...options,
      ...isIP2(host) ? {} : { servername: host },
      ALPNProtocols: ["http/1.1"],
      rejectUnauthorized: !insecureSkipTlsVerify,
      session: sessions.get(sessionKey),
      ...secureContextFor && { secureContext: secureContextFor(host) }
    });
    if (!insecureSkipTlsVerify) {
      socket.prependOnceListener("secure", () => {
        misnamed.set(socket, checkServerIdentity(host, socket.getPeerCertificate()));
      });
    }
    socket.on("session", (session) => sessions.set(sessionKey, session));
    return socket;
  }
  return (url2, events) => {
    const socket = open(url2, events.onBytes);
    const timer = setTimeout(() => {
      const message = `no connection within ${CONNECT_TIMEOUT_MS} ms`;
      socket.destroy(Object.assign(new Error(message), { code: "CONNECT_TIMEOUT" }));
    }, CONNECT_TIMEOUT_MS);
    let ended = false;
    const end = (error) => {
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      events.onEnd(nameFirst(socket, error));
    };
    socket.prependOnceListener("connect", () => events.onTcp());
    socket.once(url2.protocol === "https:" ? "secureConnect" : "connect", () => {
      clearTimeout(timer);
      events.onOpen();
    });
    socket.on("error", end);
    socket.once("end", () => end(void 0));
    socket.once("close", () => end(void 0));
    return socket;
  };
}
var misnamed = /* @__PURE__ */ new WeakMap();
function nameFirst(socket, error) {
  const isUntrusted = UNTRUSTED.has(error?.code ?? "");
  return (isUntrusted ? misnamed.get(socket) : void 0) ?? error;
}
var UNTRUSTED = /* @__PURE__ */ new Set([
  ...["DEPTH_ZERO_SELF_SIGNED_CERT", "SELF_SIGNED_CERT_IN_CHAIN"],
  ...["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "UNABLE_TO_GET_ISSUER_CERT_LOCALLY"]
]);
var hostOf = (url2) => url2.hostname.replace(/^\[(.*)\]$/, "$1");
function targetOf(hosts, host, port2) {
  const exact = hosts[`${host}:${port2}`] ?? hosts[host];
  if (exact !== void 0) return exact;
  for (let dot = host.indexOf("."); dot !== -1; dot = host.indexOf(".", dot + 1)) {
    const wildcard = `*${host.slice(dot)}`;
    const target = hosts[`${wildcard}:${port2}`] ?? hosts[wildcard];
    if (target !== void 0) return target;
  }
  return void 0;
}

// src/load/http/url.ts
var UNSAFE = /[^\x21-\x7e]|[#"<>\\^`{|}]/;
var UNSAFE_IN_PATH = /[ "<>\\^`{|}]/g;
var ORIGINS_MAX = 1e4;
function createUrlSplitter() {
  const origins = /* @__PURE__ */ new Map();
  return (url2) => {
    if (url2.includes("%")) assertEscapes(url2);
    if (UNSAFE.test(url2)) return parseAndSplit(url2);
    const schemeEnd = url2.indexOf("://");
    if (schemeEnd < 0) return parseAndSplit(url2);
    const end = endOfOrigin(url2, schemeEnd + 3);
    const written = url2.slice(0, end);
    let known = origins.get(written);
    if (!known) {
      known = parseAndSplit(written);
      if (origins.size < ORIGINS_MAX) origins.set(written, known);
    }
    const rest = url2.slice(end);
    const path = rest === "" ? "/" : rest[0] === "?" ? `/${rest}` : rest;
    return { origin: known.origin, path, authorization: known.authorization };
  };
}
function assertEscapes(url2) {
  const [beforeQuery] = url2.split(/[?#]/, 1);
  if (/%(?![\da-f]{2})/i.test(beforeQuery)) {
    throw new RequestError(`"${url2}" has an escape that is none: % and two digits are one`);
  }
}
function endOfOrigin(url2, from) {
  const slash = url2.indexOf("/", from);
  const query = url2.indexOf("?", from);
  if (query >= 0 && (slash < 0 || query < slash)) return query;
  return slash < 0 ? url2.length : slash;
}
function parseAndSplit(url2) {
  const parsed = parseHttpUrl(encodePath(url2));
  const credentials = credentialsOf(parsed);
  return {
    origin: parsed.origin,
    path: parsed.pathname + parsed.search,
    authorization: credentials && `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString("base64")}`
  };
}
function encodePath(url2) {
  const schemeEnd = url2.indexOf("://");
  if (schemeEnd < 0) return url2;
  const from = endOfOrigin(url2, schemeEnd + 3);
  const to = from + (/[?#]/.exec(url2.slice(from))?.index ?? url2.length);
  return url2.slice(0, from) + url2.slice(from, to).replaceAll(UNSAFE_IN_PATH, encodeURIComponent) + url2.slice(to);
}
function separateCredentials(url2) {
  const parsed = parseHttpUrl(url2);
  const credentials = credentialsOf(parsed);
  parsed.username = "";
  parsed.password = "";
  return { url: parsed.href, credentials };
}
function parseHttpUrl(url2) {
  const parsed = URL.canParse(url2) ? new URL(url2) : void 0;
  if (!parsed || parsed.protocol !== "http:" && parsed.protocol !== "https:") {
    throw new RequestError(`"${url2}" is not an absolute http or https URL`);
  }
  return parsed;
}
function credentialsOf({ username, password }) {
  if (!username && !password) return void 0;
  return { user: decodeURIComponent(username), password: decodeURIComponent(password) };
}

// src/load/operations/call-ids.ts
function createCallIds(prefix) {
  const fixed = `${prefix.slice(0, 8)}-${prefix.slice(8, 12)}-8${prefix.slice(12, 15)}-a${prefix.slice(15, 18)}-`;
  let made2 = 0;
  return () => {
    made2 += 1;
    return fixed + made2.toString(16).padStart(12, "0");
  };
}

// src/protocol/headers.ts
var CALL_ID_HEADER = "x-call-id";
var REQUEST_ID_HEADER = "x-request-id";
var IDEMPOTENCY_KEY_HEADER = "idempotency-key";

// src/load/operations/json-values.ts
function text2(value2) {
  if (typeof value2 === "string") return value2;
  return typeof value2 === "number" ? String(value2) : void 0;
}
var WHOLE_NUMBER = /^\s*-?\d+\s*$/;
function count(value2) {
  if (typeof value2 === "number") return value2;
  return typeof value2 === "string" && WHOLE_NUMBER.test(value2) ? Number(value2) : void 0;
}

// src/load/operations/request-contents.ts
var RequestContents = class {
  request;
  /** The groups of the path's pattern. */
  groups;
  parsed;
  pairs = {};
  constructor(request2, groups) {
    this.request = request2;
    this.groups = groups;
  }
  json() {
    this.parsed ??= { json: parseJson(this.body()) };
    return this.parsed.json;
  }
  body() {
    const { body } = this.request;
    if (body === null) return void 0;
    return typeof body === "string" ? body : Buffer.from(body).toString("utf8");
  }
  /** A value of the query or of a form. */
  pair(where, name2) {
    const { path } = this.request;
    const start = path.indexOf("?");
    const source = where === "form" ? this.body() : start < 0 ? "" : path.slice(start + 1);
    this.pairs[where] ??= new URLSearchParams(source ?? "");
    return this.pairs[where]?.get(name2) ?? void 0;
  }
  /** The first value of a header; `name` in lower case. */
  header(name2) {
    const { headers } = this.request;
    for (let index = 0; index < headers.length; index += 2) {
      const known = headers[index];
      if (known.length === name2.length && known.toLowerCase() === name2) return headers[index + 1];
    }
    return void 0;
  }
  cookie(name2) {
    for (const pair of this.header("cookie")?.split(";") ?? []) {
      const at = pair.indexOf("=");
      if (pair.slice(0, at).trim() === name2) return pair.slice(at + 1).trim();
    }
    return void 0;
  }
  group(number7) {
    const value2 = this.groups[number7];
    return value2?.includes("%") ? decoded(value2) : value2;
  }
};
function createFactReader(place) {
  if (place === void 0) return () => void 0;
  const read2 = readerAt(place);
  if (place.base64) {
    return (contents) => {
      const value2 = text2(read2(contents));
      return value2 && Buffer.from(value2, "base64").toString("utf8");
    };
  }
  return read2;
}
function readerAt(place) {
  const { within } = place;
  if (place.in === "path") return (contents) => contents.group(within?.group ?? 1);
  const whole = wholeReaderAt(place);
  if (within === void 0) return whole;
  const pattern = new RegExp(within.pattern, "s");
  return (contents) => pattern.exec(text2(whole(contents)) ?? "")?.[within.group];
}
function wholeReaderAt(place) {
  switch (place.in) {
    case "json": {
      const { path } = place;
      const [only] = path;
      if (only !== void 0 && path.length === 1) {
        return (contents) => member(contents.json(), only);
      }
      return (contents) => path.reduce(member, contents.json());
    }
    case "query":
      return (contents) => contents.pair("query", place.name);
    case "form":
      return (contents) => contents.pair("form", place.name);
    case "header":
      return (contents) => contents.header(place.name);
    case "cookie":
      return (contents) => contents.cookie(place.name);
    default:
      return (contents) => contents.body();
  }
}
var member = (value2, name2) => typeof value2 === "object" && value2 !== null ? value2[name2] : void 0;
function decoded(value2) {
  try {
    return decodeURIComponent(value2);
  } catch {
    return value2;
  }
}
function parseJson(body) {
  if (body === void 0) return void 0;
  try {
    return JSON.parse(body);
  } catch {
    return void 0;
  }
}

// scenarios/lib/answers.ts
var REGULAR_EXPRESSION = /^\/(.+)\/([a-z]*)$/s;
function expressionIn(text4) {
  const [, source, flags] = REGULAR_EXPRESSION.exec(text4) || [];
  return source === void 0 ? void 0 : new RegExp(source, flags);
}
function createClassifier(rules) {
  const compiled = rules.map((rule) => {
    const { status, ...others } = rule.when;
    return { rule, hasStatus: statusTest(status), applies: testOf(others) };
  });
  const byStatus = /* @__PURE__ */ new Map();
  return (answer) => {
    let candidates = byStatus.get(answer.status);
    if (candidates === void 0) {
      candidates = compiled.filter(({ hasStatus }) => hasStatus(answer.status));
      byStatus.set(answer.status, candidates);
    }
    for (const { rule, applies } of candidates) if (applies(answer)) return rule;
    return void 0;
  };
}
function createTest({ status, ...others }) {
  const hasStatus = statusTest(status);
  const applies = testOf(others);
  return (answer) => hasStatus(answer.status) && applies(answer);
}
function createPollReader(later) {
  const decisionOf = createClassifier(later.decisions);
  const namesPending = later.decisions.some(({ is }) => is === "accepted");
  const ruleOf2 = createClassifier(later.answers);
  return (answer) => {
    const decided = decisionOf(answer);
    if (decided) return meaningOfDecision(decided);
    const rule = ruleOf2(answer);
    const isFailure = rule ? rule.is === "error" || rule.is === "limited" : answer.status >= 500;
    if (!namesPending && !isFailure) return { is: "ok", decision: "PENDING" };
    return rule && rule.is !== "ok" && rule.is !== "accepted" ? rule : { is: "unclassified" };
  };
}
function meaningOfDecision(rule) {
  const { is, code } = rule;
  switch (is) {
    case "ok":
      return { is, decision: "SUCCESS" };
    case "accepted":
      return { is: "ok", decision: "PENDING" };
    case "sold_out":
    case "refused":
      return { is: "ok", decision: "FAILED", declined: is, code };
    default:
      return rule;
  }
}
function createReader(place) {
  if (place === void 0) return () => void 0;
  const expression = expressionIn(place);
  if (expression) return (answer) => found(expression, answer.text());
  const [kind, name2, ...rest] = place.split(" ");
  if (kind !== "header" && kind !== "cookie" || name2 === void 0) {
    const path = place.split(".");
    return (answer) => valueAt(answer.json(), path);
  }
  const read2 = kind === "cookie" ? (answer) => answer.cookie(name2) : /* @__PURE__ */ ((header) => (answer) => answer.header(header))(name2.toLowerCase());
  const within = rest.length === 0 ? void 0 : expressionIn(rest.join(" "));
  if (within === void 0) return read2;
  return (answer) => found(within, read2(answer));
}
function found(expression, text4) {
  if (text4 === void 0) return void 0;
  expression.lastIndex = 0;
  const match = expression.exec(text4);
  return match ? match[1] ?? match[0] : void 0;
}
function valueAt(json2, path) {
  let value2 = json2;
  for (const [place, name2] of path.entries()) {
    if (name2 === "*" && Array.isArray(value2)) {
      const rest = path.slice(place + 1);
      return value2.map((item) => valueAt(item, rest));
    }
    if (typeof value2 !== "object" || value2 === null) return void 0;
    value2 = value2[name2];
  }
  return value2;
}
function statusTest(expected) {
  if (expected === void 0) return () => true;
  const wanted = (Array.isArray(expected) ? expected : [expected]).map(String);
  return (status) => wanted.includes(String(status)) || wanted.includes(`${Math.floor(status / 100)}xx`);
}
function testOf(conditions) {
  const tests = Object.entries(conditions).map(([about, expected]) => {
    const read2 = readerOf(about);
    const holds = valueTest(expected);
    return (answer) => holds(read2(answer));
  });
  const [first] = tests;
  if (first === void 0) return () => true;
  return tests.length === 1 ? first : (answer) => tests.every((test) => test(answer));
}
function readerOf(about) {
  if (about === "body") return (answer) => answer.text();
  return createReader(about.startsWith("body.") ? about.slice("body.".length) : about);
}
function valueTest(expected) {
  if (expected === "present") return (value2) => value2 !== void 0 && value2 !== null;
  if (expected === "absent") return (value2) => value2 === void 0 || value2 === null;
  if (expected === null) return (value2) => value2 === null;
  if (Array.isArray(expected)) {
    const wanted = new Set(expected.map(String));
    return (value2) => isPlain(value2) && wanted.has(String(value2));
  }
  const expression = typeof expected === "string" ? expressionIn(expected) : void 0;
  if (expression === void 0) {
    const wanted = String(expected);
    return (value2) => isPlain(value2) && String(value2) === wanted;
  }
  return (value2) => {
    if (value2 === void 0 || value2 === null) return false;
    return found(expression, isPlain(value2) ? String(value2) : JSON.stringify(value2)) !== void 0;
  };
}
var isPlain = (value2) => typeof value2 === "string" || typeof value2 === "number" || typeof value2 === "boolean";

// src/load/operations/rule-reader.ts
var UNCLASSIFIED = { is: "unclassified", code: "UNCLASSIFIED" };
function createRuleReader(rule, target) {
  const constants3 = (rule.constants ?? []).map(({ place, value: value2 }) => ({
    read: createFactReader(place),
    value: value2
  }));
  return {
    kind: rule.kind,
    callIdHeader: rule.callIdHeader,
    fits: (contents) => constants3.every(({ read: read2, value: value2 }) => String(read2(contents)) === value2),
    sent: createSentReader(rule, target),
    buyer: createBuyerReader(rule, target),
    read: createMeaningReader(rule, target),
    answered: createAnsweredReader(rule, target)
  };
}
function createSentReader({ sent, skuField }, { skuNamed, onlySku }) {
  const sku = createFactReader(sent.sku);
  const quantity = createFactReader(sent.quantity);
  const hold = createFactReader(sent.hold);
  const order = createFactReader(sent.order);
  const voucher = createFactReader(sent.voucher);
  const ticket = createFactReader(sent.ticket);
  const key = createFactReader(sent.key);
  const call = createFactReader(sent.call);
  return (contents) => {
    const name2 = text2(sku(contents));
    return {
      sku: name2 === void 0 ? onlySku : skuNamed === void 0 ? name2 : skuNamed(name2, skuField),
      quantity: count(quantity(contents)) ?? 1,
      hold: text2(hold(contents)),
      order: text2(order(contents)),
      voucher: text2(voucher(contents)),
      ticket: text2(ticket(contents)),
      idempotencyKey: text2(key(contents)),
      callId: text2(call(contents))
    };
  };
}
function createBuyerReader(rule, target) {
  if (rule.sent.buyer !== void 0) {
    const read2 = createFactReader(rule.sent.buyer);
    return (contents) => text2(read2(contents));
  }
  const { buyerWith, buyerOf: buyerOf2 } = target;
  const credentials = buyerWith ? rule.credentials.map(({ field, place }) => ({ field, read: createFactReader(place) })) : [];
  return (contents, authorization) => {
    for (const { field, read: read2 } of credentials) {
      const credential = text2(read2(contents));
      const buyer = credential === void 0 ? void 0 : buyerWith?.(field, credential);
      if (buyer !== void 0) return buyer;
    }
    return authorization === void 0 ? void 0 : buyerOf2?.(authorization);
  };
}
function createMeaningReader(rule, target) {
  const ownCode = createOwnCodeReader(target);
  const { decisions, answers: answers3 } = rule;
  if (decisions === void 0) return createAnswerReader(answers3, target);
  const read2 = createPollReader({ decisions, answers: answers3 });
  return (answer) => {
    const said = read2(answer);
    if (said.decision !== void 0) return said;
    if (said.is === "unclassified") return UNCLASSIFIED;
    return { is: said.is, code: ownCode ? ownCode(answer) : said.code };
  };
}
function createAnswerReader(rules, target) {
  const ruleOf2 = createClassifier(rules);
  const ownCode = createOwnCodeReader(target);
  if (ownCode === void 0) return (answer) => ruleOf2(answer) ?? UNCLASSIFIED;
  return (answer) => {
    const rule = ruleOf2(answer);
    if (rule === void 0) return UNCLASSIFIED;
    return rule.is === "ok" || rule.is === "accepted" ? rule : { is: rule.is, code: ownCode(answer) };
  };
}
function createOwnCodeReader({
  codePlace
}) {
  if (codePlace === void 0) return void 0;
  const read2 = createReader(codePlace);
  return (answer) => text2(read2(answer));
}
function createAnsweredReader(rule, { skuNamed }) {
  const places2 = rule.answer;
  const hold = createReader(places2.hold);
  const order = createReader(places2.order);
  const voucher = createReader(places2.voucher);
  const sku = createReader(places2.sku);
  const sequence = createReader(places2.sequence);
  const observed = createObservedReader(rule);
  return (answer, { is, decision }) => {
    const happened = is === "ok" || is === "accepted";
    const name2 = text2(sku(answer));
    return {
      hold: happened ? text2(hold(answer)) : void 0,
      order: happened ? text2(order(answer)) : void 0,
      voucher: happened ? text2(voucher(answer)) : void 0,
      sku: name2 === void 0 || skuNamed === void 0 ? name2 : skuNamed(name2),
      sequence: count(sequence(answer)),
      observed: is === "ok" ? observed?.(answer, decision) : void 0
    };
  };
}
function createObservedReader({
  kind,
  answer: places2,
  decisions
}) {
  if (decisions !== void 0) return (_, decision) => ({ decision });
  if (kind !== "read") return void 0;
  const available = createReader(places2.available);
  const reserved = createReader(places2.reserved);
  const sold = createReader(places2.sold);
  return (answer) => ({
    available: count(available(answer)),
    reserved: count(reserved(answer)),
    sold: count(sold(answer))
  });
}

// src/load/operations/operation-router.ts
var NO_GROUPS = [];
function createOperationRouter(target) {
  const routesOf = routesByMethod(target);
  return (request2) => {
    const routes = routesOf.get(request2.method);
    if (!routes) return void 0;
    const query = request2.path.indexOf("?");
    const path = query < 0 ? request2.path : request2.path.slice(0, query);
    const exact = routes.fixed.get(path);
    if (exact) {
      const contents = new RequestContents(request2, NO_GROUPS);
      for (const reader of exact) if (reader.fits(contents)) return { reader, contents };
    }
    for (const { pattern, reader } of routes.templates) {
      const match = pattern.exec(path);
      if (!match) continue;
      const contents = new RequestContents(request2, match);
      if (reader.fits(contents)) return { reader, contents };
    }
    return void 0;
  };
}
function routesByMethod(target) {
  const routesOf = /* @__PURE__ */ new Map();
  for (const rule of target.operations.toSorted(bySpecificity)) {
    const routes = routesOf.get(rule.method) ?? { fixed: /* @__PURE__ */ new Map(), templates: [] };
    routesOf.set(rule.method, routes);
    const reader = createRuleReader(rule, target);
    if (typeof rule.path === "string") {
      routes.fixed.set(rule.path, [...routes.fixed.get(rule.path) ?? [], reader]);
    } else routes.templates.push({ pattern: new RegExp(rule.path.pattern), reader });
  }
  return routesOf;
}
function bySpecificity(a, b) {
  const constants3 = (b.constants?.length ?? 0) - (a.constants?.length ?? 0);
  return constants3 || lengthOf(b.path) - lengthOf(a.path);
}
var lengthOf = (path) => typeof path === "string" ? path.length : path.pattern.length;

// src/load/operations/operation-recorder.ts
function createOperationRecorder({
  target,
  history,
  nextCallId
}) {
  const ruleOf2 = createOperationRouter(target);
  const meaningOf = createAnswerReader(target.answers, target);
  const remembers = target.operations.some(({ decisions }) => decisions !== void 0);
  const recording = { history, attempts: /* @__PURE__ */ new Map(), remembers };
  return {
    begin(request2, authorization) {
      const matched = ruleOf2(request2);
      if (!matched) return void 0;
      const { reader, contents } = matched;
      let callId;
      if (reader.callIdHeader !== void 0) {
        callId = nextCallId();
        request2.headers.push(reader.callIdHeader, callId);
      }
      const buyer = reader.buyer(contents, authorization);
      return new RecordedOperation(recording, matched, { buyer, callId, instance: request2.origin });
    },
    meaningOf: (exchange) => exchange.failure ? void 0 : meaningOf(exchange).is
  };
}
var RecordedOperation = class {
  recording;
  matched;
  identity;
  id;
  sku;
  constructor(recording, matched, identity) {
    this.recording = recording;
    this.matched = matched;
    this.identity = identity;
  }
  get isRead() {
    return this.matched.reader.kind === "read";
  }
  get callId() {
    return this.identity.callId;
  }
  invoke(atMs) {
    const { reader, contents } = this.matched;
    const { buyer, callId, instance } = this.identity;
    const sent = reader.sent(contents);
    const attempted = this.recording.remembers ? this.recording.attempts.get(sent.order ?? sent.hold ?? "") : void 0;
    this.sku = sent.sku ?? attempted?.sku;
    const facts = {
      kind: reader.kind,
      sku: this.sku,
      buyer: buyer ?? (reader.kind === "read" ? attempted?.buyer : void 0),
      quantity: sent.quantity,
      callId: callId ?? sent.callId,
      idempotencyKey: sent.idempotencyKey,
      hold: sent.hold,
      order: sent.order,
      voucher: sent.voucher,
      ticket: sent.ticket,
      instance
    };
    this.id = this.recording.history.invoke(facts, nanoseconds(atMs));
  }
  described() {
    const { buyer, callId } = this.identity;
    return {
      "flashsale.operation": this.matched.reader.kind,
      "flashsale.buyer": buyer,
      "flashsale.sku": this.sku,
      "flashsale.call_id": callId
    };
  }
  complete(exchange) {
    if (this.id === void 0) this.invoke(exchange.endedAtMs);
    const meaning = exchange.failure ? void 0 : this.matched.reader.read(exchange);
    const facts = meaning === void 0 ? unanswered(exchange) : this.answered(exchange, meaning);
    this.recording.history.complete(this.id, facts, nanoseconds(exchange.endedAtMs));
    return meaning?.is;
  }
  /** An id that several buyers were told, or that was told of several SKUs, does not tell whose attempt it is. */
  remember(id, attempted) {
    const { attempts } = this.recording;
    const before = attempts.get(id) ?? attempted;
    const same = (fact) => before[fact] === attempted[fact] ? attempted[fact] : void 0;
    attempts.set(id, { sku: same("sku"), buyer: same("buyer") });
  }
  answered(exchange, meaning) {
    const { reader } = this.matched;
    const { is } = meaning;
    const { hold, order, voucher, sku, sequence, observed } = reader.answered(exchange, meaning);
    const attempted = order ?? hold;
    if (this.recording.remembers && reader.kind === "attempt" && attempted !== void 0) {
      this.remember(attempted, { sku: sku ?? this.sku, buyer: this.identity.buyer });
    }
    return {
      // An attempt asks to be accepted. Any other call that is accepted may still fail.
      outcome: reader.kind === "attempt" && is === "accepted" ? "ok" : OUTCOME_OF[is],
      status: exchange.status,
      // A decision that is a no may have a reason, though the call that asked for it was answered.
      code: isYes(is) && meaning.decision !== "FAILED" ? void 0 : meaning.code,
      hold,
      order,
      voucher,
      sku,
      sequence,
      observed,
      requestId: exchange.header(REQUEST_ID_HEADER)
    };
  }
};
function unanswered({ written, failure }) {
  return { outcome: written ? "info" : "fail", status: 0, code: failure?.code };
}
var isYes = (is) => is === "ok" || is === "accepted";
var nanoseconds = (ms) => Math.round(ms * 1e6);
var OUTCOME_OF = {
  ok: "ok",
  accepted: "info",
  sold_out: "fail",
  refused: "fail",
  limited: "fail",
  error: "info",
  unclassified: "info"
};

// src/load/vu/script.ts
function callExported(functions, name2, argument) {
  const fn = functions[name2];
  if (typeof fn !== "function") throw new Error(`the script exports no function "${name2}"`);
  return fn(argument);
}

// src/load/vu/lifecycle-vu.ts
function createLifecycleVu(vu, script) {
  const functions = script.createVu(vu);
  let rejectCall;
  return {
    async call(name2, argument, timeoutMs, group2 = "") {
      vu.group = group2;
      let timer;
      const endedEarly = new Promise((_resolve, reject) => {
        rejectCall = reject;
        timer = setTimeout(() => {
          reject(new Error(tooLong(name2, timeoutMs)));
          vu.calls.cancelAll();
        }, timeoutMs);
      });
      try {
        const result = await Promise.race([
          // In a turn of its own: code that is dropped where it stands takes nothing of this function with it.
          Promise.resolve().then(() => callExported(functions, name2, argument)),
          endedEarly
        ]);
        await Promise.race([new Promise((idle) => vu.work.whenIdle(idle)), endedEarly]);
        return result;
      } finally {
        clearTimeout(timer);
        rejectCall = void 0;
      }
    },
    interrupt() {
      if (vu.interrupted) return;
      vu.interrupt();
      rejectCall?.(new IterationInterrupted());
    },
    cut(error) {
      const runs = rejectCall !== void 0;
      vu.interrupt();
      rejectCall?.(error);
      return runs;
    },
    retire: () => vu.retire()
  };
}
var TIMEOUTS = {
  setup: "setupTimeout",
  teardown: "teardownTimeout",
  handleSummary: "handleSummaryTimeout"
};
var tooLong = (name2, timeoutMs) => `${name2}() did not end within ${timeoutMs / 1e3} s, which the option ${TIMEOUTS[name2]} allows`;

// src/load/http/answer-reader.ts
var HEAD_BYTES_MAX = 1024 * 1024;
var LINE_BYTES_MAX2 = 16 * 1024;
var HEAD_END = Buffer.from("\r\n\r\n");
var EMPTY = Buffer.alloc(0);
var STATUS_LINE = /^HTTP\/1\.([01]) (\d{3})(?: (.*))?$/;
var HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
var DIGITS = /^\d{1,15}$/;
var CHUNK_SIZE = /^([0-9a-fA-F]{1,12})[\t ]*(?:;.*)?$/;
var AnswerReader = class {
  state = "complete";
  /** Why an answer is malformed. */
  problem = "";
  /** True when the connection can carry another request after this answer. */
  keepsAlive = false;
  handler;
  /** The buffer that is being read, and the number of its bytes that belong to the answer. */
  buffer = EMPTY;
  length = 0;
  isBodyless = false;
  /** Bytes of the body or chunk that have not arrived yet. */
  remaining = 0;
  /** The first `pendingLength` bytes hold a head that has not arrived completely. */
  pending = EMPTY;
  pendingLength = 0;
  line = "";
  trailerBytes = 0;
  /** Headers that decide how the body ends. */
  contentLength;
  transferEncoding;
  connection = "";
  /** Prepares for the answer to a request. Answers to HEAD have no body, even if their head announces one. */
  begin(handler, method) {
    this.handler = handler;
    this.isBodyless = method === "HEAD";
    this.state = "head";
    this.pendingLength = 0;
    this.line = "";
    this.trailerBytes = 0;
  }
  /** True when the answer is complete or malformed. */
  get isOver() {
    return this.state === "complete" || this.state === "malformed";
  }
  /** Reads the first `length` bytes of a buffer; the bytes after them do not belong to this connection. */
  read(buffer, length) {
    this.buffer = buffer;
    this.length = length;
    let at = 0;
    while (at < length && !this.isOver) {
      if (this.state === "head") at = this.readHead(at);
      else if (this.state === "sized body" || this.state === "chunk") at = this.readBody(at);
      else if (this.state === "body until close") {
        this.handler.onBody(buffer, at, length);
        at = length;
      } else at = this.readLine(at);
    }
    if (at < length) this.keepsAlive = false;
  }
  /** Tells the reader that the connection has ended. This completes an answer without a length. */
  finish() {
    if (this.state === "body until close") this.state = "complete";
  }
  readHead(from) {
    const { buffer, length } = this;
    if (this.pendingLength === 0) {
      const end2 = buffer.indexOf(HEAD_END, from);
      if (end2 >= 0 && end2 + HEAD_END.length <= length) {
        this.parseHead(buffer.toString("latin1", from, end2));
        return end2 + HEAD_END.length;
      }
    }
    const searchFrom = Math.max(0, this.pendingLength - HEAD_END.length + 1);
    const taken = Math.min(length - from, HEAD_BYTES_MAX - this.pendingLength);
    this.append(from, taken);
    const end = this.pending.subarray(0, this.pendingLength).indexOf(HEAD_END, searchFrom);
    if (end >= 0) {
      const left = this.pendingLength - end - HEAD_END.length;
      const head = this.pending.toString("latin1", 0, end);
      this.pendingLength = 0;
      this.pending = EMPTY;
      this.parseHead(head);
      return from + taken - left;
    }
    const start = this.pending.toString("latin1", 0, Math.min(this.pendingLength, 7));
    if (!"HTTP/1.".startsWith(start)) {
      this.fail(`"${start}" is not the beginning of an answer in HTTP/1`);
    } else if (this.pendingLength === HEAD_BYTES_MAX) {
      this.fail(`the head of the answer is longer than ${HEAD_BYTES_MAX} bytes`);
    }
    return from + taken;
  }
  append(from, length) {
    const needed = this.pendingLength + length;
    if (this.pending.length < needed) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this.pending.length * 2));
      this.pending.copy(grown, 0, 0, this.pendingLength);
      this.pending = grown;
    }
    this.buffer.copy(this.pending, this.pendingLength, from, from + length);
    this.pendingLength = needed;
  }
  parseHead(head) {
    const statusEnd = lineEnd(head, 0);
    const status = STATUS_LINE.exec(head.slice(0, statusEnd));
    if (!status) {
      this.fail(`"${head.slice(0, Math.min(statusEnd, 80))}" is not a status line of HTTP/1`);
      return;
    }
    const headers = [];
    if (!this.parseHeaders(head, statusEnd + 2, headers)) return;
    const code = Number(status[2]);
    if (code < 200) {
      if (code < 100 || code === 101) this.fail(`status ${code} does not answer the request`);
      return;
    }
    const { contentLength, transferEncoding } = this;
    if (transferEncoding !== void 0 && (transferEncoding !== "chunked" || contentLength !== void 0)) {
      this.fail(
        `the answer's body is encoded as "${transferEncoding}", its length ${contentLength ?? "open"}`
      );
      return;
    }
    this.keepsAlive = status[1] === "1" ? !this.connection.includes("close") : this.connection.includes("keep-alive");
    this.handler.onHead(code, status[3] ?? "", headers);
    this.beginBody(code);
  }
  /** Adds the headers of a head, from a position on, to `headers`; false when one of them is malformed. */
  parseHeaders(head, from, headers) {
    this.contentLength = void 0;
    this.transferEncoding = void 0;
    this.connection = "";
    for (let at = from; at < head.length; ) {
      const end = lineEnd(head, at);
      const colon = head.indexOf(":", at);
      const name2 = colon < 0 || colon > end ? "" : head.slice(at, colon);
      if (!HEADER_NAME.test(name2)) {
        this.fail(`"${head.slice(at, Math.min(end, at + 80))}" is not a header`);
        return false;
      }
      const value2 = head.slice(colon + 1, end).trim();
      headers.push(name2, value2);
      if (!this.noteFraming(name2, value2)) return false;
      at = end + 2;
    }
    return true;
  }
  /** Keeps a header that decides how the body ends; false when it contradicts one before it. */
  noteFraming(name2, value2) {
    if (name2.length === 14 && name2.toLowerCase() === "content-length") {
      const before = this.contentLength;
      if (!DIGITS.test(value2) || before !== void 0 && before !== value2) {
        this.fail(`the answer announces its length as "${before ?? value2}" and "${value2}"`);
        return false;
      }
      this.contentLength = value2;
    } else if (name2.length === 17 && name2.toLowerCase() === "transfer-encoding") {
      const before = this.transferEncoding;
      this.transferEncoding = before === void 0 ? value2.toLowerCase() : `${before}, ${value2}`;
    } else if (name2.length === 10 && name2.toLowerCase() === "connection") {
      this.connection += `,${value2.toLowerCase()}`;
    }
    return true;
  }
  beginBody(status) {
    if (this.isBodyless || status === 204 || status === 304) this.state = "complete";
    else if (this.transferEncoding !== void 0) this.state = "chunk size";
    else if (this.contentLength === void 0) {
      this.state = "body until close";
      this.keepsAlive = false;
    } else {
      this.remaining = Number(this.contentLength);
      this.state = this.remaining === 0 ? "complete" : "sized body";
    }
  }
  readBody(from) {
    const to = Math.min(this.length, from + this.remaining);
    this.handler.onBody(this.buffer, from, to);
    this.remaining -= to - from;
    if (this.remaining === 0) this.state = this.state === "chunk" ? "chunk end" : "complete";
    return to;
  }
  /** Reads the lines of a chunked body: sizes of chunks, the empty line after each chunk, and trailers. */
  readLine(from) {
    const { buffer, length } = this;
    const found2 = buffer.indexOf(10, from);
    const feed = found2 < length ? found2 : -1;
    const to = feed < 0 ? length : feed + 1;
    this.line += buffer.toString("latin1", from, to);
    if (this.line.length > LINE_BYTES_MAX2) this.fail("a line between chunks has no end");
    else if (feed >= 0) {
      const line2 = this.line;
      this.line = "";
      if (line2.endsWith("\r\n")) this.parseLine(line2.slice(0, -2));
      else this.fail("a line between chunks ends in a bare line feed");
    }
    return to;
  }
  parseLine(line2) {
    if (this.state === "chunk size") {
      const size = CHUNK_SIZE.exec(line2)?.[1];
      if (size === void 0) {
        this.fail(`"${line2.slice(0, 80)}" is not the size of a chunk`);
        return;
      }
      this.remaining = Number.parseInt(size, 16);
      this.state = this.remaining === 0 ? "trailer" : "chunk";
    } else if (this.state === "chunk end") {
      if (line2 === "") this.state = "chunk size";
      else this.fail("a chunk is longer than it announced");
    } else if (line2 === "") {
      this.state = "complete";
    } else {
      this.trailerBytes += line2.length;
      if (this.trailerBytes > HEAD_BYTES_MAX) this.fail("the trailers have no end");
    }
  }
  fail(problem) {
    this.state = "malformed";
    this.problem = problem;
    this.keepsAlive = false;
  }
};
function lineEnd(text4, from) {
  const end = text4.indexOf("\r\n", from);
  return end < 0 ? text4.length : end;
}

// src/load/http/content-encoding.ts
import {
  brotliCompressSync,
  brotliDecompressSync,
  constants,
  deflateSync,
  gunzipSync,
  gzipSync,
  inflateSync
} from "node:zlib";
import { decompress as unzstd } from "fzstd";
var PACKERS = {
  gzip: (body) => gzipSync(body),
  deflate: (body) => deflateSync(body),
  br: (body) => brotliCompressSync(body)
};
function packBody(body, compression) {
  const names = compression.split(",").map((name2) => name2.trim());
  let packed = body;
  for (const name2 of names) {
    const pack = PACKERS[name2];
    if (!pack) {
      throw new Error(
        `"${name2}" is not a compression of request bodies (there are: ${Object.keys(PACKERS).join(", ")})`
      );
    }
    packed = pack(packed);
  }
  return { body: packed, encoding: names.join(", ") };
}
var UNPACKERS = {
  gzip: gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
  // Node itself knows it from version 22.15 on.
  zstd: (bytes) => unzstd(bytes)
};
var MAY_BE_EMPTY = /* @__PURE__ */ new Set(["zstd"]);
function unpackBody(body, encoding2, bytesMax) {
  const names = encoding2.split(",").map((name2) => name2.trim().toLowerCase());
  let bytes = body;
  for (const name2 of names.reverse()) {
    const unpack = Object.hasOwn(UNPACKERS, name2) ? UNPACKERS[name2] : void 0;
    if (unpack === void 0) continue;
    if (bytes.length === 0) {
      if (MAY_BE_EMPTY.has(name2)) continue;
      throw new Error("it has no bytes");
    }
    const unpacked = unpack(bytes, { maxOutputLength: bytesMax });
    bytes = Buffer.from(unpacked.buffer, unpacked.byteOffset, unpacked.byteLength);
  }
  return bytes;
}
var PART_UNPACKERS = {
  gzip: (bytes, limit) => gunzipSync(bytes, { ...limit, finishFlush: constants.Z_SYNC_FLUSH }),
  deflate: (bytes, limit) => inflateSync(bytes, { ...limit, finishFlush: constants.Z_SYNC_FLUSH }),
  br: (bytes, limit) => brotliDecompressSync(bytes, { ...limit, finishFlush: constants.BROTLI_OPERATION_FLUSH })
};
function unpackPart(body, encoding2, bytesMax) {
  let bytes = body;
  for (const each of encoding2.split(",").reverse()) {
    const name2 = each.trim().toLowerCase();
    if (!Object.hasOwn(UNPACKERS, name2)) continue;
    try {
      bytes = PART_UNPACKERS[name2]?.(bytes, { maxOutputLength: bytesMax }) ?? Buffer.alloc(0);
    } catch {
      return Buffer.alloc(0);
    }
  }
  return bytes;
}
var isCutOff = (error) => error.code === "Z_BUF_ERROR" || /unexpected (?:EOF|end of file)/i.test(error.message);

// src/load/http/exchange.ts
var NO_PEER = { ip: "", port: 0, tlsVersion: "", tlsCipherSuite: "" };
var TIMEOUT = "TIMEOUT";
var ABORTED = "ABORTED";
var INVALID_REQUEST = "INVALID_REQUEST";
var CONNECTION_CLOSED = "CONNECTION_CLOSED";
var MALFORMED_ANSWER = "MALFORMED_ANSWER";
var UNREADABLE_BODY = "UNREADABLE_BODY";
var CUT_OFF_BODY = "CUT_OFF_BODY";
var BAD_REDIRECT = "BAD_REDIRECT";
var OVERSIZED_ANSWER = "OVERSIZED_ANSWER";
var BODY_BYTES_MAX = 128 * 1024 * 1024;
var Exchange = class _Exchange {
  request;
  /** False while the request provably has not reached the server. */
  written = false;
  /** 0 until the head of an answer has arrived, and 0 again when the exchange ends with a failure. */
  status = 0;
  statusText = "";
  failure;
  /** Moments on the client's monotonic clock, in milliseconds; 0 for a moment that was not reached. */
  calledAtMs = 0;
  writtenAtMs = 0;
  sentAtMs = 0;
  answeredAtMs = 0;
  endedAtMs = 0;
  /** Time spent on opening a connection for this exchange; 0 on a kept connection. */
  connectingMs = 0;
  tlsMs = 0;
  listener;
  now;
  connection;
  rawHeaders = [];
  chunks = [];
  /** The bytes of a body that was cut off: no answer, but scripts may look at them. */
  partial = void 0;
  bodyBytes = 0;
  parsed;
  parseTried = false;
  constructor(request2, listener, now) {
    this.request = request2;
    this.listener = listener;
    this.now = now;
  }
  /** Bytes of the answer's body. */
  bytes() {
    if (this.chunks.length > 1) this.chunks = [Buffer.concat(this.chunks)];
    return this.chunks[0] ?? EMPTY2;
  }
  text() {
    return this.bytes().toString("utf8");
  }
  /** The text of a body that was cut off, as far as it came and can be unpacked; undefined if no answer had begun. */
  partialBody() {
    if (this.partial === void 0) return void 0;
    return unpackPart(
      Buffer.concat(this.partial),
      this.header("content-encoding") ?? "",
      BODY_BYTES_MAX
    );
  }
  /** The body as JSON, parsed once; undefined when it is not JSON. */
  json() {
    if (!this.parseTried) {
      this.parseTried = true;
      try {
        this.parsed = this.chunks.length === 0 ? void 0 : JSON.parse(this.text());
      } catch {
        this.parsed = void 0;
      }
    }
    return this.parsed;
  }
  /** The first value of a header of the answer; `name` is in lower case. */
  header(name2) {
    const raw = this.rawHeaders;
    for (let i = 0; i < raw.length; i += 2) {
      const key = raw[i];
      if (key.length === name2.length && key.toLowerCase() === name2) {
        return textOf(raw[i + 1]);
      }
    }
    return void 0;
  }
  /** The value of a cookie that the answer sets. */
  cookie(name2) {
    for (const [header, value2] of this.headers()) {
      if (header.toLowerCase() !== "set-cookie") continue;
      const at = value2.indexOf("=");
      if (value2.slice(0, at).trim() === name2)
        return (value2.slice(at + 1).split(";")[0] ?? "").trim();
    }
    return void 0;
  }
  /** All headers of the answer, in order, as the server spelled them. */
  headers() {
    const pairs = [];
    for (let i = 0; i < this.rawHeaders.length; i += 2) {
      pairs.push([this.rawHeaders[i], textOf(this.rawHeaders[i + 1])]);
    }
    return pairs;
  }
  peer() {
    return this.connection?.peer ?? NO_PEER;
  }
  /** Decompresses the body; the exchange is a failure if that cannot be done. Call it once, after the end. */
  decompress() {
    const encoding2 = this.header("content-encoding");
    if (encoding2 === void 0 || this.failure || this.request.dropsBody) return;
    if (BODILESS.includes(this.status) || this.request.method === "HEAD") return;
    try {
      this.chunks = [unpackBody(this.bytes(), encoding2, BODY_BYTES_MAX)];
    } catch (cause) {
      const message = `the body is no ${encoding2}: ${cause.message}`;
      this.reject({ code: isCutOff(cause) ? CUT_OFF_BODY : UNREADABLE_BODY, message, cause });
    }
  }
  /** Makes an answer that turned out to be of no use a failure. */
  reject(failure) {
    if (this.status !== 0 && !WITHOUT_PART.has(failure.code)) this.partial = this.chunks;
    this.failure = failure;
    this.status = 0;
    this.statusText = "";
    this.chunks = [];
  }
  /** Ends the exchange with a failure before it returns. A request that was not written yet will not be. */
  cancel(code, message) {
    if (this.endedAtMs !== 0) return;
    if (this.connection) this.connection.break({ code, message });
    else this.end({ code, message }, this.now());
  }
  /** Copies everything that a response is read from; its body only on request. */
  pack(withBody) {
    const { written, status, statusText, failure, calledAtMs, writtenAtMs, sentAtMs } = this;
    const { answeredAtMs, endedAtMs, connectingMs, tlsMs, rawHeaders } = this;
    return {
      ...{ written, status, statusText, calledAtMs, writtenAtMs, sentAtMs, answeredAtMs },
      ...{ endedAtMs, connectingMs, tlsMs, rawHeaders },
      request: { ...this.request, body: null },
      failure: failure && { code: failure.code, message: failure.message },
      peer: this.peer(),
      body: withBody ? this.packedBody() : void 0
    };
  }
  packedBody() {
    if (this.partial) return new Uint8Array(Buffer.concat(this.partial));
    return this.chunks.length > 0 ? new Uint8Array(this.bytes()) : void 0;
  }
  static unpack({ request: request2, peer, body, rawHeaders, ...facts }) {
    const exchange = new _Exchange(request2, NO_LISTENER, () => 0);
    Object.assign(exchange, facts);
    exchange.connection = { peer, break() {
    } };
    exchange.rawHeaders = rawHeaders;
    const chunks = body && [Buffer.from(body.buffer, body.byteOffset, body.byteLength)];
    if (facts.failure) exchange.partial = chunks;
    else exchange.chunks = chunks ?? [];
    return exchange;
  }
  // The connection calls the methods below, in this order.
  start(connection) {
    this.connection = connection;
    this.calledAtMs = this.now();
  }
  /** Called again if the request is sent again: it stays one request that began with the first byte. */
  beforeWrite() {
    if (this.written) return;
    this.writtenAtMs = this.now();
    this.written = true;
    this.listener.beforeWrite();
  }
  onSent() {
    if (this.endedAtMs === 0) this.sentAtMs = this.now();
  }
  onBytes(atMs) {
    if (this.answeredAtMs === 0) this.answeredAtMs = atMs;
  }
  onHead(status, statusText, headers) {
    this.status = status;
    this.statusText = statusText;
    this.rawHeaders = headers;
  }
  onBody(buffer, from, to) {
    this.bodyBytes += to - from;
    if (this.request.dropsBody) return;
    if (this.bodyBytes <= BODY_BYTES_MAX) {
      const chunk = Buffer.allocUnsafe(to - from);
      buffer.copy(chunk, 0, from, to);
      this.chunks.push(chunk);
    } else
      this.cancel(OVERSIZED_ANSWER, `the answer's body is longer than ${BODY_BYTES_MAX} bytes`);
  }
  /** A failure discards the part of the answer that has arrived. */
  end(failure, atMs) {
    if (this.endedAtMs !== 0) return;
    this.endedAtMs = atMs;
    if (failure) this.reject(failure);
    this.listener.ended();
  }
};
var EMPTY2 = Buffer.alloc(0);
var WITHOUT_PART = /* @__PURE__ */ new Set([UNREADABLE_BODY, BAD_REDIRECT, OVERSIZED_ANSWER]);
var BODILESS = [204, 304];
function textOf(value2) {
  return /[\x80-\xff]/.test(value2) ? Buffer.from(value2, "latin1").toString("utf8") : value2;
}
var NO_LISTENER = { beforeWrite() {
}, ended() {
} };

// src/kernel/recent-map.ts
function createRecentMap(generationSizeMax, compute) {
  let young = /* @__PURE__ */ new Map();
  let old = /* @__PURE__ */ new Map();
  return (key) => {
    const known = young.get(key);
    if (known !== void 0 || young.has(key)) return known;
    const value2 = old.has(key) ? old.get(key) : compute(key);
    if (young.size >= generationSizeMax) {
      old = young;
      young = /* @__PURE__ */ new Map();
    }
    young.set(key, value2);
    return value2;
  };
}

// src/load/http/request-encoding.ts
var METHOD = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
var HEADER_NAME2 = METHOD;
var NOT_IN_VALUE = /[^\t\x20-\x7e\x80-\xff]/;
var NOT_IN_PATH = /[^\x21-\x7e]/;
var OWN_HEADERS = /* @__PURE__ */ new Set(["content-length", "transfer-encoding", "trailer"]);
var METHODS_WITH_BODY = /* @__PURE__ */ new Set(["POST", "PUT", "PATCH"]);
function encodeRequest(method, path, host, headers, body) {
  if (!METHOD.test(method)) throw new Error(`"${method}" is not an HTTP method`);
  if (method === "CONNECT") throw new Error("CONNECT is not supported");
  if (NOT_IN_PATH.test(path)) throw new Error(`"${path}" cannot be part of a request line`);
  let lines = "";
  let ownHost = false;
  for (let i = 0; i < headers.length; i += 2) {
    const value2 = headers[i + 1];
    const header = headerOf(headers[i]);
    if (value2 !== header.lastValue) {
      if (NOT_IN_VALUE.test(value2)) {
        throw new Error(`the header "${headers[i]}" holds a forbidden character`);
      }
      header.lastValue = value2;
    }
    if (header.isSetByEngine) continue;
    if (header.isHost) ownHost = true;
    lines += header.linePrefix + value2;
  }
  const length = body === null ? 0 : Buffer.byteLength(body);
  if (body !== null || METHODS_WITH_BODY.has(method)) lines += `\r
content-length: ${length}`;
  const hostLine = ownHost ? "" : `\r
host: ${host}`;
  const head = `${method} ${path} HTTP/1.1${hostLine}${lines}\r
\r
`;
  if (body === null) return head;
  if (typeof body === "string" && body.length === length) return head + body;
  return Buffer.concat([Buffer.from(head, "latin1"), Buffer.from(body)]);
}
var headerOf = createRecentMap(1e3, (name2) => {
  if (!HEADER_NAME2.test(name2)) throw new Error(`"${name2}" is not the name of a header`);
  const lowerCase = name2.toLowerCase();
  return {
    linePrefix: `\r
${name2}: `,
    isSetByEngine: OWN_HEADERS.has(lowerCase),
    isHost: lowerCase === "host",
    /** A value that was found to be without forbidden characters; most headers have one value for the whole load. */
    lastValue: ""
  };
});

// src/load/http/connection.ts
var Connection = class {
  inFlight;
  peer;
  socket;
  url;
  host;
  deps;
  reader = new AnswerReader();
  isOpen = false;
  /** True once the socket has carried an answer, so that the server may have closed it since. */
  isKept = false;
  /** The request in flight, for as long as it may have to be sent again. */
  repeatable;
  /** A request that waits until the socket is open, or until waiting requests are written together. */
  waiting;
  timer;
  timerDueMs = Number.POSITIVE_INFINITY;
  constructor(origin, deps) {
    this.url = new URL(origin);
    this.host = this.url.host;
    this.deps = deps;
  }
  send(exchange) {
    const { method, path, headers, body, timeoutMs } = exchange.request;
    this.inFlight = exchange;
    exchange.start(this);
    let bytes;
    try {
      bytes = encodeRequest(method, path, this.host, headers, body);
    } catch (error) {
      this.endExchange({ code: INVALID_REQUEST, message: error.message, cause: error });
      return;
    }
    this.setTimer(exchange.calledAtMs + timeoutMs);
    this.waiting = bytes;
    this.repeatable = this.isKept && exchange.request.mayRepeat ? bytes : void 0;
    if (this.isOpen) writeTogether(this);
    else this.open();
  }
  break(failure) {
    this.dropSocket();
    this.endExchange(failure);
  }
  close() {
    clearTimeout(this.timer);
    this.dropSocket();
  }
  open() {
    const { deps, url: url2 } = this;
    const openedAtMs = deps.now();
    let tcpMs = 0;
    const socket = deps.connector(url2, {
      onTcp: () => {
        tcpMs = deps.now() - openedAtMs;
      },
      onOpen: () => {
        if (socket !== this.socket || !this.inFlight) return;
        this.isOpen = true;
        this.peer = {
          ip: socket.remoteAddress ?? "",
          port: socket.remotePort ?? 0,
          ...sessionOf(socket)
        };
        this.inFlight.connectingMs = tcpMs;
        this.inFlight.tlsMs = url2.protocol === "https:" ? deps.now() - openedAtMs - tcpMs : 0;
        this.writeWaiting();
      },
      onBytes: (buffer, length) => {
        if (socket === this.socket) this.read(buffer, length);
      },
      onEnd: (error) => {
        if (socket === this.socket) this.onSocketEnd(error);
      }
    });
    this.socket = socket;
    deps.traffic.watch(socket);
  }
  /** Writes the request that waits, unless it was cancelled or its connection was lost in the meantime. */
  writeWaiting() {
    const { waiting } = this;
    if (waiting === void 0 || !this.isOpen) return;
    this.waiting = void 0;
    this.write(waiting);
  }
  write(bytes) {
    const exchange = this.inFlight;
    const socket = this.socket;
    this.reader.begin(exchange, exchange.request.method);
    exchange.beforeWrite();
    const taken = typeof bytes === "string" ? socket.write(bytes, "latin1") : socket.write(bytes);
    if (taken) exchange.onSent();
    else socket.once("drain", () => exchange.onSent());
  }
  read(buffer, length) {
    const { reader } = this;
    if (!this.inFlight || this.waiting !== void 0) {
      this.replaceSocket();
      return;
    }
    const atMs = this.deps.now();
    this.inFlight.onBytes(atMs);
    reader.read(buffer, length);
    if (!reader.isOver || !this.inFlight) return;
    if (reader.state === "malformed") {
      this.break({ code: MALFORMED_ANSWER, message: reader.problem });
      return;
    }
    const isDone = !reader.keepsAlive || this.deps.closesAfterAnswer === true;
    if (isDone || this.socket?.writableLength) this.dropSocket();
    else this.isKept = true;
    this.endExchange(void 0, atMs);
  }
  onSocketEnd(error) {
    const { reader, isOpen } = this;
    if (isOpen && this.waiting !== void 0) {
      this.replaceSocket();
      return;
    }
    const { repeatable } = this;
    this.dropSocket();
    if (!this.inFlight) return;
    if (repeatable !== void 0 && this.inFlight.answeredAtMs === 0) {
      this.waiting = repeatable;
      this.open();
      return;
    }
    if (isOpen && !error) reader.finish();
    if (isOpen && reader.state === "complete") this.endExchange(void 0);
    else if (error) this.endExchange(failureOf(error));
    else {
      const message = "the server closed the connection before its answer was complete";
      this.endExchange({ code: CONNECTION_CLOSED, message });
    }
  }
  dropSocket() {
    const { socket } = this;
    this.socket = void 0;
    this.isOpen = false;
    this.isKept = false;
    this.repeatable = void 0;
    this.waiting = void 0;
    socket?.destroy();
  }
  /** Drops the socket. The waiting request was not written to it, so a new socket can carry it. */
  replaceSocket() {
    const { waiting } = this;
    this.dropSocket();
    if (waiting === void 0) return;
    this.waiting = waiting;
    this.open();
  }
  endExchange(failure, atMs = this.deps.now()) {
    const exchange = this.inFlight;
    this.inFlight = void 0;
    exchange?.end(failure, atMs);
  }
  /**
   * Ends the exchange in flight when its timeout has passed. Most exchanges end sooner; then the timer stays set and
   * serves the next exchange, because setting a timer for each request costs more.
   */
  setTimer(dueMs) {
    if (this.timer !== void 0 && this.timerDueMs <= dueMs) return;
    clearTimeout(this.timer);
    this.timerDueMs = dueMs;
    this.timer = setTimeout(onTimer, Math.max(1, Math.ceil(dueMs - this.deps.now())), this);
  }
  onTime() {
    this.timer = void 0;
    const exchange = this.inFlight;
    if (!exchange) return;
    const { timeoutMs } = exchange.request;
    const dueMs = exchange.calledAtMs + timeoutMs;
    if (dueMs > this.deps.now()) this.setTimer(dueMs);
    else this.break({ code: TIMEOUT, message: `no complete answer within ${timeoutMs} ms` });
  }
};
function onTimer(connection) {
  connection.onTime();
}
function failureOf(error) {
  const inner = error instanceof AggregateError ? error.errors[0] : void 0;
  const code = error.code ?? inner?.code ?? "UNKNOWN";
  return { code, message: error.message || inner?.message || code, cause: error };
}
var waitingToWrite = [];
function writeTogether(connection) {
  if (waitingToWrite.length === 0) setImmediate(writeAll2);
  waitingToWrite.push(connection);
}
function writeAll2() {
  const connections = waitingToWrite;
  waitingToWrite = [];
  for (const connection of connections) connection.writeWaiting();
}

// src/load/http/http-client.ts
function createHttpClient(deps) {
  const connectionsByOrigin = /* @__PURE__ */ new Map();
  function connectionTo(origin) {
    const known = connectionsByOrigin.get(origin);
    const pool = known ?? [];
    if (!known) connectionsByOrigin.set(origin, pool);
    for (const connection2 of pool) if (!connection2.inFlight) return connection2;
    const connection = new Connection(origin, deps);
    pool.push(connection);
    return connection;
  }
  function cancelAll() {
    for (const connections of connectionsByOrigin.values()) {
      for (const connection of [...connections]) {
        connection.inFlight?.cancel(ABORTED, "the run ended before the answer came");
      }
    }
  }
  return {
    send(exchange) {
      connectionTo(exchange.request.origin).send(exchange);
    },
    cancelAll,
    close() {
      cancelAll();
      for (const connections of connectionsByOrigin.values()) {
        for (const connection of connections) connection.close();
      }
      connectionsByOrigin.clear();
    }
  };
}

// src/load/http/http-debug.ts
function requestLines({ request: request2 }, debug) {
  const { method, origin, path, headers, body } = request2;
  const bytes = encodeRequest(method, path, new URL(origin).host, headers, body);
  const text4 = typeof bytes === "string" ? bytes : Buffer.from(bytes).toString("latin1");
  const [lines = ""] = text4.split("\r\n\r\n", 1);
  return ["Request:", ...lines.split("\r\n"), ...bodyLines(body ?? "", debug)];
}
function answerLines(exchange, debug) {
  const { failure, request: request2, status, statusText } = exchange;
  if (failure) {
    return [
      "No response:",
      `${request2.method} ${request2.origin}${request2.path}: ${failure.message}`
    ];
  }
  return [
    "Response:",
    `HTTP/1.1 ${status} ${statusText}`.trimEnd(),
    ...exchange.headers().map(([name2, value2]) => `${name2}: ${value2}`),
    ...bodyLines(
      exchange.header("content-encoding") === void 0 ? exchange.bytes() : compressedBody(exchange),
      debug
    )
  ];
}
var compressedBody = (exchange) => `(${exchange.bytes().length} bytes of ${exchange.header("content-encoding")})`;
function bodyLines(body, debug) {
  return debug === "full" && body.length > 0 ? ["", ...textOf2(body).split("\n"), ""] : [""];
}
var textOf2 = (content2) => typeof content2 === "string" ? content2 : Buffer.from(content2).toString("utf8");

// src/load/metrics/outcomes.ts
function noOutcomes() {
  return {
    ...{ sent: 0, ok: 0, soldOut: 0, refused: 0, limited: 0 },
    ...{ error: 0, unclassified: 0, unknown: 0, notSent: 0 }
  };
}
function countOutcome(counts, { answer, written }) {
  if (answer === void 0 && !written) {
    counts.notSent += 1;
    return;
  }
  counts.sent += 1;
  if (answer === void 0) counts.unknown += 1;
  else if (answer === "ok" || answer === "accepted") counts.ok += 1;
  else if (answer === "sold_out") counts.soldOut += 1;
  else if (answer === "refused") counts.refused += 1;
  else if (answer === "limited") counts.limited += 1;
  else if (answer === "unclassified") counts.unclassified += 1;
  else counts.error += 1;
}

// src/load/http/error-codes.ts
var BY_CODE = {
  [INVALID_REQUEST]: 1020,
  [TIMEOUT]: 1050,
  ENOTFOUND: 1101,
  EAI_AGAIN: 1100,
  [BLOCKED_ADDRESS]: 1110,
  [BLOCKED_NAME]: 1111,
  EPIPE: 1201,
  CONNECT_TIMEOUT: 1211,
  ETIMEDOUT: 1211,
  ECONNREFUSED: 1212,
  ECONNRESET: 1220,
  // The server speaks no TLS, or none of the versions that are asked for.
  ERR_SSL_WRONG_VERSION_NUMBER: 1301,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 1301,
  EPROTO: 1301,
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 1010,
  ERR_SSL_UNSUPPORTED_PROTOCOL: 1010,
  [UNREADABLE_BODY]: 1701,
  ERR_TLS_CERT_ALTNAME_INVALID: 1311,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 1310,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 1310,
  DEPTH_ZERO_SELF_SIGNED_CERT: 1310,
  SELF_SIGNED_CERT_IN_CHAIN: 1310
};
var GENERIC = 1e3;
var CLOSED = /* @__PURE__ */ new Set([CONNECTION_CLOSED, CUT_OFF_BODY]);
var GENERIC_DIAL = 1210;
function errorCodeOf(exchange) {
  if (exchange.failure) {
    const { code } = exchange.failure;
    if (CLOSED.has(code)) return GENERIC;
    return BY_CODE[code] ?? (exchange.written ? GENERIC : GENERIC_DIAL);
  }
  return exchange.status >= 400 ? 1e3 + exchange.status : 0;
}
var TEXTS = {
  1050: "request timeout",
  1110: "ip is blacklisted",
  1101: "lookup: no such host",
  1211: "dial: i/o timeout",
  1212: "dial: connection refused"
};
function errorTextOf(exchange) {
  if (!exchange.failure) return "";
  if (CLOSED.has(exchange.failure.code))
    return exchange.answeredAtMs > 0 ? "unexpected EOF" : "EOF";
  return TEXTS[errorCodeOf(exchange)] ?? exchange.failure.message;
}

// src/load/calls/call-tags.ts
var REQUEST_TAGS = [
  "method",
  "status",
  "name",
  "url",
  "group",
  "proto",
  "tls_version",
  "expected_response",
  "error",
  "error_code"
];
function callTag(call, name2) {
  const { request: request2, exchange } = call;
  const own = request2.tags?.[name2];
  if (own !== void 0) return String(own);
  switch (name2) {
    case "method":
      return request2.method;
    case "status":
      return String(exchange.status);
    case "name":
      return request2.url;
    case "url":
      return callTag(call, "name");
    case "group":
      return call.group;
    case "expected_response":
      return call.expected === void 0 ? void 0 : String(call.expected);
    case "error_code": {
      const code = errorCodeOf(exchange);
      return code === 0 ? void 0 : String(code);
    }
    case "error":
      return errorTextOf(exchange) || void 0;
    case "proto":
      return exchange.status === 0 ? void 0 : "HTTP/1.1";
    case "ip":
      return exchange.peer().ip || void 0;
    case "tls_version":
      return exchange.peer().tlsVersion || void 0;
    default:
      return call.vu.tag(name2);
  }
}
function collectCallTags(call) {
  const tags = { ...call.vu.allTags() };
  for (const name2 of REQUEST_TAGS) {
    const value2 = callTag(call, name2);
    if (value2 !== void 0) tags[name2] = value2;
  }
  return Object.assign(tags, asTags(call.request.tags));
}

// src/load/calls/redirect.ts
var UNUSABLE = /%(?![\da-f]{2})|^:|^https?:\/{3}/i;
var REDIRECTS = [301, 302, 303, 307, 308];
function isRedirect(exchange) {
  return REDIRECTS.includes(exchange.status) && Boolean(exchange.header("location"));
}
function redirectedRequest(request2, exchange) {
  const from = exchange.request;
  const location = exchange.header("location");
  const base = from.origin + from.path;
  if (UNUSABLE.test(location) || !URL.canParse(location, base)) {
    throw new Error(`the location "${location}" is no URL`);
  }
  const to = new URL(location, base);
  if (!/^https?:$/.test(to.protocol)) {
    throw new Error(`the location "${location}" is not of HTTP`);
  }
  if (to.origin === from.origin && !to.username) keepCredentials(request2.url, to);
  const repeat = exchange.status === 307 || exchange.status === 308;
  const keepsMethod = repeat || request2.method === "GET" || request2.method === "HEAD";
  return {
    ...request2,
    url: to.href,
    method: keepsMethod ? request2.method : "GET",
    body: repeat ? request2.body : null,
    headers: {
      ...refererOf(from.origin + from.path, to),
      ...redirectHeaders(request2.headers, {
        sameOrigin: to.origin === from.origin,
        withBody: repeat
      })
    },
    redirectsMax: request2.redirectsMax - 1
  };
}
function keepCredentials(before, to) {
  if (!before.includes("@")) return;
  const { username, password } = new URL(before);
  to.username = username;
  to.password = password;
}
var refererOf = (from, to) => from.startsWith("https:") && to.protocol === "http:" ? {} : { referer: from };
function redirectHeaders(headers, { sameOrigin, withBody }) {
  const dropped = /* @__PURE__ */ new Set();
  if (!sameOrigin) for (const name2 of ["authorization", "cookie"]) dropped.add(name2);
  dropped.add("referer");
  if (!withBody) for (const name2 of ["content-type", "content-length"]) dropped.add(name2);
  return Object.fromEntries(
    Object.entries(headers ?? {}).filter(([name2]) => !dropped.has(name2.toLowerCase()))
  );
}

// src/load/calls/request-headers.ts
function requestHeaders(request2, url2, vu) {
  const list = [];
  let authorization;
  let ownCookie;
  let ownAgent = false;
  for (const name2 in request2.headers) {
    const value2 = String(request2.headers[name2]);
    if (name2.length === 13 && name2.toLowerCase() === "authorization") authorization = value2;
    else if (name2.length === 10 && name2.toLowerCase() === "user-agent") {
      ownAgent = true;
      if (value2 === "") continue;
    } else if (name2.length === 6 && name2.toLowerCase() === "cookie") {
      ownCookie = value2;
      continue;
    }
    list.push(name2, value2);
  }
  if (authorization === void 0 && url2.authorization !== void 0) {
    authorization = url2.authorization;
    list.push("authorization", authorization);
  }
  if (!ownAgent) list.push("user-agent", vu.http.userAgent);
  const jar = request2.jar ?? vu.cookies;
  const jarCookie = jar.headerFor(url2.origin, url2.path, request2.replacedCookies);
  if (ownCookie !== void 0 || request2.cookies !== void 0 || jarCookie !== void 0) {
    const cookies = [ownCookie, cookiePairs(request2.cookies), jarCookie].filter(Boolean);
    list.push("cookie", cookies.join("; "));
  }
  return { list, authorization };
}
function cookiePairs(cookies) {
  if (!cookies) return void 0;
  return Object.entries(cookies).map(([name2, value2]) => `${name2}=${value2}`).join("; ");
}
function storeCookies(exchange, jar) {
  if (exchange.header("set-cookie") === void 0) return;
  const { origin, path } = exchange.request;
  for (const [name2, value2] of exchange.headers()) {
    if (name2.toLowerCase() === "set-cookie") jar.store(value2, origin, path);
  }
}

// src/load/calls/call.ts
var SAFE_METHODS = ["GET", "HEAD", "OPTIONS"];
var EXCERPT_MAX = 160;
var excerptOf = (text4) => text4.slice(0, EXCERPT_MAX).replaceAll(/\s+/g, " ").replaceAll(/[\w.+/=-]{24,}/g, "\u2026");
var Call = class _Call {
  vu;
  request;
  group;
  exchange;
  /** Undefined until the answer, and for a request that is not judged. */
  expected;
  deps;
  client;
  listener;
  operation;
  collectedTags;
  release;
  trace;
  constructor(deps, vu, client, request2, listener) {
    this.deps = deps;
    this.vu = vu;
    this.client = client;
    this.request = request2;
    this.listener = listener;
    this.group = vu.group;
  }
  start() {
    const { request: request2, vu, deps } = this;
    const url2 = deps.splitUrl(request2.url);
    const headers = requestHeaders(request2, url2, vu);
    const httpRequest = {
      method: request2.method,
      origin: url2.origin,
      path: url2.path,
      headers: headers.list,
      body: request2.body,
      timeoutMs: request2.timeoutMs,
      // Set below; V8 keeps properties that are added later in a second object.
      dropsBody: false,
      mayRepeat: false
    };
    this.operation = deps.operations.begin(httpRequest, headers.authorization);
    const isRecorded = this.operation !== void 0;
    httpRequest.dropsBody = request2.dropsBody && !isRecorded && vu.http.debug !== "full";
    httpRequest.mayRepeat = SAFE_METHODS.includes(request2.method) && this.operation?.isRead !== false;
    this.exchange = new Exchange(httpRequest, this, deps.now);
    if (deps.tracer !== void 0) this.beginTrace(deps.tracer, httpRequest);
    vu.began();
    deps.counts.inFlight += 1;
    this.client.send(this.exchange);
  }
  beforeWrite() {
    this.operation?.invoke(this.exchange.writtenAtMs);
    const { vu } = this;
    const { debug } = vu.http;
    if (debug) requestLines(this.exchange, debug).forEach(vu.log);
    if (vu.release === void 0) return;
    this.release = vu.release.written();
    vu.release = void 0;
  }
  ended() {
    this.deps.counts.inFlight -= 1;
    this.vu.ended();
    this.release?.ended();
    try {
      this.finish();
    } catch (error) {
      this.listener.failed(error);
    }
  }
  /** Thresholds on tag sets read single tags. */
  tag(name2) {
    return callTag(this, name2);
  }
  /** Outputs read all tags, once for each sample of this call. */
  allTags() {
    this.collectedTags ??= collectCallTags(this);
    return this.collectedTags;
  }
  finish() {
    const { exchange, request: request2, vu, listener } = this;
    if (exchange.failure?.code === INVALID_REQUEST) {
      const { message } = exchange.failure;
      listener.failed(
        new RequestError(`${request2.method} ${request2.url} cannot be sent: ${message}`)
      );
      return;
    }
    if (vu.http.debug) answerLines(exchange, vu.http.debug).forEach(vu.log);
    exchange.decompress();
    const next = this.redirected();
    this.record();
    storeCookies(exchange, request2.jar ?? vu.cookies);
    if (vu.interrupted) listener.failed(new IterationInterrupted());
    else if (next !== void 0) this.follow(next);
    else listener.done({ url: request2.url, exchange });
  }
  /** The request that the answer asks for. An answer that redirects to nowhere is a failure. */
  redirected() {
    const { exchange, request: request2 } = this;
    if (request2.redirectsMax <= 0 || !isRedirect(exchange)) return void 0;
    try {
      return redirectedRequest(request2, exchange);
    } catch (cause) {
      exchange.reject({ code: BAD_REDIRECT, message: cause.message, cause });
      return void 0;
    }
  }
  record() {
    const { exchange, request: request2, deps } = this;
    const { operation } = this;
    const answer = operation ? operation.complete(exchange) : deps.operations.meaningOf(exchange);
    if (answer === "unclassified") this.tellUnclassified();
    countOutcome(deps.outcomes, { answer, written: exchange.written });
    this.expected = request2.isExpected === null ? void 0 : answer !== void 0 && request2.isExpected(exchange.status);
    if (this.trace !== void 0) this.endTrace(this.trace, answer);
    const latenessMs = this.takeLateness();
    deps.httpMetrics.record(exchange, { expected: this.expected, latenessMs, tags: this });
    deps.onLatency(exchange.endedAtMs - exchange.calledAtMs + latenessMs);
  }
  /** A trace that the script itself begins is left to it. */
  beginTrace(tracer, { headers }) {
    const isOwn = headers.some(
      (name2, place2) => place2 % 2 === 0 && name2.toLowerCase() === "traceparent"
    );
    if (isOwn) return;
    const { place, traceparent } = tracer.begin(this.operation?.callId);
    headers.push("traceparent", traceparent);
    this.trace = place;
  }
  endTrace(place, answer) {
    const { deps, exchange, request: request2, operation, vu } = this;
    const endMs = deps.nowMs() - (deps.now() - exchange.endedAtMs);
    const path = exchange.request.path.replace(/\?.*/, "");
    deps.tracer?.end(place, {
      name: `${request2.method} ${String(request2.tags?.name ?? path)}`,
      startMs: endMs - (exchange.endedAtMs - exchange.calledAtMs),
      endMs,
      failed: answer === void 0 || answer === "error",
      attributes: {
        "http.request.method": request2.method,
        "http.response.status_code": exchange.status,
        "server.address": exchange.request.origin,
        "url.path": path,
        "error.type": exchange.failure?.code,
        "flashsale.scenario": vu.tag("scenario"),
        "flashsale.outcome": answer,
        ...operation?.described()
      }
    });
  }
  /** An answer that no rule names is a mistake of the target file, so the first one is shown. */
  tellUnclassified() {
    const { deps, exchange, request: request2, vu } = this;
    if (deps.told.unclassified) return;
    deps.told.unclassified = true;
    const path = exchange.request.path.replace(/\?.*/, "");
    vu.log(
      `${request2.method} ${path} was answered in a way that no rule of the target file names: ${exchange.status} ${excerptOf(exchange.text())}`
    );
  }
  /** The lateness of an iteration belongs to its first request; the requests after it wait for that one anyway. */
  takeLateness() {
    const { currentIteration } = this.vu;
    if (!currentIteration) return 0;
    const { latenessMs } = currentIteration;
    currentIteration.latenessMs = 0;
    return latenessMs;
  }
  follow(next) {
    const { deps, vu, client, listener } = this;
    try {
      new _Call(deps, vu, client, next, listener).start();
    } catch (error) {
      listener.failed(error);
    }
  }
};

// src/load/calls/calls.ts
function createCalls(deps, vu) {
  const client = createHttpClient(deps);
  function sendNow(request2, listener) {
    if (vu.interrupted) {
      listener.failed(new IterationInterrupted());
      return;
    }
    try {
      new Call(deps, vu, client, request2, listener).start();
    } catch (error) {
      listener.failed(error);
    }
  }
  function send(request2, listener) {
    const waitMs = deps.waitMs?.() ?? 0;
    if (waitMs === 0) sendNow(request2, listener);
    else {
      vu.pause(waitMs).then(
        () => sendNow(request2, listener),
        (error) => listener.failed(error)
      );
    }
  }
  return {
    send,
    sendBeside: send,
    cancelAll: client.cancelAll,
    close: client.close
  };
}

// src/load/http/cookie-jar.ts
import { isIP as isIP3 } from "node:net";

// src/load/http/set-cookie.ts
var CONTROL_CHARACTERS = /[^\P{Cc}\t\x80-\x9f]/u;
function parseSetCookie(header) {
  if (CONTROL_CHARACTERS.test(header)) return void 0;
  const [pair, ...rest] = header.split(";");
  const equals = pair.indexOf("=");
  const name2 = pair.slice(0, Math.max(0, equals)).trim();
  if (name2 === "") return void 0;
  const attributes2 = /* @__PURE__ */ new Map();
  for (const part of rest) {
    const at = part.indexOf("=");
    const attribute = (at < 0 ? part : part.slice(0, at)).trim().toLowerCase();
    attributes2.set(attribute, at < 0 ? "" : part.slice(at + 1).trim());
  }
  return { name: name2, value: pair.slice(equals + 1).trim(), attributes: attributes2 };
}
function cookieText(value2) {
  return /^".*"$/.test(value2) ? value2.slice(1, -1) : value2;
}
function expiryOf(attributes2, nowMs) {
  const maxAge = attributes2.get("max-age");
  if (maxAge !== void 0 && /^-?\d+$/.test(maxAge)) {
    return Number(maxAge) <= 0 ? Number.NEGATIVE_INFINITY : nowMs + Number(maxAge) * 1e3;
  }
  return parseCookieDate(attributes2.get("expires") ?? "") ?? Number.POSITIVE_INFINITY;
}
var MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");
function parseCookieDate(text4) {
  let time = null;
  let day;
  let month;
  let year;
  for (const token of text4.split(/[\t\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+/)) {
    const clock = time ? null : /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\D|$)/.exec(token);
    const number7 = /^(\d{1,4})(?:\D|$)/.exec(token)?.[1];
    const monthNumber = MONTHS.indexOf(token.slice(0, 3).toLowerCase());
    if (clock) time = clock;
    else if (day === void 0 && number7 && number7.length <= 2) day = Number(number7);
    else if (month === void 0 && monthNumber >= 0) month = monthNumber;
    else if (year === void 0 && number7 && number7.length >= 2) year = Number(number7);
  }
  if (!time || day === void 0 || month === void 0 || year === void 0) return void 0;
  if (year < 100) year += year < 70 ? 2e3 : 1900;
  const [hours, minutes, seconds] = time.slice(1).map(Number);
  if (year < 1601 || hours > 23 || minutes > 59 || seconds > 59) return void 0;
  const date = new Date(Date.UTC(year, month, day, hours, minutes, seconds));
  return date.getUTCDate() === day ? date.getTime() : void 0;
}

// src/load/http/cookie-jar.ts
var isLoopback = (hostname) => /^(?:127\.\d+\.\d+\.\d+|\[::1\]|(?:.+\.)?localhost)$/.test(hostname);
var COOKIES_MAX = 3e3;
function createCookieJar(nowMs, cookies = []) {
  function matching(origin, path) {
    const { hostname, protocol } = new URL(origin);
    const pathname = path.split("?", 1)[0];
    const now = nowMs();
    return cookies.filter(
      (cookie) => (cookie.host === hostname || cookie.domainWide && isWithin(hostname, cookie.host)) && (pathname === cookie.path || pathname.startsWith(withSlash(cookie.path))) && (!cookie.secure || protocol === "https:" || isLoopback(hostname)) && cookie.expiresAtMs > now
    ).sort((a, b) => b.path.length - a.path.length);
  }
  function indexOf2(cookie) {
    return cookies.findIndex(
      (other) => other.name === cookie.name && other.host === cookie.host && other.path === cookie.path
    );
  }
  function put(cookie) {
    const index = indexOf2(cookie);
    const expired = cookie.expiresAtMs <= nowMs();
    if (index >= 0) cookies.splice(index, 1, ...expired ? [] : [cookie]);
    else if (!expired) cookies.push(cookie);
    if (cookies.length > COOKIES_MAX) cookies.shift();
  }
  return {
    headerFor(origin, path, without) {
      if (cookies.length === 0) return void 0;
      const sent = matching(origin, path).filter(({ name: name2 }) => !without?.has(name2));
      if (sent.length === 0) return void 0;
      return sent.map(({ name: name2, value: value2 }) => `${name2}=${value2}`).join("; ");
    },
    store(setCookie, origin, path) {
      const cookie = readCookie(setCookie, origin, path, nowMs());
      if (cookie) put(cookie);
    },
    cookiesFor(origin, path) {
      const found2 = /* @__PURE__ */ new Map();
      for (const { name: name2, value: value2 } of matching(origin, path)) {
        found2.set(name2, [...found2.get(name2) ?? [], cookieText(value2)]);
      }
      return Object.fromEntries(found2);
    },
    delete(origin, path, name2) {
      const gone = matching(origin, path).filter((cookie) => cookie.name === name2);
      cookies = cookies.filter((cookie) => !gone.includes(cookie));
    },
    clear() {
      if (cookies.length > 0) cookies = [];
    },
    stored: () => cookies.map((cookie) => ({ ...cookie }))
  };
}
function readCookie(setCookie, origin, requestPath, nowMs) {
  const parsed = parseSetCookie(setCookie);
  if (!parsed) return void 0;
  const { name: name2, value: value2, attributes: attributes2 } = parsed;
  const { hostname } = new URL(origin);
  const domain = attributes2.get("domain")?.replace(/^\./, "").toLowerCase();
  if (domain && domain !== hostname && !isWithin(hostname, domain)) return void 0;
  const path = attributes2.get("path");
  return {
    name: name2,
    value: value2,
    host: domain || hostname,
    domainWide: Boolean(domain),
    path: path?.startsWith("/") ? path : defaultPath(requestPath),
    secure: attributes2.has("secure"),
    expiresAtMs: expiryOf(attributes2, nowMs)
  };
}
function isWithin(hostname, domain) {
  return hostname.endsWith(`.${domain}`) && isIP3(hostname) === 0;
}
function defaultPath(path) {
  const pathname = path.split("?", 1)[0];
  const last = pathname.lastIndexOf("/");
  return last <= 0 ? "/" : pathname.slice(0, last);
}
function withSlash(path) {
  return path.endsWith("/") ? path : `${path}/`;
}

// src/load/vu/pending-work.ts
var Pause = class {
  promise;
  resolve;
  reject;
  timer;
  constructor() {
    this.promise = new Promise((resolve9, reject) => {
      this.resolve = resolve9;
      this.reject = reject;
    });
  }
};
var PendingWork = class {
  /** Number of requests, pauses and promises begun so far. */
  begun = 0;
  pauses = /* @__PURE__ */ new Set();
  pending = 0;
  onIdle = void 0;
  began() {
    this.begun += 1;
    this.pending += 1;
  }
  ended() {
    this.pending -= 1;
    if (this.pending === 0 && this.onIdle) setImmediate(checkIdle, this);
  }
  /** Calls back when nothing is pending; at once when nothing is pending now. */
  whenIdle(callback) {
    this.onIdle = this.pending > 0 ? callback : void 0;
    if (this.pending === 0) callback();
  }
  /** Calls back no more. */
  forgetIdle() {
    this.onIdle = void 0;
  }
  checkIdle() {
    if (this.onIdle) this.whenIdle(this.onIdle);
  }
  /** Begins a pause of that many milliseconds; without a duration it lasts until `end`. */
  pause(durationMs2) {
    this.began();
    const pause = new Pause();
    this.pauses.add(pause);
    if (durationMs2 !== void 0) pause.timer = setTimeout(() => this.end(pause), durationMs2);
    return pause;
  }
  end(pause) {
    this.pauses.delete(pause);
    this.ended();
    pause.resolve();
  }
  /** Ends a pause whose promise then stays pending; does nothing, and answers with false, after its end. */
  drop(pause) {
    if (!this.pauses.delete(pause)) return false;
    clearTimeout(pause.timer);
    this.ended();
    return true;
  }
  /** Ends every pause with IterationInterrupted. */
  interruptPauses() {
    for (const pause of this.pauses) {
      clearTimeout(pause.timer);
      pause.promise.catch(() => {
      });
      pause.reject(new IterationInterrupted());
      this.ended();
    }
    this.pauses.clear();
  }
};
function checkIdle(work2) {
  work2.checkIdle();
}

// src/load/vu/virtual-user.ts
var VirtualUser = class {
  id;
  env;
  initializing = true;
  isReader = false;
  currentIteration = void 0;
  interrupted = false;
  iterationCount = 0;
  group = "";
  tags = {};
  expectedStatus = isSuccess;
  random = Math.random;
  cookies;
  calls;
  metrics;
  checks;
  http;
  run;
  log;
  release = void 0;
  watch = void 0;
  ready = void 0;
  onGone = void 0;
  work = new PendingWork();
  scenario;
  deps;
  constructor(id, scenario, deps) {
    this.id = id;
    this.env = { ...deps.env, ...scenario?.env };
    this.cookies = createCookieJar(deps.calls.nowMs);
    this.metrics = deps.metrics;
    this.checks = deps.checks;
    this.http = deps.options.http;
    this.run = deps.run;
    this.log = deps.log;
    this.scenario = scenario;
    this.deps = deps;
    this.calls = createCalls(deps.calls, this);
  }
  began() {
    this.work.began();
  }
  ended() {
    this.work.ended();
  }
  pause(durationMs2) {
    if (this.interrupted) return Promise.reject(new IterationInterrupted());
    return this.work.pause(durationMs2).promise;
  }
  after(durationMs2, callback) {
    if (this.interrupted) return () => false;
    const pause = this.work.pause(durationMs2);
    pause.promise.then(callback, () => {
    });
    return () => this.work.drop(pause);
  }
  awaiting(promise) {
    this.began();
    return promise.finally(() => this.ended());
  }
  meet(place) {
    if (this.interrupted) return Promise.reject(new IterationInterrupted());
    const { rendezvous, share } = this.deps;
    const pause = this.work.pause();
    try {
      rendezvous.join({ ...place, share }, (release) => {
        if (this.interrupted) return;
        this.release = release;
        this.work.end(pause);
      });
    } catch (error) {
      this.work.end(pause);
      throw error;
    }
    return pause.promise;
  }
  tag(name2) {
    const { scenario, deps } = this;
    const own = this.tags[name2] ?? scenario?.tags[name2] ?? deps.options.tags[name2];
    if (own !== void 0) return String(own);
    if (name2 === "scenario") return scenario?.name;
    if (name2 === "group") return this.group;
    if (name2 === "vu") return String(this.id);
    if (name2 === "iter") return String(this.iterationCount);
    return void 0;
  }
  allTags() {
    const { scenario, deps } = this;
    return {
      ...scenario === void 0 ? {} : { scenario: scenario.name },
      group: this.group,
      ...deps.options.tags,
      ...scenario?.tags,
      ...asTags(this.tags)
    };
  }
  /** Ends calls in flight as unknown, and pauses; code of the script that still runs begins nothing more. */
  interrupt() {
    this.interrupted = true;
    this.calls.cancelAll();
    this.work.interruptPauses();
    this.onGone?.();
  }
  /** Closes the connections, and ends everything as `interrupt` does. */
  retire() {
    this.interrupted = true;
    this.calls.close();
    this.work.interruptPauses();
    this.onGone?.();
  }
};
var isSuccess = (status) => status >= 200 && status < 400;

// src/load/vu/vu-runner.ts
var VuRunner = class {
  vu;
  deps;
  functions;
  data;
  current;
  /** The name of the function that is called. */
  exec = "";
  isFirst = true;
  /** Runs the script's init code for the VU. Throws what the init code throws. */
  constructor(vu, deps) {
    this.vu = vu;
    this.deps = deps;
    this.functions = deps.script.createVu(vu);
  }
  get ready() {
    return this.vu.ready;
  }
  runIteration(iteration) {
    const { vu } = this;
    const { http } = this.deps.script.options;
    vu.currentIteration = iteration;
    this.exec = iteration.scenario.exec;
    vu.watch?.end();
    vu.group = "";
    if (!http.keepCookies) vu.cookies.clear();
    if (http.keepConnections === "iteration") vu.calls.close();
    return new Promise((resolve9) => {
      this.current = { startedAtMs: this.deps.now(), begunBefore: vu.work.begun, resolve: resolve9 };
      if (this.isFirst) queueMicrotask(this.callScript);
      else this.callScript();
      this.isFirst = false;
    });
  }
  callScript = () => {
    const { currentIteration, interrupted } = this.vu;
    if (interrupted || currentIteration === void 0) return;
    try {
      const data = this.readSetupData();
      const result = callExported(this.functions, this.exec, data);
      if (!isThenable(result)) this.returned();
      else {
        result.then(this.returned, this.threw);
        if (this.deps.script.reactsLater) setImmediate(this.endWhenStuck);
      }
    } catch (error) {
      this.threw(error);
    }
  };
  interrupt() {
    if (this.vu.interrupted) return;
    this.vu.interrupt();
    this.endIteration(true);
  }
  retire() {
    this.vu.retire();
  }
  ended = () => this.endIteration(false);
  returned = () => {
    if (this.deps.script.reactsLater) setImmediate(this.endWhenIdle);
    else this.endWhenIdle();
  };
  /** A promise that nothing is left to settle ends the iteration, as in k6. */
  endWhenStuck = () => {
    if (this.current) this.vu.work.whenIdle(this.ended);
  };
  endWhenIdle = () => {
    try {
      this.vu.watch?.assertNothingWaits("the end of the iteration");
    } catch (error) {
      this.threw(error);
      return;
    }
    this.vu.work.whenIdle(this.ended);
  };
  threw = (error) => {
    if (error instanceof IterationInterrupted) this.endIteration(true);
    else this.endIteration(false, { error });
  };
  endIteration(interrupted, exception) {
    if (!this.current) return;
    const { vu, deps } = this;
    const { startedAtMs, begunBefore, resolve: resolve9 } = this.current;
    this.current = void 0;
    if (deps.script.reactsLater) vu.work.forgetIdle();
    vu.release?.passed();
    vu.release = void 0;
    vu.iterationCount += 1;
    const durationMs2 = deps.now() - startedAtMs;
    deps.onIterationEnd({ vu, durationMs: durationMs2, interrupted, exception });
    const restMs = deps.script.options.minIterationMs - durationMs2;
    if (restMs > 0) vu.pause(restMs).then(resolve9, () => resolve9());
    else if (vu.work.begun === begunBefore) setImmediate(resolve9);
    else resolve9();
  }
  readSetupData() {
    if (!this.data) {
      const json2 = this.deps.setupData();
      this.data = { value: json2 === void 0 ? void 0 : JSON.parse(json2) };
    }
    return this.data.value;
  }
};
function isThenable(value2) {
  return typeof value2?.then === "function";
}

// src/load/vu/vu-factory.ts
function createVuFactory(deps) {
  const { script, tally, clock } = deps;
  const now = () => clock.monotonicNs() / 1e6;
  const shared = {
    options: script.options,
    env: deps.env,
    metrics: tally.metrics,
    checks: tally.checks,
    calls: createCallsDeps(deps, now),
    rendezvous: deps.rendezvous,
    run: deps.run,
    log: deps.log
  };
  const onIterationEnd = (end) => countIteration(tally, end);
  const runnerDeps = { script, now, setupData: deps.setupData, onIterationEnd };
  let made2 = 0;
  return {
    createForScenario(scenario, share) {
      const id = numberOf(made2, deps.share) + 1;
      made2 += 1;
      tally.counts.vusMade += 1;
      return new VuRunner(new VirtualUser(id, scenario, { ...shared, share }), runnerDeps);
    },
    createForLifecycle: () => createLifecycleVu(new VirtualUser(0, void 0, { ...shared, share: WHOLE }), script)
  };
}
function createCallsDeps({ script, target, history, clock, tally, share, tracer }, now) {
  const { http } = script.options;
  const perSecondMax = http.requestsPerSecondMax;
  return {
    now,
    nowMs: clock.nowMs,
    told: {},
    traffic: tally.traffic,
    connector: createConnector(http),
    closesAfterAnswer: http.keepConnections === "never",
    operations: createOperationRecorder({
      target,
      history,
      nextCallId: createCallIds(randomBytes(10).toString("hex"))
    }),
    outcomes: tally.outcomes,
    counts: tally.counts,
    httpMetrics: tally.httpMetrics,
    splitUrl: createUrlSplitter(),
    ...tracer && { tracer },
    ...perSecondMax && { waitMs: createRateLimit(perSecondMax / share.of, now) },
    onLatency: (latencyMs) => tally.latency.add(latencyMs)
  };
}
function countIteration({ counts, runMetrics, exceptions }, { vu, durationMs: durationMs2, interrupted, exception }) {
  counts.vusActive -= 1;
  if (interrupted) {
    counts.interrupted += 1;
    return;
  }
  counts.iterations += 1;
  runMetrics.iterations.add(1, vu);
  runMetrics.iterationDuration.add(durationMs2, vu);
  if (exception) exceptions.record(exception.error);
}

// src/target/registry.ts
import { readFile } from "node:fs/promises";

// src/target/described.ts
function targetOf2(shop, { skus, buyers }, reference) {
  const buyersBy = new Map(
    credentialFields(shop).map((field) => [field, ownersBy(field, "userId", buyers)])
  );
  const skusBy = new Map(otherIds(skus).map((field) => [field, ownersBy(field, "skuId", skus)]));
  const skuIds = new Set(skus.map(({ skuId }) => skuId));
  return {
    name: shop.name,
    reference,
    operations: shop.rules,
    answers: shop.answers,
    refusals: shop.refusals,
    ...shop.refusalLagMs === void 0 ? {} : { refusalLagMs: shop.refusalLagMs },
    ...shop.readLagMs === void 0 ? {} : { readLagMs: shop.readLagMs },
    ...shop.holdsPerBuyerMax === void 0 ? {} : { holdsPerBuyerMax: shop.holdsPerBuyerMax },
    ...skus.length === 1 ? { onlySku: skus[0]?.skuId } : {},
    buyerWith: (field, credential) => buyersBy.get(field)?.get(credential),
    skuNamed(name2, field) {
      if (field !== void 0) return skusBy.get(field)?.get(name2) ?? name2;
      if (skuIds.has(name2)) return name2;
      for (const ids of skusBy.values()) {
        const id = ids.get(name2);
        if (id !== void 0) return id;
      }
      return name2;
    }
  };
}
var credentialFields = ({ rules }) => [
  ...new Set(
    rules.flatMap(
      ({ sent, credentials }) => sent.buyer === void 0 ? credentials.map(({ field }) => field) : []
    )
  )
];
var otherIds = (skus) => [...new Set(skus.flatMap(Object.keys))].filter(
  (field) => !["skuId", "total", "unitPrice"].includes(field)
);
function ownersBy(field, id, owners) {
  const found2 = /* @__PURE__ */ new Map();
  const shared = /* @__PURE__ */ new Set();
  for (const owner of owners) {
    const value2 = owner[field];
    if (value2 === void 0 || value2 === null) continue;
    const text4 = String(value2);
    if (found2.has(text4)) shared.add(text4);
    else found2.set(text4, String(owner[id]));
  }
  for (const text4 of shared) found2.delete(text4);
  return found2;
}

// src/target/file/describe-shop.ts
init_errors();

// src/target/file/answer-rules.ts
var CODES = { sold_out: "sold-out", refused: "refused", limited: "limited", error: "error" };
var rulesOf = (rules) => rules.map(({ is, when, reason }) => {
  const code = reason ?? CODES[is];
  return code === void 0 ? { is, when } : { is, when, code };
});
var decisionRules = ({
  decisions
}) => decisions.map(({ is, when, reason }) => {
  if (is === "pending") return { is: "accepted", when };
  const code = reason ?? (is === "refused" ? void 0 : CODES[is]);
  return code === void 0 ? { is, when } : { is, when, code };
});
function refusalsOf(rules) {
  const refusals = {};
  for (const { is, code } of rules) {
    if (is === "sold_out") refusals["sold-out"] = "sold-out";
    else if (is === "refused" && code !== void 0 && code !== CODES.refused) {
      refusals[code] = code;
    }
  }
  return refusals;
}

// scenarios/lib/requests.ts
function encoderOf(as, toBase64 = String) {
  switch (as) {
    case "plain":
      return String;
    case "url":
      return (value2) => encodeURIComponent(String(value2));
    case "base64":
      return (value2) => toBase64(String(value2));
    case "json":
      return (value2) => JSON.stringify(value2);
    case "json-number":
      return (value2) => JSON.stringify(Number(value2));
    case "json-text":
      return (value2) => JSON.stringify(String(value2));
    case "json-part":
      return (value2) => JSON.stringify(String(value2)).slice(1, -1);
  }
}

// src/target/file/compile-text.ts
init_errors();

// src/target/file/template.ts
var PLACEHOLDER = /\{(\{[\w.-]+\})\}|\{([\w.-]+)(\?)?(?::(number|text|base64))?\}/g;
function parseTemplate(text4) {
  const parts = [];
  let plain = "";
  let end = 0;
  const flush = () => {
    if (plain !== "") parts.push(plain);
    plain = "";
  };
  for (const match of text4.matchAll(PLACEHOLDER)) {
    plain += text4.slice(end, match.index);
    end = match.index + match[0].length;
    const [, inBraces, field, optional2, as] = match;
    if (field === void 0) plain += inBraces;
    else {
      flush();
      parts.push({
        field,
        ...as === void 0 ? {} : { as },
        ...optional2 === void 0 ? {} : { optional: true }
      });
    }
  }
  plain += text4.slice(end);
  flush();
  return parts;
}
function fieldsIn(template) {
  if (typeof template === "string") {
    return parseTemplate(template).flatMap(
      (part) => typeof part === "string" ? [] : [part.field]
    );
  }
  if (typeof template !== "object" || template === null) return [];
  return Object.values(template).flatMap(fieldsIn);
}

// src/target/file/compile-text.ts
function resolveText(text4, env, encode2 = (value2) => value2) {
  const pieces = [];
  for (const part of parseTemplate(text4)) {
    const piece = typeof part === "string" ? part : resolved(part, env, encode2);
    const before = pieces.at(-1);
    if (typeof piece === "string" && typeof before === "string") pieces.push(pieces.pop() + piece);
    else pieces.push(piece);
  }
  return pieces;
}
function resolved(slot, env, encode2) {
  if (!slot.field.startsWith("env.")) return slot;
  const name2 = slot.field.slice("env.".length);
  const value2 = env[name2];
  if (value2 === void 0 || value2 === "") {
    throw UserError.usage(`the environment has no ${name2}`, {
      why: `the target file asks for it as {env.${name2}}`,
      next: `export ${name2}=\u2026`
    });
  }
  return encode2(slot.as === "base64" ? Buffer.from(value2).toString("base64") : value2);
}
function compileText(pieces, as, encode2 = (plain) => plain) {
  return pieces.map(
    (piece) => typeof piece === "string" ? encode2(piece) : placeholderFor(piece, piece.as === "base64" ? "base64" : as)
  );
}
function compileJson(template, env) {
  const text4 = [];
  const add = (...pieces) => {
    for (const piece of pieces) {
      const before = text4.at(-1);
      if (typeof piece === "string" && typeof before === "string") text4.push(text4.pop() + piece);
      else text4.push(piece);
    }
  };
  const write2 = (value2) => {
    if (typeof value2 === "string") add(...jsonText(resolveText(value2, env)));
    else if (typeof value2 !== "object" || value2 === null) add(JSON.stringify(value2));
    else if (Array.isArray(value2)) {
      add("[");
      value2.forEach((item, place) => {
        if (place > 0) add(",");
        write2(item);
      });
      add("]");
    } else {
      add("{");
      Object.entries(value2).forEach(([name2, member2], place) => {
        add(`${place > 0 ? "," : ""}${JSON.stringify(name2)}:`);
        write2(member2);
      });
      add("}");
    }
  };
  write2(template);
  return text4;
}
function jsonText(pieces) {
  const [only] = pieces;
  if (pieces.length === 1 && typeof only === "object" && only.as !== "base64") {
    return [placeholderFor(only, only.as === void 0 ? "json" : `json-${only.as}`)];
  }
  const encode2 = encoderOf("json-part");
  return ['"', ...compileText(pieces, "json-part", encode2), '"'];
}
var CALL_FIELDS = /* @__PURE__ */ new Set(["quantity", "key", "call", "hold", "order", "voucher", "ticket"]);
function ownerOf(field) {
  if (field === "sku") return { of: "sku", field: "skuId" };
  if (field === "price") return { of: "sku", field: "unitPrice" };
  if (field.startsWith("sku.")) return { of: "sku", field: field.slice("sku.".length) };
  if (CALL_FIELDS.has(field)) return { of: "call", field };
  return { of: "buyer", field: field === "buyer" || field === "id" ? "userId" : field };
}
var placeholderFor = ({ field }, as) => ({ ...ownerOf(field), as });

// src/target/file/expected-statuses.ts
function expectedStatuses(conditions) {
  const statuses = /* @__PURE__ */ new Map();
  for (const { status } of conditions) {
    const wanted = status === void 0 ? ["2xx", "3xx", "4xx"] : [status].flat();
    for (const each of wanted) statuses.set(String(each), rangeOf(String(each)));
  }
  return [...statuses.values()];
}
function rangeOf(status) {
  if (!status.endsWith("xx")) return Number(status);
  const min = Number(status[0]) * 100;
  return { min, max: min + 99 };
}

// src/target/file/field-check.ts
init_errors();
function checkFields(file, used) {
  const needed = { buyer: /* @__PURE__ */ new Set(), sku: /* @__PURE__ */ new Set() };
  const ofBuyers = buyerFields(file);
  const ofSkus = skuFields(file);
  for (const { field, where } of used) {
    const owner = ownerOf(field);
    if (owner.of === "call") checkCallFact(file, owner.field, { field, where });
    else {
      needed[owner.of].add(owner.field);
      const provided = owner.of === "buyer" ? ofBuyers : ofSkus;
      if (provided?.has(owner.field) === false) throw notProvided({ field, where }, provided);
    }
  }
  return { buyer: [...needed.buyer], sku: [...needed.sku] };
}
var nameOf = (field) => ({ userId: "id", skuId: "sku", unitPrice: "price" })[field] ?? field;
function checkCallFact({ operations }, fact, used) {
  const asked = fact === "ticket" ? "tickets" : fact;
  if (asked !== "hold" && asked !== "order" && asked !== "voucher" && asked !== "tickets") return;
  const isGiven = Object.values(operations).some(
    (operation) => operation?.answer[asked] !== void 0 || operation?.later?.answer[asked] !== void 0
  );
  if (isGiven) return;
  throw UserError.usage(`nothing provides {${used.field}} of operations.${used.where}`, {
    why: `no operation has a place for it in its answer`,
    next: `add answer: { ${asked}: PLACE } to the operation whose answer has it`
  });
}
function notProvided({ field, where }, provided) {
  const names = [...provided].map(nameOf).join(", ");
  return UserError.usage(`nothing provides {${field}} of operations.${where}`, {
    why: `the fields there are: ${names}`,
    next: `correct the name, or write {{${field}}} for the text itself`
  });
}
function buyerFields({ buyers }) {
  const given = fieldsOfSteps(buyers.steps);
  if (buyers.file !== void 0 || buyers.from !== void 0 || given === void 0) {
    return void 0;
  }
  const fields = [...Object.keys(buyers.fields), ...given];
  if (buyers.sign !== void 0) fields.push("token");
  return new Set(fields.map((field) => field === "id" ? "userId" : field));
}
function skuFields({ sale }) {
  const always = ["skuId", "unitPrice"];
  if (Array.isArray(sale?.skus)) {
    return /* @__PURE__ */ new Set([...always, ...sale.skus.flatMap((sku) => Object.keys(sku))]);
  }
  if (sale?.create === void 0) return void 0;
  const given = fieldsOfSteps(sale.create);
  return given && /* @__PURE__ */ new Set([...always, ...given]);
}
function fieldsOfSteps(steps) {
  const fields = steps.map((step) => "request" in step ? Object.keys(step.answer) : void 0);
  return fields.some((names) => names === void 0) ? void 0 : fields.flatMap((names) => names ?? []);
}

// src/target/file/merge-headers.ts
function mergeHeaders(ofEveryRequest, own) {
  const ownNames = new Set(Object.keys(own).map((name2) => name2.toLowerCase()));
  const others = Object.entries(ofEveryRequest).filter(
    ([name2]) => !ownNames.has(name2.toLowerCase())
  );
  return { ...Object.fromEntries(others), ...own };
}

// src/target/file/sent-places.ts
function sentPlaces(template, env) {
  const found2 = { slots: [], constants: [] };
  const add = (pieces, place, keepsConstant = true) => {
    const [only] = pieces;
    if (pieces.length <= 1 && typeof only !== "object") {
      if (keepsConstant) found2.constants.push({ place, value: only ?? "" });
    } else found2.slots.push(...slotsIn(pieces, place));
  };
  for (const [name2, text4] of queryOf(template.request)) {
    add(resolveText(text4, env), { in: "query", name: name2 });
  }
  for (const { path, value: value2 } of leavesOf(template.json)) {
    if (typeof value2 === "string") add(resolveText(value2, env), { in: "json", path });
    else found2.constants.push({ place: { in: "json", path }, value: String(value2) });
  }
  for (const [name2, text4] of Object.entries(template.form ?? {})) {
    add(resolveText(text4, env), { in: "form", name: name2 });
  }
  if (template.body !== void 0) {
    found2.slots.push(...slotsIn(resolveText(template.body, env), { in: "body" }));
  }
  for (const [name2, text4] of Object.entries(template.headers)) {
    const header = name2.toLowerCase();
    if (header !== "cookie") add(resolveText(text4, env), { in: "header", name: header }, false);
    else {
      for (const [cookie, value2] of pairsOf(text4, ";")) {
        add(resolveText(value2, env), { in: "cookie", name: cookie }, false);
      }
    }
  }
  found2.slots.sort((a, b) => Number("within" in a.place) - Number("within" in b.place));
  return found2;
}
function pathPattern(request2, prefix, env) {
  const text4 = request2.split(" ")[1].split("?")[0];
  const pieces = resolveText(text4, env, encodeURIComponent);
  const [only] = pieces;
  if (pieces.length <= 1 && typeof only !== "object") {
    return { path: `${prefix}${only ?? ""}`, slots: [] };
  }
  const pattern = `^${escaped(prefix)}${patternOf(pieces, "[^/]+")}$`;
  return { path: { pattern }, slots: groupsOf(pieces, { in: "path" }, pattern) };
}
function slotsIn(pieces, place) {
  const [only] = pieces;
  if (pieces.length === 1 && typeof only === "object" && place.in !== "body") {
    return [{ slot: only, place: encodedIn(only, place) }];
  }
  return groupsOf(pieces, place, `^${patternOf(pieces, ".+?")}$`);
}
function groupsOf(pieces, place, pattern) {
  return pieces.filter((piece) => typeof piece === "object").map((slot, index) => ({
    slot,
    place: encodedIn(slot, { ...place, within: { pattern, group: index + 1 } })
  }));
}
var encodedIn = (slot, place) => slot.as === "base64" ? { ...place, base64: true } : place;
var patternOf = (pieces, value2) => pieces.map((piece) => typeof piece === "string" ? escaped(piece) : `(${value2})`).join("");
var escaped = (text4) => text4.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
var queryOf = (request2) => pairsOf(request2.split(" ")[1].split("?")[1] ?? "", "&");
function pairsOf(text4, separator) {
  return text4.split(separator).filter((pair) => pair.trim() !== "").map((pair) => {
    const at = pair.indexOf("=");
    return at < 0 ? [pair.trim(), ""] : [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
  });
}
function leavesOf(value2, path = []) {
  if (value2 === void 0) return [];
  if (typeof value2 !== "object" || value2 === null) return [{ path, value: value2 }];
  return Object.entries(value2).flatMap(([name2, member2]) => leavesOf(member2, [...path, name2]));
}

// src/target/file/recording-rules.ts
function recordingRules(described2, context) {
  const prefixes = new Set(context.urls.map((url2) => new URL(url2).pathname.replace(/\/$/, "")));
  const rules = [...prefixes].flatMap(
    (prefix) => described2.flatMap(({ name: name2, template, answers: answers3 }) => {
      const { quantity } = template;
      const request2 = requestRule(template, prefix, context);
      if (quantity !== void 0) {
        request2.sent.quantity ??= { in: "json", path: quantity.split(".") };
      }
      const rule = {
        ...request2,
        kind: name2,
        answer: template.answer,
        answers: answers3
      };
      const { later } = template;
      if (later === void 0) return [rule];
      const poll = {
        ...requestRule(later, prefix, context),
        kind: "read",
        answer: later.answer,
        answers: answers3,
        decisions: decisionRules(later)
      };
      return [rule, poll];
    })
  );
  return rules.map((rule) => withoutNeedlessConstants(rule, rules));
}
function requestRule(template, prefix, { env }) {
  const { path, slots } = pathPattern(template.request, prefix, env);
  const places2 = sentPlaces(template, env);
  const all2 = [...slots, ...places2.slots];
  const callIdHeader = callIdHeaderOf(template.headers);
  return {
    method: template.request.split(" ")[0],
    path,
    constants: places2.constants,
    ...factsIn(callIdHeader === void 0 ? all2 : all2.filter(({ slot }) => slot.field !== "call")),
    ...callIdHeader === void 0 ? {} : { callIdHeader }
  };
}
var callIdHeaderOf = (headers) => Object.entries(headers).find(([, text4]) => text4 === "{call}")?.[0].toLowerCase();
function factsIn(slots) {
  const sent = {};
  const credentials = [];
  let skuField;
  for (const { slot, place } of slots) {
    const { of, field } = ownerOf(slot.field);
    if (of === "call") sent[field] ??= place;
    else if (of === "buyer" && field === "userId") sent.buyer ??= place;
    else if (of === "buyer") credentials.push({ field, place });
    else if (field === "skuId" && (sent.sku === void 0 || skuField !== void 0)) {
      sent.sku = place;
      skuField = void 0;
    } else if (field !== "unitPrice" && sent.sku === void 0) {
      sent.sku = place;
      skuField = field;
    }
  }
  return { sent, credentials, ...skuField === void 0 ? {} : { skuField } };
}
function withoutNeedlessConstants(rule, rules) {
  const { constants: constants3 = [], ...rest } = rule;
  const isAlone = rules.every(
    (other) => other === rule || other.method !== rule.method || JSON.stringify(other.path) !== JSON.stringify(rule.path)
  );
  return isAlone || constants3.length === 0 ? rest : { ...rest, constants: constants3 };
}

// src/target/file/schema.ts
import * as z25 from "zod";

// src/target/file/schema/answers.ts
import * as z16 from "zod";

// src/target/file/schema/object-of.ts
import * as z15 from "zod";

// src/kernel/nearest-word.ts
function nearestWord(word, known) {
  const typed = word.toLowerCase();
  const farthest = Math.max(1, Math.floor(word.length / 3));
  const [nearest] = known.map((candidate) => ({ candidate, edits: editsBetween(typed, candidate.toLowerCase()) })).filter(({ edits }) => edits <= farthest).toSorted((a, b) => a.edits - b.edits);
  return nearest?.candidate;
}
function editsBetween(from, to) {
  let before = Array.from({ length: to.length + 1 }, (_, edits) => edits);
  for (let row = 1; row <= from.length; row += 1) {
    const edits = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const changed = from[row - 1] === to[column - 1] ? 0 : 1;
      edits.push(
        Math.min(
          before[column] + 1,
          edits[column - 1] + 1,
          before[column - 1] + changed
        )
      );
    }
    before = edits;
  }
  return before[to.length];
}

// src/target/file/schema/object-of.ts
var objectOf = (shape) => z15.strictObject(shape, {
  error: (issue) => issue.code === "unrecognized_keys" ? describeKeys(issue.keys, Object.keys(shape)) : void 0
});
function describeKeys([key = ""], known) {
  const near = nearestWord(key, known);
  const meant = near === void 0 ? `known there: ${known.join(", ")}` : `did you mean ${near}?`;
  return `there is no key ${key}; ${meant}`;
}

// src/target/file/schema/answers.ts
var isStatus = (value2) => /^[1-5](\d\d|xx)$/.test(String(value2));
var Conditions = z16.record(
  z16.string().regex(
    /^(status$|header .|body$|body\.)/,
    "a condition is about status, header NAME, body or body.PATH"
  ),
  z16.union([
    z16.string(),
    z16.number(),
    z16.boolean(),
    z16.null(),
    z16.array(z16.union([z16.string(), z16.number()]))
  ])
).refine(({ status }) => status === void 0 || [status].flat().every(isStatus), {
  error: "status is a number such as 201, a text such as 4xx, or a list of these"
});
var KEYS = "Conditions, all of which must hold: status (201, 2xx, a list), header NAME, body, body.PATH. Values: equal, /pattern/i, present or absent.";
var MEANINGS = {
  ok: "It happened.",
  accepted: "It will be decided later.",
  pending: "It is not decided yet.",
  sold_out: "There are not enough units.",
  refused: "It did not happen, for any other reason.",
  limited: "Asked too often; evidence of nothing.",
  error: "The shop failed; nobody knows if it happened."
};
var AnswerRule = ruleOf("ok", "accepted", "sold_out", "refused", "limited", "error");
var DecisionRule = ruleOf("ok", "pending", "sold_out", "refused", "limited", "error");
function ruleOf(...meanings) {
  const conditions = Object.fromEntries(
    meanings.map((is) => [is, Conditions.optional().describe(`${MEANINGS[is]} ${KEYS}`)])
  );
  return objectOf({
    ...conditions,
    reason: z16.enum(REFUSAL_REASONS).optional().describe(
      "The reason why the buyer is refused, which is then checked. Leave it out if one answer stands for several reasons."
    )
  }).transform((rule, context) => {
    const { reason, ...whens } = rule;
    const [is, other] = meanings.filter((meaning) => whens[meaning] !== void 0);
    if (is === void 0 || other !== void 0) {
      context.addIssue(`a rule has one meaning: ${meanings.join(", ")}`);
      return z16.NEVER;
    }
    if (reason !== void 0 && is !== "refused") {
      context.addIssue("only a refusal has a reason");
      return z16.NEVER;
    }
    return { is, when: whens[is], reason };
  });
}
var USUAL_ANSWERS = [
  { is: "limited", when: { status: 429 }, reason: void 0 },
  { is: "accepted", when: { status: 202 }, reason: void 0 },
  { is: "ok", when: { status: "2xx" }, reason: void 0 }
];

// src/target/file/schema/at-rest.ts
import * as z20 from "zod";

// src/target/file/schema/steps.ts
import * as z19 from "zod";

// src/target/file/schema/request.ts
import * as z18 from "zod";

// src/target/file/schema/texts.ts
import * as z17 from "zod";
var UNITS = { ms: 1, s: 1e3, m: 6e4, h: 36e5 };
var Duration = z17.string("write a time such as 200ms, 5s or 2m").regex(/^\d+(\.\d+)?(ms|s|m|h)$/, "write a time such as 200ms, 5s or 2m").transform((text4) => Number.parseFloat(text4) * UNITS[/[a-z]+$/.exec(text4)?.[0]]);
var Name = z17.string().regex(/^[\w-]+$/, "a name has letters, digits, - and _");
var Template = z17.string();
var JsonTemplate = z17.json();
var Place = z17.string().min(1);
var hook = () => z17.custom((value2) => typeof value2 === "function", "it is no function");

// src/target/file/schema/request.ts
var requestFields = {
  request: z18.string().regex(
    /^(GET|POST|PUT|PATCH|DELETE|HEAD) \/\S*$/,
    "write METHOD and path, as: POST /api/orders"
  ).describe("Method and path, such as: POST /products/{sku}/orders"),
  headers: z18.record(z18.string(), Template).default({}).describe("Headers of this request, beside those of every request."),
  json: JsonTemplate.optional().describe(
    'A JSON body. A text that is one placeholder becomes the value itself: "{quantity}" sends a number.'
  ),
  form: z18.record(z18.string(), Template).optional().describe("The fields of a form, sent as application/x-www-form-urlencoded."),
  body: Template.optional().describe("A body of any other kind, as it is sent.")
};
var hasOneBody = ({
  json: json2,
  form: form2,
  body
}) => [json2, form2, body].filter((part) => part !== void 0).length <= 1;
var ONE_BODY = { error: "a request has one body: json, form or body" };

// src/target/file/schema/steps.ts
var HttpStep = objectOf({
  ...requestFields,
  accept: z19.array(z19.int()).default([]).describe("Statuses that are as good as 2xx, such as [409] for what is there already."),
  answer: z19.record(z19.string(), Place).default({}).describe("Fields that the answer gives, each with its place: { token: data.accessToken }.")
}).refine(hasOneBody, ONE_BODY);
var SqlStep = objectOf({
  sql: z19.string().min(1).describe("A statement of PostgreSQL. Placeholders become parameters and need no quotes."),
  database: Template.optional().describe(
    'The database that is asked; left out: evidence.database. As "{env.SHOP_DATABASE_URL}".'
  )
});
var CommandStep = objectOf({
  command: z19.string().min(1).describe("A command for sh, run in the folder of this file. Placeholders need no quotes."),
  timeout: Duration.default(6e4).describe("Longest time of the command, such as 60s.")
});
var FunctionStep = objectOf({
  run: hook()
});
var Step = z19.union([HttpStep, SqlStep, CommandStep, FunctionStep]);

// src/target/file/schema/at-rest.ts
var giveUp = Duration.default(6e4).describe(
  "The run waits no longer than this, and then trusts no rows; left out: 60s."
);
var Rest = z20.union([
  objectOf({ ...SqlStep.shape, giveUp }),
  objectOf({ ...CommandStep.shape, giveUp }),
  objectOf({ wait: Duration.describe("Waits so long, such as 2s.") })
]);
var name = Name.describe("The name of the rule in the verdict.");
var Invariant = z20.union([
  objectOf({ name, ...SqlStep.shape }),
  objectOf({
    name,
    promql: z20.string().min(1).describe("A comparison that must hold, as increase(errors_total[$__range]) == 0.")
  }),
  objectOf({ name, ...CommandStep.shape })
]);

// src/target/file/schema/buyers.ts
import * as z21 from "zod";
var Buyers = objectOf({
  fields: z21.record(z21.string(), Template).default({ id: "buyer-{n}" }).describe("Fields of buyer number {n}. The id is what the shop calls buyers in its books."),
  file: z21.string().optional().describe("A CSV, JSON or NDJSON file with one buyer per row, its columns as fields."),
  from: z21.union([SqlStep, CommandStep, objectOf({ run: hook() })]).optional().describe("A query or a command that gives one buyer per row; {count} is how many are needed."),
  steps: z21.array(Step).default([]).describe("Done once for each buyer: registers, logs in. A step\u2019s answer gives fields."),
  check: HttpStep.optional().describe(
    "A request that changes nothing and needs a login, as GET /me. The first buyer makes it before the load; kept buyers log in again if it fails."
  ),
  sign: objectOf({
    secret: Template.describe('The secret or the private key, as "{env.JWT_SECRET}".'),
    algorithm: z21.enum(["HS256", "HS384", "HS512", "RS256", "ES256"]).default("HS256").describe("The algorithm of the signature; left out: HS256."),
    claims: z21.record(z21.string(), JsonTemplate).default({ sub: "{id}" }).describe('The claims of the token; left out: { sub: "{id}" }.'),
    expiresIn: Duration.default(24 * 36e5).describe("Lifetime of the tokens, such as 24h.")
  }).optional().describe("Signs a token for each buyer, which is their field token."),
  atOnce: z21.int().min(1).max(1e3).default(16).describe("Buyers for whom the steps are done at the same time; left out: 16.")
});

// src/target/file/schema/evidence.ts
import * as z22 from "zod";
var ROWS_MEANINGS = {
  orders: ["id", "buyer", "sku", "quantity", "status", "hold", "amount", "call", "at"],
  reservations: ["id", "buyer", "sku", "quantity", "status", "call", "at", "expiresAt"],
  stock: ["sku", "total", "available", "reserved", "sold"],
  vouchers: ["id", "code", "sku", "buyer", "order", "at", "usedAt"],
  payments: ["id", "sku", "buyer", "order", "amount", "status"],
  movements: ["sku", "sequence", "kind", "quantity", "hold", "at"]
};
var ROWS_WORDS = {
  orders: { status: OrderStatus.options },
  reservations: { status: ReservationStatus.options },
  payments: { status: ["PENDING", "CHARGED", "DECLINED", "REFUNDED"] },
  movements: { kind: MovementKind.options }
};
var DESCRIPTIONS = {
  orders: "Rows of orders. They show lost orders, and orders that nobody was told of.",
  reservations: "Rows of holds.",
  stock: "The row with the units of a SKU. It shows if the numbers add up.",
  vouchers: "Rows of vouchers, and their uses.",
  payments: "Rows of payments, which are compared with the amounts of orders.",
  movements: "Rows of stock movements; their sum must be the stock."
};
function rowsOf(name2) {
  const meanings = ROWS_MEANINGS[name2];
  const mapping = {
    columns: z22.partialRecord(z22.enum(meanings), z22.string()).default({}).describe(
      `Your name of the column for each meaning, where it is another one, as { buyer: customer_email }. The meanings: ${meanings.join(", ")}.`
    ),
    values: valuesOf(name2)
  };
  return z22.union([
    objectOf({ ...SqlStep.shape, ...mapping }),
    objectOf({ ...CommandStep.shape, ...mapping }),
    // An object of this shape is told from the others by its `request`.
    objectOf({
      ...requestFields,
      rows: Place.optional().describe("Place of the list of rows in the answer, as data.items."),
      ...mapping
    }),
    objectOf({ run: hook(), ...mapping })
  ]).optional().describe(DESCRIPTIONS[name2]);
}
function valuesOf(name2) {
  const meanings = ROWS_MEANINGS[name2];
  const words = name2 in ROWS_WORDS ? ROWS_WORDS[name2] : {};
  const known = Object.entries(words).map(([meaning, list]) => `${meaning}: ${list?.join(", ")}.`);
  return z22.partialRecord(z22.enum(meanings), z22.record(z22.string(), z22.string())).check(({ value: value2, issues }) => {
    for (const [meaning, translations = {}] of Object.entries(value2)) {
      const list = words[meaning];
      if (list === void 0) continue;
      for (const [word, meant] of Object.entries(translations)) {
        if (list.includes(meant.toUpperCase())) continue;
        const near = nearestWord(meant, list);
        issues.push({
          code: "custom",
          input: meant,
          path: [meaning, word],
          message: `the judge has no word ${meant}; ${near === void 0 ? `its words are ${list.join(", ")}` : `did you mean ${near}?`}`
        });
      }
    }
  }).default({}).describe(
    ["Your words, and what they mean, as { status: { paid: CONFIRMED } }.", ...known].join(" ")
  );
}
var Evidence = objectOf({
  database: Template.optional().describe(
    'The PostgreSQL database of every sql that names none, as "{env.SHOP_DATABASE_URL}".'
  ),
  timeout: Duration.default(3e4).describe("Longest time of one query; left out: 30s."),
  orders: rowsOf("orders"),
  reservations: rowsOf("reservations"),
  stock: rowsOf("stock"),
  vouchers: rowsOf("vouchers"),
  payments: rowsOf("payments"),
  movements: rowsOf("movements")
});

// src/target/file/schema/operations.ts
import * as z23 from "zod";
var PLACE = "a path into the JSON (data.order.id), header NAME, cookie NAME, or /pattern (group)/";
var placeOf = (fact) => Place.optional().describe(`Place of ${fact}: ${PLACE}.`);
var AnswerPlaces = objectOf({
  hold: placeOf("the hold\u2019s id"),
  order: placeOf("the order\u2019s id"),
  voucher: placeOf("the voucher\u2019s code"),
  tickets: placeOf("the codes of the tickets; `*` stands for each of a list, as in tickets.*.code"),
  sku: placeOf("the SKU"),
  quantity: placeOf("the number of units"),
  sequence: placeOf(
    "the number of the stock movement, if the shop counts them per SKU without gaps"
  ),
  available: placeOf("the units that are left"),
  reserved: placeOf("the units that are held"),
  sold: placeOf("the units that are sold")
});
var places = AnswerPlaces.prefault({}).describe("Places of facts in the answer.");
var Later = objectOf({
  ...requestFields,
  every: Duration.default(200).describe("Time between two questions, such as 200ms."),
  giveUp: Duration.default(3e4).describe("The buyer asks no longer than this, such as 30s."),
  answers: z23.array(DecisionRule).default([]).describe(
    "The meaning of its answers: the first rule that applies counts. Without a rule for pending, every answer that fits none and is no failure of the shop."
  ),
  yes: Conditions.optional().describe("Short for a rule ok: the buyer has the units."),
  no: Conditions.optional().describe(
    "Short for a rule refused without a reason: the buyer gets nothing."
  ),
  pending: Conditions.optional().describe("Short for a rule pending: not decided yet."),
  answer: places
}).refine(hasOneBody, ONE_BODY).transform(({ yes, no, pending, answers: answers3, ...poll }) => {
  const short = { ok: yes, refused: no, pending };
  const meanings = ["ok", "refused", "pending"];
  const rules = meanings.flatMap((is) => {
    const when = short[is];
    return when === void 0 ? [] : [{ is, when, reason: void 0 }];
  });
  return { ...poll, decisions: [...answers3, ...rules] };
}).refine(({ decisions }) => decisions.some(({ is }) => is === "ok"), {
  error: "a decision can be a yes: add a rule `ok` to its answers"
});
var Operation = objectOf({
  ...requestFields,
  answer: places,
  quantity: z23.string().regex(/^[\w-]+(\.[\w-]+)*$/, "write a path, as: events.length").optional().describe(
    "Path of the number of units in the JSON of the request, where no placeholder stands for it: events.length."
  ),
  answers: z23.array(AnswerRule).default([]).describe("Rules for this operation, asked before those of all operations."),
  later: Later.optional().describe(
    "Of an attempt alone: the request by which its buyer asks for the decision."
  )
}).refine(hasOneBody, ONE_BODY).refine(({ answer, later }) => answer.order === void 0 || later?.answer.order === void 0, {
  error: "an attempt has one `order`: where the order has another id, let that of the attempt be its `hold`"
});
var OPERATIONS = {
  reserve: "Takes units off sale for some time: a hold, or a basket that holds.",
  confirm: "Buys what is held.",
  release: "Gives back what is held.",
  cancel: "Gives back what was ordered.",
  buy: "Takes units and gets the order in one call.",
  register: "Gets a voucher of a campaign.",
  redeem: "Uses a voucher.",
  attempt: "Asks for a unit, and the shop decides later.",
  "check-in": "Lets a ticket in. Whoever does it is no buyer: their headers name them.",
  read: "Looks how many units are left.",
  track: "Tells the analytics of what happened in the client."
};
var OPERATION_NAMES = Object.keys(OPERATIONS);
var Operations = objectOf(
  Object.fromEntries(
    OPERATION_NAMES.map((name2) => [name2, Operation.optional().describe(OPERATIONS[name2])])
  )
).refine((operations) => Object.values(operations).some((operation) => operation !== void 0), {
  error: `a shop has one operation at least: ${OPERATION_NAMES.join(", ")}`
}).refine(
  (operations) => OPERATION_NAMES.every((name2) => name2 === "attempt" || operations[name2]?.later === void 0),
  { error: "only an attempt is decided later: describe a call that is, as an attempt" }
);

// src/target/file/schema/sale.ts
import * as z24 from "zod";
var ExistingSku = z24.looseObject({
  id: z24.union([z24.string(), z24.number()]).describe("What the shop calls it: {sku}."),
  stock: z24.union([z24.int().min(0), z24.literal("read"), z24.literal("evidence")]).describe("Units on sale; read asks the operation read, evidence the rows of evidence.stock."),
  price: z24.union([z24.string(), z24.number()]).optional().describe("Price of one unit.")
});
var Sale = objectOf({
  skus: z24.union([z24.array(ExistingSku).min(1), SqlStep, CommandStep]).optional().describe(
    "SKUs that are on sale already: a list, or a query or a command that gives id and stock."
  ),
  create: z24.array(Step).optional().describe(
    "Puts one SKU with {stock} units on sale at {price}. {sku} is a fresh name, unless a step gives the field sku."
  ),
  remove: z24.array(Step).default([]).describe(
    "Done for each SKU when the run ends, however it ends: undoes what create has done, also when only some steps of it were done."
  ),
  holdTtl: z24.union([Duration, z24.literal("never")]).optional().describe("How long a hold lives, such as 2m, or never. Left out: unknown."),
  sweepGrace: Duration.default(5e3).describe(
    "Units of a lapsed hold are on sale again at the latest this long after; left out: 5s."
  ),
  unitsPerBuyer: z24.union([z24.int().min(1), z24.literal("unlimited")]).optional().describe(
    "Units of one SKU that a buyer may have. Left out: unknown, no check assumes a limit."
  ),
  holdsPerBuyer: z24.int().min(1).optional().describe("Holds and orders of one SKU that a buyer may have. Left out: unknown."),
  refusalLag: Duration.default(0).describe('"Sold out" may be this much behind the stock.'),
  readLag: Duration.default(0).describe("A read may be this much behind the sale."),
  nobodyElseBuys: z24.boolean().default(false).describe(
    "true: a row that no call of the run made is a fault. Else such rows are reported apart."
  )
}).refine(({ skus, create: create2 }) => skus === void 0 !== (create2 === void 0), {
  error: "a sale has either skus, which are there, or create"
});

// src/target/file/schema.ts
var ProxyPlan = objectOf({
  listen: z25.string().regex(/^[\w.-]+:\d+$/, "write HOST:PORT").describe("The address to which the shop connects, as 127.0.0.1:6432."),
  to: z25.string().regex(/^[\w.-]+:\d+$/, "write HOST:PORT").describe("The address of the database, as 127.0.0.1:5432."),
  widen: Duration.default(5).describe("Every answer is held back so long; left out: 5ms.")
});
var Url = z25.string().regex(
  /^(https?:\/\/[^\s/]|\{env\.)((?!\{(?!env\.))\S)*$/,
  "write a URL such as http://127.0.0.1:3000; its placeholders may only be {env.NAME}"
).transform((url2) => url2.replace(/\/+$/, ""));
var Counters = z25.partialRecord(
  z25.enum(["reserved", "sold", "sold_out", "refused", "released", "cancelled"]),
  z25.string()
).default({}).describe('Counters as PromQL selectors, as orders_total{status="confirmed",sku="$sku"}.');
var TargetFile = objectOf({
  name: Name.optional().describe("The name of the shop; left out: that of the file."),
  url: z25.union([Url.transform((url2) => [url2]), z25.array(Url).min(1)]).describe(
    'Base URL, or several for several instances, as http://127.0.0.1:3000 or "{env.SHOP_URL}". All requests begin with its path.'
  ),
  health: z25.string().startsWith("/").optional().describe("Path that answers 2xx when the shop is ready; left out: any answer will do."),
  headers: z25.record(z25.string(), Template).default({}).describe("Headers of every request, as authorization: Bearer {token}."),
  operations: Operations.describe("What a buyer can do in this shop, and how."),
  answers: z25.array(AnswerRule).default(USUAL_ANSWERS).describe("The meaning of answers: the first rule that applies counts."),
  buyers: Buyers.prefault({}).describe("Who buys, and how they log in."),
  sale: Sale.optional().describe("What is on sale, and what the shop promises about it."),
  evidence: Evidence.prefault({}).describe("The books of the shop, read when the sale is over."),
  rest: Rest.default({ wait: 1e3 }).describe(
    "When the shop has nothing more to do: a query that returns no row, a command that prints nothing, or a time."
  ),
  invariants: z25.array(Invariant).default([]).describe("Rules of your own, asked when the shop is at rest. Rows break a rule."),
  prometheus: objectOf({ counters: Counters }).optional().describe("The counters of the shop, which are compared with what happened."),
  proxies: z25.record(Name, ProxyPlan).default({}).describe("Proxies between the shop and its database, which make its races wider.")
});

// src/target/file/describe-shop.ts
function describeShop(file, env) {
  const described2 = describedOperations(file);
  const needs = checkFields(file, usedFields(described2));
  const operations = {};
  for (const { name: name2, template, answers: answers3 } of described2) {
    operations[name2] = operationOf(template, { answers: answers3, env, where: `operations.${name2}` });
  }
  const { sale } = file;
  const rules = rulesOf(file.answers);
  checkRules(rules, "answers");
  return {
    name: file.name ?? "shop",
    operations,
    ...optional({
      holdTtlMs: typeof sale?.holdTtl === "number" ? sale.holdTtl : void 0,
      unitsPerBuyerMax: unitsPerBuyerMax(file),
      refusalLagMs: sale?.refusalLag || void 0,
      readLagMs: sale?.readLag || void 0,
      holdsPerBuyerMax: sale?.holdsPerBuyer
    }),
    rules: recordingRules(described2, { urls: file.url, env }),
    answers: rules,
    refusals: refusalsOf(
      described2.flatMap(({ answers: answers3, template: { later } }) => [
        ...answers3,
        ...later === void 0 ? [] : decisionRules(later)
      ])
    ),
    needs
  };
}
function describedOperations(file) {
  return OPERATION_NAMES.flatMap((name2) => {
    const template = file.operations[name2];
    if (template === void 0) return [];
    const headers = mergeHeaders(file.headers, template.headers);
    const later = template.later && {
      ...template.later,
      headers: mergeHeaders(file.headers, template.later.headers)
    };
    const answers3 = rulesOf([...template.answers, ...file.answers]);
    return [{ name: name2, template: { ...template, headers, later }, answers: answers3 }];
  });
}
function usedFields(described2) {
  return described2.flatMap(({ name: name2, template }) => {
    const of = ({ request: request2, headers, json: json2, form: form2, body }, where) => fieldsIn([request2, headers, json2, form2, body]).filter((field) => !field.startsWith("env.")).map((field) => ({ field, where }));
    return [
      ...of(template, name2),
      ...template.later === void 0 ? [] : of(template.later, `${name2}.later`)
    ];
  });
}
function operationOf(template, { answers: answers3, env, where }) {
  checkRules(answers3, `${where}.answers`);
  checkPlaces(template.answer, `${where}.answer`);
  const operation = {
    ...requestOf(template, env),
    expected: expectedStatuses(answers3.filter(({ is }) => is !== "error").map(({ when }) => when)),
    answer: template.answer,
    answers: answers3
  };
  const { later } = template;
  return later ? { ...operation, later: laterOf(later, { answers: answers3, env, where }) } : operation;
}
function laterOf(later, { answers: answers3, env, where }) {
  const decisions = decisionRules(later);
  checkRules(decisions, `${where}.later`);
  const conditions = decisions.map(({ when }) => when);
  checkPlaces(later.answer, `${where}.later.answer`);
  const told = answers3.filter(({ is }) => is !== "error").map(({ when }) => when);
  return {
    ...requestOf(later, env),
    // A poll that is answered "not decided yet" is no failure, and a file need not name that answer.
    expected: decisions.some(({ is }) => is === "accepted") ? expectedStatuses([...conditions, ...told]) : [{ min: 200, max: 499 }, ...expectedStatuses(conditions)],
    everyMs: later.every,
    giveUpMs: later.giveUp,
    decisions,
    answer: later.answer,
    answers: answers3
  };
}
function requestOf(template, env) {
  const [method, path] = template.request.split(" ");
  return {
    method,
    name: path.replace(/\?.*/, "").replaceAll(/\{([\w.-]+)[^}]*\}/g, ":$1"),
    path: compileText(resolveText(path, env, encodeURIComponent), "url"),
    headers: headersOf(template, env),
    ...optional({ body: bodyOf(template, env) })
  };
}
var FORM = "application/x-www-form-urlencoded";
function headersOf({ headers, json: json2, form: form2 }, env) {
  const names = new Set(Object.keys(headers).map((name2) => name2.toLowerCase()));
  const type = json2 === void 0 ? form2 === void 0 ? void 0 : FORM : "application/json";
  const isUntyped = type !== void 0 && !names.has("content-type");
  return [
    ...isUntyped ? [{ name: "content-type", value: [type] }] : [],
    ...Object.entries(headers).filter(([, text4]) => text4 !== "{call}").map(([name2, text4]) => {
      const pieces = resolveText(text4, env);
      const isOptional = pieces.some((piece) => typeof piece === "object" && piece.optional);
      return {
        name: name2,
        value: compileText(pieces, "plain"),
        ...isOptional ? { optional: true } : {}
      };
    })
  ];
}
function bodyOf({ json: json2, form: form2, body }, env) {
  if (json2 !== void 0) return compileJson(json2, env);
  if (body !== void 0) return compileText(resolveText(body, env), "plain");
  if (form2 === void 0) return void 0;
  return Object.entries(form2).flatMap(([name2, text4], place) => [
    `${place > 0 ? "&" : ""}${encodeURIComponent(name2)}=`,
    ...compileText(resolveText(text4, env), "url", encodeURIComponent)
  ]);
}
function unitsPerBuyerMax({ operations, sale }) {
  const takes = operations.reserve ?? operations.buy ?? operations.attempt;
  const hasQuantity = takes !== void 0 && fieldsIn([takes.request, takes.json, takes.form, takes.body, takes.headers]).includes(
    "quantity"
  );
  if (!hasQuantity) return 1;
  return typeof sale?.unitsPerBuyer === "number" ? sale.unitsPerBuyer : void 0;
}
function checkRules(rules, where) {
  for (const { when } of rules) checkConditions(when, where);
  createClassifier(rules);
}
function checkConditions(when, where) {
  try {
    createTest(when);
  } catch (error) {
    throw notUsable(where, error);
  }
}
function checkPlaces(places2, where) {
  for (const [fact, place] of Object.entries(places2)) {
    try {
      createReader(place);
    } catch (error) {
      throw notUsable(`${where}.${fact}`, error);
    }
  }
}
var notUsable = (where, error) => UserError.usage(`${where} of the target file cannot be used`, {
  why: rootMessage(error),
  next: "correct the regular expression",
  cause: error
});
function optional(members) {
  return Object.fromEntries(
    Object.entries(members).filter(([, value2]) => value2 !== void 0)
  );
}

// src/protocol/problem.ts
import * as z29 from "zod";

// src/protocol/tickets.ts
import * as z28 from "zod";

// src/protocol/baskets.ts
import * as z26 from "zod";
var BASKET_LINES_MAX = 10;
var linesOf = (line2, skuOf) => z26.array(line2).min(1).max(BASKET_LINES_MAX).refine((lines) => new Set(lines.map(skuOf)).size === lines.length, {
  message: "must be of different SKUs"
}).describe("Each line is of another SKU.");
var BasketRequest = z26.strictObject({
  lines: linesOf(ReserveRequest, ({ skuId }) => skuId)
});
var BasketCheckoutRequest = CheckoutRequest.omit({ reservationId: true });
var Basket = z26.object({
  basketId: z26.uuid(),
  lines: z26.array(Reservation),
  /** Empty until the basket is checked out, and after a payment that failed. */
  orders: z26.array(Order)
}).meta({ id: "Basket" });

// src/protocol/paging.ts
import * as z27 from "zod";
var PAGE_SIZE_MAX = 200;
var CURSOR_MEANING = "The `nextCursor` of the page before; absent for the first page.";
var PageQuery = z27.strictObject({
  limit: z27.coerce.number().int().min(1).max(PAGE_SIZE_MAX).default(50),
  cursor: z27.string().regex(/^[\w.:-]{1,200}$/, "must be a nextCursor of an earlier page").optional().describe(CURSOR_MEANING)
});

// src/protocol/tickets.ts
var TicketTypeId = SkuId;
var NewTicketType = z28.strictObject({
  name: PlainText.min(1).max(40),
  price: Money,
  /** Number of tickets. */
  capacity: z28.int().min(0).max(1e9),
  /** Tickets are sold from `opensAt` on and before `closesAt`. */
  opensAt: SentTime,
  closesAt: SentTime.describe("Later than `opensAt`. In UTC, in the year 1970 or later."),
  /** Tickets that one buyer may have. */
  ticketsPerBuyerMax: z28.int().min(1).max(QUANTITY_MAX).default(QUANTITY_MAX)
}).refine(({ opensAt, closesAt }) => Date.parse(opensAt) < Date.parse(closesAt), {
  path: ["closesAt"],
  message: "must be later than opensAt"
});
var TicketType = z28.object({
  ticketTypeId: TicketTypeId,
  eventId: z28.uuid(),
  name: z28.string(),
  price: Money,
  capacity: z28.int(),
  opensAt: z28.iso.datetime(),
  closesAt: z28.iso.datetime(),
  ticketsPerBuyerMax: z28.int()
}).meta({ id: "TicketType" });
var TicketTypes = z28.object({
  ticketTypes: z28.array(TicketType),
  /** Tickets of the event that were sold and not cancelled, and those that were checked in; some seconds old. */
  sold: z28.int(),
  checkedIn: z28.int()
});
var PurchaseRequest = z28.strictObject({
  ticketTypeId: TicketTypeId,
  quantity: z28.int().min(1).max(QUANTITY_MAX),
  paymentMethod: CheckoutRequest.shape.paymentMethod,
  transactionId: CheckoutRequest.shape.transactionId
});
var BasketPurchaseRequest = z28.strictObject({
  lines: linesOf(
    PurchaseRequest.pick({ ticketTypeId: true, quantity: true }),
    ({ ticketTypeId }) => ticketTypeId
  ),
  paymentMethod: PurchaseRequest.shape.paymentMethod,
  transactionId: PurchaseRequest.shape.transactionId
});
var TicketCode = z28.string().regex(/^[\w-]{44}\.[\w-]{86}$/, "must be the code of a ticket").describe("The content of the ticket, a dot and its Ed25519 signature; both in base64url.");
var Ticket = z28.object({
  ticketId: z28.uuid(),
  /** The gate reads it. It is signed, so that a gate without a connection knows a forged one. */
  code: TicketCode,
  eventId: z28.uuid(),
  ticketTypeId: TicketTypeId,
  orderId: z28.uuid(),
  status: z28.enum(["VALID", "CHECKED_IN", "CANCELLED"]),
  issuedAt: z28.iso.datetime(),
  checkedInAt: z28.iso.datetime().nullable()
}).meta({ id: "Ticket" });
var Purchase = Order.extend({ eventId: z28.uuid(), tickets: z28.array(Ticket) }).meta({
  id: "Purchase"
});
var BasketPurchase = z28.object({
  basketId: z28.uuid(),
  eventId: z28.uuid(),
  orders: z28.array(Order),
  tickets: z28.array(Ticket)
}).meta({ id: "BasketPurchase" });
var TicketQuery = PageQuery.extend({
  cursor: z28.string().regex(
    /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}_\d{1,4}$/,
    "must be a nextCursor of an earlier page"
  ).optional().describe(CURSOR_MEANING)
});
var TicketPage = z28.object({
  tickets: z28.array(Ticket),
  nextCursor: z28.string().optional()
});
var CheckInRequest = z28.strictObject({
  /** The name of the gate, for whoever asks later where the ticket was. */
  gate: PlainText.min(1).max(100)
});
var CheckIn = z28.object({
  checkedInAt: z28.iso.datetime(),
  checkedInBy: z28.uuid(),
  gate: z28.string()
});
var CheckedInTicket = CheckIn.extend({
  ticketId: z28.uuid(),
  eventId: z28.uuid(),
  ticketTypeId: TicketTypeId
}).meta({ id: "CheckedInTicket" });
var TicketKeys = z28.object({
  keys: z28.array(
    z28.object({
      kty: z28.literal("OKP"),
      crv: z28.literal("Ed25519"),
      x: z28.string(),
      use: z28.literal("sig")
    })
  )
});

// src/protocol/problem.ts
var ProblemCode = z29.enum([
  "MALFORMED_REQUEST",
  "HEADERS_TOO_LARGE",
  "REQUEST_TIMEOUT",
  "VALIDATION_FAILED",
  "MALFORMED_BODY",
  "BODY_TOO_LARGE",
  "UNSUPPORTED_MEDIA_TYPE",
  "RANGE_NOT_SATISFIABLE",
  "UNAUTHENTICATED",
  "INVALID_CREDENTIALS",
  "INVALID_REFRESH_TOKEN",
  "TOO_MANY_ATTEMPTS",
  "FORBIDDEN",
  "NOT_FOUND",
  "METHOD_NOT_ALLOWED",
  "USERNAME_TAKEN",
  "UNKNOWN_SKU",
  "OUT_OF_STOCK",
  "ALREADY_RESERVED",
  "ALREADY_PURCHASED",
  "CONTENTION_LOST",
  "SOLD_ANOTHER_WAY",
  "LIMIT_EXCEEDED",
  "PART_OF_BASKET",
  "RESERVATION_EXPIRED",
  "RESERVATION_NOT_ACTIVE",
  "ORDER_EXISTS",
  "ORDER_NOT_CANCELLABLE",
  "ORDER_NOT_FULFILLABLE",
  "CAMPAIGN_NOT_STARTED",
  "CAMPAIGN_ENDED",
  "CAMPAIGN_FULL",
  "ALREADY_REGISTERED",
  "VOUCHER_USED",
  "VOUCHER_EXPIRED",
  "SALE_NOT_STARTED",
  "SALE_ENDED",
  "PRODUCT_HAS_SALE",
  "ALREADY_ATTEMPTED",
  "SEVERAL_EVENTS",
  "EVENT_CANCELLED",
  "EVENT_NOT_CANCELLABLE",
  "TICKET_CHECKED_IN",
  "TICKET_CANCELLED",
  "QUEST_LOCKED",
  "QUEST_STARTED",
  "QUEST_NOT_STARTED",
  "QUEST_COMPLETED",
  "QUEST_NOT_COMPLETED",
  "WRONG_CODE",
  "NOT_SUBMITTABLE",
  "NOT_A_REWARD",
  "PAYMENT_DECLINED",
  "PAYMENT_UNAVAILABLE",
  "TRANSACTION_REUSED",
  "INVALID_SIGNATURE",
  "UPGRADE_REQUIRED",
  "ORIGIN_REFUSED",
  "TOO_MANY_STREAMS",
  "CHANNEL_NOT_CONFIGURED",
  "CODE_REFUSED",
  "STOCK_CONFLICT",
  "RATE_LIMITED",
  "IDEMPOTENCY_KEY_REUSED",
  "IDEMPOTENCY_IN_FLIGHT",
  "UNAVAILABLE",
  "INTERNAL_ERROR"
]);
var Problem = z29.object({
  type: z29.string(),
  title: z29.string(),
  status: z29.int(),
  code: ProblemCode,
  detail: z29.string(),
  /** True when the same call may succeed later without a change. */
  retryable: z29.boolean(),
  requestId: z29.string(),
  /** The SKU's stock sequence number when the refusal was decided. */
  sequence: z29.int().optional(),
  /** The order that a reservation has already: one that stands, waits for its payment, or was cancelled. */
  existingOrderId: z29.uuid().optional(),
  /** The lines of a basket that cannot be held, each for its own reason. No line was held. */
  lines: z29.array(z29.object({ skuId: z29.string(), code: z29.string(), sequence: z29.int().optional() })).optional(),
  /** The check-in of a ticket that was let in before. */
  checkIn: CheckIn.optional(),
  /** One entry per wrong field of a request that failed validation. */
  errors: z29.array(z29.object({ path: z29.string(), message: z29.string() })).optional()
}).meta({ id: "Problem" });

// src/target/reference-file.ts
var REFUSALS = {
  UNKNOWN_SKU: "not-found",
  NOT_FOUND: "not-found",
  OUT_OF_STOCK: "sold-out",
  CAMPAIGN_FULL: "sold-out",
  ALREADY_RESERVED: "has-hold",
  ALREADY_PURCHASED: "has-bought",
  ALREADY_REGISTERED: "has-bought",
  ALREADY_ATTEMPTED: "has-attempted",
  RESERVATION_EXPIRED: "hold-lapsed",
  RESERVATION_NOT_ACTIVE: "hold-ended",
  ORDER_EXISTS: "hold-ordered",
  ORDER_NOT_CANCELLABLE: "order-ended",
  VOUCHER_USED: "voucher-used",
  VOUCHER_EXPIRED: "voucher-ended",
  TICKET_CHECKED_IN: "ticket-used",
  CAMPAIGN_NOT_STARTED: "sale-not-begun",
  SALE_NOT_STARTED: "sale-not-begun",
  CAMPAIGN_ENDED: "sale-over",
  SALE_ENDED: "sale-over",
  SOLD_ANOTHER_WAY: "sold-another-way",
  LIMIT_EXCEEDED: "above-limit"
};
var NEVER_BEGAN = ["UNAVAILABLE", "PAYMENT_UNAVAILABLE"];
var LIMITED = ["RATE_LIMITED", "TOO_MANY_ATTEMPTS"];
var reasonOf = (code) => REFUSALS[code];
var codesOf = (reason) => ProblemCode.options.filter((code) => reasonOf(code) === reason);
var answers = [
  // The order is placed and its payment is under way; the final ledger has the outcome.
  { accepted: { status: 202 } },
  { ok: { status: "2xx" } },
  { sold_out: { status: "4xx", "body.code": codesOf("sold-out") } },
  { limited: { status: "4xx", "body.code": LIMITED } },
  ...[...new Set(Object.values(REFUSALS))].filter((reason) => reason !== "sold-out").map((reason) => ({ refused: { status: "4xx", "body.code": codesOf(reason) }, reason })),
  { refused: { status: "4xx", "body.code": codesOf(void 0) } },
  { refused: { status: 503, "body.code": NEVER_BEGAN } },
  { error: {} }
];
var QUEST_CODES = ["GATE", "STAGE"];
var HELD = { hold: "reservationId", sku: "skuId", sequence: "sequence" };
var REFERENCE_FILE = {
  name: "reference",
  url: "http://127.0.0.1:3001",
  headers: {
    authorization: "Bearer {token}",
    [IDEMPOTENCY_KEY_HEADER]: "{key?}",
    [CALL_ID_HEADER]: "{call}"
  },
  operations: {
    reserve: {
      request: "POST /api/v1/reservations",
      json: { skuId: "{sku}", quantity: "{quantity}" },
      answer: { ...HELD, quantity: "quantity" }
    },
    confirm: {
      request: "POST /api/v1/orders/checkout",
      json: { reservationId: "{hold}", paymentMethod: "card", transactionId: "pay-{hold}" },
      answer: { ...HELD, order: "orderId", quantity: "quantity" }
    },
    release: { request: "DELETE /api/v1/reservations/{hold}", answer: HELD },
    cancel: { request: "POST /api/v1/orders/{order}/cancel", answer: HELD },
    register: {
      request: "POST /api/v1/register",
      json: { campaignId: "{sku}" },
      answer: { ...HELD, order: "orderId", voucher: "code" }
    },
    redeem: { request: "POST /api/v1/voucher/use", json: { code: "{voucher}" } },
    buy: {
      request: "POST /tickets/purchase",
      json: {
        ticketTypeId: "{sku}",
        quantity: "{quantity}",
        paymentMethod: "card",
        // Calls that repeat a key pay once.
        transactionId: "pay-{key}"
      },
      answer: { ...HELD, order: "orderId", quantity: "quantity", tickets: "tickets.*.code" }
    },
    "check-in": { request: "POST /tickets/{ticket}/check-in", json: { gate: "north" } },
    attempt: {
      request: "POST /api/flash-sale/attempt/{sku}",
      answer: { sku: "productId" },
      later: {
        request: "GET /api/orders/status/{sku}",
        every: "200ms",
        giveUp: "30s",
        yes: { status: 200, "body.status": "SUCCESS" },
        no: { status: 200, "body.status": "FAILED" },
        pending: { status: 200, "body.status": "PENDING" }
      }
    },
    read: {
      request: "GET /api/v1/products/{sku}/availability",
      answer: {
        sku: "skuId",
        sequence: "sequence",
        available: "available",
        reserved: "reserved",
        sold: "sold"
      }
    },
    track: {
      request: "POST /analytics/track",
      json: {
        events: [
          { eventId: "{key}", type: "product.viewed", skuId: "{sku}", weight: 10 },
          { eventId: "{key}-2", type: "basket.filled", skuId: "{sku}", quantity: 2 },
          { eventId: "{key}-3", type: "checkout.begun", skuId: "{sku}", quantity: 1 }
        ]
      },
      quantity: "events.length",
      answers: [{ ok: { status: [200, 202] } }]
    }
  },
  answers,
  buyers: { fields: { id: "buyer-{n}", token: "" } },
  sale: {
    create: [],
    refusalLag: `${REFUSAL_LAG_MS}ms`,
    // The server allows one reservation of any quantity.
    holdsPerBuyer: 1
  }
};
var QUEST_FILE = {
  ...REFERENCE_FILE,
  name: "quests",
  operations: {
    ...REFERENCE_FILE.operations,
    register: {
      request: "POST /quests/{sku}/progress",
      json: { code: QUEST_CODES[1] },
      answer: {
        ...{ hold: "voucher.registration.reservationId", order: "voucher.registration.orderId" },
        ...{ voucher: "voucher.registration.code", sku: "questId" },
        sequence: '/"sequence":(\\d+)/'
      }
    }
  },
  answers: [
    { sold_out: { status: 200, "body.voucher.goneBecause": "CAMPAIGN_FULL" } },
    { refused: { status: 200, "body.voucher.goneBecause": "CAMPAIGN_ENDED" }, reason: "sale-over" },
    { refused: { status: 200, "body.status": "ACTIVE" } },
    ...answers
  ]
};

// src/target/reference.ts
var described = describeShop(TargetFile.parse(REFERENCE_FILE), {});
var referenceShop = { ...described, away: { status: 503 } };
var BUYERS_MAX = 2e4;
var buyerOf = createRecentMap(BUYERS_MAX, readBuyer);
var referenceTarget = {
  name: "reference",
  reference: { name: "reference" },
  operations: described.rules,
  answers: described.answers,
  refusals: REFUSALS,
  refusalLagMs: described.refusalLagMs,
  holdsPerBuyerMax: described.holdsPerBuyerMax,
  codePlace: "code",
  buyerOf
};
var questDescribed = describeShop(TargetFile.parse(QUEST_FILE), {});
var questShop = { ...questDescribed, away: { status: 503 } };
var questTarget = {
  ...referenceTarget,
  name: "quests",
  reference: { name: "quests" },
  operations: questDescribed.rules,
  answers: questDescribed.answers,
  // A quest whose voucher is gone is answered with 200, and the code is that of the campaign.
  codePlace: '/"(?:code|goneBecause)":"([A-Z_]+)"/'
};
function readBuyer(authorization) {
  if (!BEARER.test(authorization)) return void 0;
  const start = authorization.indexOf(".") + 1;
  const end = authorization.indexOf(".", start);
  const payload = Buffer.from(authorization.slice(start, end), "base64url").toString("utf8");
  const subject = PLAIN_SUBJECT.exec(payload)?.[1];
  if (subject !== void 0) return subject;
  try {
    const { sub } = JSON.parse(payload);
    return typeof sub === "string" ? sub : void 0;
  } catch {
    return void 0;
  }
}
var BEARER = /^Bearer [\w-]+\.[\w-]+\./i;
var PLAIN_SUBJECT = /^\{[^{}\\]*"sub":"([^"\\]*)"[^{}\\]*\}$/;

// src/target/registry.ts
var targets = [referenceTarget, questTarget];
var [defaultTarget] = targets;
var TARGET_NAMES = targets.map(({ name: name2 }) => name2);
function targetNamed(name2) {
  const target = targets.find((candidate) => candidate.name === name2);
  if (target === void 0) {
    throw new Error(`no target is named ${name2}; there are: ${TARGET_NAMES.join(", ")}`);
  }
  return target;
}
async function openTarget(reference) {
  if ("name" in reference) return targetNamed(reference.name);
  const { shop, ...sale } = JSON.parse(await readFile(reference.saleFile, "utf8"));
  return targetOf2(shop, sale, reference);
}

// src/tracing/call-tracer.ts
import { randomBytes as randomBytes2 } from "node:crypto";

// src/kernel/trace-ids.ts
var CALL_ID = /^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-a[\da-f]{3}-[\da-f]{12}$/;
function traceOfCall(callId) {
  if (callId === void 0 || !CALL_ID.test(callId)) return void 0;
  const traceId = callId.replaceAll("-", "");
  return { traceId, spanId: traceId.slice(16) };
}
var traceparentOf = ({ traceId, spanId }) => `00-${traceId}-${spanId}-01`;

// src/tracing/call-tracer.ts
function createCallTracer(spans) {
  const prefix = randomBytes2(10).toString("hex");
  let made2 = 0;
  return {
    begin(callId) {
      made2 += 1;
      const place = traceOfCall(callId) ?? newTrace(prefix, made2);
      return { place, traceparent: traceparentOf(place) };
    },
    end: (place, call) => spans.add({ ...place, ...call, kind: "client" })
  };
}
function newTrace(prefix, number7) {
  const traceId = prefix + number7.toString(16).padStart(12, "0");
  return { traceId, spanId: traceId.slice(16) };
}

// src/k6/script/load-script.ts
init_errors();
import { once } from "node:events";
import { existsSync as existsSync2, statSync as statSync3 } from "node:fs";
import { basename as basename2, resolve as resolve8 } from "node:path";

// src/load/engine/script-failure.ts
init_errors();

// src/load/vu/aborted-in-init.ts
var AbortedInInit = class extends Error {
};

// src/load/engine/script-failure.ts
var abortFailure = (path, error) => UserError.failed("the script ended the run in its init code", {
  why: error.message,
  next: `see where ${path} calls exec.test.abort()`,
  cause: error
});

// src/load/metrics/http-metrics.ts
function createHttpMetrics(metrics) {
  const time = (name2) => metrics.define(name2, "trend", "time");
  const requests = metrics.define("http_reqs", "counter");
  const failed = metrics.define("http_req_failed", "rate");
  const duration = time("http_req_duration");
  const blocked = time("http_req_blocked");
  const connecting = time("http_req_connecting");
  const tlsHandshaking = time("http_req_tls_handshaking");
  const sending = time("http_req_sending");
  const waiting = time("http_req_waiting");
  const receiving = time("http_req_receiving");
  const scheduled = time("flashsale_scheduled_duration");
  return {
    record(exchange, { expected, latenessMs, tags }) {
      requests.add(1, tags);
      if (expected !== void 0) failed.add(expected ? 0 : 1, tags);
      scheduled.add(exchange.endedAtMs - exchange.calledAtMs + latenessMs, tags);
      if (!exchange.written) return;
      const timings = timingsOf(exchange);
      duration.add(timings.duration, tags);
      blocked.add(timings.blocked, tags);
      connecting.add(timings.connecting, tags);
      tlsHandshaking.add(timings.tls_handshaking, tags);
      sending.add(timings.sending, tags);
      waiting.add(timings.waiting, tags);
      receiving.add(timings.receiving, tags);
    }
  };
}
function timingsOf(exchange) {
  const { calledAtMs, writtenAtMs, sentAtMs, answeredAtMs, endedAtMs } = exchange;
  const { connectingMs, tlsMs } = exchange;
  if (!exchange.written) {
    const blocked = endedAtMs - calledAtMs;
    return {
      blocked,
      connecting: 0,
      tls_handshaking: 0,
      sending: 0,
      waiting: 0,
      receiving: 0,
      duration: 0
    };
  }
  const sent = sentAtMs || endedAtMs;
  const answered = answeredAtMs || endedAtMs;
  return {
    blocked: Math.max(0, writtenAtMs - calledAtMs - connectingMs - tlsMs),
    connecting: connectingMs,
    tls_handshaking: tlsMs,
    sending: Math.max(0, sent - writtenAtMs),
    waiting: Math.max(0, answered - sent),
    receiving: Math.max(0, endedAtMs - answered),
    duration: endedAtMs - writtenAtMs
  };
}

// src/load/metrics/run-metrics.ts
function defineRunMetrics(metrics) {
  const runMetrics = {
    iterations: metrics.define("iterations", "counter"),
    iterationDuration: metrics.define("iteration_duration", "trend", "time"),
    droppedIterations: metrics.define("dropped_iterations", "counter"),
    checks: metrics.define("checks", "rate"),
    vus: metrics.define("vus", "gauge"),
    vusMax: metrics.define("vus_max", "gauge"),
    dataSent: metrics.define("data_sent", "counter", "data"),
    dataReceived: metrics.define("data_received", "counter", "data"),
    iterationLateness: metrics.define("flashsale_iteration_lateness", "trend", "time"),
    rendezvousSkew: metrics.define("flashsale_rendezvous_skew", "trend", "time"),
    rendezvousInFlight: metrics.define("flashsale_rendezvous_in_flight", "trend")
  };
  metrics.define("group_duration", "trend", "time");
  return runMetrics;
}
function createTotalRecorder(metric) {
  let counted = 0;
  return (total) => {
    metric.add(total - counted, untagged);
    counted = total;
  };
}

// src/k6/blocking/vu-thread.ts
import { pathToFileURL as pathToFileURL2 } from "node:url";
import { Worker } from "node:worker_threads";

// src/kernel/assets.ts
import { existsSync } from "node:fs";
import { dirname as dirname2, join } from "node:path";
import { fileURLToPath } from "node:url";
var root;
function assetPath(...segments) {
  root ??= findPackageRoot(dirname2(fileURLToPath(import.meta.url)));
  return join(root, ...segments);
}
var runsFromSources = import.meta.url.endsWith(".ts");
var modulePath = (source) => runsFromSources ? assetPath(source) : assetPath("dist", source.replace(/\.ts$/, ".js"));
function findPackageRoot(from) {
  if (existsSync(join(from, "package.json"))) return from;
  const parent = dirname2(from);
  if (parent === from) throw new Error("package.json not found above the running file");
  return findPackageRoot(parent);
}

// src/k6/blocking/answer.ts
function createAnswerer(vu, originOf) {
  const metrics = [];
  return {
    metrics,
    async to(question) {
      switch (question.about) {
        case "metric": {
          const { name: name2, metricType, contains } = question;
          const metric = vu.metrics.define(name2, metricType, contains);
          return { index: metrics.push(metric) - 1, readsTags: metric.readsTags };
        }
        case "run":
          return vu.run[question.figure]();
        case "progress":
          return vu.currentIteration?.progress() ?? 0;
        case "origin":
          return originOf(question.line, question.column);
        case "rendezvous":
          return await vu.meet(question);
        case "cookies":
          return vu.cookies.cookiesFor(question.origin, question.path);
        case "store-cookie":
          vu.cookies.store(...question.line);
          return void 0;
        case "delete-cookie":
          vu.cookies.delete(question.origin, question.path, question.name);
          return void 0;
        case "array":
          return await arraysOf(vu.run).take(question.name);
        case "array-built":
          arraysOf(vu.run).built(question.name, question.rows);
          return void 0;
      }
    }
  };
}
var SharedArrays = class {
  arrays = /* @__PURE__ */ new Map();
  builders = /* @__PURE__ */ new Map();
  /** The rows of an array; undefined for the thread that has to build them. */
  async take(name2) {
    for (let being = this.arrays.get(name2); being; being = this.arrays.get(name2)) {
      const rows = await being;
      if (rows) return rows;
    }
    this.arrays.set(name2, new Promise((resolve9) => this.builders.set(name2, resolve9)));
    return void 0;
  }
  /** @param rows undefined if the array could not be built: then the next thread tries */
  built(name2, rows) {
    if (!rows) this.arrays.delete(name2);
    this.builders.get(name2)?.(rows);
  }
};
var arraysOfRuns = /* @__PURE__ */ new WeakMap();
function arraysOf(run2) {
  let arrays = arraysOfRuns.get(run2);
  if (!arrays) {
    arrays = new SharedArrays();
    arraysOfRuns.set(run2, arrays);
  }
  return arrays;
}

// src/k6/runtime/shared-state.ts
var states = /* @__PURE__ */ new WeakMap();
function sharedStateOf(run2) {
  let state = states.get(run2);
  if (!state) {
    state = { files: /* @__PURE__ */ new Map(), arrays: /* @__PURE__ */ new Map(), warned: /* @__PURE__ */ new Set() };
    states.set(run2, state);
  }
  return state;
}
function deepFreeze(value2) {
  if (typeof value2 === "object" && value2 !== null) {
    for (const child of Object.values(value2)) deepFreeze(child);
    Object.freeze(value2);
  }
  return value2;
}
function warnOnce(vu, subject, message) {
  if (vu.warn) {
    vu.warn(subject, message);
    return;
  }
  const { warned } = sharedStateOf(vu.run);
  if (warned.has(subject)) return;
  warned.add(subject);
  vu.log(`warning: ${message}`);
}

// src/k6/script/stacks.ts
import { pathToFileURL } from "node:url";
var fileNameOf = (path) => `flashsale-script:${path}`;
var originsOf = /* @__PURE__ */ new Map();
var placesOf = /* @__PURE__ */ new WeakMap();
function showOrigins(fileName, originOf) {
  originsOf.set(fileName, originOf);
  const before = Error.prepareStackTrace;
  if (before === prepareStack) return;
  usual = before ?? plainStack;
  Error.prepareStackTrace = prepareStack;
  Object.assign(globalThis, { [/* @__PURE__ */ Symbol.for("flashsale.place")]: placeAt });
}
function placeOf2(error) {
  void error.stack;
  return placesOf.get(error) || void 0;
}
function isOfScript(error) {
  void error.stack;
  return placesOf.has(error);
}
var rememberPlace = (error, place) => void placesOf.set(error, place);
var usual = plainStack;
function prepareStack(error, frames) {
  const isInScript = (frame) => originsOf.has(frame.getFileName() ?? "");
  const last = frames.findLastIndex(isInScript);
  if (last === -1) return usual(error, frames);
  const places2 = frames.filter(isInScript).map((frame) => placeAt(...positionOf(frame)));
  placesOf.set(error, places2.find((place) => place !== void 0) ?? "");
  return [textOf3(error), ...frames.slice(0, last + 1).map(lineOf)].join("\n");
}
function lineOf(frame) {
  const [fileName, line2, column] = positionOf(frame);
  const origin = originsOf.get(fileName)?.(line2, column);
  if (!origin) return `    at ${frame}`;
  const { file } = origin;
  const url2 = /^https?:/.test(file) ? file : pathToFileURL(file).href;
  const name2 = frame.getFunctionName();
  const where = `${url2}:${origin.line}`;
  return `    at ${name2 ? `${name2} (${where})` : where}`;
}
var positionOf = (frame) => [
  frame.getFileName() ?? "",
  frame.getLineNumber() ?? 1,
  frame.getColumnNumber() ?? 1
];
function placeAt(fileName, line2, column) {
  const origin = originsOf.get(fileName)?.(line2, column);
  return origin && `${origin.file}:${origin.line}`;
}
function plainStack(error, frames) {
  return [textOf3(error), ...frames.map((frame) => `    at ${frame}`)].join("\n");
}
function textOf3(error) {
  try {
    return String(error);
  } catch {
    return "an error that cannot be shown";
  }
}

// src/k6/blocking/thrown-value.ts
function packThrown(error) {
  if (!(error instanceof Error)) {
    return { kind: "other", name: "", message: String(error), stack: "" };
  }
  const kind = error instanceof IterationInterrupted ? "interrupted" : error instanceof RequestError ? "request" : "error";
  const place = placeOf2(error);
  return { kind, name: error.name, message: error.message, stack: error.stack ?? "", place };
}
function unpackThrown(thrown, keepsStack) {
  const { kind, name: name2, message, stack, place } = thrown;
  if (kind === "other") return message;
  if (kind === "interrupted") return new IterationInterrupted();
  const error = kind === "request" ? new RequestError(message) : new Error(message);
  if (kind === "error") error.name = name2;
  if (keepsStack) {
    error.stack = stack;
    if (place !== void 0) rememberPlace(error, place);
  }
  return error;
}

// src/k6/blocking/notes.ts
function takeNote(note, vu, metrics, describeError) {
  switch (note.type) {
    case "log":
      vu.log(note.line);
      break;
    case "warning":
      warnOnce(vu, note.subject, note.message);
      break;
    case "sample": {
      const { tags = {} } = note;
      metrics[note.metric]?.add(note.value, {
        tag: (name2) => tags[name2] ?? vu.tag(name2),
        allTags: () => tags
      });
      break;
    }
    case "group":
      vu.checks.enter(note.group);
      break;
    case "check":
      vu.checks.count(note.group, note.name, note.passed);
      break;
    case "abort":
      vu.run.abort(note.reason);
      break;
    case "fail":
      vu.run.fail(note.reason);
      break;
    case "rejection":
      vu.run.fail(describeError(unpackThrown(note.error, true)), true);
      break;
  }
}

// src/k6/blocking/packed-call.ts
function unpackCall({ expected, jar, ...call }, { usual: usual2, nowMs }) {
  const storedCookies = [];
  const request2 = {
    ...call,
    isExpected: expected === "default" ? usual2 : expected && ((status) => expected[status] === 1)
  };
  if (jar) request2.jar = noting(createCookieJar(nowMs, jar), storedCookies);
  return { request: request2, storedCookies };
}
function noting(jar, stored) {
  return {
    ...jar,
    store(...line2) {
      stored.push(line2);
      jar.store(...line2);
    }
  };
}

// src/k6/blocking/vu-thread.ts
var THREAD = modulePath("src/k6/blocking/vu-main.ts");
var ENTRY = runsFromSources ? assetPath("src/k6/workers/from-sources.mjs") : THREAD;
function startVuThread(vu, script) {
  const thread = new VuThread(vu, script);
  vu.ready = thread.ready;
  vu.onGone = () => thread.end();
  return Object.fromEntries(
    script.names.map((name2) => [name2, (argument) => thread.call(name2, argument)])
  );
}
var VuThread = class {
  ready;
  vu;
  describeError;
  worker;
  arrivals = new SharedArrayBuffer(4);
  answer;
  usualTest;
  isStarting = true;
  lastArgument;
  /** The start of the thread or the call that runs in it. */
  current;
  constructor(vu, { path, bundle, describeError }) {
    this.vu = vu;
    this.describeError = describeError;
    this.answer = createAnswerer(vu, bundle.originOf);
    this.usualTest = vu.expectedStatus;
    const { group: _, ...baseTags } = vu.allTags();
    const order = {
      scriptPath: path,
      code: bundle.code,
      waits: bundle.waits,
      id: vu.id,
      env: vu.env,
      http: vu.http,
      baseTags,
      options: JSON.parse(JSON.stringify(vu.run.options)),
      arrivals: this.arrivals
    };
    this.worker = new Worker(ENTRY, {
      name: `VU ${vu.id}`,
      workerData: runsFromSources ? { ...order, entry: pathToFileURL2(THREAD).href } : order
    });
    this.ready = new Promise((resolve9, reject) => {
      this.current = { resolve: resolve9, reject };
    }).then(() => {
      this.isStarting = false;
      vu.initializing = false;
    });
    this.ready.catch(() => {
    });
    this.worker.on("message", (message) => this.receive(message));
    this.worker.on("error", (error) => this.settle()?.reject(error));
    this.worker.on("exit", () => this.settle()?.reject(new IterationInterrupted()));
  }
  async call(name2, argument) {
    await this.ready;
    const { vu } = this;
    if (vu.interrupted) throw new IterationInterrupted();
    const iteration = vu.currentIteration;
    const message = {
      type: "call",
      name: name2,
      group: vu.group,
      iterationCount: vu.iterationCount,
      iteration: iteration && {
        scenario: iteration.scenario.name,
        executor: iteration.scenario.executor,
        startedAtMs: iteration.scenarioStartedAtMs,
        number: iteration.number
      },
      elapsedMs: vu.run.elapsedMs()
    };
    if (!this.lastArgument || this.lastArgument.value !== argument) {
      this.lastArgument = { value: argument };
      message.argument = { value: argument };
    }
    return await new Promise((resolve9, reject) => {
      this.current = { resolve: resolve9, reject };
      this.post(message);
    });
  }
  /** Ends the thread, whatever it does. A VU that was still starting has nothing left to wait for. */
  end() {
    if (this.isStarting) this.settle()?.resolve(void 0);
    else this.settle()?.reject(new IterationInterrupted());
    void this.worker.terminate();
  }
  receive({ notes, group: group2, tags, then }) {
    const { vu } = this;
    if (vu.interrupted) return;
    for (const note of notes) takeNote(note, vu, this.answer.metrics, this.describeError);
    vu.group = group2;
    vu.tags = tags;
    switch (then.type) {
      case "ready":
        this.settle()?.resolve(void 0);
        break;
      case "send":
        this.send(then.id, then.call);
        break;
      case "ask":
        this.answer.to(then.question).then(
          (value2) => this.post({ type: "answer", id: then.id, value: value2 }),
          (error) => this.post({ type: "answer", id: then.id, error: packThrown(error) })
        );
        break;
      case "returned":
        this.settle()?.resolve(then.result);
        break;
      case "threw":
        this.settle()?.reject(unpackThrown(then.error, true));
        break;
    }
  }
  send(id, call) {
    const { request: request2, storedCookies } = unpackCall(call, { usual: this.usualTest, nowMs: Date.now });
    this.vu.calls.send(request2, {
      done: ({ url: url2, exchange }) => {
        const packed = exchange.pack(!call.dropsBody);
        const end = { url: url2, exchange: packed, storedCookies };
        this.post({ type: "ended", id, end }, packed.body && [packed.body.buffer]);
      },
      failed: (error) => this.post({ type: "ended", id, end: { failure: packThrown(error) } })
    });
  }
  post(message, transfer = []) {
    this.worker.postMessage(message, transfer);
    const count3 = new Int32Array(this.arrivals);
    Atomics.add(count3, 0, 1);
    Atomics.notify(count3, 0);
  }
  settle() {
    const { current } = this;
    this.current = void 0;
    return current;
  }
};

// src/load/schedule/options-object.ts
import * as z30 from "zod";
var WHOLE_NUMBERS = /* @__PURE__ */ new Set([
  ...["vus", "iterations", "rate", "startRate", "startVUs", "preAllocatedVUs", "maxVUs", "target"],
  ...["maxRedirects", "batch", "batchPerHost", "rps"]
]);
function withKnownNames(value2, known) {
  if (typeof value2 !== "object" || value2 === null || Array.isArray(value2)) return value2;
  const byLowerCase = new Map(known.map((name2) => [name2.toLowerCase(), name2]));
  return Object.fromEntries(
    Object.entries(value2).flatMap(([written, field]) => {
      const name2 = byLowerCase.get(written.toLowerCase()) ?? written;
      const isGiven = field !== void 0 && field !== null;
      return isGiven && !(field === "" && WHOLE_NUMBERS.has(name2)) ? [[name2, field]] : [];
    })
  );
}
var inAnyCase = (schema) => z30.preprocess((value2) => withKnownNames(value2, Object.keys(schema.shape)), schema);
var leavingOthers = (schema) => z30.preprocess((value2) => {
  const known = Object.keys(schema.shape);
  const named2 = withKnownNames(value2, known);
  if (typeof named2 !== "object" || named2 === null || Array.isArray(named2)) return named2;
  return Object.fromEntries(
    Object.entries(named2).filter(
      ([name2]) => known.includes(name2) || nearestWord(name2, known) !== void 0
    )
  );
}, schema);

// src/k6/options/overrides.ts
var PLAN = ["scenarios", "iterations", "duration", "stages"];
function overrideOptions(exported, overrides) {
  const { config, noThresholds, ...options } = overrides;
  const own = config === void 0 ? exported : putOver(config.options, exported ?? {});
  const put = putOver(own, options);
  return noThresholds ? withoutThresholds(put) : put;
}
function putOver(below, above) {
  const named2 = withKnownNames(above, PLAN);
  const given = Object.fromEntries(
    Object.entries(named2).filter(([, value2]) => value2 !== void 0 && value2 !== null)
  );
  if (Object.keys(given).length === 0) return below;
  const own = withKnownNames(below ?? {}, [...PLAN, ...Object.keys(given)]);
  const isReplanned = PLAN.some((name2) => given[name2] !== void 0);
  const plan = isReplanned ? [...PLAN] : [];
  const kept = Object.entries(own).filter(([name2]) => !plan.includes(name2));
  return { ...Object.fromEntries(kept), ...given };
}
function withoutThresholds(options) {
  const { thresholds: _, ...rest } = withKnownNames(options ?? {}, ["thresholds", "ext"]);
  if (rest.ext?.flashsale === void 0) return rest;
  const { thresholds: __, ...flashsale } = rest.ext.flashsale;
  return { ...rest, ext: { ...rest.ext, flashsale } };
}

// src/k6/options/read-options.ts
import * as z44 from "zod";

// src/load/metrics/system-tags.ts
var DEFAULT = [
  ...["proto", "subproto", "status", "method", "url", "name", "group", "check", "error"],
  ...["error_code", "tls_version", "scenario", "service", "expected_response"]
];
var ON_REQUEST = ["vu", "iter", "ip", "ocsp_status"];
var SYSTEM_TAGS = [...DEFAULT, ...ON_REQUEST];

// src/load/schedule/duration.ts
import * as z31 from "zod";

// src/load/schedule/parse-duration.ts
var MS_PER_UNIT = {
  ns: 1e-6,
  us: 1e-3,
  \u00B5s: 1e-3,
  \u03BCs: 1e-3,
  ms: 1,
  s: 1e3,
  m: 6e4,
  h: 36e5
};
var MS_PER_DAY = 864e5;
var NUMBER = /^\+?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
var WHOLE2 = /^\+?(?:(\d+)d)?((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|h|m|s))*)$/;
var PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|h|m|s)/g;
function parseDurationMs(text4) {
  if (typeof text4 === "number") return Number.isFinite(text4) && text4 >= 0 ? text4 : void 0;
  if (NUMBER.test(text4)) return Number(text4);
  const [, days, rest = ""] = WHOLE2.exec(text4) ?? [];
  if (days === void 0 && rest === "") return void 0;
  let totalMs = Number(days ?? 0) * MS_PER_DAY;
  for (const [, amount, unit] of rest.matchAll(PART)) {
    totalMs += Number(amount) * MS_PER_UNIT[unit];
  }
  return totalMs;
}
var DURATION_MS_MAX = 2 ** 31 - 1;

// src/load/schedule/duration.ts
var durationMs = z31.union([z31.string(), z31.number()]).transform((text4, context) => {
  const ms = parseDurationMs(text4);
  if (ms === void 0 || ms > DURATION_MS_MAX) {
    const message = ms === void 0 ? `"${text4}" is not a duration like 30s or 1m30s` : `${text4} is over 24 days`;
    context.addIssue({ code: "custom", message });
    return z31.NEVER;
  }
  return ms;
});
var positiveDurationMs = durationMs.refine((ms) => ms > 0, "must be longer than 0s");

// src/load/schedule/whole-number.ts
import * as z32 from "zod";
var wholeNumber = (limits = (number7) => number7) => z32.preprocess(
  (value2) => typeof value2 === "bigint" || typeof value2 === "string" && /^[+-]?\d+$/.test(value2) ? Number(value2) : value2,
  limits(z32.int({ error: ({ input }) => `${JSON.stringify(input)} is not a whole number` }))
);

// src/k6/options/http.ts
import { isIP as isIP4 } from "node:net";
import * as z34 from "zod";

// src/k6/options/parse.ts
import * as z33 from "zod";
var OptionsError = class extends Error {
};
function parse(schema, value2, place) {
  const known = schema instanceof z33.ZodObject ? Object.keys(schema.shape) : [];
  const parsed = schema.safeParse(known.length > 0 ? withKnownNames(value2, known) : value2);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const at = [place, ...issue.path.map(String)].filter(Boolean).join(".") || "options";
  if (issue.code !== "unrecognized_keys") throw new OptionsError(`${at}: ${issue.message}`);
  const isOutermost = issue.path.length === 0;
  const [name2 = ""] = issue.keys;
  const key = [isOutermost ? place : at, name2].filter(Boolean).join(".");
  const meant = isOutermost ? nearestWord(name2, known) : void 0;
  const supported = isOutermost && known.length > 0 ? ` (supported: ${known.join(", ")})` : "";
  const advice = meant === void 0 ? supported : `; did you mean "${meant}"?`;
  throw new OptionsError(`the option "${key}" is not supported${advice}`);
}

// src/k6/options/http.ts
var DNS_TTL_MS_DEFAULT = 5 * 6e4;
var tlsVersion = z34.enum(["tls1.0", "tls1.1", "tls1.2", "tls1.3"]).transform(
  (name2) => name2 === "tls1.0" ? "TLSv1" : name2.replace("tls", "TLSv")
).optional();
var certificate = z34.strictObject({
  domains: z34.array(z34.string()).nullish(),
  cert: z34.string(),
  key: z34.string(),
  password: z34.string().nullish()
});
var dns = z34.strictObject({
  ttl: z34.preprocess(
    // k6 takes no number here.
    (ttl) => typeof ttl === "number" ? Number.NaN : ttl,
    z34.union([z34.literal("inf").transform(() => Number.POSITIVE_INFINITY), durationMs], {
      error: 'is no text like "5m" or "inf"'
    })
  ).default(DNS_TTL_MS_DEFAULT),
  select: z34.enum(["first", "random", "roundRobin"]).default("random"),
  policy: z34.enum(["preferIPv4", "preferIPv6", "onlyIPv4", "onlyIPv6", "any"]).default("preferIPv4")
});
var httpFields = {
  userAgent: z34.string().default("flashsale-cli"),
  maxRedirects: wholeNumber((times) => times.min(0)).default(10),
  discardResponseBodies: z34.boolean().default(false),
  throw: z34.boolean().default(false),
  insecureSkipTLSVerify: z34.boolean().default(false),
  tlsVersion: z34.union(
    [
      z34.literal("").transform(() => void 0),
      tlsVersion,
      z34.strictObject({ min: tlsVersion, max: tlsVersion })
    ],
    {
      error: 'is not one of "tls1.0" to "tls1.3", nor { min, max } of them'
    }
  ).optional(),
  tlsCipherSuites: z34.array(z34.string()).transform(readCipherSuites).optional(),
  tlsAuth: z34.array(inAnyCase(certificate)).optional(),
  dns: inAnyCase(dns).optional(),
  blockHostnames: z34.array(z34.string().refine(isHostPattern, "is no host like a.example or *.example")).default([]),
  blacklistIPs: z34.array(z34.string().refine(isAddressRange, "is no range of addresses like 10.0.0.0/8")).default([]),
  rps: wholeNumber((rate) => rate.min(0)).default(0),
  hosts: z34.record(
    z34.string().refine((name2) => isHostPattern(name2.replace(/:\d+$/, "")), {
      error: "is no host like a.example, a.example:443 or *.example"
    }),
    z34.string().transform(parseHostTarget)
  ).default({}),
  noConnectionReuse: z34.boolean().default(false),
  noVUConnectionReuse: z34.boolean().default(false),
  batch: wholeNumber((requests) => requests.min(0)).default(20),
  batchPerHost: wholeNumber((requests) => requests.min(0)).default(6),
  noCookiesReset: z34.boolean().default(false),
  // As in k6, everything but "full" leaves the bodies out.
  httpDebug: z34.string().default("")
};
function httpOptionsOf(options) {
  return {
    userAgent: options.userAgent,
    redirectsMax: options.maxRedirects,
    discardResponseBodies: options.discardResponseBodies,
    throwOnFailure: options.throw,
    insecureSkipTlsVerify: options.insecureSkipTLSVerify,
    tls: tlsOf(options),
    hosts: options.hosts,
    names: namesOf(options),
    ...options.rps > 0 && { requestsPerSecondMax: options.rps },
    keepConnections: options.noConnectionReuse ? "never" : options.noVUConnectionReuse ? "iteration" : "always",
    batchMax: options.batch || Number.POSITIVE_INFINITY,
    batchPerHostMax: options.batchPerHost || Number.POSITIVE_INFINITY,
    keepCookies: options.noCookiesReset,
    ...options.httpDebug && { debug: options.httpDebug === "full" ? "full" : "headers" }
  };
}
function namesOf({ dns: dns2, blockHostnames, blacklistIPs }) {
  if (!dns2 && blockHostnames.length === 0 && blacklistIPs.length === 0) return void 0;
  return {
    ...dns2 && { dns: { ttlMs: dns2.ttl, select: dns2.select, policy: dns2.policy } },
    blockedNames: blockHostnames,
    blockedRanges: blacklistIPs
  };
}
function tlsOf({
  tlsVersion: version,
  tlsCipherSuites,
  tlsAuth
}) {
  if (!version && !tlsCipherSuites && !tlsAuth) return void 0;
  const range = typeof version === "string" ? { min: version, max: version } : version;
  return {
    ...range?.min && { versionMin: range.min },
    ...range?.max && { versionMax: range.max },
    ...tlsCipherSuites?.length && { cipherSuites: tlsCipherSuites },
    certificates: (tlsAuth ?? []).map(readCertificate)
  };
}
function readCertificate({ domains, cert, key, password }, index) {
  const read2 = { domains: domains ?? [], cert, key, ...password && { password } };
  try {
    createSecureContexts({ certificates: [{ ...read2, domains: [] }] })("any");
  } catch (error) {
    throw new OptionsError(`tlsAuth.${index}: ${error.message}`, { cause: error });
  }
  return read2;
}
function parseHostTarget(text4, context) {
  const [, bracketed, plain, port2] = /^(?:\[([\da-fA-F:.]+)\]|([^:[\]]+|[\da-fA-F]*:[\da-fA-F:.]*:[\da-fA-F.]*))(?::(\d{1,5}))?$/.exec(
    text4
  ) ?? [];
  const host = bracketed ?? plain;
  if (host !== void 0 && isIP4(host) > 0) {
    return { host, ...port2 !== void 0 && { port: Number(port2) } };
  }
  context.addIssue({
    code: "custom",
    message: `"${text4}" is not an IP address, or one with a port`
  });
  return z34.NEVER;
}
function isHostPattern(name2) {
  return !name2.slice(1).includes("*") && (!name2.startsWith("*") || /^\*(\.|$)/.test(name2));
}
function isAddressRange(range) {
  if (!range.includes("/")) return false;
  try {
    blockListOf(range);
    return true;
  } catch {
    return false;
  }
}
function readCipherSuites(names, context) {
  const known = knownCipherSuites(names);
  if (known.length > 0 || names.length === 0) return known;
  context.addIssue({ code: "custom", message: `none of ${names.join(", ")} is known to Node` });
  return z34.NEVER;
}

// src/k6/options/scenarios.ts
import * as z42 from "zod";

// src/load/schedule/executors/constant-arrival-rate.ts
import * as z35 from "zod";

// src/load/schedule/limits.ts
var VUS_MAX = 1e5;
var TOO_MANY_VUS = `at most ${VUS_MAX.toLocaleString("en")} VUs fit into a process; share them among machines`;
var RATE_PER_SECOND_MAX = 1e6;
function assertRate(perMs) {
  if (perMs * 1e3 <= RATE_PER_SECOND_MAX) return;
  const [asked, most] = [perMs * 1e3, RATE_PER_SECOND_MAX].map(
    (rate) => rate.toLocaleString("en")
  );
  throw new Error(`${asked} iterations per second are asked for; the most is ${most}`);
}

// src/load/schedule/pacer.ts
function constantPacer({
  ratePerMs,
  durationMs: durationMs2
}) {
  assertRate(ratePerMs);
  const arrivals = Math.ceil(ratePerMs * durationMs2 * (1 - Number.EPSILON * 4));
  const dueMs = (index) => index / ratePerMs;
  return {
    arrivals,
    durationMs: durationMs2,
    dueMs,
    arrivalsBy(elapsedMs) {
      if (elapsedMs < 0 || arrivals === 0) return 0;
      return matchDueTimes(Math.floor(elapsedMs * ratePerMs) + 1, elapsedMs, arrivals, dueMs);
    }
  };
}
function rampingPacer({
  startPerMs,
  stages: stages2
}) {
  for (const rate of [startPerMs, ...stages2.map(({ targetPerMs }) => targetPerMs)])
    assertRate(rate);
  const segments = toSegments(startPerMs, stages2);
  const last = segments.at(-1);
  const durationMs2 = last ? last.startMs + last.durationMs : 0;
  const total = last ? last.areaBefore + areaWithin(last, last.durationMs) : 0;
  const arrivals = Math.floor(total * (1 + Number.EPSILON * 4));
  const dueMs = (index) => {
    const area = index + 1;
    const segment = segmentReaching(segments, area);
    return segment.startMs + Math.min(segment.durationMs, timeToArea(segment, area));
  };
  return {
    arrivals,
    durationMs: durationMs2,
    dueMs,
    arrivalsBy(elapsedMs) {
      if (elapsedMs < 0 || arrivals === 0) return 0;
      const segment = segments.findLast((candidate) => candidate.startMs <= elapsedMs);
      if (!segment) return 0;
      const withinMs = Math.min(segment.durationMs, elapsedMs - segment.startMs);
      const area = segment.areaBefore + areaWithin(segment, withinMs);
      return matchDueTimes(Math.floor(area), elapsedMs, arrivals, dueMs);
    }
  };
}
function sharePacer(pacer, share) {
  return {
    arrivals: partOf(pacer.arrivals, share),
    durationMs: pacer.durationMs,
    dueMs: (index) => pacer.dueMs(numberOf(index, share)),
    arrivalsBy: (elapsedMs) => partOf(pacer.arrivalsBy(elapsedMs), share)
  };
}
function toSegments(startPerMs, stages2) {
  const segments = [];
  let [startMs, fromPerMs, areaBefore] = [0, startPerMs, 0];
  for (const { targetPerMs, durationMs: durationMs2 } of stages2) {
    if (durationMs2 > 0) {
      const segment = { startMs, durationMs: durationMs2, fromPerMs, toPerMs: targetPerMs, areaBefore };
      segments.push(segment);
      startMs += durationMs2;
      areaBefore += areaWithin(segment, durationMs2);
    }
    fromPerMs = targetPerMs;
  }
  return segments;
}
function areaWithin(segment, withinMs) {
  const { fromPerMs, toPerMs, durationMs: durationMs2 } = segment;
  return fromPerMs * withinMs + (toPerMs - fromPerMs) * withinMs * withinMs / (2 * durationMs2);
}
function segmentReaching(segments, area) {
  const found2 = segments.find(
    (segment) => segment.areaBefore + areaWithin(segment, segment.durationMs) >= area
  );
  return found2 ?? segments.at(-1);
}
function timeToArea(segment, area) {
  const { fromPerMs, toPerMs, durationMs: durationMs2, areaBefore } = segment;
  const needed = area - areaBefore;
  const slope = (toPerMs - fromPerMs) / durationMs2;
  const root2 = Math.sqrt(Math.max(0, fromPerMs * fromPerMs + 2 * slope * needed));
  return 2 * needed / (fromPerMs + root2);
}
function matchDueTimes(guess, elapsedMs, arrivals, dueMs) {
  let count3 = Math.min(arrivals, Math.max(0, guess));
  while (count3 < arrivals && dueMs(count3) <= elapsedMs) count3 += 1;
  while (count3 > 0 && dueMs(count3 - 1) > elapsedMs) count3 -= 1;
  return count3;
}

// src/load/schedule/executors/arrivals.ts
var vuLimits = {
  preAllocatedVUs: wholeNumber((vus) => vus.min(0).max(VUS_MAX, TOO_MANY_VUS)),
  maxVUs: wholeNumber((vus) => vus.min(1).max(VUS_MAX, TOO_MANY_VUS)).optional()
};
var ARRIVALS_AT_ONCE = 1e4;
function planArrivals(pacer, { preAllocatedVUs, maxVUs }) {
  const vusMax = maxVUs ?? preAllocatedVUs;
  if (vusMax < 1) throw new Error("preAllocatedVUs or maxVUs must be at least 1");
  if (vusMax < preAllocatedVUs) {
    throw new Error(`maxVUs (${vusMax}) cannot be less than preAllocatedVUs (${preAllocatedVUs})`);
  }
  return {
    vusStart: preAllocatedVUs,
    vusMax,
    durationMs: pacer.durationMs,
    iterations: pacer.arrivals,
    offeredBy: pacer.arrivalsBy,
    share: (share) => planArrivals(sharePacer(pacer, share), {
      preAllocatedVUs: partOf(preAllocatedVUs, share),
      maxVUs: partOf(vusMax, share)
    }),
    run: (run2) => runArrivals(pacer, vusMax, run2)
  };
}
async function runArrivals(pacer, vusMax, run2) {
  const idle = [...run2.vus];
  const running = /* @__PURE__ */ new Set();
  let created = idle.length;
  function arrive(index) {
    let vu = idle.pop();
    if (!vu && created < vusMax) {
      created += 1;
      vu = run2.addVu();
    }
    if (!vu) {
      run2.drop();
      return;
    }
    const busy = vu;
    const iteration = busy.runIteration(pacer.dueMs(index)).then(() => {
      running.delete(iteration);
      idle.push(busy);
    });
    running.add(iteration);
  }
  let next = 0;
  while (next < pacer.arrivals && !run2.isStopped()) {
    const elapsedMs = run2.elapsedMs();
    const last = Math.min(pacer.arrivals, next + ARRIVALS_AT_ONCE);
    while (next < last && pacer.dueMs(next) <= elapsedMs) {
      arrive(next);
      next += 1;
    }
    if (next < pacer.arrivals) await run2.wait(pacer.dueMs(next) - run2.elapsedMs());
  }
  await Promise.all(running);
}

// src/load/schedule/executors/executor.ts
function defineExecutor(executor) {
  return executor;
}

// src/load/schedule/executors/constant-arrival-rate.ts
var constantArrivalRate = defineExecutor({
  name: "constant-arrival-rate",
  fields: z35.strictObject({
    rate: wholeNumber((rate) => rate.positive()),
    timeUnit: positiveDurationMs.default(1e3),
    duration: positiveDurationMs,
    ...vuLimits
  }),
  plan({ rate, timeUnit, duration, ...limits }) {
    return planArrivals(
      constantPacer({ ratePerMs: rate / timeUnit, durationMs: duration }),
      limits
    );
  }
});

// src/load/schedule/executors/constant-vus.ts
import * as z36 from "zod";

// src/load/schedule/executors/iterations.ts
var vuCount = wholeNumber(
  (vus) => vus.min(1, "the number of VUs should be more than 0").max(VUS_MAX, TOO_MANY_VUS)
).default(1);
var iterationLimits = {
  vus: vuCount,
  iterations: wholeNumber(
    (iterations) => iterations.min(1, "the number of iterations should be more than 0")
  ).default(1),
  maxDuration: positiveDurationMs.default(6e5)
};

// src/load/schedule/executors/constant-vus.ts
var constantVus = defineExecutor({
  name: "constant-vus",
  fields: z36.strictObject({
    vus: vuCount,
    duration: positiveDurationMs
  }),
  plan: ({ vus, duration }) => planLoop(vus, duration)
});
function planLoop(vus, durationMs2) {
  return {
    vusStart: vus,
    vusMax: vus,
    durationMs: durationMs2,
    share: (share) => planLoop(partOf(vus, share), durationMs2),
    async run(run2) {
      await Promise.all(
        run2.vus.map(async (vu) => {
          while (run2.isOpen()) await vu.runIteration();
        })
      );
    }
  };
}

// src/load/schedule/executors/per-vu-iterations.ts
import * as z37 from "zod";
var perVuIterations = defineExecutor({
  name: "per-vu-iterations",
  fields: z37.strictObject(iterationLimits),
  plan: ({ vus, iterations, maxDuration }) => planEach(vus, iterations, maxDuration)
});
function planEach(vus, iterations, durationMs2) {
  return {
    vusStart: vus,
    vusMax: vus,
    durationMs: durationMs2,
    iterations: vus * iterations,
    share: (share) => planEach(partOf(vus, share), iterations, durationMs2),
    async run(run2) {
      await Promise.all(
        run2.vus.map(async (vu) => {
          for (let left = iterations; left > 0; left -= 1) {
            if (!run2.isOpen()) {
              if (run2.elapsedMs() >= durationMs2) run2.drop(left);
              return;
            }
            await vu.runIteration();
          }
        })
      );
    }
  };
}

// src/load/schedule/executors/ramping-arrival-rate.ts
import * as z39 from "zod";

// src/load/schedule/executors/stages.ts
import * as z38 from "zod";
var stages = z38.array(
  leavingOthers(
    z38.strictObject({ target: wholeNumber().optional(), duration: durationMs.optional() })
  )
);
function checkStages(written) {
  if (written.length === 0) throw new Error("at least one stage has to be specified");
  return written.map(({ target, duration }, index) => {
    const place = `stage ${index + 1}`;
    if (duration === void 0) throw new Error(`${place} doesn't have a duration`);
    if (target === void 0) throw new Error(`${place} doesn't have a target`);
    if (target < 0) throw new Error(`the target for ${place} shouldn't be negative`);
    return { target, durationMs: duration };
  });
}

// src/load/schedule/executors/ramping-arrival-rate.ts
var rampingArrivalRate = defineExecutor({
  name: "ramping-arrival-rate",
  fields: z39.strictObject({
    startRate: wholeNumber((rate) => rate.min(0)).default(0),
    timeUnit: positiveDurationMs.default(1e3),
    stages,
    ...vuLimits
  }),
  plan({ startRate, timeUnit, stages: written, ...limits }) {
    const pacer = rampingPacer({
      startPerMs: startRate / timeUnit,
      stages: checkStages(written).map((stage) => ({
        targetPerMs: stage.target / timeUnit,
        durationMs: stage.durationMs
      }))
    });
    return planArrivals(pacer, limits);
  }
});

// src/load/schedule/executors/ramping-vus.ts
import * as z40 from "zod";

// src/load/schedule/vu-ramp.ts
function createVuRamp({
  startVus,
  stages: stages2
}) {
  const steps = [{ atMs: 0, vus: startVus }];
  let [vus, endMs] = [startVus, 0];
  for (const { target, durationMs: durationMs2 } of stages2) {
    endMs += durationMs2;
    if (durationMs2 === 0 && vus !== target) steps.push({ atMs: endMs, vus: target });
    const [direction, height] = [Math.sign(target - vus), Math.abs(target - vus)];
    for (let climbed = 1; climbed <= height && durationMs2 > 0; climbed += 1) {
      const leftMs = durationMs2 * (height - climbed) / height;
      steps.push({ atMs: endMs - leftMs, vus: vus + direction * climbed });
    }
    vus = target;
  }
  return {
    vusMax: Math.max(startVus, ...stages2.map(({ target }) => target)),
    durationMs: endMs,
    steps
  };
}
function shareRamp({ vusMax, durationMs: durationMs2, steps }, share) {
  return {
    vusMax: partOf(vusMax, share),
    durationMs: durationMs2,
    steps: steps.map(({ atMs, vus }) => ({ atMs, vus: partOf(vus, share) })).filter((step, index, all2) => step.vus !== all2[index - 1]?.vus)
  };
}

// src/load/schedule/executors/ramping-vus.ts
var rampingVus = defineExecutor({
  name: "ramping-vus",
  fields: z40.strictObject({
    startVUs: wholeNumber(
      (vus) => vus.min(0, "the number of start VUs can't be negative").max(VUS_MAX, TOO_MANY_VUS)
    ).default(1),
    stages,
    gracefulRampDown: durationMs.default(3e4)
  }),
  plan({ startVUs, stages: written, gracefulRampDown }) {
    const targets2 = checkStages(written);
    const broken = targets2.findIndex(({ target }) => target > VUS_MAX);
    if (broken >= 0) throw new Error(`the target for stage ${broken + 1}: ${TOO_MANY_VUS}`);
    const ramp = createVuRamp({ startVus: startVUs, stages: targets2 });
    if (ramp.vusMax === 0) {
      throw new Error("either startVUs or one of the stages' target values must be greater than 0");
    }
    return planRamp(ramp, gracefulRampDown);
  }
});
function planRamp(ramp, gracefulRampDownMs) {
  return {
    vusStart: ramp.vusMax,
    vusMax: ramp.vusMax,
    durationMs: ramp.durationMs,
    share: (share) => planRamp(shareRamp(ramp, share), gracefulRampDownMs),
    run: (run2) => runRamp(ramp, gracefulRampDownMs, run2)
  };
}
async function runRamp(ramp, gracefulRampDownMs, run2) {
  const positions = run2.vus.slice(0, ramp.vusMax).map((vu) => ({ vu, wanted: false, work: void 0, graceTimer: void 0 }));
  async function work2(position) {
    while (position.wanted && run2.isOpen()) {
      position.vu ??= run2.addVu();
      await position.vu.runIteration();
    }
    clearTimeout(position.graceTimer);
    position.work = void 0;
  }
  function rampUp(position) {
    clearTimeout(position.graceTimer);
    position.wanted = true;
    position.work ??= work2(position);
  }
  function rampDown(position) {
    position.wanted = false;
    if (position.work) position.graceTimer = setTimeout(interrupt, gracefulRampDownMs, position);
  }
  function interrupt(position) {
    position.vu?.discard();
    position.vu = void 0;
  }
  let wanted = 0;
  for (const { atMs, vus } of ramp.steps) {
    while (!run2.isStopped() && run2.elapsedMs() < atMs) await run2.wait(atMs - run2.elapsedMs());
    if (!run2.isOpen()) break;
    for (const position of positions.slice(wanted, vus)) rampUp(position);
    for (const position of positions.slice(vus, Math.max(vus, wanted)).reverse()) {
      rampDown(position);
    }
    wanted = vus;
  }
  await Promise.all(positions.map((position) => position.work));
}

// src/load/schedule/executors/shared-iterations.ts
import * as z41 from "zod";
var sharedIterations = defineExecutor({
  name: "shared-iterations",
  fields: z41.strictObject(iterationLimits),
  plan({ vus, iterations, maxDuration }) {
    if (vus > iterations) {
      throw new Error(
        `the number of iterations (${iterations}) shouldn't be less than the number of VUs (${vus})`
      );
    }
    return planShared(vus, iterations, maxDuration);
  }
});
function planShared(vus, iterations, durationMs2) {
  return {
    vusStart: vus,
    vusMax: vus,
    durationMs: durationMs2,
    iterations,
    share: (share) => planShared(partOf(vus, share), partOf(iterations, share), durationMs2),
    async run(run2) {
      let begun = 0;
      await Promise.all(
        run2.vus.map(async (vu) => {
          while (begun < iterations && run2.isOpen()) {
            begun += 1;
            await vu.runIteration();
          }
        })
      );
      if (begun < iterations && run2.elapsedMs() >= durationMs2) run2.drop(iterations - begun);
    }
  };
}

// src/load/schedule/executors/registry.ts
var executors = [
  sharedIterations,
  perVuIterations,
  constantVus,
  rampingVus,
  constantArrivalRate,
  rampingArrivalRate
];

// src/k6/options/scenarios.ts
var texts = z42.record(
  z42.string(),
  z42.preprocess(
    (text4) => text4 ?? "",
    z42.string({ error: ({ input }) => `${JSON.stringify(input)} is no text; write it in quotes` })
  )
);
var tagsSchema = texts;
var scenarioFields = {
  scenarios: z42.record(z42.string(), z42.record(z42.string(), z42.unknown())).optional(),
  vus: wholeNumber().optional(),
  iterations: wholeNumber().optional(),
  duration: z42.union([z42.string(), z42.number()]).optional(),
  stages: z42.array(inAnyCase(z42.looseObject({ duration: z42.unknown().optional() }))).optional()
};
var commonFields = {
  executor: z42.string(),
  startTime: durationMs.default(0),
  gracefulStop: durationMs.default(3e4),
  exec: z42.string().default("default"),
  env: texts.default({}),
  tags: tagsSchema.default({})
};
var common = z42.object(commonFields);
function scenariosOf(options) {
  const { vus, iterations, duration, scenarios } = options;
  refuseTwoPlans(options);
  const stages2 = (options.stages ?? []).filter((stage) => stage.duration !== void 0);
  if (iterations !== void 0) {
    return { default: { executor: "shared-iterations", vus, iterations, maxDuration: duration } };
  }
  if (duration !== void 0) return { default: { executor: "constant-vus", vus, duration } };
  if (stages2.length > 0) {
    return { default: { executor: "ramping-vus", stages: stages2, startVUs: vus } };
  }
  if (scenarios && Object.keys(scenarios).length > 0) return scenarios;
  return { default: { executor: "per-vu-iterations" } };
}
function refuseTwoPlans({ iterations, duration, stages: stages2 = [], scenarios }) {
  const given = { stages: stages2.length > 0, scenarios: scenarios !== void 0 };
  const shorthand = iterations !== void 0 ? "iterations" : duration !== void 0 ? "duration" : given.stages ? "stages" : void 0;
  if (shorthand === void 0) return;
  const other = ["stages", "scenarios"].find(
    (name2) => name2 !== shorthand && given[name2]
  );
  if (other === void 0) return;
  throw new OptionsError(
    `using \`${shorthand}\` and \`${other}\` options simultaneously is not allowed`
  );
}
function readScenario(name2, fields, exports) {
  const place = `scenarios.${name2}`;
  if (!/^[\w-]+$/.test(name2)) {
    throw new OptionsError(
      `${place}: the name of a scenario has only letters from a to z, numbers, _ and -`
    );
  }
  const executor = findExecutor(fields, place);
  const own = parse(executor.fields.extend(commonFields), fields, place);
  const { startTime, gracefulStop, exec, env, tags } = parse(common, fields, place);
  if (!exports.includes(exec)) {
    throw new OptionsError(
      exec === "default" ? `${place} runs the default export, but the script exports no default function` : `${place}.exec names "${exec}", which the script does not export as a function`
    );
  }
  return {
    name: name2,
    executor: executor.name,
    plan: planOf(() => executor.plan(own), place),
    exec,
    startTimeMs: startTime,
    gracefulStopMs: gracefulStop,
    env,
    tags
  };
}
function findExecutor(fields, place) {
  const { executor: name2 } = withKnownNames(fields, ["executor"]);
  const executor = executors.find((candidate) => candidate.name === name2);
  if (executor) return executor;
  const known = executors.map((candidate) => candidate.name).join(", ");
  throw new OptionsError(
    name2 === void 0 ? `${place}.executor is missing (supported: ${known})` : `${place}.executor "${String(name2)}" is not supported (supported: ${known})`
  );
}
function planOf(plan, place) {
  try {
    return plan();
  } catch (error) {
    throw new OptionsError(`${place}: ${error.message}`, { cause: error });
  }
}

// src/k6/options/thresholds.ts
import * as z43 from "zod";

// src/load/metrics/thresholds.ts
var FLOAT = String.raw`[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?)`;
var EXPRESSION = new RegExp(
  String.raw`^\s*(avg|min|med|max|count|rate|value|p\(${FLOAT}\))\s*(<=|>=|===|==|!=|<|>)\s*(${FLOAT})\s*$`,
  "i"
);
function parseThreshold(text4) {
  const match = EXPRESSION.exec(text4);
  if (!match) return void 0;
  const [, figureText, operator, limit] = match;
  const figure = /^p\(/.test(figureText) ? `p(${toNumber(figureText.slice(2, -1))})` : figureText;
  if (figure !== figure.toLowerCase()) return void 0;
  if (figure.startsWith("p(") && percentileOf(figure) === void 0) return void 0;
  return {
    figure,
    operator: operator === "===" ? "==" : operator,
    limit: toNumber(limit)
  };
}
function toNumber(text4) {
  if (!/inf/i.test(text4)) return Number(text4);
  return text4.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
function parseSelector(text4) {
  const match = /^([A-Za-z_]\w*)(?:\{(.*)\})?$/.exec(text4.trim());
  if (!match) return void 0;
  const [, metric, inside] = match;
  const tags = [];
  for (const pair of inside?.split(",") ?? []) {
    const colon = pair.indexOf(":");
    if (colon <= 0 || colon === pair.length - 1) return void 0;
    tags.push([unquote(pair.slice(0, colon)), unquote(pair.slice(colon + 1))]);
  }
  return { name: text4, metric, tags };
}
function unquote(text4) {
  return text4.trim().replace(/^(["'])(.*)\1$/, "$2");
}

// src/k6/options/thresholds.ts
var thresholdWithActions = z43.strictObject({
  threshold: z43.string(),
  abortOnFail: z43.boolean().default(false),
  delayAbortEval: durationMs.default(0)
});
var THRESHOLDS_MAX = 1e4;
var thresholdsSchema = z43.record(
  z43.string(),
  z43.array(z43.union([z43.string(), inAnyCase(thresholdWithActions)])).nullable()
);
function readThresholds(written, metrics) {
  const count3 = Object.values(written).reduce((sum, list) => sum + (list?.length ?? 0), 0);
  if (count3 > THRESHOLDS_MAX) {
    const [given, most] = [count3, THRESHOLDS_MAX].map((number7) => number7.toLocaleString("en"));
    throw new OptionsError(`thresholds: these are ${given}, and a load takes at most ${most}`);
  }
  return Object.entries(written).flatMap(
    ([metric, list]) => (list ?? []).map((threshold) => {
      const full = typeof threshold === "string" ? { threshold, abortOnFail: false, delayAbortEval: 0 } : threshold;
      assertJudges(metric, full.threshold, metrics);
      return {
        metric,
        expression: full.threshold,
        abortOnFail: full.abortOnFail,
        delayAbortEvalMs: full.delayAbortEval
      };
    })
  );
}
function assertJudges(metricText, threshold, metrics) {
  const place = `thresholds["${metricText}"]`;
  const selector = parseSelector(metricText);
  if (!selector) {
    throw new OptionsError(`${place} is not a metric like http_reqs or http_reqs{status:200}`);
  }
  const metric = metrics.get(selector.metric);
  if (!metric) {
    const known = metrics.all().map(({ name: name2 }) => name2);
    throw new OptionsError(
      `${place}: there is no metric "${selector.metric}" (there are: ${known.join(", ")})`
    );
  }
  const expression = parseThreshold(threshold);
  if (!expression) {
    throw new OptionsError(
      `${place}: "${threshold}" is not a threshold like p(95)<500, rate>0.99 or count==0`
    );
  }
  if (!hasThresholdFigure(metric.type, expression.figure)) {
    throw new OptionsError(
      `${place}: a ${metric.type} has no "${expression.figure}" (it has: ${thresholdFiguresOf(metric.type)})`
    );
  }
}

// src/k6/options/read-options.ts
var optionsSchema = z44.strictObject({
  ...scenarioFields,
  thresholds: thresholdsSchema.default({}),
  tags: tagsSchema.default({}),
  ...httpFields,
  // As in k6, tags that it does not have are left out.
  systemTags: z44.array(z44.string()).transform((names) => names.filter((name2) => SYSTEM_TAGS.includes(name2))).optional(),
  minIterationDuration: durationMs.default(0),
  noSetup: z44.boolean().default(false),
  noTeardown: z44.boolean().default(false),
  setupTimeout: positiveDurationMs.default(6e4),
  teardownTimeout: positiveDurationMs.default(6e4),
  handleSummaryTimeout: positiveDurationMs.default(12e4),
  summaryTrendStats: z44.array(z44.string().refine((figure) => hasFigure("trend", figure), "is not a figure of a trend")).default(["avg", "min", "med", "max", "p(90)", "p(95)", "p(99)"]),
  // k6 leaves this object to other programs; their parts of it are left alone.
  ext: z44.looseObject({
    flashsale: z44.strictObject({
      allowExceptions: z44.boolean().optional(),
      threads: z44.boolean().optional(),
      // Only the run knows which thresholds it can judge.
      thresholds: z44.unknown().optional()
    }).optional()
  }).optional(),
  // k6's unit of the times in its own summary. Our summary chooses one for each number.
  summaryTimeUnit: z44.enum(["", "s", "ms", "us"], { error: 'is none of "s", "ms" and "us"' }).optional(),
  // These concern only k6's own services and its inner workings, so they are harmless.
  cloud: z44.unknown().optional(),
  noUsageReport: z44.boolean().optional(),
  metricSamplesBufferSize: wholeNumber().optional(),
  paused: z44.literal(false, { error: "a run cannot begin paused here" }).optional(),
  vusMax: wholeNumber().optional(),
  // k6 heeds it as a flag only.
  linger: z44.unknown().optional()
});
function readOptions(exported, { exports, metrics }) {
  const options = parse(optionsSchema, exported ?? {}, "");
  const written = scenariosOf(options);
  return {
    scenarios: Object.entries(written).map(([name2, fields]) => readScenario(name2, fields, exports)),
    thresholds: readThresholds(options.thresholds, metrics),
    runThresholds: options.ext?.flashsale?.thresholds,
    tags: options.tags,
    allowExceptions: options.ext?.flashsale?.allowExceptions ?? false,
    ...options.ext?.flashsale?.threads && { threads: true },
    http: httpOptionsOf(options),
    minIterationMs: options.minIterationDuration,
    runsSetup: !options.noSetup,
    runsTeardown: !options.noTeardown,
    setupTimeoutMs: options.setupTimeout,
    teardownTimeoutMs: options.teardownTimeout,
    summaryTimeoutMs: options.handleSummaryTimeout,
    summaryTrendStats: options.summaryTrendStats,
    ...options.systemTags && { systemTags: options.systemTags },
    exported: {
      ...exported,
      ...options.vus !== void 0 && { vus: options.vus },
      ...options.iterations !== void 0 && { iterations: options.iterations },
      scenarios: written
    }
  };
}

// src/k6/runtime/wait-watch.ts
function createWaitWatch(vu) {
  let waiting;
  function assertNothingWaits(doing) {
    if (waiting === void 0 || vu.interrupted) return;
    const message = `${nameOf2(doing)} came while ${nameOf2(waiting)} was still waiting, which blocks in k6: it was called in a way that could not be followed. With "ext: { flashsale: { threads: true } }" in its options, the script runs as in k6`;
    waiting = void 0;
    vu.run.fail(message);
    throw new Error(message);
  }
  return {
    begin(call) {
      assertNothingWaits(call);
      waiting = call;
    },
    end() {
      waiting = void 0;
    },
    assertNothingWaits
  };
}
var nameOf2 = (call) => /^[A-Z]+$/.test(call) ? `http.${call === "DELETE" ? "del" : call.toLowerCase()}()` : call;
function waitWatched({ watch }, call, wait) {
  if (!watch) return wait();
  watch.begin(call);
  const promise = wait();
  return promise?.finally(() => watch.end());
}

// src/k6/script/bundle.ts
init_errors();
import { resolve as resolve4 } from "node:path";

// src/k6/script/as-written.ts
import MagicString3 from "magic-string";

// src/k6/script/awaits/add-awaits.ts
import MagicString2 from "magic-string";

// src/k6/script/awaits/edited-text.ts
function finishEdits(text4) {
  let mappings;
  return {
    code: text4.toString(),
    before(line2, column) {
      mappings ??= text4.generateDecodedMap({ hires: true }).mappings;
      const segments = mappings[line2 - 1] ?? [];
      const next = segments.find(([start = 0]) => start >= column - 1);
      const end = (segments.at(-1)?.[3] ?? -1) + 1;
      return { line: line2, column: (next?.[3] ?? end) + 1 };
    }
  };
}
function positionOf2(code, offset) {
  const before = code.slice(0, offset);
  return {
    line: before.split("\n").length,
    column: offset - (before.lastIndexOf("\n") + 1) + 1
  };
}

// src/k6/script/awaits/syntax/nodes.ts
var PARENT = /* @__PURE__ */ Symbol("parent");
function parentOf(node) {
  return node[PARENT];
}
function setParent(node, parent) {
  node[PARENT] = parent;
}
function forEachChild(node, visit) {
  for (const key in node) {
    const value2 = node[key];
    if (typeof value2 !== "object" || value2 === null) continue;
    if (Array.isArray(value2)) {
      for (const each of value2) if (isNode(each)) visit(each);
    } else if (isNode(value2)) visit(value2);
  }
}
function isNode(value2) {
  return typeof value2?.type === "string";
}
function isFunction(node) {
  return node.type === "FunctionDeclaration" || node.type === "FunctionExpression" || node.type === "ArrowFunctionExpression";
}
function functionAround(node) {
  let at = parentOf(node);
  while (at && !isFunction(at)) at = parentOf(at);
  return at;
}
function nameOfKey(key, computed) {
  if (!computed && key.type === "Identifier") return key.name;
  if (key.type === "PrivateIdentifier") return `#${key.name}`;
  if (key.type === "Literal") return String(key.value);
  return void 0;
}

// src/k6/script/awaits/flow/bundler.ts
var HELPERS = /* @__PURE__ */ new Set([
  ...["__export", "__copyProps", "__toESM", "__toCommonJS", "__commonJS", "__esm"],
  // The helpers' names for functions of Object. A name of the script that is the same gets a number from esbuild.
  ...["__create", "__defProp", "__getOwnPropDesc", "__getOwnPropNames", "__getProtoOf"],
  "__hasOwnProp"
]);
function isBundlerHelper(statement) {
  if (statement.type !== "VariableDeclaration") return false;
  const id = statement.declarations[0]?.id;
  return id?.type === "Identifier" && HELPERS.has(id.name);
}
function isExportList(node) {
  const call = parentOf(node);
  return call?.type === "CallExpression" && isCallOf(call, "__export");
}
function isModuleWrapper(node) {
  if (!isFunction(node)) return false;
  const member2 = parentOf(node);
  const object17 = member2?.type === "Property" ? parentOf(member2) : void 0;
  const call = object17 && parentOf(object17);
  return call?.type === "CallExpression" && (isCallOf(call, "__commonJS") || isCallOf(call, "__esm"));
}
function followBundlerCall(graph, call, result) {
  if (call.callee.type !== "Identifier") return;
  const { name: name2 } = call.callee;
  const [first, second] = call.arguments;
  if (name2 === "require" && first?.type === "Literal") {
    result.add(graph.moduleValue(String(first.value)));
  } else if (name2.startsWith("require_")) {
    graph.property("exports").flowTo(result);
  } else if (name2 === "__toESM" && first) {
    graph.cellOf(first).flowTo(result);
  } else if (name2 === "__export" && second?.type === "ObjectExpression") {
    for (const each of second.properties) followExport(graph, each);
  }
}
function followExport({ cellOf, property, exports }, member2) {
  if (member2.type !== "Property" || member2.value.type !== "ArrowFunctionExpression") return;
  const name2 = nameOfKey(member2.key, member2.computed);
  if (name2 === void 0) return;
  const exported = cellOf(member2.value.body);
  exported.flowTo(exports);
  if (name2 !== "default") exported.flowTo(property(name2));
}
function isCallOf(call, name2) {
  return call.callee.type === "Identifier" && call.callee.name === name2;
}

// src/k6/script/awaits/flow/bindings.ts
var FOLLOWING = /* @__PURE__ */ new Set(["clickLink", "submitForm"]);
function bind(graph, pattern) {
  const { cellOf, property, elements } = graph;
  const cell = cellOf(pattern);
  switch (pattern.type) {
    // A name has the cell of its variable.
    case "MemberExpression": {
      const name2 = nameOfKey(pattern.property, pattern.computed);
      cell.flowTo(name2 === void 0 ? elements : property(name2));
      return;
    }
    case "AssignmentPattern":
      cellOf(pattern.right).flowTo(cell);
      cell.flowTo(cellOf(pattern.left));
      bind(graph, pattern.left);
      return;
    case "ObjectPattern":
      for (const each of pattern.properties) {
        if (each.type === "RestElement") {
          cell.flowTo(cellOf(each.argument));
          bind(graph, each.argument);
        } else {
          readMember(graph, cell, nameOfKey(each.key, each.computed), cellOf(each.value));
          bind(graph, each.value);
        }
      }
      return;
    case "ArrayPattern":
      for (const each of pattern.elements) {
        if (each) bindElement(graph, each.type === "RestElement" ? each.argument : each);
      }
      return;
  }
}
function bindElement(graph, pattern) {
  graph.elements.flowTo(graph.cellOf(pattern));
  bind(graph, pattern);
}
function readMember({ property, elements, apiValue }, from, name2, to) {
  from.each((value2) => {
    if (value2 === "response") {
      if (name2 !== void 0 && FOLLOWING.has(name2)) to.add(apiValue("response", name2));
    } else if (value2.kind === "module") {
      if (name2 === "default") to.add(value2);
      else to.add(apiValue(value2.name, name2 ?? "request"));
    } else if (value2.kind === "object" && name2 === void 0) {
      for (const cell of value2.members.values()) cell.flowTo(to);
    }
  });
  if (name2 === void 0 || /^\d+$/.test(name2)) elements.flowTo(to);
  else property(name2).flowTo(to);
}

// src/k6/script/awaits/flow/arguments.ts
function passArguments({ cellOf, elements }, node, given) {
  for (const [index, param] of node.params.entries()) {
    if (param.type !== "RestElement") given[index]?.flowTo(cellOf(param));
    else for (const cell of given.slice(index)) cell?.flowTo(elements);
  }
}

// src/k6/script/awaits/flow/k6-api.ts
var REQUESTS = /* @__PURE__ */ new Set([
  ...["get", "head", "post", "put", "patch", "del", "options", "request", "asyncRequest"]
]);
function followApiCall(graph, { module, member: member2 }, given, result) {
  if (module === "k6/http") {
    if (member2 === "batch") graph.elements.add("response");
    else if (REQUESTS.has(member2)) result.add("response");
  } else if (module === "response") {
    result.add("response");
  } else if (module === "k6" && member2 === "group") {
    given[1]?.each((value2) => {
      if (typeof value2 !== "string" && value2.kind === "function") value2.result.flowTo(result);
    });
  } else if (module === "k6" && member2 === "check") {
    followTests(graph, given[1], given[0]);
  }
}
function followTests(graph, tests, checked) {
  tests?.each((value2) => {
    if (typeof value2 === "string" || value2.kind !== "object") return;
    for (const test of value2.members.values()) {
      test.each((each) => {
        if (typeof each !== "string" && each.kind === "function") {
          passArguments(graph, each.node, [checked]);
        }
      });
    }
  });
}

// src/k6/script/awaits/flow/native-methods.ts
var ELEMENT_PARAMETER = new Map([
  ...["forEach", "map", "filter", "flatMap", "some", "every", "find", "findIndex"].map(
    (name2) => [name2, 0]
  ),
  ...["reduce", "each", "is", "not"].map((name2) => [name2, 1])
]);
var STORING = /* @__PURE__ */ new Set(["push", "unshift", "splice", "fill", "set", "add", "concat", "with"]);
var TAKING = /* @__PURE__ */ new Set([
  ...["pop", "shift", "at", "get", "find", "slice", "filter", "values", "entries"]
]);
function followNativeMethod(graph, name2, object17, given, result) {
  const { cellOf, elements } = graph;
  const parameter = ELEMENT_PARAMETER.get(name2);
  if (parameter !== void 0) {
    given[0]?.each((value2) => {
      if (typeof value2 === "string" || value2.kind !== "function") return;
      passArguments(graph, value2.node, [...Array(parameter).fill(void 0), elements]);
      value2.result.flowTo(elements);
    });
  }
  if (STORING.has(name2)) for (const cell of given) cell?.flowTo(elements);
  if (TAKING.has(name2)) elements.flowTo(result);
  if (object17.type === "Identifier" && object17.name === "Object") {
    if (name2 === "freeze" || name2 === "assign") given[0]?.flowTo(result);
    else if (name2 === "values" || name2 === "entries") {
      if (given[0]) readMember(graph, given[0], void 0, elements);
    }
  }
  if (name2 === "then") cellOf(object17).flowTo(result);
}

// src/k6/script/awaits/flow/calls.ts
var APPLIED_MAX = 9;
function followCall(graph, call) {
  const { cellOf, elements } = graph;
  const { callee } = call;
  const result = cellOf(call);
  const given = call.arguments.flatMap(
    (argument) => argument.type === "SpreadElement" ? Array(APPLIED_MAX).fill(elements) : cellOf(argument)
  );
  followBundlerCall(graph, call, result);
  if (callee.type === "MemberExpression") {
    const name2 = nameOfKey(callee.property, callee.computed) ?? "";
    followMethod(graph, name2, callee.object, given, result);
  }
  connect(graph, cellOf(callee), given, result);
}
function followMethod(graph, name2, object17, given, result) {
  const receiver = graph.cellOf(object17);
  if (name2 === "call") connect(graph, receiver, given.slice(1), result);
  else if (name2 === "apply") {
    connect(graph, receiver, Array(APPLIED_MAX).fill(graph.elements), result);
  } else if (name2 === "bind") receiver.flowTo(result);
  else followNativeMethod(graph, name2, object17, given, result);
}
function connect(graph, callee, given, result) {
  callee.each((value2) => {
    if (typeof value2 === "string") return;
    if (value2.kind === "function") {
      passArguments(graph, value2.node, given);
      value2.result.flowTo(result);
    } else if (value2.kind === "class" && value2.construct) {
      passArguments(graph, value2.construct, given);
    } else if (value2.kind === "api") {
      followApiCall(graph, value2, given, result);
    }
  });
}

// src/k6/script/awaits/syntax/variables.ts
var SCOPE = /* @__PURE__ */ Symbol("scope");
function variableOf(identifier) {
  for (let at = identifier; at; at = parentOf(at)) {
    const variable = scopeOf(at)?.get(identifier.name);
    if (variable) return variable;
  }
  return void 0;
}
function declareVariables(node) {
  switch (node.type) {
    case "VariableDeclaration": {
      const isScope = node.kind === "var" ? isFunctionScope : isBlockScope;
      for (const { id } of node.declarations) {
        for (const name2 of namesIn(id)) declareAround(node, name2, isScope);
      }
      return;
    }
    case "ClassDeclaration":
      if (node.id) declareAround(node, node.id.name, isBlockScope);
      return;
    case "FunctionDeclaration":
      if (node.id) declareAround(node, node.id.name, isBlockScope);
      break;
    case "CatchClause":
      if (node.param) for (const name2 of namesIn(node.param)) declare(node, name2);
      return;
    // The name of a function or class expression is known inside the expression alone.
    case "FunctionExpression":
    case "ClassExpression":
      if (node.id) declare(node, node.id.name);
      break;
  }
  if (isFunction(node)) {
    for (const param of node.params) for (const name2 of namesIn(param)) declare(node, name2);
  }
}
function declareAround(node, name2, isScope) {
  let scope = parentOf(node) ?? node;
  while (!isScope(scope)) scope = parentOf(scope) ?? scope;
  declare(scope, name2);
}
function declare(scope, name2) {
  const holder = scope;
  holder[SCOPE] ??= /* @__PURE__ */ new Map();
  if (!holder[SCOPE].has(name2)) holder[SCOPE].set(name2, { name: name2 });
}
function scopeOf(node) {
  return node[SCOPE];
}
function isFunctionScope(node) {
  return isFunction(node) || node.type === "Program" || node.type === "StaticBlock";
}
function isBlockScope(node) {
  return isFunctionScope(node) || node.type === "BlockStatement" || node.type === "CatchClause" || node.type === "ForStatement" || node.type === "ForInStatement" || node.type === "ForOfStatement" || node.type === "SwitchStatement";
}
function namesIn(pattern) {
  switch (pattern.type) {
    case "Identifier":
      return [pattern.name];
    case "ObjectPattern":
      return pattern.properties.flatMap(
        (property) => namesIn(property.type === "RestElement" ? property.argument : property.value)
      );
    case "ArrayPattern":
      return pattern.elements.flatMap((element) => element ? namesIn(element) : []);
    case "AssignmentPattern":
      return namesIn(pattern.left);
    case "RestElement":
      return namesIn(pattern.argument);
    default:
      return [];
  }
}

// src/k6/script/awaits/flow/cell.ts
var Cell = class {
  /** In the order in which they were added. */
  values;
  /** The last of the values, which were not handed on yet. */
  fresh;
  targets;
  watchers;
  queue;
  /** @param queue shared by all cells of one analysis */
  constructor(queue) {
    this.values = NONE;
    this.fresh = void 0;
    this.targets = void 0;
    this.watchers = void 0;
    this.queue = queue;
  }
  add(value2) {
    if (this.values.has(value2)) return;
    if (this.values === NONE) this.values = /* @__PURE__ */ new Set();
    this.values.add(value2);
    if (this.fresh) {
      this.fresh.push(value2);
      return;
    }
    this.fresh = [value2];
    this.queue.push(this);
  }
  /** Hands every value there is and will be to `target`. */
  flowTo(target) {
    if (target === this || this.targets?.has(target)) return;
    this.targets ??= /* @__PURE__ */ new Set();
    this.targets.add(target);
    for (const value2 of this.values) target.add(value2);
  }
  /** Calls `watch` once with every value there is and will be. */
  each(watch) {
    this.watchers ??= [];
    this.watchers.push(watch);
    let settled = this.values.size - (this.fresh?.length ?? 0);
    for (const value2 of this.values) {
      if (settled === 0) return;
      settled -= 1;
      watch(value2);
    }
  }
  /** Hands on the fresh values. */
  handOn() {
    const { fresh = [], targets: targets2, watchers } = this;
    this.fresh = void 0;
    if (targets2) for (const target of targets2) for (const value2 of fresh) target.add(value2);
    if (watchers) for (const watch of [...watchers]) for (const value2 of fresh) watch(value2);
  }
};
var NONE = /* @__PURE__ */ new Set();
function settle(queue) {
  for (let cell = queue.pop(); cell; cell = queue.pop()) cell.handOn();
}

// src/k6/script/awaits/flow/graph.ts
var CELL = /* @__PURE__ */ Symbol("cell");
function createGraph() {
  const queue = [];
  const createCell = () => new Cell(queue);
  const variables = createTable((_) => createCell());
  const properties = createTable((_) => createCell());
  function cellOf(node) {
    const holder = node;
    holder[CELL] ??= cellSharedWith(node) ?? createCell();
    return holder[CELL];
  }
  function cellSharedWith(node) {
    switch (node.type) {
      case "Identifier": {
        const variable = isRead(node) ? variableOf(node) : void 0;
        return variable && variables(variable);
      }
      case "AssignmentExpression":
        return cellOf(node.right);
      case "AwaitExpression":
        return cellOf(node.argument);
      case "ChainExpression":
        return cellOf(node.expression);
      case "SequenceExpression":
        return cellOf(node.expressions.at(-1));
    }
    return void 0;
  }
  return {
    cellOf,
    variable: variables,
    property: properties,
    properties: () => properties.entries(),
    elements: properties("[]"),
    exports: createCell(),
    functionValue: createTable((node) => ({ kind: "function", node, result: createCell() })),
    moduleValue: createTable((name2) => ({ kind: "module", name: name2 })),
    apiValue: createApiTable(),
    settle: () => settle(queue)
  };
}
function createTable(create2) {
  const entries = /* @__PURE__ */ new Map();
  const entryOf = (key) => {
    let entry = entries.get(key);
    if (entry === void 0) {
      entry = create2(key);
      entries.set(key, entry);
    }
    return entry;
  };
  return Object.assign(entryOf, { entries: () => entries.values() });
}
function createApiTable() {
  const modules2 = createTable(
    (module) => createTable((member2) => ({ kind: "api", module, member: member2 }))
  );
  return (module, member2) => member2 === "check" && module === "https://jslib.k6.io/k6-utils" ? modules2("k6")(member2) : modules2(module)(member2);
}
function isRead(node) {
  const parent = parentOf(node);
  if (parent?.type === "MemberExpression") return parent.object === node || parent.computed;
  if (parent?.type === "Property") return parent.value === node || parent.computed;
  return true;
}

// src/k6/script/awaits/flow/value.ts
function isApi(value2) {
  return typeof value2 !== "string" && value2.kind === "api";
}
function functionsOf(values) {
  const functions = [];
  for (const value2 of values) {
    if (typeof value2 !== "string" && value2.kind === "function") functions.push(value2.node);
  }
  return functions;
}
function hasFunction(values) {
  for (const value2 of values) {
    if (typeof value2 !== "string" && value2.kind === "function") return true;
  }
  return false;
}

// src/k6/script/awaits/flow/follow-values.ts
function followValues(nodes) {
  const graph = createGraph();
  for (const node of nodes) follow(graph, node);
  graph.settle();
  const valuesOf2 = (node) => graph.cellOf(node).values;
  return {
    valuesOf: valuesOf2,
    resultOf: (fn) => graph.functionValue(fn).result.values,
    *stored() {
      for (const cell of graph.properties()) yield* cell.values;
    },
    exported: new Set(functionsOf(graph.exports.values)),
    functionsIn: (node) => [...valuesOf2(node)].flatMap(
      (value2) => typeof value2 !== "string" && value2.kind === "object" ? [...value2.members.values()].flatMap((member2) => functionsOf(member2.values)) : []
    )
  };
}
function follow(graph, node) {
  const { cellOf, elements } = graph;
  if (isFunction(node)) {
    followFunction(graph, node);
    return;
  }
  switch (node.type) {
    case "ClassDeclaration":
    case "ClassExpression":
      followClass(graph, node);
      return;
    case "ObjectExpression":
      followObject(graph, node);
      return;
    case "CallExpression":
    case "NewExpression":
      followCall(graph, node);
      return;
    case "MemberExpression":
      readMember(graph, cellOf(node.object), nameOfKey(node.property, node.computed), cellOf(node));
      return;
    case "ArrayExpression":
      for (const each of node.elements) if (each) cellOf(each).flowTo(elements);
      return;
    case "VariableDeclarator":
      if (node.init) cellOf(node.init).flowTo(cellOf(node.id));
      bind(graph, node.id);
      return;
    case "AssignmentExpression":
      cellOf(node.right).flowTo(cellOf(node.left));
      bind(graph, node.left);
      return;
    case "ForOfStatement": {
      const target = node.left.type === "VariableDeclaration" ? node.left.declarations[0]?.id : node.left;
      if (target) bindElement(graph, target);
      return;
    }
    case "ReturnStatement": {
      const host = functionAround(node);
      if (host && node.argument) cellOf(node.argument).flowTo(graph.functionValue(host).result);
      return;
    }
    case "ConditionalExpression":
      cellOf(node.consequent).flowTo(cellOf(node));
      cellOf(node.alternate).flowTo(cellOf(node));
      return;
    case "LogicalExpression":
      cellOf(node.left).flowTo(cellOf(node));
      cellOf(node.right).flowTo(cellOf(node));
      return;
  }
}
function followFunction(graph, node) {
  const { cellOf } = graph;
  const value2 = graph.functionValue(node);
  cellOf(node).add(value2);
  if (node.id) cellOf(node).flowTo(cellOf(node.id));
  for (const param of node.params) bind(graph, param);
  if (node.body.type !== "BlockStatement") cellOf(node.body).flowTo(value2.result);
}
function followClass(graph, node) {
  const { cellOf } = graph;
  let construct;
  for (const member2 of node.body.body) {
    if (member2.type === "MethodDefinition" && member2.kind === "constructor") {
      construct = member2.value;
    } else if (member2.type === "MethodDefinition" || member2.type === "PropertyDefinition") {
      if (member2.value) cellOf(member2.value).flowTo(memberNamed(graph, member2));
    }
  }
  cellOf(node).add({ kind: "class", construct });
  if (node.id) cellOf(node).flowTo(cellOf(node.id));
}
function followObject(graph, node) {
  const { cellOf } = graph;
  if (isExportList(node)) return;
  const members = /* @__PURE__ */ new Map();
  for (const each of node.properties) {
    if (each.type !== "Property") continue;
    const value2 = cellOf(each.value);
    members.set(nameOfKey(each.key, each.computed) ?? `[${each.start}]`, value2);
    value2.flowTo(memberNamed(graph, each));
  }
  cellOf(node).add({ kind: "object", members });
}
function memberNamed({ property, elements }, { key, computed }) {
  const name2 = nameOfKey(key, computed);
  return name2 === void 0 ? elements : property(name2);
}

// src/k6/script/awaits/waits/call-shapes.ts
function methodOf(call) {
  if (call.callee.type !== "MemberExpression") return void 0;
  return nameOfKey(call.callee.property, call.callee.computed);
}
function wholeOf(call) {
  const parent = parentOf(call);
  return parent?.type === "ChainExpression" ? parent : call;
}
function isTakenAsPromise(call, isInTurn) {
  const node = wholeOf(call);
  const parent = parentOf(node);
  if (parent?.type === "AwaitExpression") return !isInTurn;
  if (parent?.type === "MemberExpression" && parent.object === node) {
    return ["then", "catch", "finally"].includes(nameOfKey(parent.property, parent.computed) ?? "");
  }
  const list = parent?.type === "ArrayExpression" ? parentOf(parent) : void 0;
  return list?.type === "CallExpression" && list.callee.type === "MemberExpression" && list.callee.object.type === "Identifier" && list.callee.object.name === "Promise";
}

// src/k6/script/awaits/waits/waiting.ts
var WAITING = {
  "k6/http": /* @__PURE__ */ new Set([
    ...["get", "head", "post", "put", "patch", "del", "options", "request", "batch"]
  ]),
  k6: /* @__PURE__ */ new Set(["sleep"]),
  response: FOLLOWING,
  flashsale: /* @__PURE__ */ new Set(["rendezvous"])
};
function findWaiting(code, calls, flow, context) {
  const functions = findWaitingFunctions(calls, flow, context);
  const isMet = (causes) => causes.some((cause) => cause === "k6" || functions.has(cause));
  return {
    functions,
    waitsInTurn: (call) => isMet(callbacksInTurn(call, flow)),
    waitOf(call) {
      if (call.type === "NewExpression") return void 0;
      const { callee } = call;
      const written = code.slice(callee.start, callee.end);
      let api;
      for (const value2 of flow.valuesOf(callee)) {
        if (typeof value2 === "string") continue;
        if (value2.kind === "function" && functions.has(value2.node)) {
          const name2 = `${value2.node.id?.name ?? written}()`;
          return { name: name2, certain: callee.type !== "MemberExpression" };
        }
        if (value2.kind === "api" && isMet(causesIn(value2, call, flow))) api ??= value2;
      }
      if (api) return { name: nameOfApi(api), certain: true };
      return isMet(indirectCauses(call, flow)) ? { name: written, certain: false } : void 0;
    }
  };
}
function findWaitingFunctions(calls, flow, { hostOf: hostOf3, pinned }) {
  const functions = /* @__PURE__ */ new Set();
  const callersOf = /* @__PURE__ */ new Map();
  const fresh = [];
  function makeWait(fn) {
    if (functions.has(fn)) return;
    functions.add(fn);
    fresh.push(fn);
  }
  for (const call of calls) {
    const host = hostOf3(call);
    if (!host || !isFunction(host) || host.async || pinned.has(host)) continue;
    for (const cause of causesOf(call, flow)) {
      if (cause === "k6") makeWait(host);
      else if (callersOf.get(cause)?.push(host) === void 0) callersOf.set(cause, [host]);
    }
  }
  for (let fn = fresh.pop(); fn; fn = fresh.pop()) callersOf.get(fn)?.forEach(makeWait);
  return functions;
}
function causesOf(call, flow) {
  if (call.type === "NewExpression") return [];
  const direct = [...flow.valuesOf(call.callee)].flatMap((value2) => causesIn(value2, call, flow));
  return [...direct, ...indirectCauses(call, flow)];
}
function causesIn(value2, call, flow) {
  if (typeof value2 === "string") return [];
  if (value2.kind === "function") return [value2.node];
  if (value2.kind !== "api") return [];
  const { module, member: member2 } = value2;
  if (WAITING[module]?.has(member2)) return ["k6"];
  const [, second] = call.arguments;
  if (module !== "k6" || !second) return [];
  const given = member2 === "group" ? functionsOf(flow.valuesOf(second)) : member2 === "check" ? flow.functionsIn(second) : [];
  return given.map((fn) => fn.async ? "k6" : fn);
}
function indirectCauses(call, flow) {
  const name2 = methodOf(call) ?? "";
  if (FOLLOWING.has(name2) || mayFollow(call, flow)) return ["k6"];
  return [...callbacksInTurn(call, flow), ...calledThrough(call, flow)];
}
function mayFollow({ callee }, flow) {
  if (callee.type !== "MemberExpression" || !callee.computed) return false;
  if (nameOfKey(callee.property, true) !== void 0) return false;
  return flow.valuesOf(callee.object).has("response");
}
function callbacksInTurn(call, flow) {
  const name2 = methodOf(call);
  const callback = name2 === "from" ? call.arguments[1] : call.arguments[0];
  if (name2 === void 0 || !callback || callback.type === "SpreadElement") return [];
  if (!ELEMENT_PARAMETER.has(name2) && name2 !== "from") return [];
  return [...flow.valuesOf(callback)].flatMap((value2) => {
    if (typeof value2 === "string") return [];
    if (value2.kind === "function") return [value2.node];
    return value2.kind === "api" && WAITING[value2.module]?.has(value2.member) ? ["k6"] : [];
  });
}
function calledThrough(call, flow) {
  const name2 = methodOf(call);
  if (name2 !== "call" && name2 !== "apply" || call.callee.type !== "MemberExpression") return [];
  return [...flow.valuesOf(call.callee.object)].flatMap((value2) => causesIn(value2, call, flow));
}
function nameOfApi({ module, member: member2 }) {
  const owner = { "k6/http": "http.", response: "response." }[module] ?? "";
  return `${owner}${member2}()`;
}

// src/k6/script/awaits/sound/carriers.ts
function findCarriers(nodes, flow, waiting) {
  const promising = findPromising(nodes, flow, waiting);
  function isOne(value2) {
    if (typeof value2 === "string") return false;
    switch (value2.kind) {
      case "function":
        return promising.has(value2.node);
      case "api":
        return WAITING[value2.module]?.has(value2.member) === true || value2.member === "asyncRequest";
      case "module":
        return WAITING[value2.name] !== void 0;
      case "object":
        return [...value2.members.values()].some(
          ({ values }) => [...values].some((each) => isCallable(each) && isOne(each))
        );
      default:
        return false;
    }
  }
  function areIn(node) {
    if (node.type === "SpreadElement") return areIn(node.argument);
    if (node.type === "ArrayExpression") return node.elements.some((each) => each && areIn(each));
    return [...flow.valuesOf(node)].some(isOne);
  }
  return { isOne, areIn, promising };
}
var isCallable = (value2) => typeof value2 !== "string" && (value2.kind === "function" || value2.kind === "api");
function findPromising(nodes, flow, { functions }) {
  const promising = new Set(functions);
  const others = nodes.filter(isFunction).filter((fn) => {
    if (fn.async) promising.add(fn);
    return !promising.has(fn);
  });
  const returned = returnsOf(nodes);
  for (let grew = true; grew; ) {
    grew = false;
    for (const fn of others) {
      if (promising.has(fn)) continue;
      const answers3 = returned.get(fn) ?? [];
      if (answers3.some((answer) => isPromise(answer, flow, promising))) {
        promising.add(fn);
        grew = true;
      }
    }
  }
  return promising;
}
function isPromise(node, flow, promising) {
  if (node.type === "ConditionalExpression") {
    return isPromise(node.consequent, flow, promising) || isPromise(node.alternate, flow, promising);
  }
  if (node.type !== "CallExpression") return false;
  const values = flow.valuesOf(node.callee);
  if (functionsOf(values).some((fn) => promising.has(fn))) return true;
  return [...values].some(
    (value2) => typeof value2 !== "string" && value2.kind === "api" && value2.member === "asyncRequest"
  );
}
function returnsOf(nodes) {
  const returned = /* @__PURE__ */ new Map();
  const add = (fn, answer) => {
    const known = returned.get(fn);
    if (known) known.push(answer);
    else returned.set(fn, [answer]);
  };
  for (const node of nodes) {
    if (isFunction(node) && node.body.type !== "BlockStatement") add(node, node.body);
    if (node.type === "ReturnStatement" && node.argument) {
      const host = functionAround(node);
      if (host) add(host, node.argument);
    }
  }
  return returned;
}

// src/k6/script/awaits/sound/known-names.ts
var BUILT_IN_METHODS = new Set(
  `at charAt charCodeAt codePointAt concat copyWithin endsWith entries every fill filter find findIndex findLast
  findLastIndex flat flatMap forEach includes indexOf isWellFormed join keys lastIndexOf localeCompare map match matchAll
  normalize padEnd padStart pop push reduce reduceRight repeat replace replaceAll reverse search shift slice some sort
  splice split startsWith substr substring toLocaleLowerCase toLocaleString toLocaleUpperCase toLowerCase toReversed
  toSorted toSpliced toString toUpperCase trim trimEnd trimLeft trimRight trimStart unshift values with
  add clear delete get has set union subarray buffer exec test valueOf hasOwnProperty isPrototypeOf
  propertyIsEnumerable toFixed toPrecision toExponential toJSON toISOString getTime getFullYear getMonth getDate getDay
  getHours getMinutes getSeconds getMilliseconds getTimezoneOffset getUTCFullYear getUTCMonth getUTCDate getUTCDay
  getUTCHours getUTCMinutes getUTCSeconds getUTCMilliseconds setTime setFullYear setMonth setDate setHours setMinutes
  setSeconds setMilliseconds setUTCHours setUTCDate toDateString toTimeString toUTCString toLocaleDateString
  toLocaleTimeString next return getInt8 getUint8 getInt16 getUint16 getInt32 getUint32 setInt8 setUint8 setInt16
  setUint16 setInt32 setUint32 encode decode
  json html clickLink submitForm cookiesForURL attr children closest contents data each end eq first is last nextAll
  nextUntil not parent parents parentsUntil prev prevAll prevUntil serialize serializeArray serializeObject siblings size
  text toArray val update digest tag read seek stat
  from of isArray assign create freeze isFrozen fromEntries getOwnPropertyNames getPrototypeOf setPrototypeOf seal is
  parse stringify now UTC log warn error info debug abs ceil floor round trunc max min pow random sqrt sign log2 log10
  isInteger isFinite isNaN isSafeInteger parseInt parseFloat fromCharCode fromCodePoint raw call apply bind
  randomUUID getRandomValues`.split(/\s+/)
);
var FOLLOWED_METHODS = new Set(
  `forEach map filter flatMap some every find findIndex reduce each is not from
  push unshift fill set add concat with call apply bind freeze assign entries values keys includes indexOf has
  log warn error info debug stringify isArray`.split(/\s+/)
);
var BUILT_IN_FUNCTIONS = new Set(
  `String Number Boolean Symbol BigInt Array Object Date RegExp Map Set WeakMap WeakSet Error TypeError RangeError
  SyntaxError URIError EvalError ReferenceError AggregateError parseInt parseFloat isNaN isFinite encodeURIComponent
  decodeURIComponent encodeURI decodeURI escape unescape open require structuredClone TextEncoder TextDecoder URL
  URLSearchParams ArrayBuffer DataView Uint8Array Int8Array Uint8ClampedArray Uint16Array Int16Array Uint32Array
  Int32Array Float32Array Float64Array BigInt64Array BigUint64Array atob btoa __resolve __inFile`.split(
    /\s+/
  )
);
var BUNDLE_FUNCTIONS = /^(__toESM|__export|__toCommonJS|__copyProps|__commonJS|__esm|__initAwait|(require|init)_.*)$/;
var REFLECTION = /* @__PURE__ */ new Set(["eval", "Function", "Reflect", "Proxy", "globalThis"]);
var DEFINING = /* @__PURE__ */ new Set(["defineProperty", "defineProperties", "__defineGetter__"]);
var DESCRIBING = /* @__PURE__ */ new Set([
  ...["getOwnPropertyDescriptor", "getOwnPropertyDescriptors", "__lookupGetter__"]
]);
var IMPLICIT_METHODS = /* @__PURE__ */ new Set([
  "toString",
  "valueOf",
  "toJSON",
  "next",
  "return",
  "throw",
  "then"
]);

// src/k6/script/awaits/sound/together.ts
var TIMERS = /* @__PURE__ */ new Set(["setTimeout", "setInterval", "queueMicrotask", "setImmediate"]);
var REACTIONS = /* @__PURE__ */ new Set(["then", "catch", "finally"]);
function findTogether(nodes, flow, waiting, { promising }) {
  for (const node of nodes) {
    const why = whyTogether(node);
    if (why) return { at: node, why };
  }
  return void 0;
  function whyTogether(node) {
    switch (node.type) {
      case "Identifier":
        return isGlobal(node) && (TIMERS.has(node.name) || node.name === "Promise") ? `${node.name} lets other code of the VU run beside a call that blocks` : void 0;
      case "Literal":
        return /^k6\/(experimental\/)?timers$/.test(String(node.value)) && parentOf(node)?.type === "CallExpression" ? "timers let other code of the VU run beside a call that blocks" : void 0;
      case "ForOfStatement":
        return node.await ? '"for await" cannot be followed' : void 0;
      case "CallExpression":
        return whyCall(node);
      default:
        return isFunction(node) && node.async && node.generator ? "an async generator cannot be followed" : void 0;
    }
  }
  function whyCall(call) {
    const method = methodOf(call);
    if (method !== void 0 && REACTIONS.has(method)) {
      return `.${method}() lets other code of the VU run beside a call that blocks`;
    }
    if (isAwaited(call)) return void 0;
    const values = flow.valuesOf(call.callee);
    for (const value2 of values) {
      if (typeof value2 === "string" || value2.kind !== "api") continue;
      if (value2.member === "asyncRequest")
        return "the promise of asyncRequest() is not awaited here";
    }
    const isMadeToWait = waiting.waitOf(call) !== void 0;
    if (isMadeToWait && isInWaiting(call)) return void 0;
    const called = functionsOf(values).find((fn) => fn.async && promising.has(fn));
    if (called) return "the promise of an async function is not awaited here";
    const given = call.arguments.flatMap((each) => functionsOf(flow.valuesOf(each))).find((fn) => promising.has(fn) && !waiting.functions.has(fn));
    return given && functionsOf(values).length === 0 ? "an async function is handed over, and nothing waits for its promise" : void 0;
  }
  function isInWaiting(call) {
    const host = functionAround(call);
    return host !== void 0 && waiting.functions.has(host);
  }
}
function isAwaited(call) {
  let node = wholeOf(call);
  let parent = parentOf(node);
  while (parent?.type === "ConditionalExpression" && parent.test !== node) {
    node = parent;
    parent = parentOf(node);
  }
  return parent?.type === "AwaitExpression" || parent?.type === "ReturnStatement" || parent?.type === "ArrowFunctionExpression" && parent.body === node;
}
function isGlobal(node) {
  if (node.type !== "Identifier") return false;
  const parent = parentOf(node);
  if (parent?.type === "MemberExpression" && parent.property === node && !parent.computed)
    return false;
  if (parent?.type === "Property" && parent.key === node && !parent.computed && !parent.shorthand)
    return false;
  if ((parent?.type === "MethodDefinition" || parent?.type === "PropertyDefinition") && parent.key === node && !parent.computed)
    return false;
  if (parent?.type === "LabeledStatement" || parent?.type === "BreakStatement") return false;
  return nameOfKey(node, false) !== void 0 && variableOf(node) === void 0;
}

// src/k6/script/awaits/sound/escapes.ts
function findEscape(nodes, flow, carriers) {
  const areValues = [...flow.stored()].some(carriers.isOne) || nodes.some((node) => isHandedOver(node) || isReturned(node));
  for (const node of nodes) {
    const why = whyUnknown(node);
    if (why) return { at: node, why };
  }
  return void 0;
  function isReturned(node) {
    if (!isFunction(node) || ![...flow.resultOf(node)].some(carriers.isOne)) return false;
    const table = parentOf(parentOf(node) ?? node);
    return table === void 0 || !isExportList(table);
  }
  function isHandedOver(node) {
    if (node.type !== "CallExpression" && node.type !== "NewExpression") return false;
    const { callee } = node;
    if (callee.type === "Identifier" && BUNDLE_FUNCTIONS.test(callee.name)) return false;
    const isGroup = [...flow.valuesOf(callee)].some(
      (value2) => isApi(value2) && value2.module === "k6" && value2.member === "group"
    );
    return !isGroup && node.arguments.some(carriers.areIn);
  }
  function whyUnknown(node) {
    switch (node.type) {
      case "Identifier":
        if (!isGlobal(node) || isTypeof(node)) return void 0;
        if (node.name === "require" && !isCallee(node)) {
          return '"require" is handed on, and what it brings cannot be followed';
        }
        return REFLECTION.has(node.name) ? whyReflection(node) : void 0;
      case "MemberExpression":
        return whyRead(node);
      case "ImportExpression":
        return "import() cannot be followed";
      case "CallExpression":
        return whyCall(node);
      case "NewExpression":
        return whyNew(node);
      case "TaggedTemplateExpression":
        return carriers.areIn(node.tag) || node.quasi.expressions.some(carriers.areIn) ? "the function of a template text cannot be followed" : void 0;
      case "ThrowStatement":
        return carriers.areIn(node.argument) ? "a function that sends requests is thrown" : void 0;
      case "YieldExpression":
        return node.argument && carriers.areIn(node.argument) ? "a function that sends requests is yielded" : void 0;
      case "AssignmentExpression":
        return node.left.type === "MemberExpression" && nameOfKey(node.left.property, node.left.computed) === void 0 && carriers.areIn(node.right) ? "a function that sends requests gets a name that is made while the script runs" : void 0;
      case "Property":
      case "MethodDefinition":
        return whyMember(node);
      default:
        return void 0;
    }
  }
  function whyReflection({ name: name2 }) {
    return areValues || name2 === "eval" || name2 === "Function" ? `${name2} can reach functions in ways that cannot be followed` : void 0;
  }
  function whyRead(node) {
    const name2 = nameOfKey(node.property, node.computed);
    if (name2 === void 0 || !areValues) return void 0;
    if (DESCRIBING.has(name2)) return `${name2} reaches functions that cannot be followed`;
    return DEFINING.has(name2) && !isCallee(node) ? `${name2} is handed on, and what it defines cannot be followed` : void 0;
  }
  function whyMember(node) {
    if (!isFunction(node.value)) return void 0;
    const fn = node.value;
    if (node.kind === "get" && [...flow.resultOf(fn)].some(carriers.isOne)) {
      return "a getter returns a function that sends requests";
    }
    if (!carriers.promising.has(fn)) return void 0;
    const name2 = nameOfKey(node.key, node.computed);
    if (name2 === void 0) {
      return "a function that sends requests has a name that is made while the script runs";
    }
    return IMPLICIT_METHODS.has(name2) ? `${name2}() is called where no call is written` : void 0;
  }
  function whyNew(call) {
    const values = [...flow.valuesOf(call.callee)];
    if (functionsOf(new Set(values)).some((fn) => carriers.promising.has(fn))) {
      return '"new" cannot wait, and this constructor sends requests';
    }
    const isFollowed = values.some(
      (value2) => typeof value2 !== "string" && value2.kind === "class" && value2.construct
    );
    return isFollowed ? void 0 : whyGiven(call, "new");
  }
  function whyCall(call) {
    const { callee } = call;
    const method = methodOf(call);
    if (method !== void 0 && DEFINING.has(method)) return whyDefined(call);
    const values = flow.valuesOf(callee);
    const called = functionsOf(values);
    if (called.length > 0 && call.arguments.some(carriers.areIn)) {
      const reader = called.find(readsArguments);
      if (reader) return 'the called function reads "arguments", which cannot be followed';
    }
    const isComputed = callee.type === "MemberExpression" && callee.computed && method === void 0;
    if (isComputed && areValues && !isOwnTable(callee.object)) {
      return "the name of the called function is made while the script runs";
    }
    if (called.length > 0) return void 0;
    if ([...values].some(isApi)) return whyGivenToApi(call);
    if (method !== void 0) {
      if (method === "call" || method === "apply") {
        const [self] = call.arguments;
        if (self && carriers.areIn(self)) return `"this" of .${method}() cannot be followed`;
        return whyCalledThrough(callee);
      }
      if (FOLLOWED_METHODS.has(method)) return whyGivenTo(call, method);
      const isKnown = BUILT_IN_METHODS.has(method) || isBuiltInObject(callee);
      if (!isKnown && areValues && values.size === 0) {
        return whyGiven(call, `.${method}()`) ?? `it cannot be told which function .${method}() is`;
      }
      return whyGiven(call, `.${method}()`);
    }
    if (callee.type === "Identifier") {
      if (BUNDLE_FUNCTIONS.test(callee.name) || REFLECTION.has(callee.name)) return void 0;
      if (callee.name === "require" && isGlobal(callee)) {
        return call.arguments[0]?.type === "Literal" ? void 0 : "the name of the required module is made while the script runs";
      }
      if (isGlobal(callee) && BUILT_IN_FUNCTIONS.has(callee.name)) {
        return whyGiven(call, `${callee.name}()`);
      }
    }
    if (callee.type === "Super") return whyGiven(call, "super()");
    if (isFunction(callee) || !areValues) return void 0;
    return "it cannot be told which function is called";
  }
  function whyCalledThrough({ object: object17 }) {
    const values = [...flow.valuesOf(object17)];
    if (values.some((value2) => isApi(value2) && ["group", "check"].includes(value2.member))) {
      return "a group or check that is called by .call() or .apply() cannot be followed";
    }
    if (!areValues || isFunction(object17) || values.length > 0) return void 0;
    const name2 = object17.type === "MemberExpression" ? nameOfKey(object17.property, object17.computed) : void 0;
    const isKnown = name2 !== void 0 && BUILT_IN_METHODS.has(name2) || isBuiltInObject(object17) || object17.type === "Identifier" && isGlobal(object17) && BUILT_IN_FUNCTIONS.has(object17.name);
    return isKnown ? void 0 : "it cannot be told which function is called";
  }
  function whyGivenTo(call, method) {
    const callback = method === "from" ? 1 : 0;
    const followed = ["forEach", "map", "filter", "flatMap", "some", "every", "find", "findIndex"];
    const isCalling = [...followed, "reduce", "each", "is", "not", "from"].includes(method);
    const unknown4 = call.arguments.some(
      (each, index) => isCalling && index !== callback && carriers.areIn(each)
    );
    return unknown4 ? `.${method}() is given a function that sends requests` : void 0;
  }
  function whyGivenToApi(call) {
    for (const value2 of flow.valuesOf(call.callee)) {
      if (!isApi(value2)) continue;
      if (value2.module === "k6" && (value2.member === "group" || value2.member === "check")) continue;
      if (value2.member === "SharedArray") continue;
      if (value2.module.startsWith("https://") && value2.member === "check") continue;
      const why = whyGiven(call, `${value2.member}()`);
      if (why) return why;
    }
    return void 0;
  }
  function whyGiven(call, to) {
    return call.arguments.some(carriers.areIn) ? `a function that sends requests is handed to ${to}, which cannot be followed` : void 0;
  }
  function whyDefined(call) {
    const hasFunction2 = call.arguments.some((each) => containsFunction(each, flow));
    return hasFunction2 ? `${methodOf(call)}() makes a member that cannot be followed` : void 0;
  }
  function isOwnTable(node) {
    const values = [...flow.valuesOf(node)];
    return values.length > 0 && values.every(
      (value2) => typeof value2 !== "string" && (value2.kind === "object" || value2.kind === "module")
    );
  }
}
var isBuiltInObject = (callee) => callee.type === "MemberExpression" && isGlobal(callee.object) && callee.object.type === "Identifier" && (BUILT_IN_FUNCTIONS.has(callee.object.name) || ["Promise", "Math", "JSON", "Intl", "console", "crypto"].includes(callee.object.name));
function isCallee(node) {
  const parent = parentOf(node);
  return parent?.type === "CallExpression" && parent.callee === node;
}
function isTypeof(node) {
  const parent = parentOf(node);
  return parent?.type === "UnaryExpression" && parent.operator === "typeof";
}
function containsFunction(node, flow) {
  if (isFunction(node) || functionsOf(flow.valuesOf(node)).length > 0) return true;
  let found2 = false;
  if (node.type === "ObjectExpression" || node.type === "Property") {
    forEachChild(node, (child) => {
      found2 ||= containsFunction(child, flow);
    });
  }
  return found2;
}
var readers = /* @__PURE__ */ new WeakMap();
function readsArguments(fn) {
  let reads = readers.get(fn);
  if (reads === void 0) {
    reads = mentionsArguments(fn.body);
    readers.set(fn, reads);
  }
  return reads;
}
function mentionsArguments(node) {
  if (node.type === "Identifier") return node.name === "arguments";
  if (node.type === "FunctionDeclaration" || node.type === "FunctionExpression") return false;
  let found2 = false;
  forEachChild(node, (child) => {
    found2 ||= mentionsArguments(child);
  });
  return found2;
}

// src/k6/script/awaits/sound/for-this-engine.ts
function isForThisEngine(nodes) {
  return nodes.some((node) => {
    if (node.type === "Literal") {
      return node.value === "flashsale" && isArgumentOf(node, "require");
    }
    if (node.type === "Property") {
      const list = parentOf(node);
      return list && nameOfKey(node.key, node.computed) === "sale" && isArgumentOf(list, "__export");
    }
    return false;
  });
}
function isArgumentOf(node, name2) {
  const call = parentOf(node);
  return call?.type === "CallExpression" && call.callee.type === "Identifier" && call.callee.name === name2;
}

// src/k6/script/replaced-names.ts
var REPLACED = {
  // Variables of a VU that scripts know as globals. They go through the parameter `__vu`, so each VU has its own.
  __VU: "__vu.id",
  __ITER: "__vu.iterationCount",
  __ENV: "__vu.env",
  "Math.random": "__vu.random",
  // The files of a bundle have become one, which no longer knows their folders.
  "import.meta.resolve": "__resolve"
};
var CONSTANT = "__constant";
var IN_FILE = "__inFile";

// src/k6/script/awaits/sound/shared-globals.ts
var OWN = /* @__PURE__ */ new Set([
  "module",
  "exports",
  "require",
  "__ENV",
  "__vu",
  "console",
  "crypto",
  CONSTANT
]);
var CHANGING = /* @__PURE__ */ new Set([
  ...["assign", "defineProperty", "defineProperties", "setPrototypeOf", "set", "freeze"]
]);
var GLOBAL_OBJECTS = /* @__PURE__ */ new Set(["globalThis", "global"]);
function findSharedGlobal(nodes) {
  for (const node of nodes) {
    if (node.type !== "Identifier" || OWN.has(node.name) || !isGlobal(node)) continue;
    const why = GLOBAL_OBJECTS.has(node.name) ? whyGlobalObject(node) : isChanged(node) ? `"${node.name}" is a global variable` : whyBuiltIn(node);
    if (why) return { at: node, why: `${why}, and each VU has its own` };
  }
  return void 0;
}
function whyBuiltIn(node) {
  let whole = node;
  for (let parent = parentOf(whole); parent; parent = parentOf(whole)) {
    if (parent.type !== "MemberExpression" || parent.object !== whole) break;
    whole = parent;
    if (isChanged(whole)) return `a member of "${node.name}" is changed`;
  }
  return isHandedToChange(whole) ? `"${node.name}" is changed` : void 0;
}
function isHandedToChange(node) {
  const parent = parentOf(node);
  if (parent?.type === "CallExpression" && parent.arguments[0] === node) {
    return CHANGING.has(methodOf(parent) ?? "");
  }
  const isPrototype = node.type === "MemberExpression" && nameOfKey(node.property, node.computed) === "prototype";
  if (!isPrototype) return false;
  return parent?.type === "VariableDeclarator" && parent.init === node || parent?.type === "AssignmentExpression" && parent.right === node;
}
function whyGlobalObject(node) {
  const parent = parentOf(node);
  if (parent?.type === "UnaryExpression" && parent.operator === "typeof") return void 0;
  if (parent?.type !== "MemberExpression" || parent.object !== node) {
    return `"${node.name}" is handed on, through which global variables are made`;
  }
  const name2 = nameOfKey(parent.property, parent.computed) ?? "\u2026";
  return isChanged(parent) ? `"${node.name}.${name2}" is a global variable` : void 0;
}
function isChanged(node) {
  const parent = parentOf(node);
  switch (parent?.type) {
    case "AssignmentExpression":
      return parent.left === node;
    case "UpdateExpression":
      return true;
    case "UnaryExpression":
      return parent.operator === "delete";
    case "ForInStatement":
    case "ForOfStatement":
      return parent.left === node;
    default:
      return false;
  }
}

// src/k6/script/awaits/syntax/parse.ts
import { parse as parse2 } from "acorn";
function parseSyntax(code, isLeftOut, sourceType = "script") {
  const program = parse2(code, {
    ecmaVersion: "latest",
    sourceType,
    // A CommonJS file is the body of a function.
    allowReturnOutsideFunction: true
  });
  const nodes = [program];
  function visit(node) {
    forEachChild(node, (child) => {
      if (node === program && isLeftOut(child)) return;
      nodes.push(child);
      setParent(child, node);
      visit(child);
    });
  }
  visit(program);
  for (const node of nodes) declareVariables(node);
  return nodes;
}

// src/k6/script/awaits/top-level.ts
import MagicString from "magic-string";

// src/k6/script/esbuild.ts
import { createRequire } from "node:module";
var require2 = createRequire(import.meta.url);
var { build, transform } = require2("esbuild");

// src/k6/script/awaits/top-level.ts
var INIT_AWAIT = "__initAwait";
async function initAwaitsToCalls(code, files) {
  const nodes = parseSyntax(code, () => false, "module").filter(isInInitCode);
  if (nodes.some((node) => node.type === "ForOfStatement" && node.await)) {
    const text5 = '"for await" outside of functions is not supported; put it into an async function';
    throw Object.assign(new Error(text5), { errors: [{ text: text5, location: null }] });
  }
  const edited = new MagicString(code);
  for (const node of nodes) {
    if (node.type !== "AwaitExpression") continue;
    edited.update(node.start, node.start + "await".length, `${INIT_AWAIT}(`);
    edited.appendLeft(node.end, ")");
  }
  for (const { index, 1: file = "" } of code.matchAll(/^\/\/ (.+)$/gm)) {
    if (files[file]) edited.update(index, index + 2, "//!");
  }
  const { code: text4, before } = finishEdits(edited);
  const converted = await transform(text4, {
    format: "cjs",
    platform: "neutral",
    target: "node20",
    banner: '"use strict";',
    legalComments: "inline",
    sourcemap: "external",
    sourcesContent: false
  });
  return { code: converted.code, map: converted.map, before };
}
function isInInitCode(node) {
  return functionAround(node) === void 0;
}

// src/k6/script/awaits/waits/init-code.ts
function createHostFinder(calls, flow) {
  const initOnly = findInitOnly(calls, flow);
  return (node) => {
    let child = node;
    for (let at = parentOf(node); at; at = parentOf(at)) {
      if (at.type === "StaticBlock" || at.type === "PropertyDefinition" && at.value === child) {
        return at;
      }
      if (isFunction(at)) {
        if (initOnly.has(at) || isModuleWrapper(at)) return void 0;
        return at.params.includes(child) ? child : at;
      }
      child = at;
    }
    return void 0;
  };
}
function findInitOnly(calls, flow) {
  const calledIn = /* @__PURE__ */ new Map();
  const atOnce = [];
  for (const call of calls) {
    const host = functionAround(call);
    const called = functionsCalledBy(call, flow);
    if (!host || isModuleWrapper(host)) {
      atOnce.push(...called);
      continue;
    }
    const before = calledIn.get(host);
    if (before) before.push(...called);
    else calledIn.set(host, called);
  }
  const found2 = reachable(atOnce, calledIn);
  for (const fn of flow.exported) found2.delete(fn);
  const late = reachable(
    [...calledIn.keys()].filter((host) => !found2.has(host)),
    calledIn
  );
  for (const fn of late) found2.delete(fn);
  return found2;
}
function reachable(from, calledIn) {
  const all2 = new Set(from);
  for (const fn of all2) for (const called of calledIn.get(fn) ?? []) all2.add(called);
  return all2;
}
function functionsCalledBy(call, flow) {
  const own = functionsOf(flow.valuesOf(call.callee));
  return own.length > 0 ? own : call.arguments.flatMap((each) => functionsOf(flow.valuesOf(each)));
}

// src/k6/script/awaits/waits/pinned.ts
var SYNCHRONOUS_METHODS = /* @__PURE__ */ new Set(["sort", "toSorted", "replace", "replaceAll", "findLast"]);
function findPinned(nodes, calls, flow) {
  const pinned = /* @__PURE__ */ new Map();
  for (const node of nodes) {
    const reason = reasonNotToWait(node);
    if (reason) pinned.set(reason.of, reason.why);
  }
  for (const call of calls) {
    const name2 = methodOf(call);
    if (name2 === void 0 || !SYNCHRONOUS_METHODS.has(name2)) continue;
    const callback = call.arguments[name2.startsWith("replace") ? 1 : 0];
    if (!callback || hasFunction(flow.valuesOf(call.callee))) continue;
    for (const fn of functionsOf(flow.valuesOf(callback))) {
      pinned.set(fn, `the callback of .${name2}()`);
    }
  }
  return pinned;
}
function reasonNotToWait(node) {
  if (node.type === "MethodDefinition" && node.kind === "constructor") {
    return { of: node.value, why: "a constructor" };
  }
  if ((node.type === "MethodDefinition" || node.type === "Property") && (node.kind === "get" || node.kind === "set")) {
    return { of: node.value, why: "a getter or setter" };
  }
  if (isFunction(node) && node.generator && !node.async) return { of: node, why: "a generator" };
  return void 0;
}

// src/k6/script/awaits/waits/unsupported.ts
function findUnsupported(nodes, flow, supported) {
  const imports = findImports(nodes);
  const atRunTime = new Set(
    nodes.flatMap(
      (node) => node.type === "MemberExpression" && !isCalled(node) && isImport(node.object) ? nameOfKey(node.property, node.computed) ?? [] : []
    )
  );
  return nodes.flatMap((node) => {
    if (node.type === "MemberExpression") {
      if (!isImport(node.object)) return [];
      const name2 = nameOfKey(node.property, node.computed);
      if (name2 !== void 0 && atRunTime.has(name2)) return [];
      return unsupportedRead(node, node.object, name2, node.property);
    }
    if (node.type !== "ObjectPattern") return [];
    const declared = parentOf(node);
    if (declared?.type !== "VariableDeclarator" || !declared.init) return [];
    if (!isImport(declared.init)) return [];
    return node.properties.flatMap(
      (each) => each.type === "Property" ? unsupportedRead(node, node, nameOfKey(each.key, each.computed), each) : []
    );
  });
  function isImport(node) {
    if (node.type === "Identifier") {
      const variable = variableOf(node);
      return variable !== void 0 && imports.has(variable);
    }
    const isDefault = node.type === "MemberExpression" && nameOfKey(node.property, node.computed) === "default";
    return isDefault ? isImport(node.object) : isRequire(node);
  }
  function unsupportedRead(node, from, name2, at) {
    if (name2 === void 0 || name2 === "default" || name2.startsWith("__")) return [];
    for (const value2 of flow.valuesOf(from)) {
      if (typeof value2 === "string" || value2.kind !== "module") continue;
      const members = supported[value2.name];
      if (!members || members.has(name2)) continue;
      if (hasFunction(flow.valuesOf(node))) return [];
      const known = [...members].sort().join(", ");
      const message = `"${name2}" of ${value2.name} is not supported (supported: ${known})`;
      return [{ at, message }];
    }
    return [];
  }
}
function isCalled(node) {
  const parent = parentOf(node);
  const isSequence = parent?.type === "SequenceExpression";
  const call = isSequence ? parentOf(parent) : parent;
  const callee = isSequence ? parent : node;
  return (call?.type === "CallExpression" || call?.type === "NewExpression") && call.callee === callee;
}
function findImports(nodes) {
  const found2 = /* @__PURE__ */ new Set();
  const others = /* @__PURE__ */ new Set();
  for (const node of nodes) {
    if (node.type === "VariableDeclarator" && node.id.type === "Identifier") {
      const variable = variableOf(node.id);
      if (variable && node.init) (isRequire(node.init) ? found2 : others).add(variable);
    } else if (node.type === "AssignmentExpression" && node.left.type === "Identifier") {
      const variable = variableOf(node.left);
      if (variable) others.add(variable);
    }
  }
  for (const variable of others) found2.delete(variable);
  return found2;
}
function isRequire(node) {
  if (node.type !== "CallExpression" || node.callee.type !== "Identifier") return false;
  if (node.callee.name === "require") return node.arguments[0]?.type === "Literal";
  const [first] = node.arguments;
  return node.callee.name === "__toESM" && first !== void 0 && isRequire(first);
}

// src/k6/script/awaits/add-awaits.ts
function addAwaits(code, supported, isLibrary = () => false) {
  const nodes = parseSyntax(
    code,
    (statement) => isBundlerHelper(statement) || isLibrary(statement.start)
  );
  const flow = followValues(nodes);
  const calls = nodes.filter(
    (node) => node.type === "CallExpression" || node.type === "NewExpression"
  );
  const hostOf3 = createHostFinder(calls, flow);
  const pinned = findPinned(nodes, calls, flow);
  const waiting = findWaiting(code, calls, flow, { hostOf: hostOf3, pinned });
  const problemAt = (at, message) => ({
    ...positionOf2(code, at.start),
    message
  });
  const problems = findUnsupported(nodes, flow, supported).map(
    ({ at, message }) => problemAt(at, message)
  );
  let obstacle;
  let waits = false;
  let isAwaitedByAuthor = true;
  const text4 = new MagicString2(code);
  for (const call of calls) {
    if (isInitAwait(call)) {
      awaitInInitCode(text4, call);
      continue;
    }
    const wait = waiting.waitOf(call);
    if (!wait) continue;
    waits = true;
    if (isTakenAsPromise(call, waiting.waitsInTurn(call))) continue;
    isAwaitedByAuthor = false;
    const host = hostOf3(call);
    if (host && isFunction(host) && (host.async || waiting.functions.has(host))) {
      awaitCall(text4, code, call, waiting);
    } else if (host || wait.certain && !isDirect(call, flow)) {
      obstacle ??= problemAt(call, explain(wait.name, host, pinned));
    }
  }
  for (const fn of waiting.functions) text4.appendRight(startOf(fn, code), "async ");
  const carriers = findCarriers(nodes, flow, waiting);
  const beside = findTogether(nodes, flow, waiting, carriers);
  if (!obstacle && !(isForThisEngine(nodes) && isAwaitedByAuthor)) {
    const found2 = (waits ? beside : void 0) ?? findEscape(nodes, flow, carriers);
    if (found2) obstacle = problemAt(found2.at, found2.why);
  }
  const shared = obstacle ? void 0 : findSharedGlobal(nodes);
  if (shared) obstacle = problemAt(shared.at, shared.why);
  return { ...finishEdits(text4), problems, obstacle, goesOnBeside: beside !== void 0 };
}
function isInitAwait({ callee }) {
  return callee.type === "Identifier" && callee.name === INIT_AWAIT;
}
function awaitInInitCode(text4, call) {
  text4.update(call.start, call.callee.end, "(await ");
  text4.appendLeft(call.end, ")");
}
function awaitCall(text4, code, call, waiting) {
  const { start, end } = wholeOf(call);
  const [first] = call.arguments;
  if (waiting.waitsInTurn(call) && call.callee.type === "MemberExpression" && first) {
    const { object: object17 } = call.callee;
    const from = object17.end + (/^[\s)]*\)/.exec(code.slice(object17.end, first.start))?.[0].length ?? 0);
    const between = code.slice(from, first.start);
    const lines = "\n".repeat(between.split("\n").length - 1);
    text4.appendRight(start, "(await __inTurn(");
    text4.update(from, first.start, `, "${methodOf(call)}", ${lines}`);
  } else {
    text4.appendRight(start, "(await ");
  }
  text4.appendLeft(end, ")");
}
function startOf(fn, code) {
  const parent = parentOf(fn);
  if (parent?.type === "MethodDefinition") {
    const modifier = parent.static ? /^static\s+/.exec(code.slice(parent.start))?.[0] : "";
    return parent.start + (modifier?.length ?? 0);
  }
  return parent?.type === "Property" && parent.method ? parent.start : fn.start;
}
function isDirect(call, flow) {
  return [...flow.valuesOf(call.callee)].some(isApi);
}
function explain(name2, host, pinned) {
  const reason = host && isFunction(host) ? pinned.get(host) : void 0;
  if (!host) return `init code cannot wait for ${name2}`;
  return `${reason ?? "a default value or a field of a class"} cannot be made to wait for ${name2}`;
}

// src/k6/script/as-written.ts
var MADE_NAME = /\brequire\(\s*(?!["'\s)])/;
function leaveAsWritten(code, fileAt) {
  const text4 = new MagicString3(code);
  if (code.includes(INIT_AWAIT) || MADE_NAME.test(code)) {
    for (const node of parseSyntax(code, () => false)) {
      if (node.type !== "CallExpression") continue;
      if (isInitAwait(node)) awaitInInitCode(text4, node);
      else if (isRequireOfMadeName(node)) {
        const file = fileAt(node.start);
        const end = node.arguments[0]?.end ?? node.end;
        if (file !== void 0) text4.appendLeft(end, `, ${JSON.stringify(file)}`);
      }
    }
  }
  return finishEdits(text4);
}
function isRequireOfMadeName({ callee, arguments: given }) {
  return callee.type === "Identifier" && callee.name === "require" && given.length === 1 && given[0]?.type !== "Literal";
}

// src/k6/script/origins.ts
import { SourceMap } from "node:module";
import { relative, resolve } from "node:path";

// src/k6/script/file-names.ts
import { readFile as readFile2 } from "node:fs/promises";
import { pathToFileURL as pathToFileURL3 } from "node:url";
function nameFile(text4, path, urlClass = "URL") {
  const name2 = JSON.stringify(path);
  const begin = `${IN_FILE}(${name2});`;
  const code = text4.replace(/^#!/, "//");
  const lines = /\b(import|export)\b/.test(code) ? [`${begin}${code}`, `${IN_FILE}();`] : (
    // What a CommonJS file throws may be caught where it is required, and the code there goes on.
    [`${begin}try{${code}`, `}finally{${IN_FILE}();}`]
  );
  if (code.includes("import.meta.resolve")) {
    const url2 = JSON.stringify(/^https?:/.test(path) ? path : pathToFileURL3(path).href);
    lines.push(`function __resolve(path) { return new ${urlClass}(path, ${url2}).href; }`);
  }
  return `${lines.join("\n")}
`;
}
function fileNames(known, urlClass, edit = (text4) => text4) {
  return {
    name: "file-names",
    setup({ onLoad }) {
      onLoad({ filter: /\.[cm]?[jt]s$|\/-$/, namespace: "file" }, async ({ path }) => ({
        contents: edit(
          nameFile(known.get(path) ?? await readFile2(path, "utf8"), path, urlClass),
          path
        ),
        // As in k6, a script from standard input may be TypeScript.
        loader: /ts$|\/-$/.test(path) ? "ts" : "js"
      }));
    }
  };
}

// src/k6/script/remote-modules.ts
var LOADERS = { ts: "ts", json: "json" };
function remoteModules(known, abandoned) {
  return {
    name: "remote-modules",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /.*/ }, (imported) => {
        const url2 = remoteUrlOf(imported);
        if (!url2) return void 0;
        const namespace = url2.protocol.slice(0, -1);
        return { namespace, path: url2.href.slice(url2.protocol.length) };
      });
      for (const namespace of ["http", "https"]) {
        onLoad({ filter: /.*/, namespace }, async ({ path }) => {
          const url2 = `${namespace}:${path}`;
          try {
            const contents = known.get(url2) ?? await fetchText(url2, abandoned);
            known.set(url2, contents);
            const loader = loaderOf(url2);
            return { contents: loader === "json" ? contents : nameFile(contents, url2), loader };
          } catch (error) {
            const reason = error.message;
            const text4 = `"${url2}" cannot be imported: ${reason}; save the file beside the script and import it by its path`;
            return { errors: [{ text: text4 }] };
          }
        });
      }
    }
  };
}
async function fetchText(url2, abandoned) {
  const { fetchModule: fetchModule2 } = await Promise.resolve().then(() => (init_fetch_module(), fetch_module_exports));
  return fetchModule2(url2, { abandoned });
}
function remoteUrlOf({ path, importer, namespace }) {
  if (isRemote(path) && URL.canParse(path)) return new URL(path);
  const isWithin2 = namespace === "http" || namespace === "https";
  return isWithin2 && /^\.{0,2}\//.test(path) ? new URL(path, `${namespace}:${importer}`) : void 0;
}
var isRemote = (source) => /^https?:\/\//i.test(source);
function loaderOf(url2) {
  const ending = /\.(\w+)$/.exec(new URL(url2).pathname)?.[1];
  return LOADERS[ending] ?? "js";
}

// src/k6/script/origins.ts
function createOriginFinder(mapText, root2) {
  const positionOf3 = createPositionFinder(mapText);
  return (line2, column) => {
    const position = positionOf3(line2, column);
    if (!position) return void 0;
    const { source } = position;
    return {
      file: shortPath(isRemote(source) ? source : resolve(root2, source)),
      line: position.line
    };
  };
}
function createPositionFinder(mapText) {
  let map2;
  return (line2, column) => {
    map2 ??= new SourceMap(JSON.parse(mapText));
    const entry = map2.findEntry(line2 - 1, column - 1);
    if (!("originalSource" in entry)) return void 0;
    const { originalSource: source, originalLine, originalColumn } = entry;
    return { source, line: originalLine + 1, column: originalColumn + 1 };
  };
}
function shortPath(path) {
  if (isRemote(path)) return path;
  const fromHere = relative(process.cwd(), resolve(path));
  return fromHere.startsWith("..") ? resolve(path) : fromHere;
}

// src/k6/script/common-js.ts
async function bundleAsCommonJs(path, plugins) {
  try {
    return await bundleAs("cjs", path, plugins);
  } catch (error) {
    const { errors = [] } = error;
    if (!errors.some(({ text: text4 }) => text4.startsWith("Top-level await"))) throw error;
  }
  const { code, files, originOf } = await bundleAs("esm", path, plugins);
  const converted = await initAwaitsToCalls(code, files);
  const positionOf3 = createPositionFinder(converted.map);
  return {
    code: converted.code,
    files,
    waits: true,
    originOf(line2, column) {
      const position = positionOf3(line2, column);
      const before = position && converted.before(position.line, position.column);
      return before && originOf(before.line, before.column);
    }
  };
}
async function bundleAs(format, path, plugins) {
  const root2 = process.cwd();
  const { metafile, outputFiles } = await build({
    entryPoints: [path],
    absWorkingDir: root2,
    bundle: true,
    write: false,
    outdir: root2,
    format,
    platform: "neutral",
    target: "node20",
    // Modules are always strict; CommonJS has to say so.
    ...format === "cjs" && { banner: { js: '"use strict";' } },
    metafile: true,
    sourcemap: "external",
    sourcesContent: false,
    logLevel: "silent",
    define: REPLACED,
    // The sources' own tsconfig is for their editor: with its `verbatimModuleSyntax`, imports of types would stay.
    tsconfigRaw: {},
    plugins
  });
  const text4 = (suffix) => outputFiles.find((file) => file.path.endsWith(suffix))?.text ?? "";
  const originOf = createOriginFinder(text4(".js.map"), root2);
  return { code: text4(".js"), files: metafile.inputs, waits: false, originOf };
}

// src/k6/script/constants.ts
import { resolve as resolve2 } from "node:path";
var constants2 = new Proxy(
  {},
  {
    set() {
      throw new TypeError("Assignment to constant variable.");
    }
  }
);
async function leavingConstants(bundle) {
  try {
    return await bundle((text4) => text4);
  } catch (error) {
    const places2 = constantsIn(error);
    if (places2.length === 0) throw error;
    return await bundle((text4, path) => replaceConstants(text4, placesIn(places2, path))).catch(
      () => {
        throw error;
      }
    );
  }
}
function constantsIn({ errors = [] }) {
  const places2 = errors.flatMap(
    ({ text: text4, location }) => location && text4.startsWith("Cannot assign to ") ? [location] : []
  );
  return places2.length === errors.length ? places2 : [];
}
var placesIn = (places2, path) => places2.filter(({ file, namespace }) => !namespace.startsWith("http") && resolve2(file) === path);
function replaceConstants(text4, places2) {
  const lines = text4.split("\n");
  for (const { line: line2, column, length } of places2.toSorted((a, b) => b.column - a.column)) {
    const bytes = Buffer.from(lines[line2 - 1] ?? "");
    const before = bytes.subarray(0, column).toString();
    const name2 = bytes.subarray(column, column + length).toString();
    const left = before.replace(/[\p{ID_Continue}$]+\s*\.\s*$/u, "");
    lines[line2 - 1] = `${left}${CONSTANT}.${name2}${bytes.subarray(column + length).toString()}`;
  }
  return lines.join("\n");
}

// src/k6/script/imports.ts
import { statSync } from "node:fs";
import { isAbsolute, resolve as resolve3 } from "node:path";
var K6_SHIM = /^\.{1,2}\/(?:.*\/)?flashsale\.[jt]s$/;
function importRules(modules2) {
  return {
    name: "scenario-imports",
    setup({ onResolve }) {
      onResolve({ filter: /.*/ }, (imported) => {
        const { path, kind } = imported;
        if (kind === "entry-point") return { path };
        if (modules2.includes(path)) return { path, external: true };
        if (K6_SHIM.test(path)) return { path: "flashsale", external: true };
        const url2 = remoteUrlOf(imported)?.href;
        if (url2 !== void 0) {
          const own = modules2.find((name2) => url2.startsWith(`${name2}/`));
          return own ? { path: own, external: true } : void 0;
        }
        const file = fileOf(imported);
        if (file !== void 0) return { path: file };
        if (kind === "require-call") return { path, external: true };
        const refusal = refusalOf(path, modules2);
        return refusal ? { errors: [{ text: refusal }] } : void 0;
      });
    }
  };
}
function fileOf({ path, resolveDir, namespace }) {
  if (namespace !== "file" || !(path.startsWith(".") || isAbsolute(path))) return void 0;
  const file = resolve3(resolveDir, path);
  return statSync(file, { throwIfNoEntry: false })?.isFile() ? file : void 0;
}
var ABSENT = [
  [/^k6\/(experimental\/)?(ws|websockets)$/, "WebSockets are not spoken, only HTTP"],
  [/^k6\/(experimental\/|net\/)grpc$/, "gRPC is not spoken, only HTTP"],
  [/^k6\/(experimental\/)?browser$/, "there is no browser, only HTTP"],
  [/^k6\/x\//, "extensions are written in Go for k6"],
  [/^k6\/secrets$/, "hand secrets over in the environment (__ENV)"]
];
function refusalOf(path, modules2) {
  if (path.startsWith(".") || isAbsolute(path)) return void 0;
  const supported = modules2.join(", ");
  if (path === "k6" || path.startsWith("k6/")) {
    const why = ABSENT.find(([pattern]) => pattern.test(path))?.[1];
    return why ? `the module "${path}" is not supported: ${why} (or run the script in k6)` : `the module "${path}" is not supported (supported: ${supported})`;
  }
  return `"${path}" cannot be imported: scenarios import relative files ("./lib/shop.ts"), URLs and k6 modules (${supported}), not packages`;
}

// src/k6/script/libraries.ts
var LIBRARY_BYTES_MIN = 5e4;
function createLibraryTest(code, inputs) {
  const usesK6 = (path) => inputs[path]?.imports.some(({ external, path: to }) => external && to.startsWith("k6")) ?? false;
  const isLibrary = (path) => (inputs[path]?.bytes ?? 0) >= LIBRARY_BYTES_MIN && !usesK6(path);
  const files = [...code.matchAll(/^\/\/!? (.+)$/gm)].filter(([, path]) => inputs[path]).map((match) => ({ start: match.index, library: isLibrary(match[1]) }));
  if (!files.some(({ library }) => library)) return () => false;
  return (offset) => files.findLast(({ start }) => start <= offset)?.library ?? false;
}

// src/k6/script/bundle.ts
async function bundleScript(path, modules2, fetched, abandoned) {
  try {
    const plugins = [importRules(Object.keys(modules2)), remoteModules(fetched, abandoned)];
    const { code, files, waits, originOf } = await leavingConstants(
      (edit) => bundleAsCommonJs(path, [...plugins, fileNames(fetched, void 0, edit)])
    ).catch(async (error) => {
      if (!fetched.has(path)) await bundleAsCommonJs(path, plugins);
      throw error;
    });
    const awaited = readSyntax(
      path,
      originOf,
      () => addAwaits(code, modules2, createLibraryTest(code, files))
    );
    const [problem] = awaited.problems;
    if (problem) throw unworkable(path, problem, originOf);
    const bundleOf = (edited) => ({
      code: importDefaults(unwrapModules(edited.code)),
      waits,
      originOf(line2, column) {
        const before = edited.before(line2, column);
        return originOf(before.line, before.column);
      }
    });
    const asWritten = bundleOf(
      leaveAsWritten(code, (offset) => {
        const { line: line2, column } = positionOf2(code, offset);
        const file = originOf(line2, column)?.file;
        return file === void 0 || isRemote(file) ? file : resolve4(file);
      })
    );
    const { obstacle, goesOnBeside } = awaited;
    if (!obstacle) return { asWritten, awaiting: bundleOf(awaited), goesOnBeside };
    return {
      asWritten,
      goesOnBeside,
      obstacle: `${placeOf3(path, obstacle, originOf)}: ${obstacle.message}`
    };
  } catch (error) {
    const { errors = [] } = error;
    if (errors.length === 0) throw error;
    throw unreadable(path, errors, error);
  }
}
function unwrapModules(code) {
  return code.replaceAll(/\b__toESM\((require\("[^"]+"\))(?:, 1)?\)/g, "$1");
}
var IS_DEFAULT_ITSELF = "isNodeMode || !mod || !mod.__esModule ?";
function importDefaults(code) {
  return code.replace(IS_DEFAULT_ITSELF, 'mod == null || !__hasOwnProp.call(mod, "default") ?');
}
function readSyntax(path, originOf, work2) {
  try {
    return work2();
  } catch (error) {
    const { loc } = error;
    if (!(error instanceof SyntaxError) || !loc) throw error;
    const message = error.message.replace(/ \(\d+:\d+\)$/, "");
    throw unworkable(path, { ...loc, column: loc.column + 1, message }, originOf);
  }
}
function unworkable(path, problem, originOf) {
  const place = placeOf3(path, problem, originOf);
  return UserError.usage(`${shortPath(path)} cannot be loaded`, {
    why: `${place}: ${problem.message}`,
    next: `${isRemote(place) ? savedFirst(place) : `change ${place}`}, or run the script in k6`
  });
}
function placeOf3(path, { line: line2, column }, originOf) {
  const origin = originOf(line2, column);
  return origin ? `${origin.file}:${origin.line}` : shortPath(path);
}
function unreadable(path, messages, cause) {
  const reasons = messages.map(
    ({ location, text: text4 }) => location ? `${shortPath(location.file)}:${location.line}: ${text4}` : text4
  );
  return UserError.usage(`${shortPath(path)} cannot be loaded`, {
    why: reasons.join("; "),
    next: nextFor(messages[0]?.location ?? void 0, path),
    cause
  });
}
function nextFor(location, path) {
  if (!location) return `mend ${shortPath(path)}`;
  const { file, line: line2 } = location;
  return isRemote(file) ? savedFirst(`${file}:${line2}`) : `mend line ${line2} of ${shortPath(file)}`;
}
var savedFirst = (place) => `save the module beside the script, import it by its path and change ${place} there`;

// src/k6/script/evaluate.ts
import { compileFunction } from "node:vm";

// src/k6/html/data-attributes.ts
var INITIALISMS = /* @__PURE__ */ new Set([
  ...["ACL", "API", "ASCII", "CPU", "CSS", "DNS", "EOF", "ETA", "GPU", "GUID", "HTML", "HTTP"],
  ...["HTTPS", "ID", "IP", "JSON", "LHS", "OS", "QPS", "RAM", "RHS", "RPC", "SLA", "SMTP", "SQL"],
  ...["SSH", "TCP", "TLS", "TTL", "UDP", "UI", "UID", "UUID", "URI", "URL", "UTF8", "VM", "XML"],
  ...["XMPP", "XSRF", "XSS", "OAuth"]
]);
function dataOf(attributes2, property) {
  if (property !== void 0) {
    return dataValueOf(attributes2[`data-${attributeOfProperty(property)}`] ?? "");
  }
  return Object.fromEntries(
    Object.entries(attributes2).filter(([name2]) => name2.startsWith("data-") && name2 !== "data-").map(([name2, value2]) => [propertyOf(name2.slice("data-".length)), dataValueOf(value2)])
  );
}
function propertyOf(attribute) {
  const [first = "", ...words] = attribute.split("-");
  return first + words.map(capitalized).join("");
}
function capitalized(word) {
  if (word === "oauth") return "OAuth";
  const upper = word.toUpperCase();
  return INITIALISMS.has(upper) ? upper : upper.slice(0, 1) + word.slice(1);
}
function attributeOfProperty(property) {
  const words = [];
  let start = 0;
  let at = 0;
  while (at < property.length) {
    if (at > 0 && /\p{Lu}/u.test(property[at])) {
      const initialism = initialismAt(property.slice(start));
      words.push(initialism ?? property.slice(start, at));
      if (initialism !== void 0) at += initialism.length - 1;
      start = at;
    }
    at += 1;
  }
  if (start < property.length) words.push(property.slice(start));
  return words.join("-").toLowerCase().replaceAll("_", "-");
}
function initialismAt(text4) {
  return [5, 4, 3, 2].map((length) => text4.slice(0, length)).find((word) => INITIALISMS.has(word));
}
function dataValueOf(text4) {
  if (text4 === "" || text4 === "null" || text4 === "undefined") return void 0;
  if (text4 === "true" || text4 === "false") return text4 === "true";
  if (text4.startsWith("{") || text4.startsWith("[")) {
    try {
      return JSON.parse(text4);
    } catch {
      return text4;
    }
  }
  return String(Number(text4)) === text4 && text4 !== "Infinity" ? Number(text4) : text4;
}

// src/k6/html/dom.ts
function isElement(node) {
  return node.type === "tag" || node.type === "script" || node.type === "style";
}
function isText(node) {
  return node.type === "text";
}
function childrenOf(node) {
  return "children" in node ? node.children : [];
}
function descendantsOf(node) {
  const found2 = [];
  const waiting = childrenOf(node).toReversed();
  for (let at = waiting.pop(); at; at = waiting.pop()) {
    found2.push(at);
    for (const child of childrenOf(at).toReversed()) waiting.push(child);
  }
  return found2;
}
function ancestorsOf(node) {
  const ancestors = [];
  for (let at = node.parent; at; at = at.parent) ancestors.push(at);
  return ancestors;
}
function siblingsOf(node, direction) {
  const siblings = [];
  for (let at = node[direction]; at; at = at[direction]) if (isElement(at)) siblings.push(at);
  return siblings;
}
function nodesBefore(nodes, isEnd) {
  const end = nodes.findIndex(isEnd);
  return end < 0 ? nodes : nodes.slice(0, end);
}
function textOf4(node) {
  return isText(node) ? node.data : descendantsOf(node).map((each) => isText(each) ? each.data : "").join("");
}
function attributeOf(node, name2) {
  return node && isElement(node) ? node.attribs[name2] : void 0;
}
function nameOf3(node) {
  if (isElement(node)) return node.name;
  if (node.type === "root") return "#document";
  return node.type === "directive" ? node["x-name"] ?? "" : `#${node.type}`;
}

// src/k6/html/element.ts
var NODE_TYPES = { text: 3, comment: 8, root: 9, directive: 10 };
var Element = class _Element {
  #selection;
  constructor(selection) {
    this.#selection = selection;
  }
  selection() {
    return this.#selection;
  }
  get #node() {
    return this.#selection.nodes[0];
  }
  #elementOf(node) {
    return node ? this.#selection.to([node]).get(0) : void 0;
  }
  id() {
    return this.#selection.attr("id", "");
  }
  nodeName() {
    return nameOf3(this.#node);
  }
  nodeType() {
    return NODE_TYPES[this.#node.type] ?? 1;
  }
  nodeValue() {
    const node = this.#node;
    return node.type === "text" || node.type === "comment" ? this.#selection.text() : void 0;
  }
  innerHTML() {
    return this.#selection.html();
  }
  textContent() {
    return this.#selection.text();
  }
  toString() {
    return isElement(this.#node) ? "[object html.Node]" : `[object ${this.nodeName()}]`;
  }
  attributes() {
    const node = this.#node;
    const attributes2 = isElement(node) ? node.attributes : [];
    return Object.fromEntries(
      attributes2.map(({ name: name2, value: value2, prefix = "" }) => [
        name2,
        new Attribute(this, { name: name2, value: value2, prefix })
      ])
    );
  }
  getAttribute(name2) {
    return this.#selection.attr(name2);
  }
  getAttributeNode(name2) {
    return this.hasAttribute(name2) ? this.attributes()[name2] : void 0;
  }
  hasAttribute(name2) {
    return this.getAttribute(name2) !== void 0;
  }
  hasAttributes() {
    const node = this.#node;
    return isElement(node) && Object.keys(node.attribs).length > 0;
  }
  className() {
    return this.getAttribute("class");
  }
  classList() {
    return (this.className() ?? "").split(/\s+/).filter((name2) => name2 !== "");
  }
  lang() {
    return this.getAttribute("lang");
  }
  ownerDocument() {
    let node = this.#node;
    while (node.parent) node = node.parent;
    return this.#elementOf(node);
  }
  namespaceURI() {
    const node = this.#node;
    return isElement(node) && node.namespace || "http://www.w3.org/1999/xhtml";
  }
  isDefaultNamespace() {
    return this.namespaceURI() === "http://www.w3.org/1999/xhtml";
  }
  parentNode() {
    return this.#elementOf(this.#node.parent);
  }
  parentElement() {
    return this.#selection.parent().get(0);
  }
  childNodes() {
    return this.#selection.contents().get();
  }
  children() {
    return this.#selection.children().get();
  }
  childElementCount() {
    return this.#selection.children().size();
  }
  hasChildNodes() {
    return childrenOf(this.#node).length > 0;
  }
  firstChild() {
    return this.#elementOf(childrenOf(this.#node)[0]);
  }
  lastChild() {
    return this.#elementOf(childrenOf(this.#node).at(-1));
  }
  firstElementChild() {
    return this.#selection.children().first().get(0);
  }
  lastElementChild() {
    return this.#selection.children().last().get(0);
  }
  previousSibling() {
    return this.#elementOf(this.#node.prev);
  }
  nextSibling() {
    return this.#elementOf(this.#node.next);
  }
  previousElementSibling() {
    return this.#selection.prev().get(0);
  }
  nextElementSibling() {
    return this.#selection.next().get(0);
  }
  getElementsByClassName(name2) {
    return this.querySelectorAll(`.${name2}`);
  }
  getElementsByTagName(name2) {
    return this.querySelectorAll(name2);
  }
  querySelector(selector) {
    return this.#selection.find(selector).get(0);
  }
  querySelectorAll(selector) {
    return this.#selection.find(selector).get();
  }
  matches(selector) {
    return this.#selection.is(selector);
  }
  /** True if the other node is inside this one. A node is not inside itself. */
  contains(other) {
    return other instanceof _Element && this.#selection.find(other).size() > 0;
  }
  isEqualNode(other) {
    return other instanceof _Element && other.innerHTML() === this.innerHTML();
  }
  isSameNode(other) {
    return other instanceof _Element && other.#node === this.#node;
  }
};
var Attribute = class {
  name;
  value;
  owner_element;
  #prefix;
  constructor(owner, of) {
    this.name = of.name;
    this.value = of.value;
    this.owner_element = owner;
    this.#prefix = of.prefix;
  }
  prefix() {
    return this.#prefix;
  }
  localName() {
    return this.name;
  }
  namespaceURI() {
    return "http://www.w3.org/1999/xhtml";
  }
};

// src/k6/html/form-encoding.ts
function encodeForm(fields) {
  const form2 = new URLSearchParams();
  for (const [name2, value2] of Object.entries(fields)) {
    for (const item of Array.isArray(value2) ? value2 : [value2]) form2.append(name2, String(item));
  }
  form2.sort();
  return form2.toString().replaceAll("*", "%2A").replaceAll("%7E", "~");
}

// src/k6/html/render.ts
var VOID_ELEMENTS = /* @__PURE__ */ new Set([
  ...["area", "base", "br", "col", "embed", "hr", "img", "input", "keygen", "link", "meta"],
  ...["param", "source", "track", "wbr"]
]);
var RAW_TEXT_ELEMENTS = /* @__PURE__ */ new Set([
  ...["iframe", "noembed", "noframes", "noscript", "plaintext", "script", "style", "xmp"]
]);
var NEWLINE_DROPPERS = /* @__PURE__ */ new Set(["pre", "listing", "textarea"]);
function render(node) {
  if (isText(node)) return escaped2(node.data);
  if (isElement(node)) {
    const { name: name2 } = node;
    const attributes2 = node.attributes.map(
      ({ prefix, name: key, value: value2 }) => ` ${prefix ? `${prefix}:` : ""}${key}="${escaped2(value2)}"`
    );
    const opening = `<${name2}${attributes2.join("")}`;
    if (VOID_ELEMENTS.has(name2)) return `${opening}/>`;
    const content2 = RAW_TEXT_ELEMENTS.has(name2) ? node.children.map((child) => isText(child) ? child.data : render(child)).join("") : renderContent(node);
    const newline = NEWLINE_DROPPERS.has(name2) && content2.startsWith("\n") ? "\n" : "";
    return `${opening}>${newline}${content2}</${name2}>`;
  }
  if (node.type === "comment") return `<!--${node.data.replaceAll("&", "&amp;")}-->`;
  return node.type === "directive" ? `<${node.data}>` : renderContent(node);
}
function renderContent(node) {
  return childrenOf(node).map(render).join("");
}
var ESCAPES = {
  "&": "&amp;",
  "'": "&#39;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&#34;",
  "\r": "&#13;"
};
function escaped2(text4) {
  return text4.replaceAll(/[&'<>"\r]/g, (character) => ESCAPES[character]);
}

// src/k6/html/selectors.ts
import { createRequire as createRequire2 } from "node:module";
var require3 = createRequire2(import.meta.url);
var compile;
var testOf2 = createRecentMap(1e3, compileSelector);
function compileSelector(selector) {
  compile ??= require3("css-select").compile;
  try {
    return compile(selector, {
      relativeSelector: false,
      pseudos: PSEUDO_CLASSES
    });
  } catch {
    return () => false;
  }
}
var IN_DISABLED_FIELDSET = ["", " *"].map((inside) => `fieldset[disabled] > :not(legend:first-of-type)${inside}`).join();
var FIELDS = ":is(button, input, select, textarea, option)";
var GROUPS = ":is(optgroup, menuitem, fieldset)";
var PSEUDO_CLASSES = {
  checked: 'input:is([type="checkbox" i], [type="radio" i])[checked], option[selected]',
  disabled: `${FIELDS}:is([disabled], ${IN_DISABLED_FIELDSET}), ${GROUPS}[disabled]`,
  enabled: `${FIELDS}:not([disabled], ${IN_DISABLED_FIELDSET}), ${GROUPS}:not([disabled]), :is(a, area, link)[href]`,
  empty: (element) => !element.children.some(isElement) && textOf4(element).trim() === "",
  contains: (element, text4) => includes(textOf4(element), text4),
  containsown: (element, text4) => includes(element.children.map((child) => isText(child) ? child.data : "").join(""), text4),
  haschild: (element, selector) => element.children.some(testOf2(selector ?? ""))
};
function includes(text4, part) {
  const unquoted2 = (part ?? "").replace(/^\s*(["'])(.*)\1\s*$/s, "$2");
  return text4.toLowerCase().includes(unquoted2.toLowerCase());
}

// src/k6/html/forms.ts
function fieldValueOf(node) {
  if (node === void 0) return void 0;
  switch (nameOf3(node)) {
    case "input": {
      const isTickable = ["radio", "checkbox"].includes(attributeOf(node, "type") ?? "");
      return attributeOf(node, "value") ?? (isTickable ? "on" : "");
    }
    case "button":
      return attributeOf(node, "value") ?? "";
    case "textarea":
      return renderContent(node);
    case "option":
      return valueOrContent(node);
    case "select": {
      const chosen = descendantsOf(node).filter(testOf2("option[selected]"));
      return attributeOf(node, "multiple") === void 0 ? valueOrContent(chosen[0]) : chosen.map(valueOrContent);
    }
    default:
      return void 0;
  }
}
function valueOrContent(node) {
  return attributeOf(node, "value") ?? (node ? renderContent(node) : "");
}
var NEVER_SUBMITTED = ["submit", "button", "reset", "image", "file"];
function fieldsOf(nodes) {
  const isField = testOf2("input,select,textarea,keygen");
  const searched = nodes.some(testOf2("form")) ? new Set(nodes.flatMap(descendantsOf)) : nodes;
  return [...searched].filter(isField).flatMap((field) => {
    const type = attributeOf(field, "type") ?? "";
    const name2 = attributeOf(field, "name") ?? "";
    const isTickable = type === "checkbox" || type === "radio";
    const isLeftOut = name2 === "" || attributeOf(field, "disabled") === "disabled" || NEVER_SUBMITTED.includes(type) || isTickable && attributeOf(field, "checked") !== "checked";
    return isLeftOut ? [] : [{ name: name2, value: fieldValueOf(field) }];
  });
}
function serializeObject(fields) {
  return Object.fromEntries(fields.map(({ name: name2, value: value2 }) => [name2, value2]));
}
function serialize(fields) {
  return encodeForm(serializeObject(fields.filter(({ value: value2 }) => value2 !== void 0)));
}

// src/k6/html/selection.ts
var Selection = class _Selection {
  nodes;
  url;
  #page;
  #previous;
  constructor(nodes, page, previous) {
    this.nodes = nodes;
    this.url = page.url;
    this.#page = page;
    this.#previous = previous;
  }
  /** Selects other nodes of the same page. Their `end()` is this selection. */
  to(nodes) {
    return new _Selection(nodes, this.#page, this);
  }
  /** The nodes that `step` finds for each node, without those that `selector` does not match. */
  #gather(step, selector) {
    const found2 = [...new Set(this.nodes.flatMap(step))];
    const isNarrowed = selector !== void 0 && selector !== null;
    return this.to(isNarrowed ? found2.filter(testOf2(selector)) : found2);
  }
  find(target) {
    if (typeof target === "string") {
      return this.#gather((node) => descendantsOf(node).filter(testOf2(target)));
    }
    const found2 = nodesOf(target).filter((node) => this.#contains(node));
    return this.to([...new Set(found2)]);
  }
  #contains(node) {
    return ancestorsOf(node).some((ancestor) => this.nodes.includes(ancestor));
  }
  add(target) {
    const added = typeof target === "string" ? descendantsOf(this.#page.document).filter(testOf2(target)) : nodesOf(target);
    return this.to([.../* @__PURE__ */ new Set([...this.nodes, ...added])]);
  }
  children(selector) {
    return this.#gather((node) => childrenOf(node).filter(isElement), selector);
  }
  /** The children with texts and comments. */
  contents() {
    return this.#gather(childrenOf);
  }
  closest(target) {
    const test = testFor(target);
    return this.#gather((node) => {
      const closest = [node, ...ancestorsOf(node)].find(test);
      return closest ? [closest] : [];
    });
  }
  parent(selector) {
    return this.#gather((node) => ancestorsOf(node).slice(0, 1).filter(isElement), selector);
  }
  parents(selector) {
    return this.#gather((node) => ancestorsOf(node).filter(isElement), selector);
  }
  parentsUntil(end, selector) {
    const test = endFor(end);
    return this.#gather((node) => nodesBefore(ancestorsOf(node), test).filter(isElement), selector);
  }
  next(selector) {
    return this.#gather((node) => siblingsOf(node, "next").slice(0, 1), selector);
  }
  nextAll(selector) {
    return this.#gather((node) => siblingsOf(node, "next"), selector);
  }
  nextUntil(end, selector) {
    const test = endFor(end);
    return this.#gather((node) => nodesBefore(siblingsOf(node, "next"), test), selector);
  }
  prev(selector) {
    return this.#gather((node) => siblingsOf(node, "prev").slice(0, 1), selector);
  }
  prevAll(selector) {
    return this.#gather((node) => siblingsOf(node, "prev"), selector);
  }
  prevUntil(end, selector) {
    const test = endFor(end);
    return this.#gather((node) => nodesBefore(siblingsOf(node, "prev"), test), selector);
  }
  siblings(selector) {
    return this.#gather(
      (node) => [...siblingsOf(node, "prev").reverse(), ...siblingsOf(node, "next")],
      selector
    );
  }
  filter(target) {
    return this.to(this.#matching(target, "filter"));
  }
  not(target) {
    const matching = new Set(this.#matching(target, "not"));
    return this.to(this.nodes.filter((node) => !matching.has(node)));
  }
  is(target) {
    return this.#matching(target, "is").length > 0;
  }
  #matching(target, method) {
    if (typeof target === "function") {
      return this.nodes.filter((node, index) => target(index, this.to([node])));
    }
    if (!isTarget(target)) {
      throw new TypeError(
        `the argument to ${method}() must be a function, a selector or a selection`
      );
    }
    return this.nodes.filter(testFor(target));
  }
  has(target) {
    const test = testFor(target);
    return this.to(this.nodes.filter((node) => descendantsOf(node).some(test)));
  }
  eq(index) {
    const node = this.nodes.at(index);
    return node ? this.to([node]) : new _Selection([], this.#page);
  }
  first() {
    return this.eq(0);
  }
  last() {
    return this.eq(-1);
  }
  slice(start, end) {
    return this.to(this.nodes.slice(start, end));
  }
  /** The selection this one was made from. */
  end() {
    return this.#previous ?? new _Selection([], this.#page);
  }
  size() {
    return this.nodes.length;
  }
  get(index) {
    if (index === void 0) return this.toArray().map(this.#page.elementOf);
    const isThere = index < this.nodes.length && index > -this.nodes.length;
    return isThere ? this.#page.elementOf(this.eq(index)) : void 0;
  }
  toArray() {
    return this.nodes.map((_, index) => this.eq(index));
  }
  /**
   * The index of the first node among its siblings, or among all nodes that a selector matches; for nodes, the index of
   * their first one in this selection. -1 if there is none.
   */
  index(target) {
    const [first] = this.nodes;
    if (target === void 0) return first ? siblingsOf(first, "prev").length : -1;
    if (typeof target === "string") {
      return first ? descendantsOf(this.#page.document).filter(testOf2(target)).indexOf(first) : -1;
    }
    const [node] = isTarget(target) ? nodesOf(target) : [];
    return node ? this.nodes.indexOf(node) : -1;
  }
  each(handler) {
    assertFunction(handler, "each");
    for (const [index, element] of this.get().entries()) handler(index, element);
    return this;
  }
  /** The results of the mapper. As in k6, a node for which the mapper throws has none. */
  map(mapper) {
    assertFunction(mapper, "map");
    return this.toArray().flatMap((selection, index) => {
      try {
        return [mapper(index, selection)];
      } catch (error) {
        dropError(error);
        return [];
      }
    });
  }
  attr(name2, otherwise) {
    return attributeOf(this.nodes[0], name2) ?? otherwise;
  }
  /** The values of the first node's `data-` attributes, or the value of the one with this name. */
  data(name2) {
    const [first] = this.nodes;
    const attributes2 = first && isElement(first) ? first.attribs : {};
    return Object.keys(attributes2).length === 0 ? void 0 : dataOf(attributes2, name2);
  }
  /** The content of the first node as HTML. */
  html() {
    const [first] = this.nodes;
    return first ? renderContent(first) : "";
  }
  text() {
    return this.nodes.map(textOf4).join("");
  }
  /** The value that the first node would be submitted with. */
  val() {
    return fieldValueOf(this.nodes[0]);
  }
  serialize() {
    return serialize(fieldsOf(this.nodes));
  }
  serializeArray() {
    return fieldsOf(this.nodes);
  }
  serializeObject() {
    return serializeObject(fieldsOf(this.nodes));
  }
  toJSON() {
    return { url: this.url };
  }
};
function dropError(error) {
  if (error instanceof IterationInterrupted) throw error;
}
function isTarget(target) {
  return typeof target === "string" || target instanceof Selection || target instanceof Element;
}
function nodesOf(target) {
  if (target instanceof Selection) return target.nodes;
  if (target instanceof Element) return target.selection().nodes.slice(0, 1);
  throw new TypeError(
    `invalid argument, cannot use ${target === void 0 ? "undefined" : JSON.stringify(target)} as a selector`
  );
}
function testFor(target) {
  if (typeof target === "string") return testOf2(target);
  const nodes = new Set(nodesOf(target));
  return (node) => nodes.has(node);
}
function endFor(end) {
  return end === null || end === void 0 ? () => false : testFor(end);
}
function assertFunction(value2, method) {
  if (typeof value2 === "function") return;
  throw new TypeError(`the argument to ${method}() must be a function`);
}

// src/k6/script/awaits/in-turn.ts
async function inTurn(receiver, method, callback, ...more) {
  const walk = Array.isArray(receiver) ? WALKS[method] : void 0;
  if (walk) return await walk(receiver, callback, more);
  if (receiver instanceof Selection) {
    const walkSelection = SELECTION_WALKS[method];
    if (walkSelection) return await walkSelection(receiver, callback);
  }
  if (receiver === Array && method === "from") {
    return await map(Array.from(callback), more[0], [more[1]]);
  }
  if (method === "forEach" && (receiver instanceof Map || receiver instanceof Set)) {
    for (const [key, value2] of [...receiver.entries()]) {
      await callback.call(more[0], value2, key, receiver);
    }
    return void 0;
  }
  const owner = receiver;
  if (typeof owner?.[method] !== "function") throw new TypeError(`.${method} is not a function`);
  return await owner[method](callback, ...more);
}
var WALKS = {
  async forEach(array25, callback, [self]) {
    await map(array25, callback, [self]);
  },
  map,
  async flatMap(array25, callback, more) {
    return (await map(array25, callback, more)).flat();
  },
  async filter(array25, callback, more) {
    const kept = await map(array25, callback, more);
    return array25.filter((_, index) => kept[index]);
  },
  async find(array25, callback, more) {
    return array25[await firstIndex(array25, callback, more)];
  },
  findIndex: firstIndex,
  async some(array25, callback, more) {
    return await firstIndex(array25, callback, more) >= 0;
  },
  async every(array25, callback, [self]) {
    for (const [index, item] of array25.entries()) {
      if (!await callback.call(self, item, index, array25)) return false;
    }
    return true;
  },
  async reduce(array25, callback, more) {
    if (array25.length === 0 && more.length === 0) {
      throw new TypeError("Reduce of empty array with no initial value");
    }
    let result = more.length > 0 ? more[0] : array25[0];
    for (let index = more.length > 0 ? 0 : 1; index < array25.length; index += 1) {
      result = await callback(result, array25[index], index, array25);
    }
    return result;
  }
};
var SELECTION_WALKS = {
  async each(selection, callback) {
    for (const [index, element] of selection.get().entries()) await callback(index, element);
    return selection;
  },
  async map(selection, callback) {
    const results = [];
    for (const [index, each] of selection.toArray().entries()) {
      try {
        results.push(await callback(index, each));
      } catch (error) {
        dropError(error);
      }
    }
    return results;
  },
  async filter(selection, callback) {
    const kept = await answers2(selection, callback);
    return selection.filter((index) => kept[index]);
  },
  async not(selection, callback) {
    const left = await answers2(selection, callback);
    return selection.not((index) => left[index]);
  },
  async is(selection, callback) {
    return (await answers2(selection, callback)).some(Boolean);
  }
};
async function answers2(selection, callback) {
  const given = [];
  for (const [index, each] of selection.toArray().entries())
    given.push(await callback(index, each));
  return given;
}
async function map(array25, callback, [self]) {
  const results = [];
  for (const [index, item] of array25.entries()) {
    results.push(await callback.call(self, item, index, array25));
  }
  return results;
}
async function firstIndex(array25, callback, [self]) {
  for (const [index, item] of array25.entries()) {
    if (await callback.call(self, item, index, array25)) return index;
  }
  return -1;
}

// src/k6/script/evaluate.ts
var GLOBALS = [
  ...["console", "crypto"],
  ...["setTimeout", "setInterval", "clearTimeout", "clearInterval"],
  "process"
];
var ABSENT2 = [
  ...["setImmediate", "clearImmediate", "queueMicrotask", "MessageChannel", "BroadcastChannel"],
  ...["fetch", "WebSocket", "EventSource", "Buffer"]
];
var NAMES = ["__ENV", "__VU"];
var PARAMETERS = [
  "module",
  "exports",
  "require",
  "__vu",
  "open",
  IN_FILE,
  "__inTurn",
  CONSTANT,
  ...GLOBALS,
  ...NAMES,
  ...ABSENT2
];
function compileBundle(path, bundle) {
  const filename = fileNameOf(path);
  const body = bundle.waits ? `return (async () => {${bundle.code}
})();` : bundle.code;
  const factory = compileFunction(body, PARAMETERS, { filename });
  showOrigins(filename, bundle.originOf);
  return {
    evaluate(vu, { require: require5, open, inFile, globals }) {
      const module = { exports: {} };
      const ready = factory(
        module,
        module.exports,
        require5,
        vu,
        open,
        inFile,
        inTurn,
        constants2,
        ...GLOBALS.map((name2) => globals[name2]),
        vu.env,
        vu.id
      );
      const ended = () => {
        showOptions(module.exports.options, vu.run.options);
        return module.exports;
      };
      return ready ? ready.then(ended) : ended();
    },
    describeError(error) {
      const message = messageOf(error);
      const place = error instanceof Error ? placeOf2(error) : void 0;
      return place === void 0 ? message : `${place}: ${message}`;
    },
    owns: (error) => !(error instanceof Error) || isOfScript(error)
  };
}
function showOptions(own, inForce) {
  if (typeof own !== "object" || own === null) return;
  for (const [name2, value2] of Object.entries(inForce)) {
    if (name2 !== "scenarios") Reflect.set(own, name2, value2);
  }
}
function messageOf(error) {
  if (!(error instanceof Error)) return String(error);
  return error.name === "Error" ? error.message : `${error.name}: ${error.message}`;
}
function functionsIn(exports) {
  return Object.fromEntries(
    Object.entries(exports).filter(([, value2]) => typeof value2 === "function")
  );
}

// src/load/metrics/checks.ts
function createCheckCounts() {
  const byGroup = /* @__PURE__ */ new Map();
  function checksIn(group2) {
    let byName = byGroup.get(group2);
    if (!byName) {
      byName = /* @__PURE__ */ new Map();
      byGroup.set(group2, byName);
    }
    return byName;
  }
  function countOf(group2, name2) {
    const byName = checksIn(group2);
    let check2 = byName.get(name2);
    if (!check2) {
      check2 = { name: name2, group: group2, passes: 0, fails: 0 };
      byName.set(name2, check2);
    }
    return check2;
  }
  const all2 = () => [...byGroup.values()].flatMap((byName) => [...byName.values()]);
  return {
    enter: checksIn,
    count(group2, name2, passed) {
      const check2 = countOf(group2, name2);
      if (passed) check2.passes += 1;
      else check2.fails += 1;
    },
    all: all2,
    groups: () => [...byGroup.keys()],
    drain() {
      const drained = { counts: all2(), groups: [...byGroup.keys()] };
      byGroup.clear();
      return drained;
    },
    merge({ counts, groups }) {
      groups.forEach(checksIn);
      for (const { group: group2, name: name2, passes, fails } of counts) {
        const check2 = countOf(group2, name2);
        check2.passes += passes;
        check2.fails += fails;
      }
    }
  };
}

// src/k6/script/reader-vu.ts
function createReaderVu(env, metrics) {
  const nothing = () => {
  };
  return {
    id: 0,
    env: { ...env },
    initializing: true,
    isReader: true,
    currentIteration: void 0,
    interrupted: false,
    iterationCount: 0,
    group: "",
    tags: {},
    expectedStatus: null,
    random: Math.random,
    cookies: createCookieJar(() => 0),
    calls: { send: nothing, sendBeside: nothing, cancelAll: nothing, close: nothing },
    metrics,
    checks: createCheckCounts(),
    http: {
      userAgent: "",
      redirectsMax: 0,
      discardResponseBodies: false,
      throwOnFailure: false,
      insecureSkipTlsVerify: false,
      hosts: {},
      keepConnections: "always",
      batchMax: 1,
      batchPerHostMax: 1,
      keepCookies: false
    },
    run: {
      elapsedMs: () => 0,
      iterationsCompleted: () => 0,
      iterationsInterrupted: () => 0,
      vusActive: () => 0,
      vusInitialized: () => 0,
      options: {},
      abort: nothing,
      fail: nothing
    },
    began: nothing,
    ended: nothing,
    pause: () => Promise.resolve(),
    meet: () => Promise.resolve(),
    release: void 0,
    watch: void 0,
    ready: void 0,
    onGone: void 0,
    after: () => () => false,
    awaiting: (promise) => promise,
    log: nothing,
    tag: () => void 0,
    allTags: () => ({})
  };
}

// src/k6/modules/crypto.ts
import { createHash, createHmac, randomBytes as randomBytes3 } from "node:crypto";

// src/k6/runtime/bytes.ts
function bytesOf(data) {
  if (typeof data === "string") return Buffer.from(data, "utf8");
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  if (ArrayBuffer.isView(data))
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  throw new TypeError("expected a string or an ArrayBuffer");
}

// src/k6/modules/crypto.ts
var ALGORITHMS = {
  md5: "md5",
  ripemd160: "ripemd160",
  sha1: "sha1",
  sha256: "sha256",
  sha384: "sha384",
  sha512: "sha512",
  sha512_224: "sha512-224",
  sha512_256: "sha512-256"
};
var cryptoModule = () => {
  const hash = (algorithm) => hasher(() => createHash(nodeNameOf(algorithm)));
  const createHMAC = (algorithm, secret) => hasher(() => createHmac(nodeNameOf(algorithm), bytesOf(secret)));
  const digestOf = (made2, data, encoding2) => {
    made2.update(data);
    return made2.digest(encoding2);
  };
  const shorthands = Object.fromEntries(
    Object.keys(ALGORITHMS).map((algorithm) => [
      algorithm,
      (data, encoding2) => digestOf(hash(algorithm), data, encoding2)
    ])
  );
  return {
    ...shorthands,
    createHash: hash,
    createHMAC,
    hmac: (algorithm, secret, data, encoding2) => digestOf(createHMAC(algorithm, secret), data, encoding2),
    hexEncode: (data) => Buffer.from(bytesOf(data)).toString("hex"),
    randomBytes(size) {
      if (!(size >= 1)) throw new Error("invalid size");
      return new Uint8Array(randomBytes3(size)).buffer;
    }
  };
};
function nodeNameOf(algorithm) {
  const name2 = ALGORITHMS[algorithm];
  if (name2) return name2;
  throw new Error(
    `invalid algorithm: ${algorithm} (there are: ${Object.keys(ALGORITHMS).join(", ")})`
  );
}
function hasher(create2) {
  create2();
  const given = [];
  return {
    update(data) {
      given.push(bytesOf(data));
    },
    digest(encoding2) {
      const made2 = create2();
      for (const bytes of given) made2.update(bytes);
      return encode(made2.digest(), encoding2);
    }
  };
}
function encode(digest, encoding2) {
  switch (encoding2) {
    case "hex":
    case "base64":
      return digest.toString(encoding2);
    case "base64url":
      return digest.toString("base64").replaceAll("+", "-").replaceAll("/", "_");
    case "base64rawurl":
      return digest.toString("base64url");
    case "binary":
      return new Uint8Array(digest).buffer;
    default:
      throw new Error(
        `invalid output encoding: ${encoding2} (there are: hex, base64, base64url, base64rawurl, binary)`
      );
  }
}

// src/k6/modules/data.ts
var dataModule = (vu, files) => {
  const shared = sharedStateOf(vu.run);
  function SharedArray(name2, build2) {
    if (!vu.initializing) throw new Error("a SharedArray can be made in init code only");
    if (typeof name2 !== "string" || name2 === "") throw new TypeError("a SharedArray needs a name");
    if (typeof build2 !== "function") {
      throw new TypeError(`SharedArray "${name2}" needs a function that returns an array`);
    }
    if (vu.shareArray) return vu.shareArray(name2, () => arrayOf(name2, build2));
    let array25 = shared.arrays.get(name2);
    if (!array25) {
      array25 = vu.isReader ? createLazyArray(files.asNow(() => fill(name2, build2))) : fill(name2, build2);
      shared.arrays.set(name2, array25);
    }
    return array25;
  }
  return { SharedArray };
};
function fill(name2, build2) {
  return deepFreeze(JSON.parse(JSON.stringify(arrayOf(name2, build2))));
}
function arrayOf(name2, build2) {
  const built = build2();
  if (Array.isArray(built)) return built;
  throw new TypeError(`the function of SharedArray "${name2}" must return an array`);
}
function createLazyArray(build2) {
  const target = [];
  const filled = () => {
    if (!Object.isFrozen(target)) {
      for (const item of build2()) target.push(item);
      Object.freeze(target);
    }
    return target;
  };
  return new Proxy(target, {
    get: (_, key) => Reflect.get(filled(), key),
    has: (_, key) => Reflect.has(filled(), key),
    ownKeys: () => Reflect.ownKeys(filled()),
    getOwnPropertyDescriptor: (_, key) => Reflect.getOwnPropertyDescriptor(filled(), key)
  });
}

// src/k6/modules/encoding.ts
var encodingModule = () => ({
  b64encode(input, variant) {
    const bytes = typeof input === "string" ? Buffer.from(input, "utf8") : Buffer.from(input);
    const padded = bytes.toString("base64");
    switch (variantOf(variant)) {
      case "std":
        return padded;
      case "rawstd":
        return padded.replace(/=+$/, "");
      case "url":
        return padded.replaceAll("+", "-").replaceAll("/", "_");
      case "rawurl":
        return bytes.toString("base64url");
    }
  },
  b64decode(input, encoding2, format) {
    const variant = variantOf(encoding2);
    const text4 = input.replaceAll(/[\r\n]/g, "");
    if (!SYNTAX[variant].test(text4)) throw new Error(`illegal base64 data ("${variant}")`);
    const bytes = Buffer.from(text4, variant.endsWith("url") ? "base64url" : "base64");
    return format === "s" ? bytes.toString("utf8") : new Uint8Array(bytes).buffer;
  }
});
var variantOf = (name2) => name2 && Object.hasOwn(SYNTAX, name2) ? name2 : "std";
var SYNTAX = {
  std: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
  rawstd: /^(?:[A-Za-z0-9+/]{4})*[A-Za-z0-9+/]{0,3}$/,
  url: /^(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-]{2}==|[A-Za-z0-9_-]{3}=)?$/,
  rawurl: /^(?:[A-Za-z0-9_-]{4})*[A-Za-z0-9_-]{0,3}$/
};

// src/k6/modules/execution.ts
var executionModule = (vu) => {
  const iteration = () => {
    if (!vu.currentIteration) {
      throw new Error("exec.scenario is known inside a scenario only, not in init code or setup()");
    }
    return vu.currentIteration;
  };
  const tags = tagsOf(vu);
  return {
    scenario: {
      get name() {
        return iteration().scenario.name;
      },
      get executor() {
        return iteration().scenario.executor;
      },
      get startTime() {
        return Math.trunc(iteration().scenarioStartedAtMs);
      },
      get progress() {
        return iteration().progress();
      },
      get iterationInInstance() {
        return iteration().number;
      },
      get iterationInTest() {
        return iteration().number;
      }
    },
    instance: {
      get iterationsInterrupted() {
        return vu.run.iterationsInterrupted();
      },
      get iterationsCompleted() {
        return vu.run.iterationsCompleted();
      },
      get vusActive() {
        return vu.run.vusActive();
      },
      get vusInitialized() {
        return vu.run.vusInitialized();
      },
      get currentTestRunDuration() {
        return vu.run.elapsedMs();
      }
    },
    test: {
      abort: (reason) => abort(vu, reason),
      fail: (reason = "") => vu.run.fail(`exec.test.fail(): ${reason}`),
      options: frozen(vu.run.options)
    },
    vu: {
      get idInInstance() {
        return vu.id;
      },
      get idInTest() {
        return vu.id;
      },
      get iterationInInstance() {
        return vu.iterationCount;
      },
      get iterationInScenario() {
        iteration();
        return vu.iterationCount;
      },
      get tags() {
        return tags;
      },
      // As in k6, tags are changed one by one.
      set tags(_) {
      },
      metrics: { tags, metadata: {} }
    }
  };
};
function tagsOf(vu) {
  return new Proxy(vu.tags, {
    get: (_, name2) => vu.allTags()[name2],
    has: (_, name2) => name2 in vu.allTags(),
    ownKeys: () => Object.keys(vu.allTags()),
    getOwnPropertyDescriptor(_, name2) {
      const value2 = vu.allTags()[name2];
      if (value2 === void 0) return void 0;
      return { value: value2, enumerable: true, configurable: true, writable: true };
    },
    set(tags, name2, value2) {
      if (!["string", "number", "boolean"].includes(typeof value2)) {
        throw new TypeError(
          `the tag "${String(name2)}" takes a text, a number or a boolean, not ${value2 === null ? "null" : typeof value2}`
        );
      }
      tags[String(name2)] = String(value2);
      return true;
    }
  });
}
function frozen(value2) {
  if (typeof value2 !== "object" || value2 === null || Object.isFrozen(value2)) return value2;
  Object.freeze(value2);
  for (const field of Object.values(value2)) frozen(field);
  return value2;
}
function abort(vu, reason = "test aborted") {
  if (vu.initializing) throw new AbortedInInit(reason);
  vu.run.abort(reason);
  throw new IterationInterrupted();
}

// src/k6/modules/experimental/csv-records.ts
function* csvRecords(text4, delimiter) {
  const limit = `\\u${delimiter.charCodeAt(0).toString(16).padStart(4, "0")}`;
  const field = new RegExp(`"([^"]*(?:""[^"]*)*)"|([^${limit}\\n"]*)`, "y");
  const separator = new RegExp(`${limit}|\\r?\\n|$`, "y");
  const emptyLines = /(?:\r?\n)*/y;
  let at = 0;
  let width;
  function take(pattern) {
    pattern.lastIndex = at;
    const match = pattern.exec(text4);
    if (match) at = pattern.lastIndex;
    return match;
  }
  const failure = (place, what) => new Error(`line ${text4.slice(0, place).split("\n").length}: ${what}`);
  for (; ; ) {
    take(emptyLines);
    if (at === text4.length) return;
    const start = at;
    const record11 = [];
    let end;
    do {
      const [, quoted2, plain = ""] = take(field);
      record11.push(quoted2 === void 0 ? plain.replace(/\r$/, "") : quoted2.replaceAll('""', '"'));
      end = take(separator);
      if (!end) throw failure(at, "a quote in the middle of a field, or one that is not closed");
    } while (end[0] === delimiter);
    width ??= record11.length;
    if (record11.length !== width) {
      throw failure(start, `${record11.length} fields, and ${width} in the first line`);
    }
    yield record11;
  }
}

// src/k6/modules/experimental/fs.ts
import { basename, dirname as dirname3 } from "node:path";

// src/k6/runtime/open-file.ts
import { readFileSync, statSync as statSync2 } from "node:fs";
import { resolve as resolve5 } from "node:path";
import { fileURLToPath as fileURLToPath2 } from "node:url";
var FILE_BYTES_MAX = 2 ** 29 - 1024;
function createOpen(files, vu) {
  return (path, mode) => {
    if (typeof path !== "string" || path === "") {
      const given = `open() needs the path of a file, but was given ${JSON.stringify(path)}`;
      throw new TypeError([given, ...adviceOnSaleFile(path, vu)].join(". "));
    }
    if (!vu.initializing) {
      throw new Error("open() works in init code only");
    }
    const { content: content2 } = openOnce(vu, files.folder(), path);
    if (mode !== "b") return content2.toString("utf8");
    return new Uint8Array(content2).buffer;
  };
}
function adviceOnSaleFile(path, { env, isReader }) {
  if (path !== void 0 || env.FLASHSALE_SALE !== void 0) return [];
  return [
    isReader ? "The sale file (`__ENV.FLASHSALE_SALE`) is written once the options were read: open it in the function of a SharedArray, and read the array in the functions of VUs only" : "There is a sale file (`__ENV.FLASHSALE_SALE`) only if the script exports a `sale`: export const sale = { stock: 100, buyers: 2000 };"
  ];
}
function openOnce(vu, folder, path) {
  const { files } = sharedStateOf(vu.run);
  const absolute2 = path.startsWith("file://") ? fileURLToPath2(path) : resolve5(folder, path);
  let content2 = files.get(absolute2);
  if (!content2) {
    content2 = read(absolute2);
    files.set(absolute2, content2);
  }
  return { absolute: absolute2, content: content2 };
}
function read(path) {
  try {
    const stat = statSync2(path);
    if (stat.isCharacterDevice() || stat.isBlockDevice())
      throw new Error("it is a device, not a file");
    if (stat.isFIFO() || stat.isSocket())
      throw new Error("it is a pipe, which can be read only once; write its content into a file");
    if (stat.size > FILE_BYTES_MAX) {
      throw new Error(`it has ${stat.size} bytes, and open() takes at most ${FILE_BYTES_MAX}`);
    }
    return readFileSync(path);
  } catch (error) {
    throw new Error(`open() cannot read ${path}: ${error.message}`, { cause: error });
  }
}

// src/k6/modules/experimental/fs.ts
var SeekMode = { Start: 0, Current: 1, End: 2 };
var fsModule = (vu, { scriptPath }) => ({
  async open(path) {
    if (!vu.initializing) {
      throw named(new Error("open() works in init code only"), "ForbiddenError");
    }
    if (typeof path !== "string" || path === "") {
      throw new TypeError(`open() needs the path of a file, but was given ${JSON.stringify(path)}`);
    }
    try {
      const { absolute: absolute2, content: content2 } = openOnce(vu, dirname3(scriptPath), path);
      return new ScriptFile(absolute2, content2);
    } catch (error) {
      throw named(error, "NotFoundError");
    }
  },
  SeekMode
});
function named(error, name2) {
  error.name = name2;
  return error;
}
var ScriptFile = class {
  path;
  #content;
  #position = 0;
  constructor(path, content2) {
    this.path = path;
    this.#content = content2;
  }
  /** All bytes of a file, independent of its position. */
  static contentOf(file) {
    return file.#content;
  }
  /** Fills an array with the next bytes. Returns their number, null at the end of the file. */
  async read(into) {
    if (!(into instanceof Uint8Array)) throw new TypeError("read() needs a Uint8Array to fill");
    const piece = this.#content.subarray(this.#position, this.#position + into.length);
    if (piece.length === 0) return null;
    into.set(piece);
    this.#position += piece.length;
    return piece.length;
  }
  /** Moves the position. Returns its offset from the start of the file. */
  async seek(offset, whence) {
    const { length } = this.#content;
    const from = [0, this.#position, length - 1][whence];
    if (from === void 0) throw new TypeError("seek() needs one of SeekMode to count from");
    if (typeof offset !== "number" || !Number.isInteger(offset)) {
      throw new TypeError(`seek() needs a whole number of bytes, but was given ${offset}`);
    }
    const position = from + offset;
    if (position < 0 || position > length || whence === SeekMode.End && offset > 0) {
      throw new TypeError(`seek() cannot go to ${position}: the file has ${length} bytes`);
    }
    this.#position = position;
    return position;
  }
  async stat() {
    return { name: basename(this.path), size: this.#content.length };
  }
};

// src/k6/modules/experimental/csv.ts
var csvModule = (vu) => ({
  async parse(file, options = {}) {
    const { arrays } = sharedStateOf(vu.run);
    const rows = rowsOf2(file, options);
    const key = JSON.stringify(["csv.parse", file.path, options]);
    const parsed = arrays.get(key) ?? deepFreeze([...rows]);
    arrays.set(key, parsed);
    return parsed;
  },
  Parser: class {
    #rows;
    constructor(file, options = {}) {
      this.#rows = rowsOf2(file, options);
    }
    async next() {
      const { done = false, value: value2 } = this.#rows.next();
      return { done, value: value2 ?? [] };
    }
  }
});
var texts2 = /* @__PURE__ */ new WeakMap();
function rowsOf2(file, options) {
  if (!(file instanceof ScriptFile)) {
    throw new TypeError("CSV is read from a file that open() of k6/experimental/fs returned");
  }
  const content2 = ScriptFile.contentOf(file);
  const text4 = texts2.get(content2) ?? content2.toString("utf8");
  texts2.set(content2, text4);
  const { delimiter = ",", fromLine = 0, toLine = 0, skipFirstLine, asObjects } = options;
  if (delimiter.length !== 1 || /["\r\n]/.test(delimiter)) {
    throw new TypeError(
      `delimiter: ${JSON.stringify(delimiter)} is not a character that can separate fields`
    );
  }
  if (fromLine < 0 || toLine < 0 || toLine > 0 && fromLine >= toLine) {
    throw new RangeError(`there are no lines from ${fromLine} to ${toLine}`);
  }
  if (asObjects && (skipFirstLine || fromLine > 0)) {
    throw new TypeError(
      "asObjects needs the first line, which skipFirstLine and fromLine leave out"
    );
  }
  return readRows(csvRecords(text4, delimiter), {
    first: Math.max(fromLine, skipFirstLine ? 1 : 0),
    last: toLine === 0 ? Number.POSITIVE_INFINITY : toLine,
    asObjects: asObjects ?? false
  });
}
function* readRows(records, { first, last, asObjects }) {
  let line2 = 0;
  let names;
  for (const record11 of records) {
    if (line2 > last) return;
    if (asObjects && !names) names = record11;
    else if (line2 >= first) yield names ? asObject(names, record11) : record11;
    line2 += 1;
  }
  if (line2 < first || asObjects && !names)
    throw new RangeError(`the file has only ${line2} lines`);
}
var asObject = (names, record11) => Object.fromEntries(names.map((name2, index) => [name2, record11[index]]));

// src/k6/modules/flashsale.ts
var TIMEOUT_DEFAULT = "30s";
var flashsaleModule = (vu) => ({
  rendezvous(name2, vus, { timeout = TIMEOUT_DEFAULT } = {}) {
    if (typeof name2 !== "string" || name2 === "") throw new TypeError("a rendezvous needs a name");
    if (!Number.isInteger(vus) || vus < 1) {
      throw new TypeError(`rendezvous "${name2}" needs the number of VUs to wait for`);
    }
    const timeoutMs = parseDurationMs(timeout);
    if (timeoutMs === void 0) {
      throw new TypeError(`rendezvous "${name2}": "${timeout}" is not a duration like 30s`);
    }
    if (vu.initializing) throw new Error("rendezvous() works in scenarios only, not in init code");
    return waitWatched(vu, "rendezvous()", () => vu.meet({ name: name2, size: vus, timeoutMs }));
  }
});

// src/k6/html/page.ts
import { createRequire as createRequire3 } from "node:module";

// src/k6/html/url-reference.ts
import { toUSVString } from "node:util";
var REFERENCE = /^(?:([a-z][a-z0-9+.-]*):)?(?:\/\/(?:([^/?#@]*)@)?([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/is;
var NO_URL = {
  scheme: "",
  credentials: void 0,
  host: "",
  path: "",
  query: void 0,
  fragment: "",
  opaque: ""
};
function resolveReference(base, reference) {
  const from = parse3(base);
  const to = parse3(reference);
  if (!from || !to) return void 0;
  if (to.scheme || to.host || to.credentials !== void 0) {
    return { ...to, scheme: to.scheme || from.scheme, path: withoutDots(to.path) };
  }
  const { scheme, credentials, host } = from;
  const isSamePage = to.path === "" && !to.query;
  const path = to.path.startsWith("/") ? to.path : to.path === "" ? from.path : from.path.slice(0, from.path.lastIndexOf("/") + 1) + to.path;
  return {
    ...{ scheme, credentials, host, opaque: "" },
    path: withoutDots(path),
    query: isSamePage ? from.query : to.query,
    fragment: isSamePage && to.fragment === "" ? from.fragment : to.fragment
  };
}
function parse3(text4) {
  const match = [...text4].some(isControl) ? null : REFERENCE.exec(text4);
  if (!match) return void 0;
  const [, scheme = "", credentials, host = "", path = "", query, fragment = ""] = match;
  if (/%(?![0-9a-f]{2})/i.test(host + path + fragment)) return void 0;
  const isOpaque = scheme !== "" && path !== "" && !path.startsWith("/") && host === "";
  return {
    ...{ scheme: scheme.toLowerCase(), credentials, host, query, fragment },
    path: isOpaque ? "" : path,
    opaque: isOpaque ? path : ""
  };
}
var isControl = (character) => character < " " || character === "\x7F";
function withoutDots(path) {
  if (path === "") return "";
  const kept = [];
  const segments = path.replace(/^\//, "").split("/");
  for (const [index, segment] of segments.entries()) {
    if (segment === "..") kept.pop();
    if (segment !== "." && segment !== "..") kept.push(segment);
    else if (index === segments.length - 1) kept.push("");
  }
  return `/${kept.join("/")}`;
}
function formatUrl({ scheme, credentials, host, path, query, ...rest }) {
  const { fragment, opaque } = rest;
  const user = credentials === void 0 ? "" : `${credentials}@`;
  const hasAuthority = (scheme || host || user) && (host || path || user);
  return [
    scheme && `${scheme}:`,
    opaque || `${hasAuthority ? "//" : ""}${user}${host}${encoded(path)}`,
    query === void 0 ? "" : `?${query}`,
    fragment && `#${encoded(fragment)}`
  ].join("");
}
function encoded(text4) {
  return toUSVString(text4).replaceAll(
    /[^\w\-.~!$&'()*+,;=:@[\]/%]/gu,
    (character) => encodeURIComponent(character)
  );
}

// src/k6/html/readers.ts
function attributes(read2, ...names) {
  return Object.fromEntries(names.map((name2) => [name2, read2(name2.toLowerCase())]));
}
var text3 = (attribute) => (element) => element.selection().attr(attribute, "");
var flag = (attribute) => (element) => element.hasAttribute(attribute);
var number6 = (otherwise) => (attribute) => (element) => {
  const value2 = element.getAttribute(attribute) ?? "";
  return /^[+-]?\d+$/.test(value2) ? Number(value2) : otherwise;
};
var choice = (otherwise, ...others) => (attribute) => (element) => {
  const value2 = element.selection().attr(attribute, "");
  return others.includes(value2) ? value2 : otherwise;
};
var optionalChoice = (...known) => (attribute) => (element) => {
  const value2 = element.getAttribute(attribute);
  return value2 !== void 0 && known.includes(value2) ? value2 : void 0;
};
var url = (attribute) => (element) => {
  const reference = element.getAttribute(attribute);
  return reference === void 0 ? "" : absolute(element, reference) ?? "";
};
function absolute(element, reference) {
  const page = element.selection().url;
  if (page === "") return reference;
  const parts = resolveReference(page, reference);
  return parts && formatUrl(parts);
}
var all = (selector) => (element) => element.querySelectorAll(selector);
var content = (element) => element.textContent();
function findInPage(element, selector) {
  return element.selection().parents().last().find(selector);
}
var indexAmong = (containers, selector, otherwise) => (element) => {
  const container = element.selection().parents(containers);
  return container.size() === 0 ? otherwise : container.find(selector).index(element);
};

// src/k6/html/form-elements.ts
function formOf(element) {
  const around = element.selection().closest("form");
  if (around.size() > 0) return around;
  const id = element.selection().attr("form", "");
  const named2 = id === "" ? void 0 : findInPage(element, `#${id}`);
  return named2 && named2.size() > 0 ? named2 : void 0;
}
var form = (element) => formOf(element)?.get(0);
function labels(element) {
  const around = element.selection().closest("label");
  const id = element.id();
  return (id === "" ? around : around.add(findInPage(element, `label[for="${id}"]`))).get();
}
var encoding = choice(
  "application/x-www-form-urlencoded",
  "multipart/form-data",
  "text/plain"
);
var onOrOff = choice("on", "off");
var value = (element) => valueOrContent(element.selection().nodes[0]);
var chosenIn = (element) => element.selection().find("option[selected]");
function floatOf(element, attribute) {
  const text4 = element.getAttribute(attribute)?.trim() ?? "";
  const float = text4 === "" ? Number.NaN : Number(text4);
  return float >= 0 ? float : void 0;
}
function progressMax(element) {
  return floatOf(element, "max") ?? 1;
}
function progressOf(element) {
  const done = floatOf(element, "value");
  return done === void 0 ? void 0 : done / progressMax(element);
}
function ofFieldOrForm(element, attribute) {
  return element.getAttribute(`form${attribute}`) ?? formOf(element)?.attr(attribute);
}
var FIELD = {
  ...attributes(text3, "name"),
  form,
  labels,
  formAction(element) {
    const action = ofFieldOrForm(element, "action") ?? "";
    const page = element.selection().url;
    return page !== "" && action === "" ? page : absolute(element, action) ?? action;
  },
  formEnctype(element) {
    const value2 = ofFieldOrForm(element, "enctype") ?? "";
    const others = ["multipart/form-data", "text/plain"];
    return others.includes(value2) ? value2 : "application/x-www-form-urlencoded";
  },
  formMethod: (element) => ofFieldOrForm(element, "method")?.toLowerCase() === "post" ? "post" : "get",
  formNoValidate: (element) => ofFieldOrForm(element, "novalidate") !== void 0,
  formTarget: (element) => ofFieldOrForm(element, "target") ?? ""
};
var FORM_ELEMENTS = {
  button: {
    ...FIELD,
    ...attributes(text3, "accessKey"),
    ...attributes(flag, "autofocus", "disabled"),
    ...attributes(number6(0), "tabIndex"),
    ...attributes(choice("submit", "button", "menu", "reset"), "type"),
    value
  },
  datalist: { options: all("option") },
  fieldset: {
    ...attributes(flag, "disabled"),
    ...attributes(text3, "name"),
    form,
    type: () => "fieldset",
    elements: all("input,select,button,textarea"),
    validity: () => void 0
  },
  form: {
    ...attributes(url, "action"),
    ...attributes(text3, "name", "target"),
    ...attributes(encoding, "enctype"),
    ...attributes(onOrOff, "autocomplete"),
    ...attributes(flag, "noValidate"),
    encoding: encoding("enctype"),
    acceptCharset: text3("accept-charset"),
    elements: all("input,select,button,textarea,fieldset"),
    length: (element) => element.querySelectorAll("input,select,button,textarea,fieldset").length,
    method: choice("get", "post")("method")
  },
  input: {
    ...FIELD,
    ...attributes(
      text3,
      "value",
      "alt",
      "height",
      "width",
      "accept",
      "pattern",
      "placeholder"
    ),
    ...attributes(text3, "min", "max", "dirName", "accessKey", "step"),
    ...attributes(number6(0), "tabIndex", "size"),
    ...attributes(number6(-1), "maxLength"),
    ...attributes(
      flag,
      "disabled",
      "autofocus",
      "required",
      "checked",
      "readonly",
      "multiple"
    ),
    ...attributes(url, "src"),
    ...attributes(onOrOff, "autocomplete"),
    ...attributes(
      choice(
        ...["text", "button", "checkbox", "color", "date", "datetime-local", "email"],
        ...["file", "hidden", "image", "month", "number", "password", "radio", "range", "reset"],
        ...["search", "submit", "tel", "time", "url", "week"]
      ),
      "type"
    ),
    defaultChecked: flag("checked"),
    defaultValue: text3("value"),
    list(element) {
      const id = element.selection().attr("list", "");
      const type = element.selection().attr("type", "");
      const without = ["hidden", "checkbox", "radio", "file", "button"];
      if (id === "" || without.includes(type)) return void 0;
      return findInPage(element, `datalist[id="${id}"]`).get(0);
    }
  },
  keygen: {
    ...attributes(flag, "autofocus", "disabled"),
    ...attributes(text3, "challenge", "name"),
    ...attributes(choice("RSA", "DSA", "EC"), "keytype"),
    form,
    labels,
    type: () => "keygen"
  },
  label: {
    form,
    htmlFor: text3("for"),
    control(element) {
      const id = element.getAttribute("for");
      return id === void 0 ? void 0 : findInPage(element, `#${id}`).get(0);
    }
  },
  legend: { ...attributes(text3, "accessKey"), form },
  meter: { ...attributes(number6(0), "min", "max", "high", "low", "optimum"), labels },
  optgroup: { ...attributes(flag, "disabled"), ...attributes(text3, "label") },
  option: {
    ...attributes(flag, "selected"),
    defaultSelected: flag("selected"),
    disabled: (element) => element.hasAttribute("disabled") || element.selection().parents("optgroup").attr("disabled") !== void 0,
    form(element) {
      const around = element.selection().parents("form");
      if (around.size() > 0) return around.get(0);
      const id = element.selection().parents("select").attr("form");
      return id === void 0 ? void 0 : findInPage(element, `form#${id}`).get(0);
    },
    index: indexAmong("select,datalist", "option", 0),
    label: (element) => element.getAttribute("label") ?? element.textContent(),
    text: content,
    value
  },
  output: {
    ...attributes(text3, "name"),
    form,
    labels,
    htmlFor: text3("for"),
    type: () => "output",
    value: content,
    defaultValue: content
  },
  progress: {
    labels,
    max: progressMax,
    value: (element) => progressOf(element) ?? 0,
    position: (element) => progressOf(element) ?? -1
  },
  select: {
    ...attributes(flag, "autofocus", "disabled", "multiple", "required"),
    ...attributes(text3, "name"),
    ...attributes(number6(0), "tabIndex"),
    form,
    labels,
    options: all("option"),
    length: (element) => element.querySelectorAll("option").length,
    selectedIndex: (element) => element.selection().find("option").index(chosenIn(element)),
    selectedOptions: all("option[selected]"),
    size: (element) => element.hasAttribute("multiple") ? 4 : 1,
    type: (element) => element.hasAttribute("multiple") ? "select-multiple" : "select",
    value: (element) => valueOrContent(chosenIn(element).nodes[0])
  },
  textarea: {
    ...attributes(text3, "value", "placeholder", "accessKey"),
    ...attributes(number6(0), "rows", "cols", "maxLength", "tabIndex"),
    ...attributes(flag, "readOnly", "required"),
    ...attributes(onOrOff, "autocomplete"),
    ...attributes(
      choice("sentences", "none", "off", "characters", "words"),
      "autocapitalize"
    ),
    ...attributes(choice("soft", "hard", "off"), "wrap"),
    form,
    labels,
    type: () => "textarea",
    defaultValue: text3("value"),
    length: (element) => Buffer.byteLength(element.selection().attr("value", ""))
  }
};

// src/k6/html/link-url.ts
var DEFAULT_PORTS = { http: "80", https: "443", ftp: "21" };
var LINK_URL = {
  hash: (element) => prefixed("#", decoded2(urlOf(element).fragment)),
  host(element) {
    const { scheme, host } = urlOf(element);
    const { name: name2, port: port2 } = splitHost(host);
    return port2 !== "" && port2 === DEFAULT_PORTS[scheme] ? name2 : host;
  },
  hostname: (element) => splitHost(urlOf(element).host).name,
  port: (element) => splitHost(urlOf(element).host).port,
  username: (element) => credentialsOf2(element).username,
  password: (element) => credentialsOf2(element).password,
  origin(element) {
    const { scheme, host } = urlOf(element);
    if (scheme === "file") return String(element);
    return scheme === "" ? "" : `${scheme}://${host}`;
  },
  pathname: (element) => decoded2(urlOf(element).path),
  protocol: (element) => urlOf(element).scheme || ":",
  search: (element) => prefixed("?", urlOf(element).query ?? "")
};
function urlOf(element) {
  const href = element.getAttribute("href");
  if (href === void 0) return NO_URL;
  return resolveReference(element.selection().url, href) ?? NO_URL;
}
function splitHost(host) {
  const [, name2 = host, port2 = ""] = /^(?:\[?)(.*?)(?:\]?):(\d*)$/.exec(host) ?? [];
  return { name: name2, port: port2 };
}
function credentialsOf2(element) {
  const [username = "", ...rest] = (urlOf(element).credentials ?? "").split(":");
  return { username: decoded2(username), password: decoded2(rest.join(":")) };
}
function prefixed(prefix, text4) {
  return text4 === "" ? "" : prefix + text4;
}
function decoded2(text4) {
  try {
    return decodeURIComponent(text4);
  } catch {
    return text4;
  }
}

// src/k6/html/table-elements.ts
var TABLE_SECTION = { rows: all("tr") };
var TABLE_CELL = {
  ...attributes(number6(1), "colSpan", "rowSpan"),
  ...attributes(text3, "headers"),
  cellIndex: indexAmong("tr", "th,td", -1)
};
var TABLE_ELEMENTS = {
  table: {
    ...attributes(flag, "sortable"),
    caption: (element) => element.selection().children("caption").get(0),
    tHead: (element) => element.selection().children("thead").get(0),
    tFoot: (element) => element.selection().children("tfoot").get(0),
    tBodies: all("tbody"),
    rows: all("tr")
  },
  thead: TABLE_SECTION,
  tbody: TABLE_SECTION,
  tfoot: TABLE_SECTION,
  tr: {
    cells: all("th,td"),
    rowIndex: indexAmong("table", "tr", -1),
    sectionRowIndex: indexAmong("thead,tbody,tfoot", "tr", -1)
  },
  col: { span: (element) => Math.max(1, number6(1)("span")(element)) },
  td: TABLE_CELL,
  th: {
    ...TABLE_CELL,
    ...attributes(text3, "abbr"),
    ...attributes(choice("", "row", "col", "colgroup", "rowgroup"), "scope"),
    ...attributes(flag, "sorted")
  }
};

// src/k6/html/elements.ts
var relList = (element) => element.getAttribute("rel")?.split(" ") ?? [];
var referrerPolicy = choice(
  ...["", "no-referrer", "no-referrer-when-downgrade", "origin"],
  ...["origin-when-cross-origin", "unsafe-url"]
);
var crossOrigin = optionalChoice("anonymous", "use-credentials");
var HREF = {
  ...attributes(text3, "download", "rel", "target", "type", "accessKey", "hrefLang"),
  ...attributes(referrerPolicy, "referrerPolicy"),
  ...attributes(url, "href"),
  ...LINK_URL,
  relList,
  text: content,
  toString: url("href")
};
var MEDIA = {
  ...attributes(flag, "autoplay", "controls", "loop", "muted"),
  ...attributes(choice("auto", "metadata", "none"), "preload"),
  ...attributes(url, "src"),
  ...attributes(crossOrigin, "crossOrigin"),
  ...attributes(text3, "mediaGroup"),
  currentSrc: text3("src"),
  defaultMuted: flag("muted"),
  textTracks: all("track")
};
var CITING = attributes(text3, "cite", "datetime");
var KINDS = {
  ...FORM_ELEMENTS,
  ...TABLE_ELEMENTS,
  a: HREF,
  area: HREF,
  audio: MEDIA,
  base: {
    ...attributes(text3, "target"),
    href: (element) => absolute(element, element.getAttribute("href") ?? "") ?? element.selection().url
  },
  canvas: attributes(number6(150), "width", "height"),
  data: attributes(text3, "value"),
  del: CITING,
  ins: CITING,
  embed: attributes(text3, "height", "width", "src", "type"),
  iframe: {
    ...attributes(flag, "allowfullscreen"),
    ...attributes(referrerPolicy, "referrerPolicy"),
    ...attributes(text3, "height", "width", "name"),
    ...attributes(url, "src")
  },
  img: {
    ...attributes(url, "src"),
    ...attributes(text3, "sizes", "srcset", "alt", "name", "useMap"),
    ...attributes(crossOrigin, "crossOrigin"),
    ...attributes(number6(0), "height", "width"),
    ...attributes(flag, "isMap"),
    ...attributes(referrerPolicy, "referrerPolicy"),
    currentSrc: url("src")
  },
  li: {
    ...attributes(number6(0), "value"),
    ...attributes(
      choice("", "1", "a", "A", "i", "I", "disc", "square", "circle"),
      "type"
    )
  },
  link: {
    ...attributes(crossOrigin, "crossOrigin"),
    ...attributes(referrerPolicy, "referrerPolicy"),
    ...attributes(url, "href"),
    ...attributes(text3, "hreflang", "media", "rel", "target", "type"),
    relList
  },
  map: {
    ...attributes(text3, "name"),
    areas: all("area"),
    images(element) {
      const id = element.getAttribute("id");
      if (id === void 0) return [];
      return findInPage(element, `img[usemap="#${id}"],object[usemap="#${id}"]`).get();
    }
  },
  meta: {
    ...attributes(text3, "content", "name"),
    httpEquiv: choice("content-type", "default-style", "refresh")("http-equiv")
  },
  object: {
    ...attributes(url, "data"),
    ...attributes(text3, "height", "name", "type", "useMap", "width"),
    ...attributes(number6(0), "tabIndex"),
    ...attributes(flag, "typeMustMatch"),
    form
  },
  ol: {
    ...attributes(flag, "reversed"),
    ...attributes(number6(0), "start"),
    ...attributes(choice("1", "a", "A", "i", "I"), "type")
  },
  param: attributes(text3, "name", "value"),
  pre: attributes(text3, "name", "value"),
  quote: attributes(text3, "cite"),
  script: {
    ...attributes(text3, "crossOrigin", "type", "charset"),
    ...attributes(url, "src"),
    ...attributes(flag, "async", "defer", "noModule"),
    text: content
  },
  source: {
    ...attributes(text3, "keySystem", "media", "sizes", "srcset", "type"),
    ...attributes(url, "src")
  },
  style: {
    ...attributes(text3, "media"),
    type: (element) => element.getAttribute("type") || "text/css"
  },
  time: attributes(text3, "datetime"),
  title: { text: content },
  track: {
    ...attributes(
      choice("subtitle", "captions", "descriptions", "chapters", "metadata"),
      "kind"
    ),
    ...attributes(url, "src"),
    ...attributes(text3, "srclang", "label"),
    ...attributes(flag, "default")
  },
  ul: attributes(text3, "type"),
  video: MEDIA
};
var ELEMENT_METHODS = new Set(
  Object.values(KINDS).flatMap(Object.keys)
);
var CLASSES = new Map(Object.entries(KINDS).map(([name2, readers2]) => [name2, kindOf(readers2)]));
function kindOf(readers2) {
  const kind = class extends Element {
  };
  for (const [name2, reader] of Object.entries(readers2)) {
    const method = function() {
      return reader(this);
    };
    Object.defineProperty(kind.prototype, name2, { value: method });
  }
  return kind;
}
function elementOf(selection) {
  const [node] = selection.nodes;
  const kind = node && CLASSES.get(nameOf3(node));
  return new (kind ?? Element)(selection);
}

// src/k6/html/page.ts
var require4 = createRequire3(import.meta.url);
var parser;
function parsePage(html, url2) {
  parser ??= loadParser();
  const { parse: parse5, treeAdapter } = parser;
  const document = parse5(html, { treeAdapter });
  return new Selection([document], { document, url: url2, elementOf });
}
function loadParser() {
  const { parse: parse5 } = require4("parse5");
  const { adapter } = require4("parse5-htmlparser2-tree-adapter");
  const treeAdapter = {
    ...adapter,
    setTemplateContent: () => {
    },
    getTemplateContent: (template) => template
  };
  return { parse: parse5, treeAdapter };
}

// src/k6/modules/html.ts
var htmlModule = () => ({
  parseHTML: (html) => parsePage(String(html), "")
});

// src/k6/http/expected-statuses.ts
var made = /* @__PURE__ */ new WeakSet();
function expectedStatuses2(...ranges) {
  if (ranges.length === 0) throw new TypeError("expectedStatuses takes at least one status");
  for (const range of ranges) {
    const bounds = typeof range === "number" ? [range] : [range?.min, range?.max];
    if (!bounds.every(Number.isInteger)) {
      throw new TypeError("expectedStatuses takes status codes and { min, max } objects");
    }
  }
  const test = (status) => ranges.some(
    (range) => typeof range === "number" ? status === range : status >= range.min && status <= range.max
  );
  made.add(test);
  return test;
}
function statusTestOf(given) {
  if (given === null || made.has(given)) return given;
  throw new TypeError("a response callback is made by http.expectedStatuses(\u2026), or is null");
}

// src/k6/http/multipart.ts
import { randomBytes as randomBytes4 } from "node:crypto";
var FileData = class {
  data;
  filename;
  content_type;
  constructor(data, filename, contentType) {
    this.data = data;
    this.filename = filename;
    this.content_type = contentType;
  }
};
function encodeMultipart(fields) {
  const boundary = randomBytes4(30).toString("hex");
  const parts = fields.flatMap(([name2, value2]) => {
    const isFile = value2 instanceof FileData;
    const disposition = `form-data; name="${quoted(name2)}"${isFile ? `; filename="${quoted(value2.filename)}"` : ""}`;
    const type = isFile ? `Content-Type: ${value2.content_type}\r
` : "";
    const head = `--${boundary}\r
Content-Disposition: ${disposition}\r
${type}\r
`;
    return [head, isFile ? bytesOf(value2.data) : String(value2), "\r\n"];
  });
  return {
    body: Buffer.concat([...parts, `--${boundary}--\r
`].map((part) => Buffer.from(part))),
    contentType: `multipart/form-data; boundary=${boundary}`
  };
}
function quoted(text4) {
  return text4.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll(/[\r\n]/g, "");
}

// src/k6/http/request-body.ts
function encodeBody(body) {
  if (body === null || body === void 0 || body === "") return { body: null };
  if (typeof body === "string") return { body };
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return { body: bytesOf(body) };
  if (typeof body === "object" && !Array.isArray(body) && !(body instanceof Date)) {
    const fields = Object.entries(body);
    if (fields.some(([, value2]) => value2 instanceof FileData)) return encodeMultipart(fields);
    return { body: encodeForm(body), contentType: "application/x-www-form-urlencoded" };
  }
  throw new TypeError(
    `a request body is a string, an ArrayBuffer or an object of form fields, not ${nameOf4(body)}`
  );
}
function nameOf4(body) {
  if (Array.isArray(body)) return "an array; JSON.stringify() makes a text of it";
  return body instanceof Date ? "a Date" : `a ${typeof body}`;
}

// src/k6/http/script-cookie-jar.ts
var ScriptCookieJar = class _ScriptCookieJar {
  #jar;
  constructor(jar) {
    this.#jar = jar === void 0 ? createCookieJar(Date.now) : jar;
  }
  /** The engine's jar inside a script's jar; undefined for any other value. */
  static jarOf(value2) {
    return value2 instanceof _ScriptCookieJar ? value2.#jar : void 0;
  }
  cookiesForURL(url2) {
    const { origin, pathname } = parseHttpUrl(url2);
    return this.#jar.cookiesFor(origin, pathname);
  }
  set(url2, name2, value2, given) {
    const { origin, pathname } = parseHttpUrl(url2);
    const options = given ?? {};
    if (options.expires && !isExpiry(options.expires)) {
      throw new TypeError(
        `"${options.expires}" is no time at which a cookie expires, like "Wed, 21 Oct 2099 07:28:00 GMT"`
      );
    }
    const attributes2 = [
      ...options.domain ? [`Domain=${options.domain}`] : [],
      ...options.path ? [`Path=${options.path}`] : [],
      ...options.expires ? [`Expires=${options.expires}`] : [],
      ...options.max_age ? [`Max-Age=${options.max_age}`] : [],
      ...options.secure ? ["Secure"] : []
    ];
    const pair = `${name2}=${cookieValue(value2 ?? "")}`;
    this.#jar.store([pair, ...attributes2].join("; "), origin, pathname);
    return true;
  }
  clear(url2) {
    for (const name2 of Object.keys(this.cookiesForURL(url2))) this.delete(url2, name2);
  }
  delete(url2, name2) {
    const { origin, pathname } = parseHttpUrl(url2);
    this.#jar.delete(origin, pathname, name2);
  }
};
var isExpiry = (text4) => /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} [A-Z]{3,4}$/.test(text4) && !Number.isNaN(Date.parse(text4));
function cookieValue(value2) {
  const clean = String(value2).replaceAll(/[^\x20-\x7e]|[";\\]/g, "");
  return /[ ,]/.test(clean) ? `"${clean}"` : clean;
}

// src/k6/http/http-params.ts
var PARAMETERS2 = /* @__PURE__ */ new Set([
  "headers",
  "tags",
  "cookies",
  "timeout",
  "redirects",
  "responseType",
  "responseCallback",
  "jar",
  "compression",
  "auth",
  "throw"
]);
var TIMEOUT_MS_DEFAULT = 6e4;
function toCallRequest(vu, method, url2, body, params) {
  if (params) {
    for (const name2 in params) if (!PARAMETERS2.has(name2)) warnOfUnknown(vu, name2);
  }
  if (params?.auth === "ntlm") {
    throw new Error('the authentication "ntlm" is not supported (supported are basic and digest)');
  }
  const encoded2 = encodeBody(body);
  const named2 = typeof url2 === "object" && url2 !== null ? url2 : void 0;
  const request2 = {
    method,
    url: named2 ? named2.url : String(url2),
    headers: encoded2.contentType ? withHeader(params?.headers, "content-type", encoded2.contentType) : params?.headers ?? void 0,
    body: encoded2.body,
    timeoutMs: params?.timeout === void 0 ? TIMEOUT_MS_DEFAULT : timeoutMsOf(String(params.timeout)),
    dropsBody: responseTypeOf(vu, params) === "none",
    redirectsMax: redirectsMaxOf(vu, params),
    tags: named2 ? { name: named2.name, ...params?.tags } : params?.tags,
    cookies: params?.cookies ? plainCookies(params.cookies) : void 0,
    isExpected: params?.responseCallback === void 0 ? vu.expectedStatus : statusTestOf(params.responseCallback)
  };
  if (params?.cookies) request2.replacedCookies = replacedIn(params.cookies);
  if (params?.jar) request2.jar = ScriptCookieJar.jarOf(params.jar);
  if (params?.compression && request2.body !== null) {
    const packed = packBody(request2.body, params.compression);
    request2.body = packed.body;
    request2.headers = withHeader(request2.headers, "content-encoding", packed.encoding);
  }
  return request2;
}
var RESPONSE_TYPES = ["text", "binary", "none"];
function responseTypeOf(vu, params) {
  const type = params?.responseType;
  if (type === void 0) return vu.http.discardResponseBodies ? "none" : "text";
  if (RESPONSE_TYPES.includes(type)) return type;
  throw new TypeError(`responseType is "text", "binary" or "none", not ${JSON.stringify(type)}`);
}
function redirectsMaxOf(vu, params) {
  if (typeof params !== "object" || params === null || !("redirects" in params)) {
    return vu.http.redirectsMax;
  }
  return Math.trunc(Number(params.redirects)) || 0;
}
function warnOfUnknown(vu, name2) {
  const known = [...PARAMETERS2].join(", ");
  const message = `the http parameter "${name2}" is unknown, and ignored (known: ${known})`;
  warnOnce(vu, `parameter ${name2}`, message);
}
var timeoutMsOf = createRecentMap(100, readTimeoutMs);
function readTimeoutMs(timeout) {
  const ms = parseDurationMs(timeout);
  if (ms === void 0) throw new Error(`"${timeout}" is not a timeout like "30s" or 30000`);
  return ms === 0 ? TIMEOUT_MS_DEFAULT : Math.min(ms, DURATION_MS_MAX);
}
function withHeader(headers, name2, value2) {
  const given = Object.keys(headers ?? {}).some((each) => each.toLowerCase() === name2);
  return given ? headers : { ...headers, [name2]: value2 };
}
function replacedIn(cookies) {
  const names = Object.entries(cookies).flatMap(
    ([name2, cookie]) => typeof cookie === "object" && cookie?.replace ? [name2] : []
  );
  return names.length > 0 ? new Set(names) : void 0;
}
function plainCookies(cookies) {
  return Object.fromEntries(
    Object.entries(cookies).map(([name2, cookie]) => [
      name2,
      // As in k6, a number or a boolean is its text.
      cookieValue(typeof cookie === "object" ? cookie?.value ?? "" : cookie)
    ])
  );
}

// src/k6/http/pending-response.ts
var RESPONSE_FIELDS = [
  "body",
  "cookies",
  "error",
  "error_code",
  "headers",
  "proto",
  "remote_ip",
  "remote_port",
  "request",
  "status",
  "status_text",
  "timings",
  "url",
  "json",
  "html",
  "clickLink",
  "submitForm"
];
var PendingResponse = class extends Promise {
  // Promises derived from this one (`.then`, `Promise.all`) are plain ones.
  static get [Symbol.species]() {
    return Promise;
  }
};
Object.defineProperty(PendingResponse.prototype, "constructor", { value: Promise });
for (const field of RESPONSE_FIELDS) {
  Object.defineProperty(PendingResponse.prototype, field, {
    get() {
      throw new Error(
        `.${field} was read of a response that is still on its way: put "await" before the http call (const response = await http.get(\u2026)); k6 runs the same line`
      );
    }
  });
}
function guardMembers(promise, keys) {
  for (const key of [...keys, "length"]) {
    Object.defineProperty(promise, key, {
      get() {
        throw new Error(
          `[${key}] was read of a batch that is still on its way: put "await" before http.batch(\u2026); k6 runs the same line`
        );
      }
    });
  }
}

// src/k6/http/send-request.ts
import { randomBytes as randomBytes5 } from "node:crypto";

// src/k6/http/digest.ts
import { createHash as createHash2 } from "node:crypto";
var HASHES = { md5: "md5", "sha-256": "sha256" };
function answerDigestChallenge(challenge, { user, password }, { method, target, clientNonce }) {
  if (!/^Digest\s/i.test(challenge)) return void 0;
  const { realm = "", nonce = "", opaque, algorithm = "MD5", qop } = fieldsOf2(challenge);
  const isSession = /-sess$/i.test(algorithm);
  const hashName = HASHES[algorithm.toLowerCase().replace(/-sess$/, "")];
  if (hashName === void 0) return void 0;
  const hash = (text4) => createHash2(hashName).update(text4).digest("hex");
  const identity = hash(`${user}:${realm}:${password}`);
  const secret = isSession ? hash(`${identity}:${nonce}:${clientNonce}`) : identity;
  const request2 = hash(`${method}:${target}`);
  const offersAuth = qop?.split(",").some((each) => each.trim().toLowerCase() === "auth");
  if (qop && !offersAuth) return void 0;
  const count3 = "00000001";
  const response = offersAuth ? hash([secret, nonce, count3, clientNonce, "auth", request2].join(":")) : hash([secret, nonce, request2].join(":"));
  const quoted2 = { username: user, realm, nonce, uri: target, response, ...opaque && { opaque } };
  return `Digest ${[
    ...Object.entries(quoted2).map(([name2, value2]) => `${name2}="${escapeQuotes(value2)}"`),
    `algorithm=${algorithm}`,
    ...offersAuth || isSession ? [`cnonce="${clientNonce}"`] : [],
    ...offersAuth ? ["qop=auth", `nc=${count3}`] : []
  ].join(", ")}`;
}
function fieldsOf2(challenge) {
  const fields = challenge.matchAll(/([\w-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/g);
  return Object.fromEntries(
    [...fields].map(([, name2, quoted2, plain]) => [
      name2.toLowerCase(),
      quoted2 === void 0 ? plain : quoted2.replaceAll(/\\(.)/g, "$1")
    ])
  );
}
var escapeQuotes = (text4) => text4.replaceAll(/["\\]/g, String.raw`\$&`);

// src/load/vu/setup-json.ts
var HAS_OWN_JSON = /* @__PURE__ */ Symbol("has JSON of its own");

// src/k6/http/follow.ts
function followLink(page, { selector = "a[href]" }) {
  const link = page.find(selector);
  if (link.size() === 0) {
    throw new Error(`no element found for selector '${selector}' in response '${page.url}'`);
  }
  const href = link.attr("href");
  if (href === void 0) {
    throw new Error(
      `no valid href attribute value found on element '${selector}' in response '${page.url}'`
    );
  }
  return { method: "GET", url: formatUrl(resolve6(page, href)), body: null };
}
function followForm(page, { formSelector = "form", submitSelector = '[type="submit"]', fields = {} }) {
  const form2 = page.find(formSelector);
  if (form2.size() === 0) {
    throw new Error(`no form found for selector '${formSelector}' in response '${page.url}'`);
  }
  const method = (form2.attr("method") || "GET").toUpperCase();
  const button = form2.find(submitSelector);
  const name2 = button.attr("name");
  const value2 = button.val();
  const values = {
    ...form2.serializeObject(),
    ...name2 === void 0 || value2 === void 0 ? {} : { [name2]: value2 },
    ...fields
  };
  const url2 = resolve6(page, form2.attr("action", ""));
  if (method !== "GET") return { method, url: formatUrl(url2), body: values };
  const query = encodeForm(
    Object.fromEntries(Object.entries(values).map(([key, each]) => [key, String(each)]))
  );
  return { method, url: formatUrl({ ...url2, query: query || void 0 }), body: null };
}
function resolve6({ url: url2 }, reference) {
  const parts = resolveReference(url2, reference);
  if (!parts) throw new Error(`"${reference}" in response '${url2}' is not a URL`);
  return parts;
}

// src/k6/http/json-selector.ts
function selectJson(value2, selector) {
  return select(value2, pathOf(selector));
}
function select(value2, path) {
  let current = value2;
  for (const [index, part] of path.entries()) {
    if (Array.isArray(current)) {
      const rest = path.slice(index + 1);
      if (part.kind === "each") return rest.length === 0 ? current.length : ofEach(current, rest);
      if (part.kind === "query" && part.all) return ofEach(current.filter(part.accepts), rest);
      current = itemOf(current, part);
    } else if (typeof current === "object" && current !== null) {
      current = memberOf(current, part);
    } else {
      return void 0;
    }
  }
  return current;
}
var ofEach = (items, rest) => items.map((item) => select(item, rest)).filter((item) => item !== void 0);
function itemOf(items, part) {
  if (part.kind === "query") return items.find(part.accepts);
  return part.kind === "name" && /^\d+$/.test(part.name) ? items[Number(part.name)] : void 0;
}
function memberOf(object17, part) {
  if (part.kind === "name") return Object.hasOwn(object17, part.name) ? object17[part.name] : void 0;
  if (part.kind !== "wildcard") return void 0;
  const name2 = Object.keys(object17).find((each) => part.pattern.test(each));
  return name2 === void 0 ? void 0 : object17[name2];
}
var pathOf = createRecentMap(1e3, (selector) => parse4(selector, selector));
function parse4(path, selector) {
  return splitPath(path, selector).map((text4) => {
    if (text4 === "#") return { kind: "each" };
    const [, query, all2] = /^#\((.*)\)(#?)$/s.exec(text4) ?? [];
    if (query !== void 0) {
      return { kind: "query", accepts: readQuery(query, selector), all: all2 === "#" };
    }
    if (/^[@!{[]/.test(text4)) throw unsupported(selector);
    if (/(?<!\\)[*?]/.test(text4)) return { kind: "wildcard", pattern: wildcardPattern(text4) };
    return { kind: "name", name: text4.replaceAll(/\\(.)/gs, "$1") };
  });
}
function splitPath(path, selector) {
  const parts = [];
  let part = "";
  let depth = 0;
  let quoted2 = false;
  for (let i = 0; i < path.length; i += 1) {
    const letter = path[i];
    if (letter === "\\" && i + 1 < path.length) {
      part += letter + path[i + 1];
      i += 1;
      continue;
    }
    if (depth > 0 && letter === '"') quoted2 = !quoted2;
    if (!quoted2 && letter === "(" && (depth > 0 || part === "#")) depth += 1;
    if (!quoted2 && letter === ")" && depth > 0) depth -= 1;
    if (depth === 0 && letter === "|") throw unsupported(selector);
    if (depth === 0 && letter === ".") {
      parts.push(part);
      part = "";
    } else {
      part += letter;
    }
  }
  if (depth > 0) throw new Error(`json("${selector}"): a query "#(" has no end`);
  return [...parts, part];
}
var COMPARISON = /^((?:[^"=!<>%\\(]|\\.|"[^"]*"|\((?:[^()"]|"[^"]*")*\))*?)\s*(==|=|!=|!%|<=|>=|<|>|%)\s*(.*)$/s;
function readQuery(query, selector) {
  const [, left = query, operator, right = ""] = COMPARISON.exec(query.trim()) ?? [];
  const path = left.trim() === "" ? [] : parse4(left.trim(), selector);
  if (operator === void 0) return (item) => select(item, path) !== void 0;
  const test = comparisonOf(operator, unquoted(right.trim()));
  return (item) => {
    const value2 = select(item, path);
    return value2 !== null && COMPARABLE.has(typeof value2) && test(value2);
  };
}
var COMPARABLE = /* @__PURE__ */ new Set(["string", "number", "boolean"]);
function unquoted(text4) {
  if (!text4.startsWith('"')) return text4;
  try {
    return String(JSON.parse(text4));
  } catch {
    return text4;
  }
}
function comparisonOf(operator, text4) {
  const pattern = wildcardPattern(text4);
  const compared = (test) => (value2) => typeof value2 === "number" ? test(value2, Number(text4)) : test(String(value2), text4);
  switch (operator) {
    case "<":
      return compared((value2, wanted) => value2 < wanted);
    case "<=":
      return compared((value2, wanted) => value2 <= wanted);
    case ">":
      return compared((value2, wanted) => value2 > wanted);
    case ">=":
      return compared((value2, wanted) => value2 >= wanted);
    case "!=":
      return compared((value2, wanted) => value2 !== wanted);
    case "%":
      return (value2) => typeof value2 === "string" && pattern.test(value2);
    case "!%":
      return (value2) => typeof value2 === "string" && !pattern.test(value2);
    default:
      return compared((value2, wanted) => value2 === wanted);
  }
}
function wildcardPattern(text4) {
  const pattern = text4.replaceAll(/\\(.)|[*?]|[^\w\s]/gs, (found2, escaped3) => {
    if (found2 === "*") return ".*";
    if (found2 === "?") return ".";
    return (escaped3 ?? found2).replace(/[^\w\s]/, String.raw`\$&`);
  });
  return new RegExp(`^${pattern}$`, "s");
}
var unsupported = (selector) => new Error(
  `json("${selector}"): names, indexes, #, queries and wildcards can be selected; pipes, modifiers and multipaths are not supported`
);

// src/k6/http/response-headers.ts
function joinHeaders(headers) {
  const joined = {};
  for (const [name2, value2] of headers) {
    const canonical = canonicalName(name2);
    const before = joined[canonical];
    joined[canonical] = before === void 0 ? value2 : `${before}, ${value2}`;
  }
  return joined;
}
function groupHeaders(list) {
  const grouped = {};
  for (let i = 0; i < list.length; i += 2) {
    const name2 = canonicalName(list[i]);
    grouped[name2] ??= [];
    grouped[name2].push(list[i + 1]);
  }
  return grouped;
}
function setCookiesOf(headers) {
  const cookies = /* @__PURE__ */ new Map();
  for (const [header, line2] of headers) {
    const cookie = header.toLowerCase() === "set-cookie" ? parseSetCookie(line2) : void 0;
    if (!cookie) continue;
    const { name: name2, value: value2, attributes: attributes2 } = cookie;
    const ofName = cookies.get(name2) ?? [];
    cookies.set(name2, ofName);
    ofName.push({
      name: name2,
      value: cookieText(value2),
      domain: attributes2.get("domain") ?? "",
      path: attributes2.get("path") ?? "",
      http_only: attributes2.has("httponly"),
      secure: attributes2.has("secure"),
      max_age: Number(attributes2.get("max-age") ?? 0) || 0,
      expires: parseCookieDate(attributes2.get("expires") ?? "") ?? 0
    });
  }
  return Object.fromEntries(cookies);
}
function canonicalName(name2) {
  return name2.toLowerCase().replaceAll(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}

// src/k6/http/response.ts
var BODILESS2 = [204, 304];
var FIELDS2 = {
  ...{ remote_ip: "text", remote_port: "number", url: "text", status: "number" },
  ...{ status_text: "text", proto: "text", headers: "object", cookies: "object", body: "any" },
  ...{ timings: "object", tls_version: "text", tls_cipher_suite: "text", ocsp: "object" },
  ...{ error: "text", error_code: "number", request: "object" },
  ...{ html: "fixed", json: "fixed", clickLink: "fixed", submitForm: "fixed" }
};
var NAMES2 = Object.keys(FIELDS2);
var NO_OCSP = {
  ...{ produced_at: 0, this_update: 0, next_update: 0, revoked_at: 0 },
  ...{ revocation_reason: "", status: "" }
};
var Response = class _Response {
  status;
  url;
  #exchange;
  #request;
  #responseType;
  #send;
  #page;
  #headers;
  /** Fields that the script has written. */
  #written;
  static #fields = {
    get(response, name2) {
      const written = response.#written;
      if (written !== void 0 && Object.hasOwn(written, name2)) return written[name2];
      return response[name2];
    },
    set(response, name2, value2) {
      return response.#write(String(name2), value2);
    },
    ownKeys: () => NAMES2,
    getOwnPropertyDescriptor(response, name2) {
      if (!Object.hasOwn(FIELDS2, name2)) return void 0;
      const value2 = _Response.#fields.get?.(response, name2, response);
      return { value: value2, enumerable: true, configurable: true, writable: true };
    },
    defineProperty: () => false,
    deleteProperty: () => false
  };
  /** The response as scripts get it. */
  static of(result, request2, responseType, send) {
    return new Proxy(new _Response(result, request2, responseType, send), _Response.#fields);
  }
  constructor({ url: url2, exchange }, request2, responseType, send) {
    this.status = exchange.status;
    this.url = url2;
    this.#exchange = exchange;
    this.#request = request2;
    this.#responseType = responseType;
    this.#send = send;
  }
  /** Returns false for a value that the field does not take, and for what is no field. */
  #write(name2, value2) {
    const kind = Object.hasOwn(FIELDS2, name2) ? FIELDS2[name2] : "fixed";
    const isObject = typeof value2 === "object" && value2 !== null;
    if (kind === "fixed" || kind === void 0 || kind === "object" && !isObject) return false;
    this.#written ??= {};
    this.#written[name2] = kind === "text" ? String(value2) : kind === "number" ? Number(value2) : value2;
    if (name2 === "body") this.#page = void 0;
    return true;
  }
  get status_text() {
    return this.status === 0 ? "" : `${this.status} ${this.#exchange.statusText}`;
  }
  get body() {
    if (this.#responseType === "none" || BODILESS2.includes(this.status)) return null;
    if (this.status === 0) return this.#partialBody();
    if (this.#responseType === "binary") return new Uint8Array(this.#exchange.bytes()).buffer;
    return this.#exchange.text();
  }
  /** As much as there is of an answer that was cut off. */
  #partialBody() {
    const bytes = this.#exchange.partialBody();
    if (bytes === void 0) return null;
    return this.#responseType === "binary" ? new Uint8Array(bytes).buffer : bytes.toString("utf8");
  }
  /** The body as the script sees it, which may have written another one. */
  #ownBody() {
    return this.#written !== void 0 && "body" in this.#written ? this.#written.body : this.body;
  }
  /**
   * The body as JSON, or the value that `selector` finds in it. With a selector it is undefined if nothing is found or the
   * body is no JSON; without one it throws for a body that is no JSON.
   */
  get json() {
    return (...selectors) => this.#readJson(selectors.length === 0 ? void 0 : String(selectors[0]));
  }
  #readJson(selector) {
    const isWritten = this.#written !== void 0 && "body" in this.#written;
    if (!isWritten) this.#assertBody("JSON");
    const value2 = isWritten ? parsedJson(this.#written?.body) : this.#ownJson();
    if (value2 === void 0) {
      if (selector !== void 0) return void 0;
      throw new Error(
        `the body of ${this.#request.method} ${this.url} (status ${this.status}) is not JSON`
      );
    }
    return selector === void 0 ? value2 : selectJson(value2, selector);
  }
  #ownJson() {
    if (this.status !== 0) return this.#exchange.json();
    return parsedJson(this.#exchange.partialBody()?.toString("utf8"));
  }
  #assertBody(form2) {
    if (form2 === "JSON" && this.#responseType === "none") {
      throw new Error(
        'json() needs a body, but the request asked to drop it (responseType "none" or discardResponseBodies)'
      );
    }
    if (this.body !== null) return;
    throw new Error(
      `the body is null so we can't transform it to ${form2} - this likely was because of a request error getting the response`
    );
  }
  /** The body as HTML, or the nodes that `selector` finds in it. The body is parsed once. */
  get html() {
    return (selector) => {
      this.#page ??= this.#parsePage();
      return selector === void 0 ? this.#page : this.#page.find(selector);
    };
  }
  #parsePage() {
    const body = this.#ownBody();
    if (body === null || body === void 0) this.#assertBody("HTML");
    return parsePage(
      body instanceof ArrayBuffer ? Buffer.from(body).toString("utf8") : String(body),
      this.url
    );
  }
  /** Sends the request that a click on a link of the page would send. */
  get clickLink() {
    return ({ params, ...choice2 } = {}) => {
      const { method, url: url2, body } = followLink(this.html(), choice2);
      return this.#send(method, url2, body, params);
    };
  }
  /** Sends the request that submitting a form of the page would send. */
  get submitForm() {
    return ({ params, ...choice2 } = {}) => {
      const { method, url: url2, body } = followForm(this.html(), choice2);
      return this.#send(method, url2, body, params);
    };
  }
  /**
   * The headers by their canonical names (`Content-Type`). The values of a repeated header are joined by commas. Always
   * the same object, for scripts may add to it.
   */
  get headers() {
    this.#headers ??= joinHeaders(this.#answeredHeaders());
    return this.#headers;
  }
  /** A failed request has none, also where an answer had begun. */
  #answeredHeaders() {
    return this.status === 0 ? [] : this.#exchange.headers();
  }
  /** The cookies that the answer sets, by their names. */
  get cookies() {
    return setCookiesOf(this.#answeredHeaders());
  }
  get error() {
    return errorTextOf(this.#exchange);
  }
  get error_code() {
    return errorCodeOf(this.#exchange);
  }
  get timings() {
    return { ...timingsOf(this.#exchange), looking_up: 0 };
  }
  get proto() {
    return this.status === 0 ? "" : "HTTP/1.1";
  }
  get remote_ip() {
    return this.#exchange.peer().ip;
  }
  get remote_port() {
    return this.#exchange.peer().port;
  }
  get tls_version() {
    return this.#exchange.peer().tlsVersion;
  }
  get tls_cipher_suite() {
    return this.#exchange.peer().tlsCipherSuite;
  }
  get ocsp() {
    return { ...NO_OCSP };
  }
  /** The request as the script made it, with the headers that were sent last. */
  get request() {
    const { method, url: url2, body } = this.#request;
    return {
      method,
      url: url2,
      body: typeof body === "string" ? body : "",
      headers: groupHeaders(this.#exchange.request.headers),
      cookies: {}
    };
  }
  get [HAS_OWN_JSON]() {
    return true;
  }
  /** The fields that `JSON.stringify` shows, and that `setup` hands over. */
  toJSON() {
    const shown = NAMES2.filter((name2) => FIELDS2[name2] !== "fixed");
    return Object.fromEntries(shown.map((name2) => [name2, this[name2]]));
  }
};
function parsedJson(text4) {
  try {
    return JSON.parse(String(text4));
  } catch {
    return void 0;
  }
}

// src/k6/http/send-request.ts
function sendRequest(vu, send, method, url2, body, params) {
  if (!vu.waitForCalls) return sendAwaited(vu, send, method, url2, body, params);
  const settler = new BlockingSettler(
    vu,
    send,
    toCallRequest(vu, method, url2, body, params),
    params
  );
  dispatch(settler, params, vu.calls.send);
  vu.waitForCalls();
  return settler.take();
}
function sendAwaited(vu, send, method, url2, body, params) {
  const call = toCallRequest(vu, method, url2, body, params);
  vu.watch?.begin(method);
  const settler = new PromisingSettler(vu, send, call, params);
  settler.watch = vu.watch;
  dispatch(settler, params, vu.calls.send);
  return settler.pending;
}
function sendBeside(vu, send, method, url2, body, params) {
  const call = toCallRequest(vu, method, url2, body, params);
  const settler = new PromisingSettler(vu, send, call, params);
  dispatch(settler, params, vu.calls.sendBeside);
  return settler.pending;
}
function dispatch(settler, params, send) {
  if (params?.auth === "digest") sendWithDigest(settler.request, settler, send);
  else send(settler.request, settler);
}
function sendWithDigest(call, listener, send) {
  const { url: url2, credentials } = separateCredentials(call.url);
  const first = {
    ...call,
    url: url2,
    isExpected: call.isExpected && ((status) => status === 401)
  };
  send(first, {
    failed: (error) => listener.failed(error),
    done(result) {
      const { exchange } = result;
      const challenge = exchange.header("www-authenticate");
      const authorization = exchange.status === 401 && challenge !== void 0 && credentials ? answerDigestChallenge(challenge, credentials, {
        method: exchange.request.method,
        target: exchange.request.path,
        clientNonce: randomBytes5(8).toString("hex")
      }) : void 0;
      if (authorization === void 0) listener.done(result);
      else send({ ...call, url: url2, headers: { ...call.headers, authorization } }, listener);
    }
  });
}
var Settler = class {
  request;
  responseType;
  throws;
  send;
  constructor(vu, send, request2, params) {
    this.send = send;
    this.request = request2;
    this.responseType = responseTypeOf(vu, params);
    this.throws = params?.throw ?? vu.http.throwOnFailure;
  }
  done(result) {
    const { request: request2 } = this;
    const response = Response.of(result, request2, this.responseType, this.send);
    if (this.throws && result.exchange.failure) {
      this.failed(new RequestError(`${request2.method} ${request2.url} failed: ${response.error}`));
    } else {
      this.answered(response);
    }
  }
};
var PromisingSettler = class extends Settler {
  /** Is told of the end. */
  watch;
  resolve;
  reject;
  pending;
  // V8 sets fields with values of their own by a call for each object, which a constructor saves.
  constructor(...settled) {
    super(...settled);
    this.pending = new PendingResponse((resolve9, reject) => {
      this.resolve = resolve9;
      this.reject = reject;
    });
  }
  failed(error) {
    this.watch?.end();
    this.reject(error);
    if (error instanceof IterationInterrupted) this.pending.catch(() => {
    });
  }
  answered(response) {
    this.watch?.end();
    this.resolve(response);
  }
};
var BlockingSettler = class extends Settler {
  onEnd = () => {
  };
  response;
  error;
  /** The response of the call, which has ended. Throws if there is none. */
  take() {
    if (this.response) return this.response;
    throw this.error;
  }
  failed(error) {
    this.error = error;
    this.onEnd();
  }
  answered(response) {
    this.response = response;
    this.onEnd();
  }
};

// src/k6/http/batch.ts
function sendBatch(vu, send, requests) {
  const keys = Object.keys(requests);
  const responses = {};
  const queue = new BatchQueue(vu, requests);
  const inOrder = () => Array.isArray(requests) ? keys.map((key) => responses[key]) : responses;
  if (vu.waitForCalls) {
    const settlers = sendAndWait(vu, vu.waitForCalls, queue, send);
    for (const [key, settler] of settlers) responses[key] = settler.take();
    return inOrder();
  }
  async function work2() {
    for (let next = queue.take(); next; next = queue.take()) {
      try {
        responses[next.key] = await sendBeside(
          ...[vu, send, next.method, next.url, next.body, next.params]
        );
      } finally {
        queue.ended(next);
      }
    }
  }
  vu.watch?.begin("http.batch()");
  const workers = Array.from({ length: Math.min(vu.http.batchMax, keys.length) }, work2);
  const all2 = Promise.all(workers).finally(() => vu.watch?.end()).then(inOrder);
  guardMembers(all2, keys);
  return all2;
}
function sendAndWait(vu, waitForCalls, queue, send) {
  const settlers = /* @__PURE__ */ new Map();
  let inFlight = 0;
  function sendMore() {
    while (inFlight < vu.http.batchMax) {
      const next = queue.take();
      if (!next) return;
      const call = toCallRequest(vu, next.method, next.url, next.body, next.params);
      const settler = new BlockingSettler(vu, send, call, next.params);
      settlers.set(next.key, settler);
      settler.onEnd = () => {
        inFlight -= 1;
        queue.ended(next);
        sendMore();
      };
      inFlight += 1;
      dispatch(settler, next.params, vu.calls.send);
    }
  }
  sendMore();
  waitForCalls();
  return settlers;
}
var BatchQueue = class {
  vu;
  requests;
  inFlightOfHost = /* @__PURE__ */ new Map();
  constructor(vu, requests) {
    this.vu = vu;
    this.requests = Object.entries(requests).map(([key, request2]) => readRequest(key, request2));
  }
  /** Takes the next request whose host has room. */
  take() {
    const index = this.requests.findIndex(
      ({ host }) => (this.inFlightOfHost.get(host) ?? 0) < this.vu.http.batchPerHostMax
    );
    const [next] = index < 0 ? [] : this.requests.splice(index, 1);
    if (next) this.inFlightOfHost.set(next.host, (this.inFlightOfHost.get(next.host) ?? 0) + 1);
    return next;
  }
  ended({ host }) {
    this.inFlightOfHost.set(host, (this.inFlightOfHost.get(host) ?? 0) - 1);
  }
};
function readRequest(key, request2) {
  if (Array.isArray(request2)) {
    const [method, url2, body, params] = request2;
    return { key, host: hostOf2(url2), method: method.toUpperCase(), url: url2, body, params };
  }
  if (typeof request2 === "object" && "method" in request2) {
    const { method, url: url2 } = request2;
    return { ...request2, key, host: hostOf2(url2), method: method.toUpperCase() };
  }
  return { key, host: hostOf2(request2), method: "GET", url: request2 };
}
function hostOf2(url2) {
  const text4 = typeof url2 === "string" ? url2 : url2.url;
  return URL.canParse(text4) ? new URL(text4).host : text4;
}

// src/k6/runtime/callable-class.ts
function callableClass(made2) {
  return new Proxy(made2, {
    apply: (target, _self, given) => Reflect.construct(target, given)
  });
}

// src/k6/modules/http.ts
var httpModule = (vu) => {
  const send = (method, url2, body, params) => {
    assertMaySend(vu);
    return sendRequest(vu, send, method, url2, body, params);
  };
  const withBody = (method) => (url2, body, params) => send(method, url2, body, params);
  const withoutBody = (method) => (url2, params) => send(method, url2, null, params);
  const anyMethod = (method, url2, body, params) => send(method.toUpperCase(), url2, body, params);
  return {
    get: withoutBody("GET"),
    head: withoutBody("HEAD"),
    post: withBody("POST"),
    put: withBody("PUT"),
    patch: withBody("PATCH"),
    del: withBody("DELETE"),
    options: withBody("OPTIONS"),
    request: anyMethod,
    asyncRequest(method, url2, body, params) {
      assertMaySend(vu);
      return sendBeside(vu, send, method.toUpperCase(), url2, body, params);
    },
    batch(requests) {
      assertMaySend(vu);
      return sendBatch(vu, send, requests);
    },
    url: nameUrl,
    expectedStatuses: expectedStatuses2,
    setResponseCallback(test) {
      vu.expectedStatus = statusTestOf(test);
    },
    cookieJar() {
      if (vu.initializing) throw new Error("the cookie jar of a VU exists in scenarios only");
      return new ScriptCookieJar(vu.cookies);
    },
    CookieJar: callableClass(ScriptCookieJar),
    TLS_1_0: "tls1.0",
    TLS_1_1: "tls1.1",
    TLS_1_2: "tls1.2",
    TLS_1_3: "tls1.3",
    file: (data, filename = String(Date.now()), contentType = "application/octet-stream") => new FileData(data, filename, contentType)
  };
};
function assertMaySend(vu) {
  if (!vu.initializing) return;
  throw new Error("requests cannot be sent in init code; send them in setup() or in a scenario");
}
function nameUrl(strings, ...values) {
  return {
    url: String.raw({ raw: strings }, ...values),
    name: strings.join("${}")
  };
}

// src/k6/modules/jslib/humanize-value.ts
function humanizeValue(value2, { type, contains }, timeUnit = "") {
  if (type === "rate") return `${(Math.trunc(value2 * 1e4) / 100).toFixed(2)}%`;
  if (contains === "data") return humanizeBytes(value2);
  if (contains === "time") return humanizeTime(value2, timeUnit);
  return rounded(value2, 6);
}
var rounded = (value2, digits2) => String(Number(value2.toFixed(digits2)));
var cut = (value2, digits2) => rounded(Math.trunc(value2 * 10 ** digits2) / 10 ** digits2, digits2);
var BYTE_UNITS = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
function humanizeBytes(bytes) {
  if (bytes < 10) return `${rounded(bytes, 6)} B`;
  const power = Math.floor(Math.log(bytes) / Math.log(1e3));
  const amount = Math.round(bytes / 1e3 ** power * 10) / 10;
  return `${amount.toFixed(amount < 10 ? 1 : 0)} ${BYTE_UNITS[power]}`;
}
var TIME_UNITS = {
  s: { name: "s", perMs: 1e-3 },
  ms: { name: "ms", perMs: 1 },
  us: { name: "\xB5s", perMs: 1e3 }
};
function humanizeTime(ms, timeUnit) {
  const unit = TIME_UNITS[timeUnit];
  if (unit) return `${(ms * unit.perMs).toFixed(2)}${unit.name}`;
  if (ms === 0) return "0s";
  if (ms < 1e-3) return `${Math.trunc(ms * 1e6)}ns`;
  if (ms < 1) return `${cut(ms * 1e3, 2)}\xB5s`;
  if (ms < 1e3) return `${cut(ms, 2)}ms`;
  const minutes = Math.floor(ms / 6e4);
  const seconds = `${cut(ms % 6e4 / 1e3, minutes > 0 ? 0 : 2)}s`;
  if (minutes === 0) return seconds;
  if (minutes < 60) return `${minutes}m${seconds}`;
  return `${Math.floor(minutes / 60)}h${minutes % 60}m${seconds}`;
}

// src/k6/modules/jslib/junit.ts
function jUnit(data, options = {}) {
  const { name: name2 = "k6 thresholds", classname = "Unnamed folder" } = options;
  const cases = Object.entries(data.metrics).flatMap(
    ([metric, { type, values, thresholds = {} }]) => Object.entries(thresholds).map(([expression, { ok }]) => {
      const opening = `<testcase name="${escapeXml(`${metric} - ${expression}`)}" classname="${escapeXml(classname)}"`;
      if (ok) return { ok, text: `${opening} />` };
      const figures = Object.entries(values).map(
        ([figure, value2]) => `${figure} value: ${value2}`
      );
      const message = escapeXml(`${type} threshold failed: ${figures.join(", ")}`);
      return { ok, text: `${opening}><failure message="${message}" /></testcase>` };
    })
  );
  const counts = `tests="${cases.length}" failures="${cases.filter(({ ok }) => !ok).length}"`;
  return [
    '<?xml version="1.0"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="${escapeXml(name2)}" ${counts}>`,
    ...cases.map(({ text: text4 }) => `    ${text4}`),
    "  </testsuite>",
    "</testsuites>"
  ].join("\n");
}
function escapeXml(text4) {
  return text4.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

// src/k6/modules/jslib/text-summary.ts
var COLORS = { cyan: "36", faint: "2", faintCyan: "36;2", green: "32", red: "31" };
function textSummary(data, options = {}) {
  const { indent, enableColors, ...figures } = {
    ...{ indent: " ", enableColors: true, summaryTimeUnit: "", summaryTrendStats: [] },
    ...data.options,
    ...options
  };
  const paint = (text4, color) => enableColors ? `\x1B[${COLORS[color]}m${text4}\x1B[0m` : text4;
  return [
    ...groupLines(data.root_group, `${indent}    `, paint),
    ...metricLines(data.metrics, figures, paint).map((line2) => `${indent}  ${line2}`)
  ].join("\n");
}
function groupLines({ name: name2, groups, checks }, indent, paint) {
  const inner = name2 === "" ? indent : `${indent}  `;
  return [
    ...name2 === "" ? [] : [`${indent}\u2588 ${name2}`, ""],
    ...checks.flatMap(({ name: check2, passes, fails }) => {
      if (fails === 0) return [paint(`${inner}\u2713 ${check2}`, "green")];
      const percent = Math.floor(100 * passes / (passes + fails));
      const counts = `${inner} \u21B3  ${percent}% \u2014 \u2713 ${passes} / \u2717 ${fails}`;
      return [paint(`${inner}\u2717 ${check2}`, "red"), paint(counts, "red")];
    }),
    ...checks.length > 0 ? [""] : [],
    ...groups.flatMap((group2) => groupLines(group2, inner, paint))
  ];
}
function metricLines(metrics, options, paint) {
  const entries = Object.entries(metrics).toSorted(([a], [b]) => compareNames(a, b));
  const trends = alignCells(entries.map(([, metric]) => trendCells(metric, options, paint)));
  const others = alignCells(entries.map(([, metric]) => otherCells(metric, options, paint)));
  const labels2 = entries.map(([name2]) => labelOf(name2));
  const widest = Math.max(...labels2.map(({ indent, label }) => widthOf2(indent + label)));
  return entries.map(([, metric], index) => {
    const { indent, label } = labels2[index];
    const dots = ".".repeat(widest - widthOf2(indent + label) + 3);
    const figures = metric.type === "trend" ? trends[index] : others[index];
    return `${indent}${markOf(metric, paint)} ${label}${paint(`${dots}:`, "faint")} ${figures}`;
  });
}
function compareNames(a, b) {
  const [metricA, metricB] = [a, b].map((name2) => name2.split("{")[0]);
  if (metricA !== metricB) return metricA < metricB ? -1 : 1;
  return a < b ? -1 : 1;
}
function labelOf(name2) {
  const brace = name2.indexOf("{");
  if (brace < 0) return { indent: "", label: name2 };
  return { indent: "  ", label: `{ ${name2.slice(brace + 1, -1)} }` };
}
function markOf({ thresholds }, paint) {
  if (!thresholds) return " ";
  const isMet = Object.values(thresholds).every(({ ok }) => ok);
  return isMet ? paint("\u2713", "green") : paint("\u2717", "red");
}
function trendCells(metric, {
  summaryTimeUnit,
  summaryTrendStats
}, paint) {
  if (metric.type !== "trend") return [];
  return summaryTrendStats.map((stat) => {
    const value2 = metric.values[stat];
    const shown = value2 === void 0 ? "-" : stat === "count" ? String(value2) : humanizeValue(value2, metric, summaryTimeUnit);
    return { text: `${stat}=${paint(shown, "cyan")}`, width: widthOf2(`${stat}=${shown}`) };
  });
}
function otherCells(metric, { summaryTimeUnit }, paint) {
  if (metric.type === "trend") return [];
  const { values } = metric;
  const show = (figure) => humanizeValue(values[figure] ?? 0, metric, summaryTimeUnit);
  const shown = {
    counter: () => [show("count"), `${show("rate")}/s`],
    gauge: () => [show("value"), `min=${show("min")}`, `max=${show("max")}`],
    rate: () => [show("rate"), `\u2713 ${values.passes}`, `\u2717 ${values.fails}`]
  }[metric.type]();
  return shown.map((text4, index) => ({
    text: paint(text4, index === 0 ? "cyan" : "faintCyan"),
    width: widthOf2(text4)
  }));
}
function alignCells(rows) {
  const widths = [];
  for (const row of rows) {
    for (const [column, { width }] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, width);
    }
  }
  return rows.map(
    (row) => row.map(({ text: text4, width }, column) => text4 + " ".repeat(widths[column] - width)).join(" ").trimEnd()
  );
}
var widthOf2 = (text4) => [...text4.normalize("NFKC")].length;

// src/k6/modules/jslib/k6-summary.ts
var k6SummaryModule = () => ({ humanizeValue, jUnit, textSummary });

// src/k6/modules/jslib/k6-utils.ts
import { randomUUID } from "node:crypto";

// src/kernel/random.ts
function createRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = state + 1831565813 >>> 0;
    let mixed = Math.imul(state ^ state >>> 15, state | 1);
    mixed ^= mixed + Math.imul(mixed ^ mixed >>> 7, mixed | 61);
    return ((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32;
  };
}

// src/k6/modules/k6.ts
var k6Module = (vu) => ({
  check: (value2, checks, tags) => check(vu, value2, checks, tags),
  fail(message = "") {
    throw new Error(message);
  },
  group: (name2, body) => group(vu, name2, body),
  sleep(seconds) {
    const durationMs2 = Math.max(0, Number(seconds) * 1e3) || 0;
    return waitWatched(vu, "sleep()", () => vu.pause(durationMs2));
  },
  randomSeed(seed) {
    vu.random = createRandom(seed);
  }
});
function check(vu, value2, checks, tags) {
  if (vu.initializing) throw new Error("check() works in scenarios, setup() and teardown() only");
  vu.watch?.assertNothingWaits("check()");
  if (checks === void 0) throw new Error("no checks provided to `check`");
  const names = Object.keys(checks);
  for (const name2 of names) assertName(name2);
  return checkFrom(vu, value2, checks, names, tags);
}
function checkFrom(vu, value2, checks, names, tags) {
  let allPassed = true;
  for (let index = 0; index < names.length; index += 1) {
    const name2 = names[index];
    const test = checks[name2];
    let verdict;
    try {
      verdict = typeof test === "function" ? test(value2) : test;
    } catch (error) {
      countCheck(vu, name2, false, tags);
      throw error;
    }
    if (verdict instanceof Promise) {
      const rest = names.slice(index + 1);
      return verdict.then(
        async (known) => {
          countCheck(vu, name2, Boolean(known), tags);
          return await checkFrom(vu, value2, checks, rest, tags) && allPassed && Boolean(known);
        },
        (error) => {
          countCheck(vu, name2, false, tags);
          throw error;
        }
      );
    }
    countCheck(vu, name2, Boolean(verdict), tags);
    if (!verdict) allPassed = false;
  }
  return allPassed;
}
function assertName(name2) {
  if (name2.includes("::"))
    throw new Error(`group and check names may not contain '::' ("${name2}")`);
}
function countCheck(vu, name2, passed, tags) {
  const rate = vu.metrics.define("checks", "rate");
  vu.checks.count(vu.group, name2, passed);
  rate.add(passed ? 1 : 0, rate.readsTags ? checkTags(vu, name2, tags) : untagged);
}
function checkTags(vu, name2, tags) {
  return withTags({ check: name2, ...tags }, vu);
}
function group(vu, name2, body) {
  if (vu.initializing) throw new Error("group() works in scenarios, setup() and teardown() only");
  vu.watch?.assertNothingWaits("group()");
  if (typeof body !== "function")
    throw new Error("group() requires a callback as a second argument");
  assertName(name2);
  const outer = vu.group;
  const inner = `${outer}::${name2}`;
  const startedAtMs = vu.run.elapsedMs();
  const leave = () => {
    const duration = vu.metrics.define("group_duration", "trend", "time");
    duration.add(vu.run.elapsedMs() - startedAtMs, withTags({ group: inner }, vu));
    vu.group = outer;
  };
  vu.group = inner;
  vu.checks.enter(inner);
  let result;
  try {
    result = body();
  } catch (error) {
    leave();
    throw error;
  }
  if (result instanceof Promise) return result.finally(leave);
  leave();
  return result;
}

// src/k6/modules/jslib/k6-utils.ts
var k6UtilsModule = (vu) => {
  const draw = (below) => Math.floor(vu.random() * below);
  return {
    check: (value2, ...rest) => value2 instanceof Promise ? value2.then((known) => check(vu, known, ...rest)) : check(vu, value2, ...rest),
    findBetween,
    getCurrentStageIndex: () => runningStage(vu).index,
    normalDistributionStages,
    parseDuration,
    randomIntBetween: (min, max) => Math.floor(vu.random() * (max - min + 1) + min),
    randomItem: (items) => items[draw(items.length)],
    randomString: (length, charset = "abcdefghijklmnopqrstuvwxyz") => Array.from({ length }, () => charset[draw(charset.length)]).join(""),
    tagWithCurrentStageIndex() {
      vu.tags.stage = String(runningStage(vu).index);
    },
    tagWithCurrentStageProfile() {
      vu.tags.stage_profile = profileOf(runningStage(vu));
    },
    uuidv4: (secure = false) => secure ? randomUUID() : uuidOf(Array.from({ length: 16 }, () => draw(256)))
  };
};
function uuidOf(bytes) {
  const hex = Buffer.from(bytes).toString("hex");
  const variant = "89ab"[Number.parseInt(hex[16], 16) % 4];
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20)
  ].join("-");
}
function findBetween(content2, left, right, repeat = false) {
  const found2 = [];
  for (let at = 0; ; ) {
    const start = content2.indexOf(left, at);
    if (start < 0) break;
    const end = content2.indexOf(right, start + left.length);
    if (end < 0) break;
    const between = content2.slice(start + left.length, end);
    if (!repeat) return between;
    found2.push(between);
    at = end + right.length;
  }
  return found2.length > 0 ? found2 : null;
}
function normalDistributionStages(vusMax, durationSeconds, numberOfStages = 10) {
  const ends = `${Math.ceil(durationSeconds / 6)}s`;
  const between = `${Math.ceil(4 * durationSeconds / (6 * numberOfStages))}s`;
  const heights = Array.from(
    { length: numberOfStages + 1 },
    (_, stage) => Math.exp(-((-2 + 4 * stage / numberOfStages) ** 2) / 2)
  );
  const peak = Math.max(...heights);
  const stages2 = heights.map((height, stage) => ({
    duration: stage === 0 ? ends : between,
    target: Math.round(height * vusMax / peak)
  }));
  return [...stages2, { duration: ends, target: 0 }];
}
function parseDuration(text4) {
  const ms = parseDurationMs(text4 ?? "");
  if (ms === void 0) throw new Error(`"${text4}" is not a duration like 30s or 1m30s`);
  return ms;
}
function runningStage({ currentIteration, run: run2 }) {
  if (!currentIteration)
    throw new Error("there is a stage inside a scenario only, not in init code or setup()");
  const { name: name2, executor } = currentIteration.scenario;
  const scenarios = run2.options.scenarios;
  const stages2 = scenarios[name2]?.stages;
  if (!stages2?.length) {
    throw new Error(
      `the scenario "${name2}" has no stages; only those of ramping executors have, and it is ${executor}`
    );
  }
  let leftMs = Date.now() - currentIteration.scenarioStartedAtMs;
  const running = stages2.findIndex(({ duration }) => {
    leftMs -= parseDurationMs(duration) ?? 0;
    return leftMs < 0;
  });
  return { stages: stages2, index: running < 0 ? stages2.length - 1 : running };
}
function profileOf({ stages: stages2, index }) {
  const [before, now] = [stages2[index - 1]?.target, stages2[index]?.target];
  if (before === void 0 || now > before) return "ramp-up";
  return now === before ? "steady" : "ramp-down";
}

// src/k6/modules/metrics.ts
var metricsModule = (vu) => ({
  Counter: customMetric(vu, "counter"),
  Gauge: customMetric(vu, "gauge"),
  Rate: customMetric(vu, "rate"),
  Trend: customMetric(vu, "trend")
});
function customMetric(vu, type) {
  return callableClass(
    class CustomMetric {
      name;
      #metric;
      constructor(given, isTime = false) {
        if (!vu.initializing) throw new Error("metrics can be declared in init code only");
        const name2 = given ?? "";
        this.name = name2;
        this.#metric = vu.metrics.define(name2, type, isTime ? "time" : "default");
      }
      /**
       * Adds a number. As in k6, any other value is left out with a warning and returns false; with `throw` it throws, and
       * the function may be handed on without its metric.
       */
      add = (value2, tags) => {
        vu.watch?.assertNothingWaits(`${this.name}.add()`);
        const number7 = value2 === null ? Number.NaN : Number(value2);
        if (!Number.isFinite(number7)) {
          const message = `"${String(value2)}" is not a number that the metric "${this.name}" could take`;
          if (vu.http.throwOnFailure) throw new TypeError(message);
          warnOnce(vu, `metric ${this.name}`, `${message}; such values are left out`);
          return false;
        }
        const source = tags && this.#metric.readsTags ? withTags(tags, vu) : vu;
        this.#metric.add(number7, source);
        return true;
      };
    }
  );
}

// src/k6/runtime/timers.ts
function createTimers(vu) {
  let lastId = 0;
  const timers = /* @__PURE__ */ new Map();
  function start(callback, delayMs, values, repeat) {
    if (vu.initializing) throw new Error("timers cannot be started in init code");
    if (typeof callback !== "function") throw new TypeError("a timer needs a function to call");
    lastId += 1;
    const id = lastId;
    const pauseMs = Math.max(0, Number(delayMs) || 0);
    const wait = () => {
      const timer = { id, dueMs: performance.now() + pauseMs, fire, cancel: () => false };
      timers.set(id, timer);
      arm(timer, pauseMs);
    };
    const fire = () => {
      if (!repeat) timers.delete(id);
      void vu.awaiting(
        Promise.resolve().then(() => {
          const result = callback(...values);
          if (repeat && timers.has(id)) wait();
          return result;
        })
      );
    };
    wait();
    return id;
  }
  function arm(timer, pauseMs) {
    timer.cancel = vu.after(pauseMs, () => fireInOrder(timer));
  }
  function fireInOrder(timer) {
    const first = earliestOf(timers.values(), timer);
    const isLeft = first === timer || first.cancel();
    first.dueMs = Number.POSITIVE_INFINITY;
    if (first !== timer) arm(timer, 0);
    if (isLeft) first.fire();
    else timers.delete(first.id);
  }
  function clear(id) {
    timers.get(id)?.cancel();
    timers.delete(id);
  }
  return {
    setTimeout: (callback, delayMs, ...values) => start(callback, delayMs, values, false),
    setInterval: (callback, delayMs, ...values) => start(callback, delayMs, values, true),
    clearTimeout: clear,
    clearInterval: clear
  };
}
function earliestOf(timers, timer) {
  let first = timer;
  for (const each of timers) if (each.dueMs < first.dueMs) first = each;
  return first;
}

// src/k6/modules/timers.ts
var timersModule = (vu) => createTimers(vu);

// src/k6/runtime/web-crypto.ts
import { webcrypto } from "node:crypto";
function createWebCrypto(vu) {
  const subtle = new Proxy(webcrypto.subtle, {
    get(target, name2) {
      const member2 = Reflect.get(target, name2);
      if (typeof member2 !== "function") return member2;
      return (...values) => vu.awaiting(member2.apply(target, values));
    }
  });
  return {
    subtle,
    getRandomValues: (array25) => webcrypto.getRandomValues(array25),
    randomUUID: () => webcrypto.randomUUID()
  };
}

// src/k6/modules/webcrypto.ts
var webcryptoModule = (vu) => ({ crypto: createWebCrypto(vu) });

// src/k6/modules/registry.ts
var modules = {
  flashsale: flashsaleModule,
  k6: k6Module,
  "k6/crypto": cryptoModule,
  "k6/data": dataModule,
  "k6/encoding": encodingModule,
  "k6/execution": executionModule,
  "k6/html": htmlModule,
  "k6/http": httpModule,
  "k6/metrics": metricsModule,
  "k6/timers": timersModule,
  "k6/experimental/csv": csvModule,
  "k6/experimental/fs": fsModule,
  // Former names of globals and modules.
  "k6/experimental/timers": timersModule,
  "k6/experimental/encoding": () => ({ TextDecoder, TextEncoder }),
  "k6/experimental/webcrypto": webcryptoModule,
  "k6/x/webcrypto": webcryptoModule,
  // A module of types only.
  "k6/options": () => ({}),
  // Built in, because nearly every script imports them and few machines that run tests can reach the internet.
  "https://jslib.k6.io/k6-summary": k6SummaryModule,
  "https://jslib.k6.io/k6-utils": k6UtilsModule
};

// src/k6/runtime/shown-value.ts
var FUNCTION = "[object Function]";
function shownValue(value2) {
  if (typeof value2 === "function") return FUNCTION;
  if (typeof value2 === "symbol") return value2.description ?? "";
  return typeof value2 === "object" && value2 !== null ? showPart(value2, /* @__PURE__ */ new Set()) : String(value2);
}
function showPart(value2, around) {
  if (value2 === null || value2 === void 0) return "null";
  if (typeof value2 === "string" || typeof value2 === "symbol") return `"${shownValue(value2)}"`;
  if (typeof value2 !== "object") return shownValue(value2);
  if (around.has(value2)) return "[Circular]";
  if (value2 instanceof Error) return String(value2);
  if (value2 instanceof ArrayBuffer) return showBuffer(value2);
  if (ArrayBuffer.isView(value2)) return showTyped(value2);
  around.add(value2);
  const shown = Array.isArray(value2) ? showArray(value2, around) : showObject(value2, around);
  around.delete(value2);
  return shown;
}
function showArray(list, around) {
  return enclose(
    "[",
    [...list].map((each) => showPart(each, around)),
    "]"
  );
}
function showObject(object17, around) {
  const names = Object.keys(object17);
  if (names.length === 0 && object17 instanceof Date) return showDate(object17);
  const members = names.map(
    (name2) => `${name2}: ${showPart(object17[name2], around)}`
  );
  return enclose("{", members, "}");
}
var showDate = (date) => Number.isNaN(date.getTime()) ? "{}" : `"${date.toISOString()}"`;
function showBuffer(buffer) {
  const bytes = [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0"));
  return `ArrayBuffer { [Uint8Contents]: <${bytes.join(" ")}>, byteLength: ${bytes.length} }`;
}
function showTyped(view) {
  if (view instanceof DataView) return "{}";
  const elements = [...view].map(String);
  const name2 = view.constructor.name.replace("Clamped", "");
  return `${name2}(${elements.length}) ${enclose("[", elements, "]")}`;
}
var enclose = (open, parts, close) => parts.length === 0 ? `${open}${close}` : `${open} ${parts.join(", ")} ${close}`;

// src/k6/runtime/console.ts
function createConsole(log) {
  const plain = (...values) => log(line(values));
  const named2 = (level) => (...values) => log(`${level}: ${line(values)}`);
  return {
    log: plain,
    info: plain,
    debug: named2("debug"),
    warn: named2("warning"),
    error: named2("error")
  };
}
function line(values) {
  return values.map(shownValue).join(" ");
}

// src/k6/runtime/script-files.ts
import { dirname as dirname4 } from "node:path";
var ScriptFiles = class {
  /** The file that the run was started with. */
  scriptPath;
  /** The files whose code runs, the importing ones first. */
  running = [];
  constructor(scriptPath) {
    this.scriptPath = scriptPath;
  }
  /** The code of a file begins, and ends with a call without a path. A file from the network has its URL for a path. */
  enter = (path) => {
    if (path === void 0) this.running.pop();
    else this.running.push(path);
  };
  /** The folder at which relative paths start. k6, too, looks for those of a file from the network on this machine. */
  folder() {
    const file = this.running.at(-1) ?? this.scriptPath;
    return dirname4(/^https?:/.test(file) ? new URL(file).pathname : file);
  }
  /** A function that runs later, as if the file that runs now still did. */
  asNow(work2) {
    const file = this.running.at(-1) ?? this.scriptPath;
    return () => this.within(file, work2);
  }
  within(file, work2) {
    this.enter(file);
    try {
      return work2();
    } finally {
      this.enter();
    }
  }
};

// src/k6/script/require-file.ts
import { readFileSync as readFileSync2 } from "node:fs";
import { createRequire as createRequire4 } from "node:module";
import { dirname as dirname5, resolve as resolve7 } from "node:path";
import { compileFunction as compileFunction2 } from "node:vm";
function createRequireFile(files, requireModule, variables) {
  const loaded = /* @__PURE__ */ new Map();
  return (name2, from) => {
    const folder = typeof from === "string" ? dirname5(from) : files.folder();
    return requireFrom(folder, name2);
  };
  function requireFrom(folder, name2) {
    if (!/^(\.{0,2}\/|file:)/.test(name2)) return requireModule(name2);
    const path = resolve7(folder, name2.replace(/^file:\/\//, ""));
    const known = loaded.get(path);
    if (known) return known.exports;
    const module = { exports: {} };
    loaded.set(path, module);
    try {
      load(path, module);
    } catch (error) {
      loaded.delete(path);
      throw error;
    }
    return module.exports;
  }
  function load(path, module) {
    const text4 = readFileSync2(path, "utf8");
    if (path.endsWith(".json")) {
      module.exports = JSON.parse(text4);
      return;
    }
    const { transformSync } = createRequire4(import.meta.url)("esbuild");
    const { code } = transformSync(nameFile(text4, path), {
      loader: path.endsWith(".ts") ? "ts" : "js",
      format: "cjs",
      define: REPLACED
    });
    const all2 = {
      ...variables,
      ...{ module, exports: module.exports },
      require: (required) => requireFrom(dirname5(path), required),
      [IN_FILE]: files.enter
    };
    const filename = fileNameOf(path);
    showOrigins(filename, (line2) => ({ file: shortPath(path), line: line2 }));
    compileFunction2(code, Object.keys(all2), { filename })(...Object.values(all2));
  }
}

// src/k6/script/vu-modules.ts
function moduleMembers() {
  const vu = createReaderVu({}, createMetrics());
  return Object.fromEntries(
    Object.entries(modules).map(([name2, create2]) => [
      name2,
      new Set(Object.keys(create2(vu, new ScriptFiles(""))))
    ])
  );
}
function scriptEnvironment(vu, scriptPath) {
  const files = new ScriptFiles(scriptPath);
  const open = createOpen(files, vu);
  const globals = {
    console: createConsole((line2) => {
      vu.watch?.assertNothingWaits("console");
      vu.log(line2);
    }),
    crypto: createWebCrypto(vu),
    ...createTimers(vu),
    process: void 0
  };
  return {
    require: createRequireFile(files, createRequire5(vu, files), { ...globals, open, __vu: vu }),
    open,
    inFile: files.enter,
    globals
  };
}
function createRequire5(vu, files) {
  const made2 = /* @__PURE__ */ new Map();
  return (name2) => {
    let module = made2.get(name2);
    if (!module) {
      const members = modules[name2]?.(vu, files);
      if (!members) throw new Error(`the module "${name2}" is not there`);
      module = Object.defineProperties(members, {
        default: { value: members },
        __esModule: { value: true }
      });
      made2.set(name2, module);
    }
    return module;
  };
}

// src/k6/script/load-script.ts
async function loadScript(path, {
  env,
  overrides = {},
  knownTexts = /* @__PURE__ */ new Map(),
  abandoned,
  way
}) {
  const absolute2 = resolve8(path);
  if (!knownTexts.has(absolute2)) assertIsFile(path, absolute2);
  const bundled = await bundleScript(absolute2, moduleMembers(), knownTexts, abandoned);
  const evaluator = compileBundle(absolute2, bundled.asWritten);
  const evaluate = (vu) => evaluator.evaluate(vu, scriptEnvironment(vu, absolute2));
  const metrics = createMetrics();
  createHttpMetrics(metrics);
  defineRunMetrics(metrics);
  const builtIn = new Set(metrics.all().map(({ name: name2 }) => name2));
  const exported = await failAsUsage(
    () => throwUnhandledRejection(
      evaluator.owns,
      () => untilStuck(evaluate(createReaderVu(env, metrics)))
    ),
    `${shortPath(absolute2)} failed while its options were read`,
    { path, evaluator }
  );
  const exports = Object.keys(functionsIn(exported));
  const options = await failAsUsage(
    () => readOptionsOf(
      exported,
      () => readOptions(overrideOptions(exported.options, overrides), { exports, metrics })
    ),
    `the options of ${shortPath(absolute2)} cannot be run`,
    { path, evaluator }
  );
  return {
    path: absolute2,
    name: knownTexts.has(absolute2) ? "stdin" : basename2(absolute2).replace(/\.[^.]+$/, ""),
    options,
    sale: plainObject(exported.sale),
    exports,
    knownTexts,
    customMetrics: metrics.all().filter(({ name: name2 }) => !builtIn.has(name2)).map(({ name: name2, type, contains }) => ({ name: name2, type, contains })),
    ...createWay(absolute2, bundled, exports, way === "threads" || options.threads === true)
  };
}
function readOptionsOf(exported, read2) {
  const options = read2();
  for (const name2 of ["setup", "teardown", "handleSummary"]) {
    const value2 = exported[name2];
    if (value2 === void 0 || value2 === null || typeof value2 === "function") continue;
    throw new Error(`the script exports a "${name2}" that is no function`);
  }
  return options;
}
function createWay(path, { awaiting, asWritten, obstacle, goesOnBeside }, names, wantsThreads) {
  if (!awaiting || wantsThreads) {
    const { describeError: describeError2, owns: owns2 } = compileBundle(path, asWritten);
    return {
      threaded: obstacle ?? "its options ask for it",
      createVu: (vu) => startVuThread(vu, { path, bundle: asWritten, names, describeError: describeError2 }),
      describeError: describeError2,
      owns: owns2
    };
  }
  const { evaluate, describeError, owns } = compileBundle(path, awaiting);
  return {
    reactsLater: goesOnBeside,
    createVu(vu) {
      if (!goesOnBeside) vu.watch = createWaitWatch(vu);
      return endInit(vu, evaluate(vu, scriptEnvironment(vu, path)), names);
    },
    describeError,
    owns
  };
}
async function untilStuck(ready) {
  const stuck = new AbortController();
  const isStuck = once(process, "beforeExit", { signal: stuck.signal }).then(
    () => {
      throw new Error("a top-level await waits for something that never comes");
    },
    () => ({})
  );
  try {
    return await Promise.race([ready, isStuck]);
  } finally {
    stuck.abort();
  }
}
function assertIsFile(path, absolute2) {
  if (existsSync2(absolute2) && statSync3(absolute2).isFile()) return;
  throw UserError.usage(`there is no scenario ${path}`, {
    why: `${absolute2} is not a file`,
    next: "flashsale-cli scenarios list"
  });
}
function endInit(vu, exported, names) {
  if (!(exported instanceof Promise)) {
    vu.initializing = false;
    return functionsIn(exported);
  }
  let known;
  const ready = exported.then((exports) => {
    vu.initializing = false;
    known = functionsIn(exports);
    return known;
  });
  ready.catch(() => {
  });
  return Object.fromEntries(
    names.map((name2) => [
      name2,
      (argument) => known ? known[name2]?.(argument) : ready.then((functions) => functions[name2]?.(argument))
    ])
  );
}
async function failAsUsage(work2, failure, { path, evaluator }) {
  try {
    return await work2();
  } catch (error) {
    if (error instanceof AbortedInInit) throw abortFailure(path, error);
    const why = evaluator.describeError(error);
    throw UserError.usage(failure, { why, next: `mend ${path}`, cause: error });
  }
}
function plainObject(value2) {
  if (typeof value2 !== "object" || value2 === null || Array.isArray(value2)) return void 0;
  return value2;
}

// src/k6/workers/beats.ts
var BEAT_MS = 100;
function serveBeats(beats, number7) {
  const counters = new Int32Array(beats);
  const beat = () => void Atomics.add(counters, number7, 1);
  beat();
  setInterval(beat, BEAT_MS).unref();
}

// src/load/http/traffic.ts
function createTraffic() {
  const open = /* @__PURE__ */ new Set();
  let sentBytes = 0;
  let receivedBytes = 0;
  return {
    watch(socket) {
      open.add(socket);
      socket.once("close", () => {
        open.delete(socket);
        sentBytes += socket.bytesWritten;
        receivedBytes += socket.bytesRead;
      });
    },
    totals() {
      const totals = { sentBytes, receivedBytes };
      for (const socket of open) {
        totals.sentBytes += socket.bytesWritten;
        totals.receivedBytes += socket.bytesRead;
      }
      return totals;
    }
  };
}

// src/load/metrics/exceptions.ts
var MESSAGES_MAX = 10;
function createExceptions(deps) {
  let count3 = 0;
  let failed = 0;
  let drained = 0;
  const first = [];
  function keep(message) {
    if (first.length >= MESSAGES_MAX || first.includes(message)) return;
    first.push(message);
    deps.log(message);
  }
  return {
    record(error) {
      count3 += 1;
      if (first.length < MESSAGES_MAX) keep(deps.describe(error));
    },
    fail(reason, isThrown = false) {
      count3 += 1;
      if (!isThrown) failed += 1;
      keep(deps.describe(new Error(reason)));
    },
    result: () => ({ count: count3, first, failed }),
    drain() {
      const taken = { count: count3, first: first.slice(drained), failed };
      count3 = 0;
      failed = 0;
      drained = first.length;
      return taken;
    },
    merge(more) {
      count3 += more.count;
      failed += more.failed;
      more.first.forEach(keep);
    }
  };
}

// src/load/metrics/tally.ts
var noCounts = () => ({
  iterations: 0,
  interrupted: 0,
  dropped: 0,
  late: 0,
  inFlight: 0,
  vusActive: 0,
  vusMade: 0
});
function createTally({ thresholds }, deps) {
  const named2 = thresholds.map(({ metric }) => metric);
  if (deps.hasSummary) named2.push("http_req_duration{expected_response:true}");
  const metrics = createMetrics(
    [...new Set(named2)].map((name2) => parseSelector(name2)),
    deps.observe
  );
  const httpMetrics = createHttpMetrics(metrics);
  const runMetrics = defineRunMetrics(metrics);
  const outcomes = noOutcomes();
  const checks = createCheckCounts();
  const exceptions = createExceptions({ describe: deps.describeError, log: deps.log });
  const traffic = createTraffic();
  const flowSent = createTotalRecorder(runMetrics.dataSent);
  const flowReceived = createTotalRecorder(runMetrics.dataReceived);
  const counts = noCounts();
  const latency = new TrendSink();
  function sampleTraffic() {
    const { sentBytes, receivedBytes } = traffic.totals();
    flowSent(sentBytes);
    flowReceived(receivedBytes);
  }
  return {
    metrics,
    httpMetrics,
    runMetrics,
    outcomes,
    checks,
    exceptions,
    traffic,
    counts,
    latency,
    sampleTraffic,
    drain() {
      sampleTraffic();
      return {
        metrics: metrics.drain(),
        outcomes: takeAll(outcomes),
        checks: checks.drain(),
        exceptions: exceptions.drain(),
        counts: takeAll(counts),
        latency: latency.drain()
      };
    },
    merge(drained) {
      metrics.merge(drained.metrics);
      addAll(outcomes, drained.outcomes);
      checks.merge(drained.checks);
      exceptions.merge(drained.exceptions);
      addAll(counts, drained.counts);
      if (drained.latency) latency.merge(drained.latency);
    }
  };
}
function takeAll(numbers) {
  const taken = { ...numbers };
  for (const name2 in numbers) numbers[name2] = 0;
  return taken;
}
function addAll(numbers, more) {
  for (const name2 in more) numbers[name2] += more[name2];
}

// src/k6/workers/worker-reporter.ts
var SAMPLES_MAX = 5e3;
var WorkerReporter = class {
  tally;
  deps;
  reported = noCounts();
  samples = [];
  calls = [];
  constructor(deps) {
    const { script } = deps;
    this.deps = deps;
    this.tally = createTally(script.options, {
      describeError: script.describeError,
      // The main thread logs each exception, once for all workers.
      log: () => {
      },
      observe: deps.wantsSamples ? ({ name: name2, type, contains }, value2, source) => {
        const [tags, timeMs] = [source.allTags(), deps.clock.nowMs()];
        this.addSample({ name: name2, metricType: type, contains, value: value2, tags, timeMs });
      } : void 0,
      hasSummary: script.exports.includes("handleSummary")
    });
  }
  /** One of the worker's counts over the whole run. */
  countOf(name2) {
    return this.reported[name2] + this.tally.counts[name2];
  }
  /** Tells of a call with the next report. */
  tellOf(event) {
    this.calls.push(event);
  }
  send() {
    const tally = this.tally.drain();
    for (const name2 of Object.keys(this.reported)) {
      this.reported[name2] += tally.counts[name2];
    }
    const crew = this.deps.crew();
    this.deps.post({
      type: "report",
      tally,
      samples: this.samples,
      calls: this.calls,
      heardUntilNs: this.deps.clock.monotonicNs(),
      progress: crew.progress(),
      offered: crew.offered(),
      lagMsMax: crew.takeLagMsMax()
    });
    this.samples = [];
    this.calls = [];
  }
  addSample(sample) {
    this.samples.push(sample);
    if (this.samples.length === SAMPLES_MAX) this.send();
  }
};

// src/k6/workers/load-worker.ts
var REPORT_EVERY_MS = 250;
var SPIN_MS = 2;
var port = parentPort;
var post = (message) => port.postMessage(message);
async function work(order) {
  if (order.beats) serveBeats(order.beats, order.share.index + 1);
  const clock = clockSince(order.clockOriginNs);
  const now = () => clock.monotonicNs() / 1e6;
  const log = (line2) => post({ type: "log", line: line2 });
  const script = await loadScript(order.scriptPath, {
    env: order.optionsEnv,
    overrides: order.overrides,
    knownTexts: order.knownTexts
  });
  const history = createHistoryPart(order.historyPath, clock);
  const reporter = new WorkerReporter({
    script,
    wantsSamples: order.wantsSamples,
    clock,
    crew: () => crew,
    post
  });
  const { tally } = reporter;
  const rendezvous = createRendezvous({
    now,
    log,
    onGathered: (round) => post({ type: "gathered", ...round }),
    onReleased: (times) => post({ type: "released", times })
  });
  const spans = order.tracesUrl === void 0 ? void 0 : await openTraces(order.tracesUrl, order);
  let started;
  const vus = createVuFactory({
    script,
    env: order.env,
    target: await openTarget(order.target),
    history: order.wantsCalls ? watchCalls(history, clock, (event) => reporter.tellOf(event), numberIn(order.share)) : history,
    clock,
    log,
    tally,
    run: createRunView(reporter, {
      elapsedMs: () => started === void 0 ? 0 : now() - started.startMs,
      options: script.options.exported
    }),
    share: order.share,
    rendezvous,
    tracer: spans && createCallTracer(spans),
    setupData: () => started?.setupData
  });
  const crew = createThreadCrew({
    scenarios: script.options.scenarios,
    share: order.share,
    vus,
    tally,
    now,
    nowMs: clock.nowMs
  });
  guardScript(script, tally.exceptions);
  const fail = (error) => {
    const why = error instanceof UserError ? rootMessage(error) : script.describeError(error);
    post({ type: "failed", why });
  };
  port.on("message", (message) => {
    if (message.type === "run") {
      started = message;
      run(message, { crew, history, rendezvous, reporter, spans }).catch(fail);
    } else if (message.type === "release") releaseAt(message, rendezvous, now);
    else crew[message.type]();
  });
  await crew.prepare().then(() => post({ type: "ready" }), fail);
}
async function openTraces(url2, { share }) {
  const { openSpanExport: openSpanExport2 } = await Promise.resolve().then(() => (init_span_export(), span_export_exports));
  return openSpanExport2(url2, { name: "flashsale-run", instance: `worker-${share.index + 1}` });
}
var numberIn = ({ index, of }) => (id) => -(id * of + index);
function createRunView(reporter, run2) {
  return {
    ...run2,
    iterationsCompleted: () => reporter.countOf("iterations"),
    iterationsInterrupted: () => reporter.countOf("interrupted"),
    vusActive: () => reporter.countOf("vusActive"),
    vusInitialized: () => reporter.countOf("vusMade"),
    abort: (reason) => post({ type: "script-abort", reason }),
    fail: reporter.tally.exceptions.fail
  };
}
async function run({ startMs }, {
  crew,
  history,
  rendezvous,
  reporter,
  spans
}) {
  const timer = setInterval(() => reporter.send(), REPORT_EVERY_MS);
  try {
    await crew.run(startMs);
  } finally {
    clearInterval(timer);
    rendezvous.close();
  }
  await history.close();
  reporter.send();
  post({ type: "done", lagMsP99: crew.lagMsP99() });
  const unsent = await spans?.close();
  if (unsent !== void 0) post({ type: "log", line: unsent });
  post({ type: "traces-closed" });
}
function releaseAt({ name: name2, round, atMs }, rendezvous, now) {
  setTimeout(
    () => {
      while (now() < atMs) ;
      rendezvous.release(name2, round);
    },
    atMs - now() - SPIN_MS
  );
}
work(workerData).catch((error) => post({ type: "failed", why: rootMessage(error) }));
