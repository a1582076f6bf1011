/** Names of a script and the text that a bundle has in their place. */
export const REPLACED = {
  // Variables of a VU that scripts know as globals. They go through the parameter `__vu`, so each VU has its own.
  __VU: '__vu.id',
  __ITER: '__vu.iterationCount',
  __ENV: '__vu.env',
  'Math.random': '__vu.random',
  // The files of a bundle have become one, which no longer knows their folders.
  'import.meta.resolve': '__resolve',
};

/** The object that stands where a script assigns to what is constant. */
export const CONSTANT = '__constant';

/** The function by which a file of a bundle says that its code begins and, without a path, that it ends. */
export const IN_FILE = '__inFile';
