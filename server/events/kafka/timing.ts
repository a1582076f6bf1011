export const CONNECT_WITHIN_MS = 1000;
export const ANSWER_WITHIN_MS = 5000;
/** Callers try again by themselves. A few quick retries spare them the change of a partition's leader. */
export const RETRY = { initialRetryTime: 100, maxRetryTime: 1000, retries: 3 };
