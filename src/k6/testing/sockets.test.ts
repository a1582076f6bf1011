import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWithK6, runInK6 } from '../../../test/k6.ts';
import { refusedOrigin } from '../../load/testing/servers.ts';
import { runScript } from './run-script.ts';
import { serveSockets } from './socket-server.ts';

let server: Awaited<ReturnType<typeof serveSockets>>;
let nowhere: string;
beforeAll(async () => {
  server = await serveSockets();
  nowhere = (await refusedOrigin()).replace('http', 'ws');
});
afterAll(() => server.close());

const INIT = `
import http from 'k6/http';
import { sleep } from 'k6';
const { BASE, NOWHERE } = __ENV;
const show = (...values) => console.log(JSON.stringify(values));
const thrown = (work) => { try { work(); return null; } catch (error) { return String(error.message || error).includes('InvalidState') ? 'state' : 'thrown'; } };
`;

/** Scripts, and the lines that they show in k6. */
const SCRIPTS: Record<
  string,
  { source: string; lines: unknown[][]; sent: number; sessions: number }
> = {
  'k6/ws': {
    source: `import ws from 'k6/ws';${INIT}
    const open = (path, params, body) => ws.connect(BASE + path, params, body);
    export default function () {
      const answer = open('/echo', { tags: { shop: 'one' } }, (socket) => {
        socket.on('open', () => { show('open'); socket.send('text'); });
        socket.on('message', (text) => { show(text); if (text === 'text') socket.sendBinary(new Uint8Array([1, 2]).buffer); });
        socket.on('binaryMessage', (bytes) => { show([...new Uint8Array(bytes)]); socket.ping(); });
        socket.on('pong', () => {
          let ticks = 0;
          socket.setInterval(() => { ticks += 1; if (ticks === 2) { show('tick'); socket.close(); } }, 10);
          socket.setTimeout(() => show('never'), 60000);
        });
        socket.on('close', (code) => show('close', code));
      });
      show(answer.status, answer.url === BASE + '/echo', answer.headers.Upgrade, answer.body, answer.error);

      // A call that blocks in a handler, while messages come
      open('/greet', null, (socket) => {
        socket.on('message', (text) => { sleep(0.02); show(text); socket.setTimeout(() => socket.close(4001), 30); });
        socket.on('ping', () => show('ping'));
        socket.on('close', (code) => show('closed', code));
      });
      for (const code of ['1000', '1001', '4000', '1011']) {
        open('/bye', {}, (socket) => {
          socket.on('open', () => socket.send(code));
          socket.on('error', (error) => show(error.error()));
          socket.on('close', (got) => show(got));
        });
      }
      for (const path of ['/silent', '/gone']) {
        open(path, {}, (socket) => {
          socket.on('open', () => socket.send('x'));
          socket.on('error', (error) => show(error.error()));
          socket.on('close', (got) => show(got));
        });
      }
      http.cookieJar().set(BASE.replace('ws', 'http'), 'mine', '1');
      open('/headers', { headers: { 'X-A': 'b', 'Sec-WebSocket-Protocol': 'one, two' }, compression: 'deflate' }, (socket) => {
        socket.on('message', (text) => {
          const headers = JSON.parse(text);
          show(headers['x-a'], headers.cookie.split('; ').sort().join(), headers['sec-websocket-protocol'].split(/, ?/), headers['sec-websocket-extensions'].split(';')[0]);
          socket.close();
          socket.on('error', (error) => show(error.error()));
          socket.send('late');
        });
      });
      const refused = open('/refuse', {}, () => show('never'));
      show(refused.status, refused.url, refused.headers['X-Why'], refused.body, refused.error);
      let many = 0;
      open('/many', {}, (socket) => socket.on('message', () => { many += 1; if (many === 1) sleep(0.05); }));
      show(many);
      for (const value of [null, undefined, true]) {
        open('/echo', {}, (socket) => {
          socket.on('open', () => socket.send(value));
          socket.on('message', (text) => { show(text); socket.close(undefined); });
          socket.on('close', (code) => show(code));
        });
      }
      for (const url of [BASE.replace('ws', 'http') + '/echo', 'nothing', 'ws+unix:///tmp/x', BASE.replace('//', '//a:b@') + '/echo', BASE + '/echo#part', BASE + '/mute']) {
        const { status, error } = ws.connect(url, {}, (socket) => socket.on('open', () => socket.close()));
        show(status, error);
      }
      show(open('/wrong', {}, () => show('never')).status);
      const gone = ws.connect(NOWHERE, {}, () => show('never'));
      show(gone.status, gone.url, gone.headers, gone.body, gone.error.replace(NOWHERE.slice(5), ''));
      show([
        () => ws.connect(BASE), () => ws.connect(BASE, {}, 5), () => open('/echo', { compression: 'gzip' }, () => {}),
        () => open('/echo', {}, () => { throw new Error('mine'); }),
        () => open('/echo', {}, (socket) => { socket.on('open', () => { throw new Error('mine'); }); }),
        () => open('/echo', {}, (socket) => socket.setTimeout(() => {}, 0)),
        () => open('/echo', {}, (socket) => socket.sendBinary('text')),
      ].map(thrown));
    }`,
    lines: [
      ['open'],
      ['text'],
      [[1, 2]],
      ['tick'],
      ['close', 1001],
      [101, true, 'websocket', '', ''],
      ['hello'],
      ['ping'],
      ['closed', 4001],
      [1000],
      [1001],
      ['websocket: close 4000: enough'],
      [4000],
      ['websocket: close 1011 (internal server error): enough'],
      [1011],
      ['websocket: close 1005 (no status)'],
      [1005],
      ['websocket: close 1006 (abnormal closure): unexpected EOF'],
      [1006],
      ['b', 'mine=1,seen=yes', ['one', 'two'], 'permessage-deflate'],
      ['websocket: close sent'],
      [403, '', 'rules', 'no', ''],
      [200],
      ...[[''], [0], [''], [0], ['true'], [0]],
      ...[0, 0, 0, 0].map((status) => [status, 'malformed ws or wss URL']),
      [101, ''],
      [0, 'unexpected EOF'],
      [101],
      [0, '', {}, '', 'dial tcp : connect: connection refused'],
      [['thrown', 'thrown', 'thrown', 'thrown', 'thrown', 'thrown', 'thrown']],
    ],
    sent: 12,
    sessions: 26,
  },
  'k6/websockets': {
    source: `import { WebSocket } from 'k6/websockets';${INIT}
    const closed = (socket) => new Promise((resolve) => socket.addEventListener('close', resolve));
    export default async function () {
      const one = new WebSocket(BASE + '/echo', null, { tags: { shop: 'one' } });
      show(one.readyState, one.url === BASE + '/echo', one.binaryType, thrown(() => one.send('early')));
      one.addEventListener('open', (event) => { show('added', event.type, one.readyState); one.send('text'); });
      one.onopen = () => show('on');
      one.onmessage = async ({ data, type, origin }) => {
        show(type, origin === one.url);
        if (data === 'text') one.send(new Uint8Array([1, 2]));
        else if ('size' in data) {
          show(data.size, (await data.text()).length);
          one.binaryType = 'arraybuffer';
          one.send(new Uint8Array([3]).buffer);
        } else { show(data.byteLength); one.ping(); }
      };
      one.onpong = () => { show('pong'); one.close(3001, 'done'); show(one.readyState, thrown(() => one.send('late'))); };
      const end = await closed(one);
      show(end.type, one.readyState);

      const greeted = new WebSocket(BASE + '/greet');
      greeted.onping = () => show('ping');
      greeted.onmessage = ({ data }) => { sleep(0.02); show(data); setTimeout(() => greeted.close(), 30); };
      await closed(greeted);

      for (const code of ['1000', '1001', '4000', '1011']) {
        const bye = new WebSocket(BASE + '/bye');
        bye.onopen = () => bye.send(code);
        bye.onerror = ({ type, error }) => show(type, error);
        await closed(bye);
        show(code);
      }
      const named = new WebSocket(BASE + '/headers', ['one', 'two'], { headers: { 'X-A': 'b' } });
      named.onmessage = ({ data }) => { show(JSON.parse(data)['x-a'], named.protocol); named.close(); };
      await closed(named);
      for (const url of [BASE + '/refuse', NOWHERE]) {
        const refused = new WebSocket(url);
        refused.onerror = ({ error }) => show(error.replace(NOWHERE.slice(5), ''), refused.readyState);
        await closed(refused);
      }
      show([
        () => new WebSocket(), () => new WebSocket('http://one'), () => new WebSocket(BASE + '/#part'), () => new WebSocket(BASE, null, { other: 1 }),
        () => { greeted.onopen = 5; }, () => { greeted.binaryType = 'text'; }, () => greeted.addEventListener('open'), () => greeted.close(),
      ].map(thrown));
      for (const path of ['/mute', '/wrong']) {
        const failed = new WebSocket(BASE + path);
        failed.onerror = ({ error }) => show(error);
        await closed(failed);
      }
      const early = new WebSocket(BASE + '/echo');
      early.onopen = early.onerror = () => show('never');
      early.close();
      show(early.readyState);
      await closed(early);
      // The iteration ends with its last socket.
      const last = new WebSocket(BASE + '/echo');
      last.onopen = () => setTimeout(() => last.close(), 20);
      last.onclose = () => show('last');
    }`,
    lines: [
      [0, true, 'blob', 'state'],
      ['on'],
      ['added', 'open', 1],
      ['message', true],
      ['message', true],
      [2, 2],
      ['message', true],
      [1],
      ['pong'],
      [2, 'state'],
      ['close', 3],
      ['hello'],
      ['ping'],
      ['1000'],
      ['1001'],
      ['error', 'websocket: close 4000: enough'],
      ['4000'],
      ['error', 'websocket: close 1011 (internal server error): enough'],
      ['1011'],
      ['b', 'two'],
      ['websocket: bad handshake', 3],
      ['dial tcp : connect: connection refused', 3],
      [['thrown', 'thrown', 'thrown', 'thrown', 'thrown', 'thrown', 'thrown', null]],
      ['unexpected EOF'],
      ['websocket: bad handshake'],
      [2],
      ['last'],
    ],
    sent: 13,
    sessions: 13,
  },
};

