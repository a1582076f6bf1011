// Entry of a worker thread when the project runs from its sources: a thread does not inherit the loader for TypeScript
// of the thread that starts it. The compiled package starts load-worker.js directly.
import { workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
await import(workerData.entry);
