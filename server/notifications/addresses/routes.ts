import { randomInt } from 'node:crypto';
import type { RequestHandler, Router } from 'express';
import {
  type Address,
  type Addresses,
  type Channel,
  ConfirmAddress,
  PutAddress,
  RemoveAddress,
} from '../../../src/protocol/notifications.ts';
import { validate } from '../../http/request/json-body.ts';
import { noStore } from '../../http/response/no-store.ts';
import { methodNotAllowed, refuse } from '../../http/response/problem.ts';
import { respond } from '../../http/response/respond.ts';
import { createRouter } from '../../http/router.ts';
import { type AddressStore, CODE_PAUSE_SECONDS } from './store.ts';

/** The endpoints with which users say where notifications are sent besides. */
export function createAddressRoutes(deps: {
  store: AddressStore;
  /** The channels with a provider. */
  channels: Channel[];
  authenticate: RequestHandler;
  readJson: RequestHandler;
}): Router {
  const { store, channels, authenticate, readJson } = deps;
  const router = createRouter();

  router
    .route('/notifications/addresses')
    .get(authenticate, noStore, async (req, res) => {
      const addresses = await store.list(req.caller.userId);
      respond(res, 200, { addresses } satisfies Addresses);
    })
    .put(authenticate, readJson, async (req, res) => {
      const { channel, address } = validate(PutAddress, req.body);
      if (!channels.includes(channel)) {
        refuse(res, 'CHANNEL_NOT_CONFIGURED', `This server sends no ${channel}.`);
        return;
      }
      const value = String(randomInt(1_000_000)).padStart(6, '0');
      const text = `${value} is the code that confirms this address for notifications.`;
      const code = { value, title: 'Confirm this address', text };
      if (!(await store.put(req.caller.userId, { channel, address }, code))) {
        res.setHeader('retry-after', CODE_PAUSE_SECONDS);
        refuse(
          res,
          'RATE_LIMITED',
          'A code was sent a moment ago; wait for the time in Retry-After.',
        );
        return;
      }
      respond(res, 202, { channel, address, isConfirmed: false } satisfies Address);
    })
    .all(methodNotAllowed);

  router
    .route('/notifications/addresses/confirm')
    .post(authenticate, readJson, async (req, res) => {
      const { channel, code } = validate(ConfirmAddress, req.body);
      const confirmed = await store.confirm(req.caller.userId, channel, code);
      if (confirmed !== undefined) respond(res, 200, confirmed);
      else refuse(res, 'CODE_REFUSED', 'Ask for a new code: set the address again.');
    })
    .all(methodNotAllowed);

  router
    .route('/notifications/addresses/remove')
    .post(authenticate, readJson, async (req, res) => {
      const { channel } = validate(RemoveAddress, req.body);
      if (!(await store.remove(req.caller.userId, channel))) {
        refuse(res, 'NOT_FOUND', 'You have no address on this channel.');
        return;
      }
      const addresses = await store.list(req.caller.userId);
      respond(res, 200, { addresses } satisfies Addresses);
    })
    .all(methodNotAllowed);

  return router;
}
