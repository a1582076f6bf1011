import { rootMessage, UserError } from '../../kernel/errors.ts';

/**
 * Reads the routes of an API from its description: OpenAPI 3.0 and 3.1, Swagger 2. Only what a target file needs of them is
 * read, and a part that is not understood counts as absent, because every guess made from it is checked by a person.
 */

/** One field of a request or an answer. */
export interface ApiField {
  /** Path from the root of the body, as `order.items.0.id`; the name of a parameter or header. */
  path: string;
  type: string;
  required: boolean;
  example?: unknown;
}

export interface ApiRoute {
  /** In capitals. */
  method: string;
  /** With parameters in braces, without the base path of the server. */
  path: string;
  /** The text that tells what the route does: operation id, summary, tags. */
  title: string;
  pathFields: ApiField[];
  queryFields: ApiField[];
  headerFields: ApiField[];
  bodyKind: 'json' | 'form' | undefined;
  bodyFields: ApiField[];
  answers: ApiAnswer[];
}

export interface ApiAnswer {
  /** Such as `201`, `4XX`, `default`. */
  status: string;
  description: string;
  fields: ApiField[];
}

export interface ApiDescription {
  title: string;
  /** URL of the server; undefined if the document names none that is complete. */
  url: string | undefined;
  /** Path that all routes begin with; empty if there is none. */
  basePath: string;
  routes: ApiRoute[];
  /** Where a caller's credential stands; undefined if the document does not say. */
  credential:
    | { in: 'bearer' | 'basic' }
    | { in: 'header' | 'cookie' | 'query'; name: string }
    | undefined;
}

type Json = Record<string, unknown>;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** @throws UserError (usage) when the document is no OpenAPI or Swagger document */
export function readApi(document: unknown, source: string): ApiDescription {
  const root = objectOf(document);
  const version = textOf(root.openapi) || textOf(root.swagger);
  if (!/^(3\.[01]|2\.0)/.test(version)) {
    throw UserError.usage(`${source} is no API description that can be read`, {
      why:
        version === '' ? 'it has no `openapi` or `swagger` version' : `its version is ${version}`,
      next: 'give an OpenAPI 3.0, 3.1 or Swagger 2.0 document, or leave --openapi out',
    });
  }
  const resolve = createResolver(root);
  const routes = Object.entries(objectOf(root.paths)).flatMap(([path, item]) => {
    const shared = objectOf(resolve(item));
    return METHODS.filter((method) => method in shared).map((method) =>
      readRoute(method, path, { shared, resolve }),
    );
  });
  return {
    title: textOf(objectOf(root.info).title),
    ...serverOf(root),
    routes,
    credential: credentialOf(root, resolve),
  };
}

/** @throws UserError (environment or usage) when the document cannot be fetched or read */
export async function fetchApi(source: string): Promise<ApiDescription> {
  const { parse } = await import('yaml');
  let document: unknown;
  try {
    document = parse(await textFrom(source));
  } catch (cause) {
    throw UserError.usage(`the API description ${source} cannot be read`, {
      why: rootMessage(cause),
      next: 'give the path or the URL of an OpenAPI document, in JSON or YAML',
      cause,
    });
  }
  return readApi(document, source);
}

