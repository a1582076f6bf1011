import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findFreePort } from '../../src/stack/processes/free-port.ts';
import type { Arena } from './arena.ts';

/** The client whose version must be that of the server. */
const CLIENT = 'tigerbeetle-node';
const execute = promisify(execFile);

export interface TigerBeetle {
  pid: number | undefined;
  /** Creates an account with so many units, and resolves to a hold of one or more of them. */
  openAccount(units: number): Promise<(hold: { quantity: number }) => Promise<void>>;
  close(): Promise<void>;
}

/** The part of the client that is used here. */
interface Client {
  createAccounts(accounts: object[]): Promise<{ status: number }[]>;
  createTransfers(transfers: object[]): Promise<{ status: number }[]>;
  destroy(): void;
}

interface Module {
  createClient(options: { cluster_id: bigint; replica_addresses: string[] }): Client;
  id(): bigint;
  AccountFlags: { none: number; debits_must_not_exceed_credits: number };
  TransferFlags: { none: number; pending: number };
  CreateTransferStatus: { created: number };
}

/**
 * Starts a TigerBeetle of one replica from the `tigerbeetle` on PATH, or in the variable TIGERBEETLE, and installs the client
 * of the same version into the folder of the bench. Answers with why it takes no part when there is no server.
 */
export async function openTigerBeetle(arena: Arena): Promise<TigerBeetle | string> {
  const program = process.env.TIGERBEETLE ?? 'tigerbeetle';
  const version = await execute(program, ['version']).then(
    ({ stdout }) => /\d+\.\d+\.\d+/.exec(stdout)?.[0],
    () => undefined,
  );
  if (version === undefined) {
    return (
      'TigerBeetle: left out, no `tigerbeetle` on PATH or in TIGERBEETLE. The package registries have only its clients; the ' +
      'server is published with the releases of the project.'
    );
  }
  const { client: module, folder } = await installClient(arena, version);
  const file = join(folder, '0_0.tigerbeetle');
  await execute(program, [
    ...['format', '--cluster=0', '--replica=0', '--replica-count=1', '--development', file],
  ]);
  const port = await findFreePort();
  const server = spawn(program, ['start', `--addresses=${port}`, '--development', file], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const client = module.createClient({ cluster_id: 0n, replica_addresses: [String(port)] });
  return {
    pid: server.pid,
    openAccount: (units) => openAccount(module, client, units),
    async close() {
      client.destroy();
      const ended = once(server, 'exit');
      server.kill('SIGKILL');
      await ended;
    },
  };
}

async function installClient(
  arena: Arena,
  version: string,
): Promise<{ client: Module; folder: string }> {
  const folder = join(arena.folder, 'tigerbeetle');
  await execute('npm', [
    ...['install', '--no-audit', '--no-fund', '--prefix', folder],
    `${CLIENT}@${version}`,
  ]);
  return { client: createRequire(join(folder, 'here.js'))(CLIENT), folder };
}

/** Units on sale are the credits of an account whose debits must not exceed them; a hold is a pending debit. */
async function openAccount(
  { id, AccountFlags, TransferFlags, CreateTransferStatus }: Module,
  client: Client,
  units: number,
): Promise<(hold: { quantity: number }) => Promise<void>> {
  const [stock, buyers] = [id(), id()];
  const account = {
    ...{ debits_pending: 0n, debits_posted: 0n, credits_pending: 0n, credits_posted: 0n },
    ...{ user_data_128: 0n, user_data_64: 0n, user_data_32: 0, reserved: 0, timestamp: 0n },
    ...{ ledger: 1, code: 1 },
  };
  await client.createAccounts([
    { ...account, id: stock, flags: AccountFlags.debits_must_not_exceed_credits },
    { ...account, id: buyers, flags: AccountFlags.none },
  ]);
  const transfer = {
    ...{ pending_id: 0n, user_data_128: 0n, user_data_64: 0n, user_data_32: 0, timestamp: 0n },
    ...{ ledger: 1, code: 1 },
  };
  const from = (debit: bigint, credit: bigint, amount: number, flags: number, timeout: number) => ({
    ...transfer,
    ...{ id: id(), debit_account_id: debit, credit_account_id: credit },
    ...{ amount: BigInt(amount), flags, timeout },
  });
  const make = async (wanted: ReturnType<typeof from>) => {
    const [result] = await client.createTransfers([wanted]);
    if (result?.status !== CreateTransferStatus.created) {
      throw new Error(`TigerBeetle answered a transfer with status ${result?.status}`);
    }
  };
  await make(from(buyers, stock, units, TransferFlags.none, 0));
  return ({ quantity }) => make(from(stock, buyers, quantity, TransferFlags.pending, 3_600));
}
