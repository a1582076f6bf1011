import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { chmod, lstat, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { CommandLine } from '../processes/program.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/**
 * The data folder of a PostgreSQL that was never started, kept between runs as one archive: to unpack it takes a tenth of
 * the time that `initdb` takes to make it. No run ever changes it, and each run unpacks a copy of its own.
 */
export interface ClusterImage {
  /** The password of the administrator in it; each run sets another one. */
  password: string;
  /** The command that unpacks it into a folder. */
  unpackInto(data: string): CommandLine;
  /** Removes it, because it turned out to be broken. */
  discard(): Promise<void>;
}

/** The file beside the archive. Only its owner may read it. */
const Facts = z.object({ bytes: z.int(), password: z.string() });

const ARCHIVE = 'data.tar';
const FACTS = 'facts.json';

/** Place of the image of clusters that are made in this way, by this user. */
export function imagePlace(madeBy: unknown): string {
  const way = createHash('sha256').update(JSON.stringify(madeBy)).digest('hex').slice(0, 12);
  return join(temporaryFolder(), `flashsale-cluster-${process.getuid?.() ?? 0}-${way}`);
}

/**
 * Finds the image at a place. There is none if a part of it is missing or shorter than it was written, or if another user
 * could have written it: every user may write into the folder for temporary files.
 */
export async function findImage(
  place: string,
  runAs: CommandLine['runAs'],
): Promise<ClusterImage | undefined> {
  const archive = join(place, ARCHIVE);
  try {
    const facts = Facts.parse(JSON.parse(await readFile(join(place, FACTS), 'utf8')));
    const [folder, file, secret] = await Promise.all(
      [place, archive, join(place, FACTS)].map((path) => lstat(path)),
    );
    const parts = [folder, file, secret] as Stats[];
    if (!parts.every(isOursAlone) || file?.size !== facts.bytes) return undefined;
    return {
      password: facts.password,
      unpackInto: (data) => ({ file: 'tar', args: ['-xf', archive, '-C', data], runAs }),
      discard: () => removeImage(place),
    };
  } catch {
    return undefined;
  }
}

const isOursAlone = ({ uid, mode }: Stats): boolean =>
  uid === (process.getuid?.() ?? uid) && (mode & 0o022) === 0;

/**
 * Keeps an image of a data folder for later runs. It is made beside the data, on the same disk, and moved to its place as
 * a whole, so that no run ever finds half of one, and a run that is killed leaves none behind.
 *
 * @param pack runs the command that makes the archive
 */
export async function keepImage(
  place: string,
  { data, home, password }: { data: string; home: string; password: string },
  pack: (command: CommandLine) => Promise<void>,
): Promise<void> {
  const half = join(home, 'image');
  const archive = join(half, ARCHIVE);
  // The user that runs PostgreSQL reads the archive, which contains no secret beside the hash of a password.
  await mkdir(half);
  await chmod(half, 0o711);
  await pack({ file: 'tar', args: ['-cf', archive, '-C', data, '.'] });
  await chmod(archive, 0o644);
  const bytes = await syncToDisk(archive);
  const facts = JSON.stringify({ bytes, password } satisfies z.infer<typeof Facts>);
  await writeFile(join(half, FACTS), facts, { mode: 0o600, flush: true });
  await removeImage(place);
  await rename(half, place);
}

const removeImage = (place: string): Promise<void> => rm(place, { recursive: true, force: true });

/** Waits until a file is on the disk, and answers with its length. */
async function syncToDisk(path: string): Promise<number> {
  const file = await open(path);
  try {
    await file.sync();
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}
