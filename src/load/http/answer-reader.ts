/** Takes what an answer consists of, as it is read. */
export interface AnswerSink {
  /** Headers are names and values in turn, as the server spelled them. Interim answers (1xx) are skipped. */
  onHead(status: number, statusText: string, headers: string[]): void;
  /** Some of the body, between two places of a buffer that is good for the time of the call only. */
  onBody(buffer: Buffer, from: number, to: number): void;
}

/** What is read next. A line and a body end in the next one of these; the last two are ends. */
type State =
  | 'head'
  | 'sized body'
  | 'body until close'
  | 'chunk size'
  | 'chunk'
  | 'chunk end'
  | 'trailer'
  | 'complete'
  | 'malformed';

/** k6's limit is 10 MB; nobody sends that by mistake. */
const HEAD_BYTES_MAX = 1024 * 1024;
const LINE_BYTES_MAX = 16 * 1024;
const HEAD_END = Buffer.from('\r\n\r\n');
const EMPTY = Buffer.alloc(0);

const STATUS_LINE = /^HTTP\/1\.([01]) (\d{3})(?: (.*))?$/;
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const DIGITS = /^\d{1,15}$/;
const CHUNK_SIZE = /^([0-9a-fA-F]{1,12})[\t ]*(?:;.*)?$/;

/**
 * Reads HTTP/1 answers (RFC 9112) from bytes in whatever pieces they come. It does little, because it does it for every
 * request, and it is strict: an answer that could be read in two ways is malformed. Never throws.
 */
export class AnswerReader {
  state: State = 'complete';
  /** Why an answer is malformed. */
  problem = '';
  /** Whether the connection can carry another request, once the answer is complete. */
  keepsAlive = false;

  private sink!: AnswerSink;
  /** What is being read, and how much of it is there. */
  private buffer: Buffer = EMPTY;
  private length = 0;
  private isBodyless = false;
  /** Bytes of the body or chunk still to come. */
  private remaining = 0;
  /** A head that has not come whole yet, in the first `pendingLength` bytes. */
  private pending = EMPTY;
  private pendingLength = 0;
  private line = '';
  private trailerBytes = 0;

  /** Gets ready for the answer to a request. Answers to HEAD have no body, whatever their head says. */
  begin(sink: AnswerSink, method: string): void {
    this.sink = sink;
    this.isBodyless = method === 'HEAD';
    this.state = 'head';
    this.pendingLength = 0;
    this.line = '';
    this.trailerBytes = 0;
  }

  /** Whether there is nothing left to be read, for good or bad. */
  get isOver(): boolean {
    return this.state === 'complete' || this.state === 'malformed';
  }

  /** Reads the first `length` bytes of a buffer; what stands behind them is from something else. */
  read(buffer: Buffer, length: number): void {
    this.buffer = buffer;
    this.length = length;
    let at = 0;
    while (at < length && !this.isOver) {
      if (this.state === 'head') at = this.readHead(at);
      else if (this.state === 'sized body' || this.state === 'chunk') at = this.readBody(at);
      else if (this.state === 'body until close') {
        this.sink.onBody(buffer, at, length);
        at = length;
      } else at = this.readLine(at);
    }
    // Whatever comes after the answer belongs to nothing that was asked for.
    if (at < length) this.keepsAlive = false;
  }

  /** The connection has ended: that is where some answers end, and others break off. */
  finish(): void {
    if (this.state === 'body until close') this.state = 'complete';
  }

  private readHead(from: number): number {
    const { buffer, length } = this;
    if (this.pendingLength === 0) {
      const end = buffer.indexOf(HEAD_END, from);
      if (end >= 0 && end + HEAD_END.length <= length) {
        this.parseHead(buffer.toString('latin1', from, end));
        return end + HEAD_END.length;
      }
    }
    // The end may stand across the seam of two pieces.
    const searchFrom = Math.max(0, this.pendingLength - HEAD_END.length + 1);
    const taken = Math.min(length - from, HEAD_BYTES_MAX - this.pendingLength);
    this.append(from, taken);
    const end = this.pending.subarray(0, this.pendingLength).indexOf(HEAD_END, searchFrom);
    if (end >= 0) {
      const left = this.pendingLength - end - HEAD_END.length;
      const head = this.pending.toString('latin1', 0, end);
      this.pendingLength = 0;
      this.pending = EMPTY;
      this.parseHead(head);
      return from + taken - left;
    }
    const start = this.pending.toString('latin1', 0, Math.min(this.pendingLength, 7));
    if (!'HTTP/1.'.startsWith(start)) {
      // Known at once, instead of after the time the request was given.
      this.refuse(`"${start}" is not the beginning of an answer in HTTP/1`);
    } else if (this.pendingLength === HEAD_BYTES_MAX) {
      this.refuse(`the head of the answer is longer than ${HEAD_BYTES_MAX} bytes`);
    }
    return from + taken;
  }

