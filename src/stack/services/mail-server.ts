import { join } from 'node:path';
import { MailCounts } from '../../protocol/mail-server.ts';
import { ANY_PORT, findFreePort } from '../processes/free-port.ts';
import type { Resource } from '../resource.ts';
import {
  createServerInstance,
  type InstanceEvent,
  type ServerInstance,
} from './server-instance.ts';

/** A mail server that takes every mail and delivers none. */
export interface MailServer extends ServerInstance {
  smtpUrl: string;
  /** Has it refuse each mail, and answers with how to end that, which answers with the number of refusals meanwhile. */
  refuse(): Promise<() => Promise<number>>;
}

/** A mail server as a process of its own. One that dies is started again on the same ports. */
export function createMailServer(options: {
  /** The run's folder, which gets its log. */
  folder: string;
  onEvent(event: InstanceEvent): void;
}): Resource<MailServer> {
  const { folder, onEvent } = options;
  let instance: Resource<ServerInstance> | undefined;
  return {
    name: 'the mail server',
    async start() {
      const smtpPort = await findFreePort();
      instance = createServerInstance({
        name: 'smtp',
        script: 'server/mail-server/main.ts',
        env: { SMTP_PORT: String(smtpPort) },
        port: ANY_PORT,
        logFile: join(folder, 'smtp.log'),
        onEvent,
      });
      const started = await instance.start();
      const { url } = started;
      return {
        ...started,
        smtpUrl: `smtp://127.0.0.1:${smtpPort}`,
        async refuse() {
          const before = await setRefusing(url, true);
          return async () => (await setRefusing(url, false)).refused - before.refused;
        },
      };
    },
    async stop() {
      await instance?.stop();
    },
  };
}

async function setRefusing(url: string, refusing: boolean): Promise<MailCounts> {
  const answer = await fetch(`${url}/behaviour`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ refusing }),
  });
  return MailCounts.parse(await answer.json());
}
