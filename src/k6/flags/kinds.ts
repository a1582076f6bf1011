/** The way in which the text of a flag is read, and written for k6. */
export interface Kind {
  /** The value of a flag that is typed without one, and never takes the next word for it. */
  alone?: string;
  /**
   * Reads the text of a flag or of a variable.
   *
   * @param before the value so far, of a flag that is given several times
   * @throws Error for a text that is no value of the flag
   */
  read(text: string, before?: unknown): unknown;
  /** Reads the text of a variable, where it has another form than that of a flag. */
  readVariable?(text: string): unknown;
  /** The texts with which k6's flag is given the value, one for each time. */
  write(value: unknown): string[];
}

const parts = (text: string): string[] => text.split(',').map((part) => part.trim());
const once = (value: unknown): string[] => [String(value)];

export const plainText: Kind = { read: (text) => text, write: once };

export const wholeNumber: Kind = {
  read(text) {
    if (!/^\d{1,9}$/.test(text)) throw new Error(`"${text}" is not a whole number`);
    return Number(text);
  },
  write: once,
};

/** Go's words for yes and no, which k6 reads. */
export const yesOrNo: Kind = {
  alone: 'true',
  read(text) {
    if (/^(1|t|true)$/i.test(text)) return true;
    if (/^(0|f|false)$/i.test(text)) return false;
    throw new Error(`"${text}" is neither true nor false`);
  },
  write: once,
};

/** As in k6, everything but `full` leaves bodies out. */
export const httpDebug: Kind = { ...plainText, alone: 'headers' };

/** `a,b`, also several times. */
export const list: Kind = {
  read: (text, before = []) => [...(before as string[]), ...parts(text)],
  write: (value) => [(value as string[]).join(',')],
};

/** A flag whose values may have commas; several in a variable have commas between them. */
export const each: Kind = {
  read: (text, before = []) => [...(before as string[]), text],
  readVariable: parts,
  write: (value) => value as string[],
};

interface Stage {
  duration: string;
  target: number;
}

/** `30s:10,1m:20` */
export const stages: Kind = {
  read(text, before = []) {
    const read = parts(text).map((stage): Stage => {
      const [, duration, target] = /^([^:]*):(\d{1,9})$/.exec(stage) ?? [];
      if (duration === undefined) throw new Error(`"${stage}" is no stage like 30s:100`);
      return { duration, target: Number(target) };
    });
    return [...(before as Stage[]), ...read];
  },
  write: (value) => (value as Stage[]).map(({ duration, target }) => `${duration}:${target}`),
};

const pairs = (value: unknown): string[] =>
  Object.entries(value as Record<string, string>).map(([name, text]) => `${name}=${text}`);

/** `NAME=VALUE`, several times; as a variable `NAME:VALUE,NAME:VALUE`. */
export const tags: Kind = {
  read(text, before = {}) {
    const [name, value] = splitAt(text, '=');
    if (!name || !value) throw new Error(`"${text}" is not NAME=VALUE`);
    return { ...(before as object), [name]: value };
  },
  readVariable: (text) =>
    Object.fromEntries(
      parts(text).map((pair) => {
        const [name, value] = splitAt(pair, ':');
        if (value === undefined) throw new Error(`"${pair}" is not NAME:VALUE`);
        return [name, value];
      }),
    ),
  write: pairs,
};

/** `NAME=VALUE`, several times. As in k6, a name alone is an empty variable. */
export const variables: Kind = {
  read(text, before = {}) {
    const [name, value = ''] = splitAt(text, '=');
    if (!/^[A-Za-z_]\w*$/.test(name)) throw new Error(`"${name}" is no name of a variable`);
    return { ...(before as object), [name]: value };
  },
  write: pairs,
};

/** `ttl=5m,select=first` */
export const dns: Kind = {
  read: (text) =>
    Object.fromEntries(
      parts(text).map((field) => {
        const [name, value] = splitAt(field, '=');
        if (!value) throw new Error(`"${field}" is not NAME=VALUE, as ttl=5m`);
        return [name, value];
      }),
    ),
  write: (value) => [pairs(value).join(',')],
};

/** One of a few words. */
export const oneOf = (...words: string[]): Kind => ({
  read(text) {
    if (words.includes(text)) return text;
    throw new Error(`"${text}" is none of ${words.join(', ')}`);
  },
  write: once,
});

function splitAt(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