  private append(from: number, length: number): void {
    const needed = this.pendingLength + length;
    if (this.pending.length < needed) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this.pending.length * 2));
      this.pending.copy(grown, 0, 0, this.pendingLength);
      this.pending = grown;
    }
    this.buffer.copy(this.pending, this.pendingLength, from, from + length);
    this.pendingLength = needed;
  }

  private parseHead(head: string): void {
    const statusEnd = lineEnd(head, 0);
    const status = STATUS_LINE.exec(head.slice(0, statusEnd));
    if (!status) {
      this.refuse(`"${head.slice(0, Math.min(statusEnd, 80))}" is not a status line of HTTP/1`);
      return;
    }
    const headers: string[] = [];
    let length: string | undefined;
    let encoding: string | undefined;
    let connection = '';
    for (let at = statusEnd + 2; at < head.length; ) {
      const end = lineEnd(head, at);
      const colon = head.indexOf(':', at);
      const name = colon < 0 || colon > end ? '' : head.slice(at, colon);
      if (!HEADER_NAME.test(name)) {
        this.refuse(`"${head.slice(at, Math.min(end, at + 80))}" is not a header`);
        return;
      }
      const value = head.slice(colon + 1, end).trim();
      headers.push(name, value);
      // Only names of these lengths can be one of the three that matter here.
      if (name.length === 14 && name.toLowerCase() === 'content-length') {
        if (!DIGITS.test(value) || (length !== undefined && length !== value)) {
          this.refuse(`the answer announces its length as "${length ?? value}" and "${value}"`);
          return;
        }
        length = value;
      } else if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') {
        encoding = encoding === undefined ? value.toLowerCase() : `${encoding}, ${value}`;
      } else if (name.length === 10 && name.toLowerCase() === 'connection') {
        connection += `,${value.toLowerCase()}`;
      }
      at = end + 2;
    }
    const code = Number(status[2]);
    if (code < 200) {
      if (code < 100 || code === 101) this.refuse(`nobody asked for an answer with status ${code}`);
      return;
    }
    if (encoding !== undefined && (encoding !== 'chunked' || length !== undefined)) {
      this.refuse(`the answer's body is encoded as "${encoding}", its length ${length ?? 'open'}`);
      return;
    }
    this.keepsAlive =
      status[1] === '1' ? !connection.includes('close') : connection.includes('keep-alive');
    this.sink.onHead(code, status[3] ?? '', headers);

    if (this.isBodyless || code === 204 || code === 304) this.state = 'complete';
    else if (encoding !== undefined) this.state = 'chunk size';
    else if (length === undefined) {
      this.state = 'body until close';
      this.keepsAlive = false;
    } else {
      this.remaining = Number(length);
      this.state = this.remaining === 0 ? 'complete' : 'sized body';
    }
  }

  private readBody(from: number): number {
    const to = Math.min(this.length, from + this.remaining);
    this.sink.onBody(this.buffer, from, to);
    this.remaining -= to - from;
    if (this.remaining === 0) this.state = this.state === 'chunk' ? 'chunk end' : 'complete';
    return to;
  }

  /** Lines between chunks: sizes, the empty one after each, and trailers. */
  private readLine(from: number): number {
    const { buffer, length } = this;
    const found = buffer.indexOf(0x0a, from);
    const feed = found < length ? found : -1;
    const to = feed < 0 ? length : feed + 1;
    this.line += buffer.toString('latin1', from, to);
    if (this.line.length > LINE_BYTES_MAX) this.refuse('a line between chunks has no end');
    else if (feed >= 0) {
      const line = this.line;
      this.line = '';
      if (line.endsWith('\r\n')) this.parseLine(line.slice(0, -2));
      else this.refuse('a line between chunks ends in a bare line feed');
    }
    return to;
  }

  private parseLine(line: string): void {
    if (this.state === 'chunk size') {
      const size = CHUNK_SIZE.exec(line)?.[1];
      if (size === undefined) {
        this.refuse(`"${line.slice(0, 80)}" is not the size of a chunk`);
        return;
      }
      this.remaining = Number.parseInt(size, 16);
      this.state = this.remaining === 0 ? 'trailer' : 'chunk';
    } else if (this.state === 'chunk end') {
      if (line === '') this.state = 'chunk size';
      else this.refuse('a chunk is longer than it announced');
    } else if (line === '') {
      this.state = 'complete';
    } else {
      this.trailerBytes += line.length;
      if (this.trailerBytes > HEAD_BYTES_MAX) this.refuse('the trailers have no end');
    }
  }

  private refuse(problem: string): void {
    this.state = 'malformed';
    this.problem = problem;
    this.keepsAlive = false;
  }
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\r\n', from);
  return end < 0 ? text.length : end;
}
