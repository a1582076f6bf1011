/**
 * One metric of the project. The server registers its metrics from this data, the checks take their names from it, and the
 * dashboards are tested against it. Units are base units, only counters end in `_total`, and labels have few values (never
 * a user or an id).
 */
export interface MetricDefinition {
  name: string;
  type: 'counter' | 'gauge' | 'histogram';
  help: string;
  labels: readonly string[];
  /** Upper edges of a histogram's buckets. They include the limits of the thresholds and alerts. */
  buckets?: readonly number[];
}

const LATENCY_BUCKETS_SECONDS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

/** Every metric of the reference server. */
export const serverMetrics = {
  countersStarted: {
    name: 'flashsale_counters_started_seconds',
    type: 'gauge',
    help: 'Time at which the counters of this process were 0, to the microsecond: it tells processes behind one URL apart.',
    labels: [],
  },
  httpRequests: {
    name: 'flashsale_http_requests_total',
    type: 'counter',
    help: 'HTTP requests answered, by route template, method and status.',
    labels: ['method', 'route', 'status'],
  },
  httpRequestDuration: {
    name: 'flashsale_http_request_duration_seconds',
    type: 'histogram',
    help: 'Time from the request reaching the server to its answer being handed to the network.',
    labels: ['method', 'route'],
    buckets: LATENCY_BUCKETS_SECONDS,
  },
  httpRequestsInFlight: {
    name: 'flashsale_http_requests_in_flight',
    type: 'gauge',
    help: 'HTTP requests being worked on.',
    labels: [],
  },
  reservations: {
    name: 'flashsale_reservations_total',
    type: 'counter',
    help: 'Reserve calls decided, by outcome.',
    labels: ['outcome'],
  },
  admission: {
    name: 'flashsale_admission_total',
    type: 'counter',
    help: 'Buyers who came to the filter in front of the ledger, by filter and what it made of them.',
    labels: ['filter', 'outcome'],
  },
  orders: {
    name: 'flashsale_orders_total',
    type: 'counter',
    help: 'Checkout calls decided, by outcome.',
    labels: ['outcome'],
  },
  registrations: {
    name: 'flashsale_registrations_total',
    type: 'counter',
    help: 'Campaign registrations decided, by outcome.',
    labels: ['outcome'],
  },
  attempts: {
    name: 'flashsale_attempts_total',
    type: 'counter',
    help: 'Flash-sale attempts accepted or refused, by outcome.',
    labels: ['outcome'],
  },
  purchases: {
    name: 'flashsale_ticket_purchases_total',
    type: 'counter',
    help: 'Purchases of tickets decided, by outcome.',
    labels: ['outcome'],
  },
  tracks: {
    name: 'flashsale_tracks_total',
    type: 'counter',
    help: 'Events that clients told the analytics of, by outcome (stored, repeated, refused for want of room).',
    labels: ['outcome'],
  },
  tracksWaiting: {
    name: 'flashsale_tracks_waiting',
    type: 'gauge',
    help: 'Events of clients that wait in this process to be stored.',
    labels: [],
  },
  cache: {
    name: 'flashsale_cache_total',
    type: 'counter',
    help: 'Cached values looked up, by cache and where they were found (memory, redis, source).',
    labels: ['cache', 'found'],
  },
  paymentCalls: {
    name: 'flashsale_payment_calls_total',
    type: 'counter',
    help: 'Calls to the payment provider (charge, find, refund), by outcome.',
    labels: ['call', 'outcome'],
  },
  paymentWebhooks: {
    name: 'flashsale_payment_webhooks_total',
    type: 'counter',
    help: 'Webhooks of the payment provider (accepted, repeated, forged).',
    labels: ['outcome'],
  },
  circuitState: {
    name: 'flashsale_circuit_state',
    type: 'gauge',
    help: 'State of the circuit breaker of a dependency: 0 closed, 1 open, 2 half open.',
    labels: ['dependency'],
  },
  stockMovements: {
    name: 'flashsale_stock_movements_total',
    type: 'counter',
    help: 'Stock movements this process committed, by kind.',
    labels: ['kind'],
  },
  stockUnits: {
    name: 'flashsale_stock_units',
    type: 'gauge',
    help: 'Units of a SKU by state (available, reserved, sold), read from the ledger at scrape time.',
    labels: ['sku', 'state'],
  },
  oversoldUnits: {
    name: 'flashsale_oversold_units',
    type: 'gauge',
    help: 'Units held or sold beyond the SKU’s total, counted from reservations, not from the stock columns.',
    labels: ['sku'],
  },
  ledgerBatchSize: {
    name: 'flashsale_ledger_batch_size',
    type: 'histogram',
    help: 'Calls committed together by the batched strategy.',
    labels: ['operation'],
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024],
  },
  dbQueryDuration: {
    name: 'flashsale_db_query_duration_seconds',
    type: 'histogram',
    help: 'Time a ledger statement took, waiting for a connection included.',
    labels: ['query'],
    buckets: LATENCY_BUCKETS_SECONDS,
  },
  dbConnections: {
    name: 'flashsale_db_connections',
    type: 'gauge',
    help: 'Connections of this process to PostgreSQL, by state (active, idle, waiting).',
    labels: ['state'],
  },
  rateLimited: {
    name: 'flashsale_rate_limited_total',
    type: 'counter',
    help: 'Requests refused with 429, by the policy (ip, user, admission, registration) that refused them.',
    labels: ['policy'],
  },
  redisMemory: {
    name: 'flashsale_redis_memory_bytes',
    type: 'gauge',
    help: 'Memory Redis uses, as Redis counts it.',
    labels: [],
  },
  redisHitRatio: {
    name: 'flashsale_redis_hit_ratio',
    type: 'gauge',
    help: 'Share of the lookups since Redis started that found their key.',
    labels: [],
  },
  outboxEvents: {
    name: 'flashsale_outbox_events',
    type: 'gauge',
    help: 'Events on their way: with Kafka still to be published, without it still to be handled by some group.',
    labels: [],
  },
  eventsPublished: {
    name: 'flashsale_events_published_total',
    type: 'counter',
    help: 'Events this process published to Kafka, repetitions not counted.',
    labels: ['topic'],
  },
  consumerLag: {
    name: 'flashsale_consumer_lag_events',
    type: 'gauge',
    help: 'Events a consumer group has still to handle, counted up to 10,000 per topic and SKU, and among the oldest 10,000 in the outbox.',
    labels: ['group'],
  },
  deadLetters: {
    name: 'flashsale_dead_letters',
    type: 'gauge',
    help: 'Events among the dead letters of a consumer group.',
    labels: ['group'],
  },
  notifications: {
    name: 'flashsale_notifications_total',
    type: 'counter',
    help: 'Notifications this process wrote for users.',
    labels: [],
  },
  streams: {
    name: 'flashsale_notification_streams',
    type: 'gauge',
    help: 'WebSockets over which users hear of notifications.',
    labels: [],
  },
  streamsEnded: {
    name: 'flashsale_notification_streams_ended_total',
    type: 'counter',
    help: 'WebSockets that ended, by why (gone, slow, silent, session_ended, token_expired, not_asked, draining).',
    labels: ['reason'],
  },
  messagesSent: {
    name: 'flashsale_messages_sent_total',
    type: 'counter',
    help: 'Messages handed to the provider of a channel (email, sms), by outcome (sent, refused, unavailable).',
    labels: ['channel', 'outcome'],
  },
  messagesWaiting: {
    name: 'flashsale_messages_waiting',
    type: 'gauge',
    help: 'Messages that wait for the provider of a channel.',
    labels: ['channel'],
  },
  eventsHandled: {
    name: 'flashsale_events_handled_total',
    type: 'counter',
    help: 'Events this process handled, each counted once per consumer group.',
    labels: ['group'],
  },
  eventRetries: {
    name: 'flashsale_event_retries_total',
    type: 'counter',
    help: 'Times a single event was handed to its consumer group again because handling it failed.',
    labels: ['group'],
  },
  eventsBuried: {
    name: 'flashsale_events_buried_total',
    type: 'counter',
    help: 'Events this process put among the dead letters.',
    labels: ['group'],
  },
} as const satisfies Record<string, MetricDefinition>;
