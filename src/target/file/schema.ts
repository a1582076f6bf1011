import * as z from 'zod';
import { REFUSAL_REASONS } from '../../history/refusal-reason.ts';

/**
 * The target file: describes a shop that nobody has seen before, so that scenarios can buy from it and the judge can read
 * its answers and its books. A YAML file, or a TypeScript module that exports `defineTarget({ … })`, which may have
 * functions (hooks) where a file has texts.
 *
 * Texts may contain placeholders: see `template.ts`. Units of time are written as `200ms`, `5s` or `2m`.
 */

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** A time such as `200ms`, in milliseconds. */
const Duration = z
  .string()
  .regex(/^\d+(\.\d+)?(ms|s|m|h)$/, 'write a time such as 200ms, 5s or 2m')
  .transform((text) => Number.parseFloat(text) * UNITS[/[a-z]+$/.exec(text)?.[0] as 's']);

const Name = z.string().regex(/^[\w-]+$/, 'a name has letters, digits, - and _');

/** A text with placeholders. */
const Template = z.string();

/** A JSON value; its texts may contain placeholders. */
const JsonTemplate = z.json();

/**
 * The place of a fact in an answer: a path into its JSON body (`data.order.id`, `items.0.id`), `header NAME`, `cookie NAME`,
 * or a regular expression over the body's text (`/Order #(\d+)/`), whose first group counts. `header location /(\d+)$/` is a
 * part of a header.
 */
const Place = z.string().min(1);
export type Place = z.infer<typeof Place>;

const isStatus = (value: unknown): boolean => /^[1-5](\d\d|xx)$/.test(String(value));

/**
 * Conditions on an answer, all of which must hold. Keys: `status` (201, `2xx`, or a list of these), `header NAME`, `body` (its
 * text), or a path into its JSON body, as `body.error.code`. Values: equality, `/regular expression/i`, `present` or `absent`.
 */
const Conditions = z
  .record(
    z
      .string()
      .regex(
        /^(status$|header .|body$|body\.)/,
        'a condition is about status, header NAME, body or body.PATH',
      ),
    z.union([
      z.string(),
      z.number(),
      z.boolean(),
      z.null(),
      z.array(z.union([z.string(), z.number()])),
    ]),
  )
  .refine(({ status }) => status === undefined || [status].flat().every(isStatus), {
    error: 'status is a number such as 201, a text such as 4xx, or a list of these',
  });
export type Conditions = z.infer<typeof Conditions>;

/** The meanings of answers: see `Meaning` in `../target.ts`. */
const MEANINGS = ['ok', 'accepted', 'sold_out', 'refused', 'limited', 'error'] as const;

/** One rule of `answers`: its meaning, and the conditions for it. `reason` says why a buyer is refused, where it is about the sale. */
const AnswerRule = z
  .strictObject({
    ok: Conditions.optional(),
    accepted: Conditions.optional(),
    sold_out: Conditions.optional(),
    refused: Conditions.optional(),
    limited: Conditions.optional(),
    error: Conditions.optional(),
    reason: z.enum(REFUSAL_REASONS).optional(),
  })
  .refine((rule) => MEANINGS.filter((meaning) => rule[meaning] !== undefined).length === 1, {
    error: `a rule has one meaning: ${MEANINGS.join(', ')}`,
  })
  .refine(({ reason, refused }) => reason === undefined || refused !== undefined, {
    error: 'only a refusal has a reason',
  })
  .transform((rule) => {
    const is = MEANINGS.find((meaning) => rule[meaning] !== undefined) as (typeof MEANINGS)[number];
    return { is, when: rule[is] as Conditions, reason: rule.reason };
  });
export type AnswerRule = z.infer<typeof AnswerRule>;

/** A request: `METHOD /path`, and at most one body. */
const requestFields = {
  request: z
    .string()
    .regex(
      /^(GET|POST|PUT|PATCH|DELETE|HEAD) \/\S*$/,
      'write METHOD and path, as: POST /api/orders',
    ),
  headers: z.record(z.string(), Template).default({}),
  json: JsonTemplate.optional(),
  form: z.record(z.string(), Template).optional(),
  /** A body of any other kind, as it is sent. */
  body: Template.optional(),
};
const hasOneBody = ({
  json,
  form,
  body,
}: {
  json?: unknown;
  form?: unknown;
  body?: unknown;
}): boolean => [json, form, body].filter((part) => part !== undefined).length <= 1;
const ONE_BODY = { error: 'a request has one body: json, form or body' };

