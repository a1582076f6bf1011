/** Lets those who ask for one name have their turns one after the other, in the order in which they asked. */
export interface Turns {
  /** Resolves when the turns before have ended. */
  begin(name: string): Promise<Turn>;
}

export interface Turn {
  end(): void;
}

export function createTurns(): Turns {
  /** The end of the last turn of each name. */
  const last = new Map<string, Promise<void>>();

  return {
    async begin(name) {
      const before = last.get(name);
      let ended = () => {};
      const end = new Promise<void>((resolve) => {
        ended = resolve;
      });
      last.set(name, end);
      await before;
      return {
        end() {
          if (last.get(name) === end) last.delete(name);
          ended();
        },
      };
    },
  };
}
