import { runScriptsInThreads } from '../testing/run-script.ts';

// The tests of executors, of requests and of hostile servers, with a thread for each VU.
runScriptsInThreads();
await import('../modules/http.test.ts');
await import('../testing/connections.test.ts');
await import('../testing/executors.test.ts');
await import('../testing/hostile-servers.test.ts');
await import('../testing/http-debug.test.ts');
