import { Channel } from '../../../src/protocol/notifications.ts';
import type { Logger } from '../../platform/logging.ts';
import { type Repeated, repeat } from '../../platform/repeat.ts';
import type { ClaimedMessage, OutgoingStore } from './outgoing-store.ts';
import type { MessageProvider, SendOutcome } from './provider.ts';

/** Messages that are sent at the same time. */
const BATCH = 20;

/** The providers that are configured. */
export type Providers = Partial<Record<Channel, MessageProvider>>;

/**
 * Hands messages to the providers. A message that a provider does not take now waits, and so do all others while it is down:
 * then one at a time is tried. Nobody waits for it, and each user reads meanwhile what the message says. A message may be sent
 * twice, if the instance dies between the sending and the note of it; its key tells the provider.
 */
export function createSender(deps: {
  store: OutgoingStore;
  providers: Providers;
  intervalMs: number;
  onSent(channel: Channel, outcome: SendOutcome['outcome']): void;
  log: Logger;
}): Repeated {
  const { store, providers, intervalMs, onSent, log } = deps;

  async function send(channel: Channel, provider: MessageProvider, message: ClaimedMessage) {
    const sent = await provider.send(message);
    onSent(channel, sent.outcome);
    if (sent.outcome === 'unavailable') await store.postpone(message.messageId);
    else await store.settle(message.messageId);
    return sent.outcome;
  }

  /** Sends what is due on a channel, until nothing is, or the provider takes nothing. */
  async function sendDue(channel: Channel, provider: MessageProvider, signal: AbortSignal) {
    while (!signal.aborted) {
      const limit = provider.whyDown() === undefined ? BATCH : 1;
      const claimed = await store.claim(channel, limit);
      const outcomes = await Promise.all(claimed.map((each) => send(channel, provider, each)));
      if (claimed.length < limit || outcomes.includes('unavailable')) return;
    }
  }

  return repeat({
    intervalMs,
    async pass(signal) {
      await Promise.all(
        Channel.options.map(async (channel) => {
          const provider = providers[channel];
          if (provider !== undefined) await sendDue(channel, provider, signal);
        }),
      );
    },
    onFailure: (error) => log.error({ err: error }, 'messages cannot be sent; they wait'),
    onRecovery: () => log.info('messages can be sent again'),
  });
}
