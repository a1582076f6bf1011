/** Texts that are in no file: of modules from the network by their URLs, of a script from standard input by its path. */
export type KnownTexts = Map<string, string>;
