import { createNotifications } from '../notifications/index.ts';
import type { Access } from './access.ts';
import type { Foundation } from './foundation.ts';

export type Notifications = ReturnType<typeof composeNotifications>;

export const composeNotifications = ({ pool, metrics }: Foundation, { authenticate }: Access) =>
  createNotifications({
    ...{ pool, authenticate },
    onTold: (count) => metrics.notifications.inc(count),
  });