/** Facts that an answer may hold. */
const AnswerPlaces = z.strictObject({
  hold: Place.optional(),
  order: Place.optional(),
  voucher: Place.optional(),
  sku: Place.optional(),
  quantity: Place.optional(),
  /** Number of the stock movement, if the shop counts them per SKU without gaps. */
  sequence: Place.optional(),
  available: Place.optional(),
  reserved: Place.optional(),
  sold: Place.optional(),
});

/** The decision over an accepted attempt, which its buyer asks for again and again. */
const Later = z
  .strictObject({
    ...requestFields,
    every: Duration.default(200),
    giveUp: Duration.default(30_000),
    /** Conditions on the answer that mean yes, and those that mean no. */
    yes: Conditions,
    no: Conditions,
    /** Conditions that mean: not decided yet. Absent: every answer that is neither yes, no nor a failure of the shop. */
    pending: Conditions.optional(),
    answer: AnswerPlaces.prefault({}),
  })
  .refine(hasOneBody, ONE_BODY);

const Operation = z
  .strictObject({
    ...requestFields,
    answer: AnswerPlaces.prefault({}),
    /** Rules for this operation, asked before those of all operations. */
    answers: z.array(AnswerRule).default([]),
    /** Of an `attempt` alone. */
    later: Later.optional(),
  })
  .refine(hasOneBody, ONE_BODY);
export type OperationTemplate = z.infer<typeof Operation>;

/** The things that a buyer can do. `buy` reserves and confirms in one call. */
export const OPERATION_NAMES = [
  ...(['reserve', 'confirm', 'release', 'cancel', 'buy'] as const),
  ...(['register', 'redeem', 'attempt', 'read'] as const),
] as const;
export type OperationName = (typeof OPERATION_NAMES)[number];

const Operations = z
  .strictObject(
    Object.fromEntries(OPERATION_NAMES.map((name) => [name, Operation.optional()])) as Record<
      OperationName,
      z.ZodOptional<typeof Operation>
    >,
  )
  .refine((operations) => Object.values(operations).some((operation) => operation !== undefined), {
    error: `a shop has one operation at least: ${OPERATION_NAMES.join(', ')}`,
  })
  .refine(
    (operations) =>
      OPERATION_NAMES.every((name) => name === 'attempt' || operations[name]?.later === undefined),
    { error: 'only an attempt is decided later: describe a call that is, as an attempt' },
  );

/** A hook: a function in a TypeScript target file. */
const hook = <Fn extends (...args: never[]) => unknown>() =>
  z.custom<Fn>((value) => typeof value === 'function', 'it is no function');

/** Fields of a buyer, of a SKU or of a row, by their names. */
export type Fields = Record<string, string | number | boolean | null>;

/** A call made before the sale. Its answer must have a status of 2xx or one in `accept`. */
const HttpStep = z
  .strictObject({
    ...requestFields,
    accept: z.array(z.int()).default([]),
    /** Fields that the answer gives, each with its place. */
    answer: z.record(z.string(), Place).default({}),
  })
  .refine(hasOneBody, ONE_BODY);

/** A statement; the first row that it returns gives fields. Placeholders become parameters, so no value needs quotes. */
const SqlStep = z.strictObject({ sql: z.string().min(1), database: Template.optional() });

/** A command of the shell; placeholders become quoted arguments. If it prints a JSON object, that gives fields. */
const CommandStep = z.strictObject({
  command: z.string().min(1),
  timeout: Duration.default(60_000),
});

const FunctionStep = z.strictObject({
  run: hook<(fields: Fields) => Promise<Fields | undefined>>(),
});

const Step = z.union([HttpStep, SqlStep, CommandStep, FunctionStep]);
export type Step = z.infer<typeof Step>;

