import { createHttpClient } from '../http/http-client.ts';
import { IterationInterrupted } from '../schedule/iteration.ts';
import { Call, type CallDeps } from './call.ts';
import type { CallListener, CallRequest, Calls } from './call-request.ts';
import type { Caller } from './caller.ts';

/** Dependencies that the calls of all VUs share. */
export interface CallsDeps extends CallDeps {
  /** Milliseconds that the next request of all VUs has to wait; absent: the rate of requests has no limit. */
  waitMs?: () => number;
}

export function createCalls(deps: CallsDeps, vu: Caller): Calls {
  const client = createHttpClient(deps);

  function sendNow(request: CallRequest, listener: CallListener): void {
    if (vu.interrupted) {
      listener.failed(new IterationInterrupted());
      return;
    }
    try {
      new Call(deps, vu, client, request, listener).start();
    } catch (error) {
      listener.failed(error);
    }
  }

  function send(request: CallRequest, listener: CallListener): void {
    const waitMs = deps.waitMs?.() ?? 0;
    if (waitMs === 0) sendNow(request, listener);
    else {
      vu.pause(waitMs).then(
        () => sendNow(request, listener),
        (error) => listener.failed(error),
      );
    }
  }

  return {
    send,
    sendBeside: send,
    cancelAll: client.cancelAll,
    close: client.close,
  };
}
