import type { Request, Response } from 'express';
import { describe, expect, it } from 'vitest';
import { Problem, ProblemCode } from '../../../src/protocol/problem.ts';
import { afterEffect } from '../../platform/after-effect.ts';
import type { Logger } from '../../platform/logging.ts';
import { createErrorHandler, ProblemError, statusOf, writeProblem } from './problem.ts';

describe('a problem', () => {
  it('is written as JSON with its fixed parts, its detail and its extras', () => {
    const body = writeProblem('OUT_OF_STOCK', 'Say "no".', 'id-1', { sequence: 7 });
    expect(JSON.parse(body)).toEqual({
      type: 'urn:flashsale:problem:out-of-stock',
      title: 'The product is out of stock',
      status: 400,
      code: 'OUT_OF_STOCK',
      retryable: false,
      detail: 'Say "no".',
      requestId: 'id-1',
      sequence: 7,
    });
  });

  it.each(ProblemCode.options)('%s has the published form', (code) => {
    const problem = Problem.parse(JSON.parse(writeProblem(code, 'Because.', 'id-1')));
    expect([problem.code, problem.status]).toEqual([code, statusOf(code)]);
  });
});

/** Has the error handler answer an error. Resolves to the answer and the number of lines that it logged. */
function answerTo(error: unknown, options: { headersSent?: boolean } = {}) {
  let logged = 0;
  const answer = { status: 0, body: '', isDestroyed: false };
  const log = { error: () => (logged += 1) } as unknown as Logger;
  const req = { id: 'id-1', method: 'GET', path: '/', headers: {} } as Request;
  const res = {
    req,
    headersSent: options.headersSent ?? false,
    writeHead: (status: number) => (answer.status = status),
    end: (body: string) => (answer.body = body),
    destroy: () => (answer.isDestroyed = true),
  } as unknown as Response;
  createErrorHandler(log)(error, req, res, () => {});
  const code = answer.body === '' ? undefined : JSON.parse(answer.body).code;
  return { status: answer.status, code, isDestroyed: answer.isDestroyed, logged };
}

const withCode = (code: string) => Object.assign(new Error('it failed'), { code });

describe('an error that a handler has thrown', () => {
  it('is answered as the refusal that it is, without a log line', () => {
    const answer = answerTo(new ProblemError('NOT_FOUND', 'There is none.'));
    expect(answer).toMatchObject({ status: 404, code: 'NOT_FOUND', logged: 0 });
  });

  it.each(['ECONNREFUSED', 'EAI_AGAIN', '57P03', '53300'])(
    'is UNAVAILABLE when there was no connection (%s), also as a cause',
    (code) => {
      const error = new Error('the query failed', { cause: withCode(code) });
      expect(answerTo(error)).toMatchObject({ status: 503, code: 'UNAVAILABLE', logged: 1 });
    },
  );

  it('is INTERNAL_ERROR when there was no connection after something had taken effect', async () => {
    const error = await afterEffect(() => Promise.reject(withCode('ECONNREFUSED'))).catch(
      (failure: unknown) => failure,
    );
    expect(answerTo(error)).toMatchObject({ status: 500, code: 'INTERNAL_ERROR', logged: 1 });
  });

  it('is INTERNAL_ERROR when a connection broke, because the statement may have committed', () => {
    for (const error of [withCode('ECONNRESET'), withCode('57P01'), new TypeError('a bug')]) {
      expect(answerTo(error)).toMatchObject({ status: 500, code: 'INTERNAL_ERROR', logged: 1 });
    }
  });

  it('is MALFORMED_REQUEST when the path has a broken percent-encoding', () => {
    expect(answerTo(new URIError('%E0'))).toMatchObject({ status: 400, code: 'MALFORMED_REQUEST' });
  });

  it('closes the connection when half of an answer was sent', () => {
    expect(answerTo(new Error('a bug'), { headersSent: true })).toEqual({
      ...{ status: 0, code: undefined, isDestroyed: true, logged: 1 },
    });
  });
});