/** Buyers of a run: where they come from, in the order in which these are done. Each has `id` at least. */
const Buyers = z.strictObject({
  /** Fields of buyer number `{n}`; `id` is what the shop calls them. */
  fields: z.record(z.string(), Template).default({ id: 'buyer-{n}' }),
  /** A CSV, JSON or NDJSON file with the fields of one buyer per row, instead of made-up ones. */
  file: z.string().optional(),
  /** Rows of buyers that a statement or a command gives; placeholder `{count}`. */
  from: z
    .union([
      SqlStep,
      CommandStep,
      z.strictObject({ run: hook<(count: number) => Promise<Fields[]>>() }),
    ])
    .optional(),
  /** Done for each buyer: registers, logs in. */
  steps: z.array(Step).default([]),
  /** Signs a token for each buyer, which is their field `token`. */
  sign: z
    .strictObject({
      secret: Template,
      algorithm: z.enum(['HS256', 'HS384', 'HS512', 'RS256', 'ES256']).default('HS256'),
      claims: z.record(z.string(), JsonTemplate).default({ sub: '{id}' }),
      expiresIn: Duration.default(24 * 3_600_000),
    })
    .optional(),
  /** Buyers for whom `steps` are done at the same time. */
  atOnce: z.int().min(1).max(1_000).default(16),
});

/** A SKU that is on sale already. Other fields are placeholders, such as another id that the same thing goes by. */
const ExistingSku = z.looseObject({
  id: z.union([z.string(), z.number()]),
  /** Units on sale; `read` asks the operation `read` before the sale, `evidence` the rows of `stock`. */
  stock: z.union([z.int().min(0), z.literal('read'), z.literal('evidence')]),
  price: z.union([z.string(), z.number()]).optional(),
});
export type ExistingSku = z.infer<typeof ExistingSku>;

const Sale = z
  .strictObject({
    /** SKUs that are on sale already: a list, or a query whose rows have the same fields. */
    skus: z.union([z.array(ExistingSku).min(1), SqlStep, CommandStep]).optional(),
    /**
     * Puts one SKU with `{stock}` units on sale at `{price}`; done for each SKU of the scenario. `{sku}` is a fresh name, unless
     * a step gives the field `sku`.
     */
    create: z.array(Step).optional(),
    /** Done for each SKU when the verdict is reached. */
    remove: z.array(Step).default([]),
    /** Lifetime of a hold; absent: unknown. */
    holdTtl: z.union([Duration, z.literal('never')]).optional(),
    /** The units of a lapsed hold are on sale again at the latest this long after. */
    sweepGrace: Duration.default(5_000),
    /** Units of one SKU that a buyer may have. Absent: unknown, so no check assumes a limit. */
    unitsPerBuyer: z.union([z.int().min(1), z.literal('unlimited')]).optional(),
    /** Holds and orders of one SKU that a buyer may have; absent: unknown. */
    holdsPerBuyer: z.int().min(1).optional(),
    /** "Sold out" may be this much behind the stock. */
    refusalLag: Duration.default(0),
    /** A read may be this much behind the sale. */
    readLag: Duration.default(0),
    /** True: nobody but the run's buyers buys these SKUs, so that a row that none of their calls made is a fault. */
    nobodyElseBuys: z.boolean().default(false),
  })
  .refine(({ skus, create }) => (skus === undefined) !== (create === undefined), {
    error: 'a sale has either skus, which are there, or create',
  });
export type SalePreparation = z.infer<typeof Sale>;

/**
 * Rows of evidence: by SQL on PostgreSQL (read only), by a command that prints JSON, NDJSON or CSV, by an HTTP endpoint, or by
 * a hook. Asked once per SKU if `{sku}` stands in it, else once for all. `columns` names the column that each meaning has;
 * absent: that of the same name. `values` translates the shop's words, such as `{ status: { paid: confirmed } }`.
 */
const rowsOf = <Column extends string>(...columns: Column[]) => {
  const mapping = {
    columns: z.partialRecord(z.enum(columns), z.string()).default({} as Record<Column, string>),
    values: z
      .partialRecord(z.enum(columns), z.record(z.string(), z.string()))
      .default({} as Record<Column, Record<string, string>>),
  };
  return z.union([
    z.strictObject({ ...SqlStep.shape, ...mapping }),
    z.strictObject({ ...CommandStep.shape, ...mapping }),
    // An object of this shape is told from the others by its `request`.
    z.strictObject({ ...requestFields, rows: Place.optional(), ...mapping }),
    z.strictObject({ run: hook<(skuId: string) => Promise<Fields[]>>(), ...mapping }),
  ]);
};

