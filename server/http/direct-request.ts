import { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** Takes the parts of a body in their order, and null at its end. */
type TakeBody = (part: Buffer | null) => void;

interface DirectBody {
  /** Passes the body on as it comes. What came before, while nobody took it, comes out of the stream. */
  takeBody(take: TakeBody): void;
  /** Passes nothing more on: the rest of the body is read and dropped. */
  dropBody(): void;
}

declare global {
  namespace Express {
    interface Request extends DirectBody {}
  }
}

type DirectRequestClass = typeof IncomingMessage &
  (new (
    socket: Socket,
  ) => IncomingMessage & DirectBody);

/**
 * Makes a class of requests whose bodies can be taken directly. Node's parser hands the parts of a body to `push` and its end as
 * null; a stream passes them on through a queue, four ticks and three events, which cost more than all else that a short
 * body asks for. A class is made anew each time, because its prototype becomes that of an Express app.
 */
export const createDirectRequest = (): DirectRequestClass =>
  class DirectRequest extends IncomingMessage {
    #take: TakeBody | undefined = undefined;
    #isTaken = false;

    takeBody(take: TakeBody): void {
      if (this.readableLength > 0 || this.complete) {
        this.on('data', take);
        this.on('end', () => take(null));
        return;
      }
      this.#take = take;
      // Tells Node that the body is read: with the answer, it would go to some length to drop it.
      this._read(0);
    }

    dropBody(): void {
      this.#take = undefined;
      this.resume();
    }

    override push(part: Buffer | null): boolean {
      const take = this.#take;
      if (take === undefined) return super.push(part);
      if (part === null) this.#isTaken = true;
      take(part);
      return true;
    }

    /** Node asks for it before it lets go of a request, and when a connection ends. */
    // @ts-expect-error Node has an accessor where its types have a property.
    override get readableEnded(): boolean {
      return this.#isTaken || Reflect.get(IncomingMessage.prototype, 'readableEnded', this);
    }
  };
