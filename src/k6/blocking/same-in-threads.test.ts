import { runScriptsInThreads } from '../testing/run-script.ts';

// The tests of what scripts can do, with scripts that run as they are written, in a thread for each VU.
runScriptsInThreads();
await import('../http/batch.test.ts');
await import('../http/http-params.test.ts');
await import('../http/response.test.ts');
await import('../http/send-request.test.ts');
await import('../modules/execution.test.ts');
await import('../modules/k6.test.ts');
await import('../modules/metrics.test.ts');
await import('../runtime/timers.test.ts');
await import('../testing/lifecycle.test.ts');
await import('../testing/exceptions.test.ts');
await import('../testing/ending-early.test.ts');
await import('../testing/rendezvous.test.ts');
await import('../modules/experimental/files.test.ts');
