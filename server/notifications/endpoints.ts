import {
  Address,
  Addresses,
  ConfirmAddress,
  NotificationPage,
  NotificationQuery,
  PutAddress,
  RemoveAddress,
  StreamQuery,
  StreamTicket,
} from '../../src/protocol/notifications.ts';
import type { Endpoint } from '../http/description/endpoint.ts';

const tag = 'Notifications';

export const notificationEndpoints: Endpoint[] = [
  {
    method: 'get',
    path: '/notifications',
    tag,
    summary: 'List what one was told, the oldest first',
    access: 'user',
    query: NotificationQuery,
    answers: { 200: NotificationPage },
  },
  {
    method: 'post',
    path: '/notifications/tickets',
    tag,
    summary: 'Get a ticket that opens one stream, within half a minute',
    access: 'user',
    answers: { 201: StreamTicket },
    leadsTo: [{ to: 'get /notifications/stream', params: { ticket: '$response.body#/ticket' } }],
  },
  {
    method: 'get',
    path: '/notifications/stream',
    tag,
    summary:
      'Hear at once what one is told: a WebSocket, opened with a ticket, a token, or the subprotocols flashsale.notifications and bearer.<token>. The first message is {"type":"ready","cursor":…}, each other one {"type":"notification","cursor":…,"notification":…}; what came before the cursor is read with GET /notifications?after=…',
    access: 'user',
    query: StreamQuery,
    answers: { 101: undefined },
    refusals: ['UPGRADE_REQUIRED', 'ORIGIN_REFUSED', 'TOO_MANY_STREAMS'],
  },
  {
    method: 'get',
    path: '/notifications/addresses',
    tag,
    summary: 'List the addresses to which one’s notifications are sent',
    access: 'user',
    answers: { 200: Addresses },
  },
  {
    method: 'put',
    path: '/notifications/addresses',
    tag,
    summary: 'Set one’s address on a channel: a code is sent to it',
    access: 'user',
    body: PutAddress,
    answers: { 202: Address },
    refusals: ['CHANNEL_NOT_CONFIGURED'],
  },
  {
    method: 'post',
    path: '/notifications/addresses/confirm',
    tag,
    summary: 'Confirm an address by the code that was sent to it',
    access: 'user',
    body: ConfirmAddress,
    answers: { 200: Address },
    refusals: ['CODE_REFUSED'],
  },
  {
    method: 'post',
    path: '/notifications/addresses/remove',
    tag,
    summary: 'Forget one’s address on a channel',
    access: 'user',
    body: RemoveAddress,
    answers: { 200: Addresses },
    refusals: ['NOT_FOUND'],
  },
];