async function textFrom(source: string): Promise<string> {
  if (!/^https?:/.test(source)) {
    const { readFile } = await import('node:fs/promises');
    return readFile(source, 'utf8');
  }
  const answer = await fetch(source, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
  if (!answer.ok) throw new Error(`it was answered with status ${answer.status}`);
  return answer.text();
}

const FETCH_TIMEOUT_MS = 15_000;

type Resolve = (value: unknown) => unknown;

/** Follows references within the document. One to another file is left as it is, and so counts as unknown. */
function createResolver(root: Json): Resolve {
  return (value) => {
    let resolved = value;
    for (let hops = 0; hops < REFERENCES_MAX; hops += 1) {
      const reference = objectOf(resolved).$ref;
      if (typeof reference !== 'string' || !reference.startsWith('#/')) return resolved;
      resolved = reference
        .slice(2)
        .split('/')
        .map((key) => decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~'))
        .reduce((node: unknown, key) => objectOf(node)[key], root);
    }
    return undefined;
  };
}

const REFERENCES_MAX = 20;

function serverOf(root: Json): Pick<ApiDescription, 'url' | 'basePath'> {
  if (typeof root.swagger === 'string') {
    const basePath = withoutLastSlash(textOf(root.basePath));
    const scheme = listOf(root.schemes)[0] ?? 'http';
    const host = textOf(root.host);
    return { url: host === '' ? undefined : `${scheme}://${host}${basePath}`, basePath };
  }
  const server = withoutLastSlash(textOf(objectOf(listOf(root.servers)[0]).url));
  if (URL.canParse(server)) return { url: server, basePath: '' };
  return { url: undefined, basePath: server.startsWith('/') ? server : '' };
}

function credentialOf(root: Json, resolve: Resolve): ApiDescription['credential'] {
  const schemes = root.securityDefinitions ?? objectOf(root.components).securitySchemes;
  const [scheme] = Object.values(objectOf(schemes)).map((each) => objectOf(resolve(each)));
  if (scheme === undefined) return undefined;
  const name = textOf(scheme.name);
  if (scheme.type === 'apiKey' && /^(header|cookie|query)$/.test(textOf(scheme.in))) {
    // Swagger 2 has no word for a bearer token but a header of this name.
    if (name.toLowerCase() === 'authorization') return { in: 'bearer' };
    return { in: scheme.in as 'header', name };
  }
  return scheme.type === 'basic' || scheme.scheme === 'basic' ? { in: 'basic' } : { in: 'bearer' };
}

function readRoute(
  method: string,
  path: string,
  { shared, resolve }: { shared: Json; resolve: Resolve },
): ApiRoute {
  const operation = objectOf(shared[method]);
  const parameters = [...listOf(shared.parameters), ...listOf(operation.parameters)].map((each) =>
    objectOf(resolve(each)),
  );
  const fieldsIn = (place: string): ApiField[] =>
    parameters
      .filter((parameter) => parameter.in === place)
      .map((parameter) => fieldOfParameter(parameter, resolve));
  return {
    method: method.toUpperCase(),
    path,
    title: [operation.operationId, operation.summary, ...listOf(operation.tags)]
      .filter((text) => typeof text === 'string')
      .join(' '),
    pathFields: fieldsIn('path'),
    queryFields: fieldsIn('query'),
    headerFields: fieldsIn('header'),
    ...bodyOf(operation, parameters, resolve),
    answers: Object.entries(objectOf(operation.responses)).map(([status, answer]) => {
      const { description, content, schema } = objectOf(resolve(answer));
      return {
        status: status.toUpperCase(),
        description: textOf(description),
        fields: fieldsOfSchema(schema ?? contentOf(content, JSON_TYPE)?.schema, resolve),
      };
    }),
  };
}

const JSON_TYPE = /json/i;
const FORM_TYPE = /^application\/x-www-form-urlencoded/i;

function bodyOf(
  operation: Json,
  parameters: Json[],
  resolve: Resolve,
): Pick<ApiRoute, 'bodyKind' | 'bodyFields'> {
  const { content } = objectOf(resolve(operation.requestBody));
  const inBody = parameters.find((parameter) => parameter.in === 'body');
  const json = inBody ?? contentOf(content, JSON_TYPE);
  if (json !== undefined) {
    return { bodyKind: 'json', bodyFields: fieldsOfSchema(json.schema, resolve) };
  }
  const form = contentOf(content, FORM_TYPE);
  if (form !== undefined) {
    return { bodyKind: 'form', bodyFields: fieldsOfSchema(form.schema, resolve) };
  }
  const formData = parameters.filter((parameter) => parameter.in === 'formData');
  if (formData.length === 0) return { bodyKind: undefined, bodyFields: [] };
  return { bodyKind: 'form', bodyFields: formData.map((each) => fieldOfParameter(each, resolve)) };
}

function contentOf(content: unknown, type: RegExp): Json | undefined {
  const found = Object.entries(objectOf(content)).find(([name]) => type.test(name));
  return found && objectOf(found[1]);
}

function fieldOfParameter(parameter: Json, resolve: Resolve): ApiField {
  const schema = objectOf(resolve(parameter.schema));
  return {
    path: textOf(parameter.name),
    type: typeOf(parameter.type === undefined ? schema : parameter),
    required: parameter.required === true,
    example: exampleOf({ ...schema, ...parameter }),
  };
}

/** The fields of an object and of those in it; of a list, those of its first item. */
function fieldsOfSchema(
  schema: unknown,
  resolve: Resolve,
  within: { prefix: string; required: boolean; depth: number } = {
    prefix: '',
    required: true,
    depth: 0,
  },
): ApiField[] {
  const { prefix, required, depth } = within;
  if (depth > DEPTH_MAX) return [];
  const { properties, required: names, items } = mergedSchema(schema, resolve);
  if (items !== undefined) {
    const item = { prefix: `${prefix}0.`, required, depth: depth + 1 };
    return fieldsOfSchema(items, resolve, item);
  }
  return Object.entries(properties).flatMap(([name, property]) => {
    const path = prefix + name;
    const isRequired = required && names.includes(name);
    const merged = mergedSchema(property, resolve);
    const inner = fieldsOfSchema(property, resolve, {
      prefix: `${path}.`,
      required: isRequired,
      depth: depth + 1,
    });
    if (inner.length > 0) return inner;
    return [{ path, type: merged.type, required: isRequired, example: merged.example }];
  });
}

const DEPTH_MAX = 4;

interface MergedSchema {
  properties: Json;
  required: unknown[];
  items: unknown;
  type: string;
  example: unknown;
}

/** A schema with the parts of its `allOf`, or else its first alternative. */
function mergedSchema(schema: unknown, resolve: Resolve): MergedSchema {
  const own = objectOf(resolve(schema));
  const alternatives = listOf(own.oneOf ?? own.anyOf).filter(
    (each) => typeOf(objectOf(resolve(each))) !== 'null',
  );
  const parts = [...listOf(own.allOf), ...alternatives.slice(0, 1)].map((part) =>
    mergedSchema(part, resolve),
  );
  return {
    properties: Object.assign(
      {},
      ...parts.map((part) => part.properties),
      objectOf(own.properties),
    ),
    required: [...parts.flatMap((part) => part.required), ...listOf(own.required)],
    items: own.items ?? parts.find(({ items }) => items !== undefined)?.items,
    type: own.type === undefined && parts[0] ? parts[0].type : typeOf(own),
    example: exampleOf(own) ?? parts.find(({ example }) => example !== undefined)?.example,
  };
}

/** A type is a name, or in OpenAPI 3.1 a list that may have `null` beside it. */
const typeOf = ({ type }: Json): string =>
  textOf(listOf(type).find((name) => name !== 'null')) || textOf(type) || 'unknown';

const exampleOf = ({ example, examples, default: byDefault, enum: values }: Json): unknown =>
  example ?? listOf(examples)[0] ?? byDefault ?? listOf(values)[0];

const objectOf = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const withoutLastSlash = (text: string): string => text.replace(/\/+$/, '');
