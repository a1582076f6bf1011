import { uuidv7 } from 'uuidv7';

/** A UUIDv7: unique, and sorted by the time of its making, which keeps database indexes append-only. */
export const newId = (): string => uuidv7();