for (const [module, { source, lines, sent, sessions }] of Object.entries(SCRIPTS)) {
  describe(`${module} is the same`, () => {
    const env = (): Record<string, string> => ({ BASE: server.origin, NOWHERE: nowhere });

    it('here', async () => {
      const { result, log } = await runScript(source, { env: env() });
      expect(result.exceptions).toEqual({ count: 0, first: [] });
      expect(log.map((line) => JSON.parse(line))).toEqual(lines);
      expect(result.metrics.ws_msgs_sent?.values.count).toBe(sent);
      expect(result.metrics.ws_sessions?.values.count).toBe(sessions);
    });

    describeWithK6('in k6', () => {
      it('it is so', async () => {
        const { log, stdout } = await runInK6(source, { env: env() });
        expect(log.flatMap((line) => (line.startsWith('[') ? [JSON.parse(line)] : []))).toEqual(
          lines,
        );
        expect(stdout).toMatch(new RegExp(`ws_msgs_sent\\.*: ${sent} `));
        expect(stdout).toMatch(new RegExp(`ws_sessions\\.*: ${sessions} `));
      });
    });
  });
}

describe('a socket that the script does not close', () => {
  it.each([
    [
      'an iteration that is interrupted',
      `import ws from 'k6/ws';
       export const options = { scenarios: { one: { executor: 'constant-vus', vus: 1, duration: '300ms', gracefulStop: '0s' } } };
       export default () => ws.connect(__ENV.BASE + '/echo', (socket) => { socket.on('open', () => console.log('open')); });`,
      0,
    ],
    [
      'an error in an event of k6/ws',
      `import ws from 'k6/ws';
       export default () => ws.connect(__ENV.BASE + '/greet', (socket) => { socket.on('message', () => { console.log('open'); throw new Error('mine'); }); });`,
      1,
    ],
    [
      'an error in an event of k6/websockets',
      `import { WebSocket } from 'k6/websockets';
       export default () => { new WebSocket(__ENV.BASE + '/greet').onmessage = () => { console.log('open'); throw new Error('mine'); }; }`,
      1,
    ],
  ])('is left by %s', async (_, source, errors) => {
    server.ends.length = 0;
    const { result, log } = await runScript(source, { env: { BASE: server.origin } });
    expect(log[0]).toBe('open');
    expect(result.exceptions.count).toBe(errors);
    await expect.poll(() => server.ends).toEqual([{ code: 1001, reason: '' }]);
  });
});

it('the options of the script say which hosts sockets may reach', async () => {
  const { log } = await runScript(
    `import ws from 'k6/ws';
     export const options = { vus: 1, iterations: 1, hosts: { 'shop.test': '127.0.0.1' }, blockHostnames: ['no.test'] };
     export default () => {
       const port = __ENV.BASE.split(':')[2];
       for (const host of ['shop.test', 'no.test']) {
         const { status, error } = ws.connect('ws://' + host + ':' + port + '/echo', (socket) => socket.on('open', () => socket.close()));
         console.log(status, error || 'none');
       }
     };`,
    { env: { BASE: server.origin } },
  );
  expect(log).toEqual(['101 none', '0 hostname (no.test) is in a blocked pattern (no.test)']);
});
