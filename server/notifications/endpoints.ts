import { NotificationPage, NotificationQuery } from '../../src/protocol/notifications.ts';
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
];
