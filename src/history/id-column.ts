import { type PackedTexts, PLACE_WORDS } from './packed-texts.ts';
import { readUuid, UUID_LENGTH, UUID_WORDS, uuidOf } from './uuid-words.ts';

/** The numbers of 32 bits in which an id is kept: those of a UUID, or the place of its packed text. */
export const ID_WORDS = Math.max(UUID_WORDS, PLACE_WORDS);

/** The form of an id: it tells how its numbers are read. */
export const ID_ABSENT = 0;
export const ID_UUID = 1;
export const ID_TEXT = 2;

/** Ids that hardly any two rows share: four numbers for each, whatever its text is. */
export class IdColumn {
  private readonly texts: PackedTexts;
  private readonly forms: Uint8Array;
  private readonly words: Uint32Array;

  constructor(texts: PackedTexts, room: number) {
    this.texts = texts;
    this.forms = new Uint8Array(room);
    this.words = new Uint32Array(room * ID_WORDS);
  }

  has(place: number): boolean {
    return this.forms[place] !== ID_ABSENT;
  }

  /** The id at a place. It is written out anew each time. */
  at(place: number): string | undefined {
    const form = this.forms[place];
    if (form === ID_ABSENT) return undefined;
    const { words } = this;
    return form === ID_UUID
      ? uuidOf(words, place * ID_WORDS)
      : this.texts.at(words, place * ID_WORDS);
  }

  set(place: number, form: number, id: Uint32Array): void {
    this.forms[place] = form;
    const first = place * ID_WORDS;
    for (let word = 0; word < ID_WORDS; word++) this.words[first + word] = id[word] as number;
  }

  /** Sets an id to that of another column with the same texts. */
  copy(place: number, from: IdColumn, fromPlace: number): void {
    const first = fromPlace * ID_WORDS;
    const form = from.forms[fromPlace] as number;
    this.set(place, form, from.words.subarray(first, first + ID_WORDS));
  }
}

/** Writes an id of any text as four numbers into `id`, and returns its form. */
export function packId(text: string, id: Uint32Array, texts: PackedTexts): number {
  scratch.write(text, 'latin1');
  if (text.length === UUID_LENGTH && readUuid(scratch, 0, id, 0) && uuidOf(id, 0) === text) {
    return ID_UUID;
  }
  texts.add(text, id);
  return ID_TEXT;
}

const scratch = Buffer.alloc(UUID_LENGTH);
