/** A message to an address outside. A repeated message has the same key, by which a provider may recognise it. */
export interface OutgoingMessage {
  key: string;
  address: string;
  title: string;
  text: string;
}

export type SendOutcome =
  | { outcome: 'sent' }
  /** The provider will never take it, such as a message to an address that does not exist. */
  | { outcome: 'refused' }
  /** Nothing is known of it; it has to be sent again. */
  | { outcome: 'unavailable'; reason: string };

/** Port to a provider that takes messages of one channel. Expected failures are values; only a bug throws. */
export interface MessageProvider {
  send(message: OutgoingMessage): Promise<SendOutcome>;
  /** The reason why messages wait; undefined while the provider takes them. */
  whyDown(): string | undefined;
  close(): Promise<void>;
}
