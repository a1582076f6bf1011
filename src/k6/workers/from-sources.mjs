// The entry of a worker thread when the project runs from its sources: threads do not inherit the loader that reads
// TypeScript. The compiled package starts load-worker.js itself.
import { workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
await import(workerData.entry);