const Evidence = z.strictObject({
  /** Connection of every `sql` that names none, as `{env.SHOP_DATABASE_URL}`. */
  database: Template.optional(),
  /** Longest time of one query. */
  timeout: Duration.default(30_000),
  orders: rowsOf(
    'id',
    'buyer',
    'sku',
    'quantity',
    'status',
    'hold',
    'amount',
    'call',
    'at',
  ).optional(),
  reservations: rowsOf(
    'id',
    'buyer',
    'sku',
    'quantity',
    'status',
    'call',
    'at',
    'expiresAt',
  ).optional(),
  stock: rowsOf('sku', 'total', 'available', 'reserved', 'sold').optional(),
  vouchers: rowsOf('id', 'code', 'sku', 'buyer', 'order', 'at', 'usedAt').optional(),
  payments: rowsOf('id', 'sku', 'buyer', 'order', 'amount', 'status').optional(),
  movements: rowsOf('sku', 'sequence', 'kind', 'quantity', 'hold', 'at').optional(),
});
export type EvidenceSources = z.infer<typeof Evidence>;
/** The kinds of rows that a target file may name. */
export type RowsName = Exclude<keyof EvidenceSources, 'database' | 'timeout'>;
export type RowsSource = NonNullable<EvidenceSources[RowsName]>;

/** The shop is at rest when a query returns no row, a command prints nothing, or a time is over. */
const Rest = z.union([
  z.strictObject({ ...SqlStep.shape, giveUp: Duration.default(60_000) }),
  z.strictObject({ ...CommandStep.shape, giveUp: Duration.default(60_000) }),
  z.strictObject({ wait: Duration }),
]);

/**
 * A rule of one's own, asked when the shop is at rest: rows of a query that break it, or a PromQL expression that must hold.
 * `$sku`, `$stock` and `$__range` stand for the SKU, its units and the time of the run.
 */
const Invariant = z.union([
  z.strictObject({ name: Name, ...SqlStep.shape }),
  z.strictObject({ name: Name, promql: z.string().min(1) }),
  z.strictObject({ name: Name, ...CommandStep.shape }),
]);
export type Invariant = z.infer<typeof Invariant>;

/** A TCP proxy that the run puts between the shop and something it uses, where the shop was told to connect to it. */
const ProxyPlan = z.strictObject({
  listen: z.string().regex(/^[\w.-]+:\d+$/, 'write HOST:PORT'),
  to: z.string().regex(/^[\w.-]+:\d+$/, 'write HOST:PORT'),
  /** Every answer is held back so long. */
  widen: Duration.default(5),
});

const Url = z
  .url({ protocol: /^https?$/, error: 'write a URL such as http://127.0.0.1:3000' })
  .transform((url) => url.replace(/\/+$/, ''));

export const TargetFile = z.strictObject({
  /** Absent: the name of the file. */
  name: Name.optional(),
  /** Base URL, or several for several instances. May have a path, which all requests begin with. */
  url: z.union([Url.transform((url) => [url]), z.array(Url).min(1)]),
  /** Path that answers 2xx when the shop is ready; absent: any answer of the base URL will do. */
  health: z.string().startsWith('/').optional(),
  /** Headers of every request. */
  headers: z.record(z.string(), Template).default({}),
  operations: Operations,
  /** The meaning of answers: the first rule that applies counts. An answer that no rule names leaves open if its call took effect. */
  answers: z.array(AnswerRule).default([
    { is: 'limited', when: { status: 429 }, reason: undefined },
    { is: 'accepted', when: { status: 202 }, reason: undefined },
    { is: 'ok', when: { status: '2xx' }, reason: undefined },
  ]),
  buyers: Buyers.prefault({}),
  sale: Sale.optional(),
  evidence: Evidence.prefault({}),
  rest: Rest.default({ wait: 1_000 }),
  invariants: z.array(Invariant).default([]),
  /** The shop's metrics: `/metrics` of each instance, for queries of invariants; names of its counters by meaning. */
  prometheus: z
    .strictObject({
      /** Counters as PromQL selectors, such as `orders_total{status="confirmed",sku="$sku"}`. */
      counters: z
        .partialRecord(
          z.enum(['reserved', 'sold', 'sold_out', 'refused', 'released', 'cancelled']),
          z.string(),
        )
        .default({}),
    })
    .optional(),
  proxies: z.record(Name, ProxyPlan).default({}),
});
/** A target file, read: every default filled in, times in milliseconds. */
export type TargetFile = z.infer<typeof TargetFile>;

/** A target file as it is written in TypeScript. */
export type TargetFileInput = z.input<typeof TargetFile>;
