import * as z from 'zod';
import { JsonTemplate, Template } from './texts.ts';

/** A request: `METHOD /path`, and at most one body. */
export const requestFields = {
  request: z
    .string()
    .regex(
      /^(GET|POST|PUT|PATCH|DELETE|HEAD) \/\S*$/,
      'write METHOD and path, as: POST /api/orders',
    )
    .describe('Method and path, such as: POST /products/{sku}/orders'),
  headers: z
    .record(z.string(), Template)
    .default({})
    .describe('Headers of this request, beside those of every request.'),
  json: JsonTemplate.optional().describe(
    'A JSON body. A text that is one placeholder becomes the value itself: "{quantity}" sends a number.',
  ),
  form: z
    .record(z.string(), Template)
    .optional()
    .describe('The fields of a form, sent as application/x-www-form-urlencoded.'),
  body: Template.optional().describe('A body of any other kind, as it is sent.'),
};

export const hasOneBody = ({
  json,
  form,
  body,
}: {
  json?: unknown;
  form?: unknown;
  body?: unknown;
}): boolean => [json, form, body].filter((part) => part !== undefined).length <= 1;
export const ONE_BODY = { error: 'a request has one body: json, form or body' };
