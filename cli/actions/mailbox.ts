import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import * as z from 'zod';
import { rootMessage, UserError } from '../../src/kernel/errors.ts';
import { type Mailbox, readMailbox } from '../../src/run/sale/mailbox.ts';
import type { CliContext, GlobalFlags } from '../context.ts';
import { oneLine } from '../render/style.ts';
import { alignRows } from '../render/table.ts';
import { serverOfUser } from '../running-server.ts';

interface MailboxFlags {
  buyer?: string;
  sale: string;
  after?: string;
  limit: number;
}

const HEADINGS = ['at', 'kind', 'title', 'text'];

/** Prints what a user of a running server was told. */
export async function showMailbox(command: Command, context: CliContext): Promise<void> {
  const flags = command.optsWithGlobals<GlobalFlags & MailboxFlags>();
  const { targets, userToken } = await serverOfUser(command, context);
  const token =
    flags.buyer === undefined
      ? userToken
      : await tokenOfBuyer(flags.buyer, resolve(context.cwd, flags.sale));
  if (token === undefined) {
    throw UserError.usage('it is not said whose mailbox to show', {
      why: 'neither a buyer nor a token was given',
      next: 'add --buyer 1 for the first buyer of the sale file, or --user-token TOKEN',
    });
  }
  const { after = '0', limit } = flags;
  if (!/^\d{1,15}$/.test(after)) {
    throw UserError.usage('--after cannot be used', {
      why: `"${after}" is no cursor`,
      next: 'give the cursor that flashsale-cli mailbox told before',
    });
  }
  const mailbox = await readMailbox({ targets, token, after, limit });
  if (flags.json) context.document(mailbox);
  else print(mailbox, context);
}

function print({ notifications, addresses, cursor, hasMore }: Mailbox, context: CliContext): void {
  const { stdout, stderr } = context;
  if (notifications.length === 0) {
    stderr.write('there is nothing in this mailbox\n');
  } else {
    const rows = notifications.map(({ at, kind, title, text }) =>
      [at, kind, title, text].map(oneLine),
    );
    stdout.write(`${alignRows([HEADINGS, ...rows]).join('\n')}\n`);
  }
  for (const { channel, address, isConfirmed } of addresses) {
    const state = isConfirmed ? 'sent there as well' : 'not confirmed, so nothing is sent there';
    stderr.write(`${channel} ${oneLine(address)}: ${state}\n`);
  }
  if (hasMore) stderr.write(`there is more: add --after ${cursor}\n`);
}

const SaleFile = z.object({
  buyers: z.array(z.object({ userId: z.string(), token: z.string().min(1) })),
});

/** The token of a buyer of a sale file: who is named by a number from 1, or by an id. */
async function tokenOfBuyer(who: string, path: string): Promise<string> {
  const { buyers } = await readSaleFile(path);
  const buyer = /^\d+$/.test(who)
    ? buyers[Number(who) - 1]
    : buyers.find(({ userId }) => userId === who);
  if (buyer !== undefined) return buyer.token;
  throw UserError.usage(`${path} has no such buyer`, {
    why: `it has ${buyers.length} buyers, and none of them is ${who}`,
    next: 'give --buyer a number from 1, or an id of the file',
  });
}

async function readSaleFile(path: string): Promise<z.infer<typeof SaleFile>> {
  try {
    return SaleFile.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    throw UserError.usage(`${path} is no sale file`, {
      why: cause instanceof z.ZodError ? 'it has no buyers with tokens' : rootMessage(cause),
      next: 'give the file that flashsale-cli seed wrote: --sale FILE',
      cause,
    });
  }
}
