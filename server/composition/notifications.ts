import type { Channel } from '../../src/protocol/notifications.ts';
import { createNotifications } from '../notifications/index.ts';
import type { Providers } from '../notifications/sending/sender.ts';
import { createSmsProvider } from '../notifications/sending/sms.ts';
import { createSmtpProvider } from '../notifications/sending/smtp.ts';
import { createGuardedCalls } from '../platform/guarded-calls.ts';
import { countBy } from '../platform/metrics.ts';
import type { Access } from './access.ts';
import type { Foundation } from './foundation.ts';

export type Notifications = ReturnType<typeof composeNotifications>;

/** How often a message is tried before it waits, and when its provider is left alone for a while. */
const GUARD = { retriesMax: 2, failuresMax: 5, probeAfterMs: 5_000 };

export function composeNotifications(foundation: Foundation, access: Access) {
  const { config, pool, metrics, clock, log } = foundation;
  const { authenticate, readJson, accounts, waitOf } = access;
  const { identify, isLive, onSessionsEnded } = accounts;
  const { databaseSessionUrl, instance, roles, streamsMax, corsOrigins: origins } = config;
  const providers = createProviders(foundation);
  const notifications = createNotifications({
    ...{ pool, authenticate, readJson, identify, isLive, onSessionsEnded, providers, clock, log },
    ...{ databaseSessionUrl, instance, roles, streamsMax, origins, waitOf },
    onTold: (count) => metrics.notifications.inc(count),
    setStreams: (count) => metrics.streams.set(count),
    onStreamEnd: countBy(metrics.streamsEnded),
    onSent: (channel, outcome) => metrics.messagesSent.inc({ channel, outcome }),
    setWaiting: (channel, messages) => metrics.messagesWaiting.set({ channel }, messages),
  });
  return { ...notifications, providers };
}

/** The state of a circuit through which no call has gone yet. */
const CLOSED = 0;

/** The providers that are configured. */
function createProviders({ config, metrics }: Foundation): Providers {
  const { mail, sms, messageTimeoutMs: timeoutMs } = config;
  const guard = (dependency: Channel) => {
    const onCircuit = (state: number) => metrics.circuitState.set({ dependency }, state);
    onCircuit(CLOSED);
    return createGuardedCalls({ ...GUARD, timeoutMs, onCircuit });
  };
  return {
    ...(mail && { email: createSmtpProvider({ ...mail, timeoutMs, calls: guard('email') }) }),
    ...(sms && { sms: createSmsProvider({ ...sms, calls: guard('sms') }) }),
  };
}
